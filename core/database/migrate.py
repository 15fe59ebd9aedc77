"""Bringing the database to the newest schema: the core first, then plugins after what they require.

Each lineage has a transaction of its own. A plugin that fails is rolled back alone, named with its reason,
and the others go on; where the core fails, nothing else is tried.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Engine, inspect, make_url

from config import Config
from core.database.lineages.installed import forget_installed, note_installed
from core.database.lineages.lineage import Lineage, core_lineage, lineage_of
from core.database.lineages.moving import down, up, write_next
from core.database.lineages.owner import grant, owner_engine, transaction
from core.database.lineages.pending import CORE
from core.modules.host import Condition
from core.modules.spec.plugin import Plugin
from core.modules.startup.discovery import attempt, discover, needing, required_by
from core.modules.startup.tables import Declared

ALL: tuple[str, ...] = ()


def upgrade_as_configured(config: Config) -> dict[str, Condition]:
    """Upgrade the configuration's database for its app role; in safe mode the core alone."""
    modules = None if config.safe_mode else config.plugins
    return upgrade(config.owner_url, make_url(config.database_url).username or "", modules)


def upgrade_module(config: Config, name: str) -> dict[str, Condition]:
    """Upgrade one module and what it requires, as `upgrade_as_configured` does all; the core comes along."""
    found = discover(config.plugins)
    plugin = next((p for p in found.plugins if p.name == name), None)
    if plugin is None:
        return {name: found.conditions.get(name, Condition(name, "missing", "no package offers it"))}
    names = {name, *(other.name for other in required_by(plugin, found.plugins))}
    return upgrade(config.owner_url, make_url(config.database_url).username or "", sorted(names))


def upgrade(
    owner_url: str, app_role: str = "kokemus_app", modules: Collection[str] | None = ALL
) -> dict[str, Condition]:
    """Bring every lineage to its newest revision and give the app role exactly its grants (PostgreSQL).

    `modules`: only these, or None for the core alone. Gives the plugins that were not migrated, with why.
    """
    with owner_engine(owner_url) as engine:
        _bring_core(engine, app_role)
        return {} if modules is None else _bring_plugins(engine, app_role, modules)


def _bring_core(engine: Engine, app_role: str) -> None:
    core = core_lineage()
    with transaction(engine) as connection:
        up(connection, core)
        grant(connection, core, app_role)


def _bring_plugins(engine: Engine, app_role: str, modules: Collection[str]) -> dict[str, Condition]:
    found = discover(modules)
    failed = found.conditions
    for plugin in found.plugins:
        lacking = set(plugin.requires) & set(failed)
        if lacking:
            failed[plugin.name] = needing(plugin, lacking)
            continue
        with attempt(plugin.name, failed, plugin):
            _bring(engine, plugin, found.plugins, app_role)
    return failed


def _bring(engine: Engine, plugin: Plugin, others: Iterable[Plugin], app_role: str) -> None:
    lineage = declared_lineage(plugin, others)
    with transaction(engine) as connection:
        up(connection, lineage)
        missing = {table.name for table in lineage.tables} - set(inspect(connection).get_table_names())
        if missing:
            raise LookupError(f"its migrations do not make {', '.join(sorted(missing))}")
        grant(connection, lineage, app_role)
        note_installed(connection, plugin, lineage)


def declared_lineage(plugin: Plugin, others: Iterable[Plugin]) -> Lineage:
    """The plugin's lineage, its tables declared and checked as at a start; or no trace of them."""
    declared = Declared.now()
    try:
        if declare := getattr(plugin, "register_models", None):
            declare()
        declared.check(plugin, required_by(plugin, others))
    except BaseException:
        declared.undo(plugin.package)
        raise
    return lineage_of(plugin)


def lineages() -> list[Lineage]:
    """The core's lineage, then each installed plugin's after those it requires, with all tables declared."""
    core, found = core_lineage(), discover()
    return [core, *(declared_lineage(plugin, found.plugins) for plugin in found.plugins)]


def downgrade(owner_url: str) -> None:
    """Undo every lineage, plugins first. All data is lost."""
    with owner_engine(owner_url) as engine:
        for lineage in reversed(lineages()):
            with transaction(engine) as connection:
                down(connection, lineage)
                if lineage.name != CORE:
                    forget_installed(connection, lineage.name)


def revision(owner_url: str, name: str, message: str) -> None:
    """Write a new migration of one lineage from the difference between tables and models.

    Raises `LookupError` where there is no such lineage, or no folder for it.
    """
    known = {lineage.name: lineage for lineage in lineages()}
    if name not in known:
        raise LookupError(f"there is no lineage {name}: {', '.join(known)}")
    if known[name].folder is None:
        raise LookupError(f"{name} has no folder migrations/versions")
    with owner_engine(owner_url) as engine, transaction(engine) as connection:
        write_next(connection, known[name], message)
