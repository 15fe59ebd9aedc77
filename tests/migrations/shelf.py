"""Writes plugins with tables and migrations for tests of migrations."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent, indent

from sqlalchemy import Connection, Engine, create_engine

from core.database.migrate import lineages
from core.modules.startup.tables import Declared

FACTS = """
from core.api import Plugin, Retained, hookimpl

class Found(Plugin):
    name = {name!r}
    version = "1.2"
    label = {label}
    description = "For a test"
    requires = {requires!r}
    public_tables = {public!r}
    retained = {retained}

    @hookimpl
    def register_models(self):
        from {name}_plugin import models
"""
MODELS = """
from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column
from core.api import Model, WithId

"""
TABLE = """
class {title}(WithId, Model):
    __tablename__ = "{name}_thing"
    __table_args__ = ({{"info": {{"unscoped": "of a test", "grants": "append"}}}},)
    words: Mapped[str]
"""
MIGRATION = '''"""Of a test."""

import sqlalchemy as sa
from alembic import op

revision = {revision!r}
down_revision = {before!r}


def upgrade():
{up}


def downgrade():
{down}
'''
MAKE = """
op.create_table("{name}_thing", sa.Column("words", sa.String(), nullable=False), sa.Column("id", sa.Integer(),
    nullable=False), sa.PrimaryKeyConstraint("id", name=op.f("pk_{name}_thing")))
"""


@dataclass(frozen=True)
class Shelf:
    """A folder of installed plugins."""

    folder: Path

    def add(
        self,
        name: str,
        *,
        models: str | None = None,
        requires: Sequence[str] = (),
        public: Sequence[str] = (),
        label: str = "'Words'",
        retained: str = "()",
        migrate: bool = True,
    ) -> None:
        """Install a plugin; without `models` it has one table, <name>_thing, that its migration makes."""
        facts = FACTS.format(
            name=name, requires=tuple(requires), public=tuple(public), label=label, retained=retained
        )
        self.package(name).mkdir()
        (self.package(name) / "__init__.py").write_text(facts + "\n\nplugin = Found()\n")
        self._install(name)
        own = TABLE.format(title=name.title(), name=name) if models is None else dedent(models)
        (self.package(name) / "models.py").write_text(MODELS + own)
        if migrate:
            self.migration(name, 1, MAKE.format(name=name), f"op.drop_table('{name}_thing')")

    def _install(self, name: str) -> None:
        """What an installer leaves beside the code: the name and the entry point."""
        facts = self.folder / f"{name}_plugin-1.2.dist-info"
        facts.mkdir()
        (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}-plugin\nVersion: 1.2\n")
        (facts / "entry_points.txt").write_text(f"[kokemussilta.plugins]\n{name} = {name}_plugin:plugin\n")

    def remove(self, name: str) -> None:
        """Uninstall a plugin."""
        shutil.rmtree(self.folder / f"{name}_plugin-1.2.dist-info")
        shutil.rmtree(self.package(name))

    def package(self, name: str) -> Path:
        """The folder of a plugin's code."""
        return self.folder / f"{name}_plugin"

    def versions(self, name: str) -> Path:
        """The folder of a plugin's migrations."""
        return self.package(name) / "migrations" / "versions"

    def migration(self, name: str, number: int, up: str, down: str = "pass") -> None:
        """Write a plugin's migration of a number after the one before it."""
        self.versions(name).mkdir(parents=True, exist_ok=True)
        before = f"{name}_{number - 1}" if number > 1 else None
        text = MIGRATION.format(
            revision=f"{name}_{number}",
            before=before,
            up=indent(dedent(up).strip(), "    "),
            down=indent(dedent(down).strip(), "    "),
        )
        (self.versions(name) / f"{number:04}.py").write_text(text)


@contextmanager
def installed_in(folder: Path) -> Iterator[Shelf]:
    """Plugins in a folder that is on the path; the process forgets them and their tables afterwards."""
    lineages()  # the bundled ones stay
    declared = Declared.now()
    sys.path.insert(0, str(folder))
    try:
        yield Shelf(folder)
    finally:
        sys.path.remove(str(folder))
        declared.undo("")
        for name in [name for name in sys.modules if name.split(".")[0].endswith("_plugin")]:
            del sys.modules[name]


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """One transaction on a database; its connection is closed afterwards."""
    engine: Engine = create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()
