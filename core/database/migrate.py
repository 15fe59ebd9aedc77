"""Migrations: one lineage for the core and one per plugin, each with its own version table.

Upgrade runs the core first, then plugins after what they require. On SQLite foreign keys are off during a
migration and checked before it commits: a table rebuilt with them on loses its child rows.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Connection, create_engine, event, inspect, make_url, text
from sqlalchemy.pool import NullPool

from core.database.base import Base

log = logging.getLogger(__name__)
SCRIPTS = Path(str(import_module("migrations").__file__)).parent
CORE_MODELS = ("organisations", "users", "experts", "modules", "outbox", "log")
GRANTS = {
    "rw": "SELECT, INSERT, UPDATE, DELETE",
    "keep": "SELECT, INSERT, UPDATE",
    "append": "SELECT, INSERT",
}


@dataclass(frozen=True)
class Lineage:
    """One owner's migrations and which tables they make."""

    name: str
    versions: Path
    owns: Callable[[str], bool]

    @property
    def version_table(self) -> str:
        """Where the lineage's revision stands."""
        return f"alembic_version_{self.name}"


def lineages() -> list[Lineage]:
    """The core's lineage, then each installed plugin's. A plugin that cannot be imported is left out."""
    for name in CORE_MODELS:
        import_module(f"core.{name}.models")
    plugins = list(_plugin_lineages())
    names = [lineage.name for lineage in plugins]
    core = Lineage(
        "core", SCRIPTS / "versions", lambda table: not any(table.startswith(f"{n}_") for n in names)
    )
    return [core, *plugins]


def _plugin_lineages() -> Iterator[Lineage]:
    found: dict[str, Any] = {}
    for entry in entry_points(group="kokemussilta.plugins"):
        try:
            found[entry.name] = entry.load()
            import_module(f"{found[entry.name].package}.models")
        except Exception:
            log.exception("plugin left out of the migration", extra={"plugin": entry.name})
            found.pop(entry.name, None)
    done: list[str] = []
    while ready := next(
        (n for n, p in found.items() if n not in done and set(p.requires) <= set(done)), None
    ):
        done.append(ready)
        folder = Path(str(import_module(found[ready].package).__file__)).parent / "migrations" / "versions"
        if folder.is_dir():
            yield Lineage(ready, folder, lambda table, prefix=f"{ready}_": table.startswith(prefix))  # type: ignore[misc]  # a default binds the name


def upgrade(owner_url: str, app_role: str = "kokemus_app") -> None:
    """Bring every lineage to its newest revision and give the app role exactly its grants (PostgreSQL)."""
    with _connection(owner_url) as connection:
        for lineage in lineages():
            command.upgrade(_config(lineage, connection), "head")
        if connection.dialect.name == "postgresql":
            _grant(connection, app_role)


def downgrade(owner_url: str) -> None:
    """Undo every lineage, plugins first. All data is lost."""
    with _connection(owner_url) as connection:
        for lineage in reversed(lineages()):
            command.downgrade(_config(lineage, connection), "base")


def revision(owner_url: str, name: str, message: str) -> None:
    """Write a new migration of one lineage from the difference between tables and models."""
    with _connection(owner_url) as connection:
        lineage = next(found for found in lineages() if found.name == name)
        command.revision(
            _config(lineage, connection), message, autogenerate=True, version_path=str(lineage.versions)
        )


def _config(lineage: Lineage, connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("version_locations", str(lineage.versions))
    config.set_main_option("path_separator", "newline")
    config.attributes.update(connection=connection, version_table=lineage.version_table, owns=lineage.owns)
    return config


@contextmanager
def _connection(url: str) -> Iterator[Connection]:
    """One transaction as the owner; on SQLite with foreign keys off before it and checked at its end."""
    engine = create_engine(url, poolclass=NullPool, **_options(url))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        yield connection
        if engine.dialect.name == "sqlite":
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
            if broken:
                raise RuntimeError(f"a migration would break foreign keys: {broken[:5]}")


def _options(url: str) -> dict[str, Any]:
    return {"connect_args": {"isolation_level": None}} if make_url(url).get_backend_name() == "sqlite" else {}


def _grant(connection: Connection, role: str) -> None:
    """The app role: no DDL, no DELETE on money and logs."""
    if role == connection.engine.url.username or not _role_exists(connection, role):
        return
    quote = connection.dialect.identifier_preparer.quote
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {quote(role)}"))
    present = set(inspect(connection).get_table_names())
    for table in Base.metadata.sorted_tables:
        if table.name in present:
            rights = GRANTS[table.info.get("grants", "rw")]
            connection.execute(text(f"REVOKE ALL ON {quote(table.name)} FROM {quote(role)}"))
            connection.execute(text(f"GRANT {rights} ON {quote(table.name)} TO {quote(role)}"))
    for name in sorted(n for n in present if n.startswith("alembic_version_")):
        connection.execute(text(f"GRANT SELECT ON {quote(name)} TO {quote(role)}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {quote(role)}"))


def _role_exists(connection: Connection, role: str) -> bool:
    return connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}) is not None
