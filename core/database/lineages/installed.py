"""What an upgrade saw of a plugin, written down, so that it can be spoken of when its package is gone."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import Babel, force_locale
from sqlalchemy import Connection, Table, delete, insert, update

from config import LANGUAGES
from core.database.lineages.lineage import Lineage, droppable
from core.database.types import Texts, now
from core.modules.models import InstalledModule
from core.modules.spec.plugin import Plugin

INSTALLED: Table = InstalledModule.__table__  # type: ignore[assignment]  # a mapped class has one table


def note_installed(connection: Connection, plugin: Plugin, lineage: Lineage) -> None:
    """Write or renew the plugin's row. Whether it is disabled stays as it is."""
    values = {
        "version": plugin.version,
        "label": in_all_languages(plugin),
        "tables": droppable(connection, lineage),
        "retained": [_kept(fact) for fact in plugin.retained],
        "seen_at": now(),
    }
    own = INSTALLED.c.name == plugin.name
    if connection.execute(update(INSTALLED).where(own).values(values)).rowcount == 0:
        connection.execute(insert(INSTALLED).values(name=plugin.name, **values))


def forget_installed(connection: Connection, name: str) -> None:
    """Take the row of a plugin away whose tables are gone."""
    connection.execute(delete(INSTALLED).where(INSTALLED.c.name == name))


def in_all_languages(plugin: Plugin) -> Texts:
    """The plugin's label in each language, from its own catalogues: the application may run without it."""
    from core.modules.startup.rehearsal import words_of

    if isinstance(plugin.label, Texts):
        return plugin.label
    app = Flask("core")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"translations;{words_of(plugin)}"
    Babel(app)
    said = {}
    for language in LANGUAGES:
        with app.app_context(), force_locale(language):
            said[language] = str(plugin.label)
    return Texts(**said)


def _kept(fact: Any) -> dict[str, Any]:
    return {"table": fact.table, "since": fact.since, "years": fact.years, "why": str(fact.why)}
