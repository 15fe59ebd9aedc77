"""A plugin that went and came again in one process is bounded by its new classes, not by the old ones."""

from __future__ import annotations

from pathlib import Path

from core.database.base import Base
from core.scope import enforcement
from tests.modules.bad_tools import GOOD, MODELS, RECORDS, VIEWS
from tests.support.plugins import condition, packages_in


def declared(folder: Path) -> type:
    """Start with the plugin and give the class that the scope bounds its table by."""
    folder.mkdir()
    with packages_in(folder) as packages:
        packages.add("tools", GOOD, models=MODELS, views=VIEWS, records=RECORDS)
        assert condition(packages.start(), "tools").state == "ok"
        from pkg_tools.models import Tool  # type: ignore[import-not-found]  # written above

        found: type = enforcement._tables()["tools_tool"]
        assert found is Tool
        return found


def test_a_table_that_came_again_is_bounded_by_its_new_class(tmp_path: Path) -> None:
    first = declared(tmp_path / "first")
    assert "tools_tool" not in enforcement._tables()
    assert declared(tmp_path / "second") is not first


def test_anothers_key_is_as_it_was(tmp_path: Path) -> None:
    """A class that redeclares another's table takes over its key; taken back, rows get their ids again."""
    with packages_in(tmp_path) as packages:
        claims = Base.metadata.tables["fees_claim"]
        id_column = claims.c.id
        models = MODELS.replace(
            '"tools_tool"', '"fees_claim"\n        __table_args__ = {"extend_existing": True}'
        )
        packages.add("tools", GOOD, models=models, views=VIEWS, records=RECORDS)
        assert "fees_claim" in condition(packages.start(), "tools").reason
        assert claims.c.id is id_column
        assert list(claims.primary_key.columns) == [id_column]
        assert claims.autoincrement_column is id_column
