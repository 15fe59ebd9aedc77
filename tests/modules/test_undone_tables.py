"""A plugin that went and came again in one process is bounded by its new classes, not by the old ones."""

from __future__ import annotations

from pathlib import Path

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
