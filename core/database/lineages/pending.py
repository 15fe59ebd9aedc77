"""Where the database stands against the newest migrations. Asked at every start, so without Alembic."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.engine.interfaces import DBAPICursor

from core.database.lineages.revisions import NotLinear, core_folder, revisions

log = logging.getLogger(__name__)
CORE = "core"
PREFIX = "alembic_version_"
CONNECT_SECONDS = 3
SAFE = re.compile(r"[a-z0-9_]+\Z")
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()",
}


class NotReady(RuntimeError):
    """The core's tables are not those this version works with; the text says what to do."""


def refuse_to_serve(database_url: str) -> None:
    """Raise `NotReady` when the core's tables are older or newer than this version; for web and worker."""
    reason = (pending(database_url, {}) or {}).get(CORE)
    if reason is not None:
        raise NotReady(f"the core's {reason}")


def pending(database_url: str, folders: Mapping[str, Path]) -> dict[str, str] | None:
    """Why the core's or a module's tables cannot be used, by name; those missing here are at their newest.

    `folders` are the modules' migrations by module. None: the database did not answer, nothing is known.
    """
    found = standing(database_url)
    if found is None:
        return None
    wanted = {CORE: core_folder(), **folders}
    reasons = {name: _reason(folder, found.get(name)) for name, folder in wanted.items()}
    return {name: reason for name, reason in reasons.items() if reason}


def _reason(folder: Path, at: str | None) -> str | None:
    """What is wrong with where a database stands, in a sentence; None when it is at the newest."""
    try:
        line = revisions(folder)
    except NotLinear as error:
        return f"migrations cannot be put in order: {error}"
    if at == (line[-1] if line else None):
        return None
    if at is not None and at not in line:
        return f"tables are at {at}, which this version does not know: install the version that made them"
    return f"tables are at {at or 'nothing'}, the newest is {line[-1]}: run `flask database upgrade`"


def standing(database_url: str) -> dict[str, str] | None:
    """The revision each lineage is at, by name, those of missing modules too; None: it did not answer."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return _ask(url, {"connect_timeout": CONNECT_SECONDS})
    if not url.database or url.database == ":memory:":
        return None  # a database in memory is another one for each connection
    return _ask(url, {}) if Path(url.database).exists() else {}  # connecting would make the file


def _ask(url: URL, options: Mapping[str, object]) -> dict[str, str] | None:
    """By the driver alone: an engine's first connection asks the server much that is not needed here."""
    dialect = url.get_dialect()
    driver = dialect.import_dbapi()
    arguments, keywords = dialect().create_connect_args(url)
    try:
        with closing(driver.connect(*arguments, **{**keywords, **options})) as connection:
            return _read(connection.cursor(), TABLES[url.get_backend_name()])
    except driver.Error as error:
        log.warning("where the database stands is unknown", extra={"reason": type(error).__name__})
        return None


def _read(cursor: DBAPICursor, tables: str) -> dict[str, str]:
    cursor.execute(tables)
    names = [name for (name,) in cursor.fetchall() if name.startswith(PREFIX)]
    parts = [
        f"SELECT '{name.removeprefix(PREFIX)}', version_num FROM {name}"  # noqa: S608  # of small letters and digits
        for name in names
        if SAFE.match(name)
    ]
    if not parts:
        return {}
    cursor.execute(" UNION ALL ".join(parts))
    return dict(cursor.fetchall())
