"""What is found, what is looked at, and in which order; a bad fact sets its own plugin aside."""

from __future__ import annotations

import pytest

from core.modules.startup.loading import PluginsNotOk
from tests.support.plugins import Packages, condition, host_of


def test_every_entry_point_is_found(packages: Packages) -> None:
    packages.add("tools")
    app = packages.start()
    assert list(host_of(app).healthy) == ["fees", "tools"]
    assert condition(app, "tools").state == "ok"
    assert str(condition(app, "tools").label) == "Tools"


def test_only_named_plugins_are_looked_at(packages: Packages) -> None:
    packages.add("tools", before="raise SystemExit(3)")
    app = packages.start(plugins=("fees", "ghost"))
    assert list(host_of(app).healthy) == ["fees"]
    assert set(host_of(app).at_start) == {"fees", "ghost"}
    assert condition(app, "ghost").state == "missing"


def test_safe_mode_looks_at_none(packages: Packages) -> None:
    packages.add("tools", before="raise SystemExit(3)")
    app = packages.start(safe_mode=True)
    assert not host_of(app).healthy
    assert not host_of(app).at_start


BAD_FACTS = {
    "name": ('name = "Tools!"', "small letters"),
    "another name": ('name = "others"', "holds a plugin named others"),
    "no version": ('version = "one"', "PEP 440"),
    "no range": ('api = "any"', "range"),
    "no label": ('label = " "', "label is missing"),
    "no description": ("description = None", "description is missing"),
    "category": ('category = "fun"', "category 'fun'"),
    "requires": ('requires = "fees"', "requires is a tuple"),
    "requires itself": ('requires = ("tools",)', "requires itself"),
    "hooks": ('hooks = "pkg_tools.hooks"', "package.module:Class"),
    "settings": ('settings = ("days",)', "settings is a tuple of Setting"),
    "settings twice": (
        'settings = (Setting(key="days", label="D"), Setting(key="days", label="D"))',
        "named twice: days",
    ),
    "settings default": (
        'settings = (Setting(key="days", label="D", type="integer", default="three"),)',
        "days",
    ),
    "settings steps": ("settings_version = 3", "settings_steps"),
    "tables": ('public_tables = ("person",)', "not its own: person"),
}


@pytest.mark.parametrize(("fact", "told"), BAD_FACTS.values(), ids=BAD_FACTS)
def test_a_bad_fact_is_named(packages: Packages, fact: str, told: str) -> None:
    packages.add("tools", fact)
    app = packages.start()
    assert list(host_of(app).healthy) == ["fees"]
    found = condition(app, "tools")
    assert found.state == "failed"
    assert told in found.reason
    assert "Traceback" in found.trace


@pytest.mark.parametrize("api", [">=2", "<1.0", "==0.9"])
def test_another_core_is_incompatible(packages: Packages, api: str) -> None:
    packages.add("tools", f'api = "{api}"')
    found = condition(packages.start(), "tools")
    assert (found.state, api in found.reason) == ("incompatible", True)


IMPORTS = {
    "raises": "1 / 0",
    "exits": "raise SystemExit(3)",
    "is not there": "import no_such_package",
    "is no Python": "def (",
}


@pytest.mark.parametrize("code", IMPORTS.values(), ids=IMPORTS)
def test_an_import_that_fails(packages: Packages, code: str) -> None:
    packages.add("tools", before=code)
    app = packages.start()
    assert list(host_of(app).healthy) == ["fees"]
    assert condition(app, "tools").state == "failed"


def test_an_entry_point_that_is_no_plugin(packages: Packages) -> None:
    package = packages.add("tools")
    (packages.folder / package / "__init__.py").write_text("plugin = object()\n")
    assert "not a Plugin" in condition(packages.start(), "tools").reason


def test_facts_come_without_tables(packages: Packages) -> None:
    packages.add("tools", before="from pkg_tools import models", models=TABLE)
    app = packages.start()
    assert "register_models" in condition(app, "tools").reason
    assert list(host_of(app).healthy) == ["fees"]


TABLE = """
    from sqlalchemy.orm import Mapped
    from core.api import Model, Scoped, WithId

    class Tool(WithId, Scoped, Model):
        __tablename__ = "tools_tool"
        size: Mapped[int]
"""


def test_each_comes_after_what_it_requires(packages: Packages) -> None:
    packages.add("art", 'requires = ("zoo", "fees")')
    packages.add("zoo", 'requires = ("fees",)')
    assert list(host_of(packages.start()).healthy) == ["fees", "zoo", "art"]


def test_what_it_requires_is_not_there(packages: Packages) -> None:
    packages.add("art", 'requires = ("zoo",)')
    packages.add("bow", 'requires = ("art",)')
    app = packages.start()
    assert list(host_of(app).healthy) == ["fees"]
    assert [str(condition(app, n)) for n in ("art", "bow")] == [
        "art: incompatible (needs zoo)",
        "bow: incompatible (needs art)",
    ]


def test_what_it_requires_fails(packages: Packages) -> None:
    packages.add("zoo", "@hookimpl\ndef register_models(self):\n    1 / 0")
    packages.add("art", 'requires = ("zoo",)')
    app = packages.start()
    assert condition(app, "zoo").state == "failed"
    assert str(condition(app, "art")) == "art: incompatible (needs zoo)"
    assert list(host_of(app).healthy) == ["fees"]


def test_requires_that_go_round(packages: Packages) -> None:
    packages.add("art", 'requires = ("bow",)')
    packages.add("bow", 'requires = ("art",)')
    packages.add("cat", 'requires = ("art",)')
    app = packages.start()
    assert list(host_of(app).healthy) == ["fees"]
    assert [condition(app, n).state for n in ("art", "bow", "cat")] == ["failed", "failed", "incompatible"]
    assert "round" in condition(app, "art").reason


def test_a_second_package_of_one_name_is_set_aside(packages: Packages) -> None:
    packages.add("impostor", 'name = "fees"', entry="fees")
    app = packages.start()
    assert type(host_of(app).healthy["fees"].plugin).__module__ == "plugins.fees"
    assert "already offers fees" in condition(app, "fees (pkg_impostor:plugin)").reason


def test_a_name_that_goes_on_from_anothers(packages: Packages) -> None:
    packages.add("fees_plus")
    app = packages.start()
    assert list(host_of(app).healthy) == ["fees"]
    assert "belongs to fees" in condition(app, "fees_plus").reason


def test_strict_start_up_lists_all_that_are_not_ok(packages: Packages) -> None:
    packages.add("art", 'api = ">=9"')
    packages.add("bow", before="1 / 0")
    with pytest.raises(PluginsNotOk, match=r"art: incompatible .*bow: failed .*ZeroDivisionError"):
        packages.start(strict=True)
    packages.remove("art")
    packages.remove("bow")
    assert list(host_of(packages.start(strict=True)).healthy) == ["fees"]
