"""A plugin is registered whole or not at all, and what another brings is as if it had never come."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from babel.messages import Catalog
from babel.messages.mofile import write_mo
from flask import Flask
from flask_babel import gettext
from sqlalchemy import insert, select
from sqlalchemy.orm import configure_mappers

from core.database.base import Base
from core.scope.model import Scoped
from core.users.models import Person
from tests.modules.bad_tools import FAULTS, GOOD, MODELS, RECORDS, VIEWS, returning
from tests.support.plugins import Packages, condition, host_of


def add(packages: Packages, facts: str = "", *, before: str = "", **modules: str) -> None:
    """The good plugin, with some of it put otherwise; methods of the same name replace its own."""
    parts = {"models": MODELS, "views": VIEWS, "records": RECORDS, **modules}
    packages.add("tools", f"{GOOD}\n{facts}", before=before, **parts)


def traces(app: Flask) -> dict[str, Any]:
    """All that a plugin could leave in the application and in the process."""
    pm = host_of(app).pm
    return {
        "routes": sorted(f"{rule.rule} {rule.endpoint}" for rule in app.url_map.iter_rules()),
        "blueprints": sorted(app.blueprints),
        "permissions": sorted(app.extensions["kokemussilta.permissions"]),
        "owners": app.extensions["kokemussilta.owners"],
        "commands": sorted(app.cli.commands),
        "tables": {t.name: sorted(t.columns.keys()) for t in Base.metadata.tables.values()},
        "classes": {m.class_.__name__: sorted(m.attrs.keys()) for m in Base.registry.mappers},
        "scoped": list(Scoped.registry_of_scoped),
        "plugins": sorted(name for name, _ in pm.list_name_plugin()),
        "hooks": sorted(vars(pm.hook)),
        "handlers": {n: sorted(b.handlers) for n, b in host_of(app).healthy.items()},
        "words": app.config["BABEL_TRANSLATION_DIRECTORIES"],
    }


@pytest.fixture
def untouched(packages: Packages) -> dict[str, Any]:
    """What there is with fees alone."""
    return traces(packages.start())


def test_a_good_plugin_brings_all_of_it(packages: Packages, untouched: dict[str, Any]) -> None:
    add(packages)
    app = packages.start(strict=True)
    found = traces(app)
    assert {"/o/<org>/tools/ tools.shelf", "/me/tools/ tools_mine.my", "/tools/ tools_front.window"} <= set(
        found["routes"]
    )
    assert {e: o for e, o in found["owners"].items() if o == "tools"}.keys() >= {
        "tools.shelf",
        "tools_mine.my",
        "records_tools_all.index",
    }
    assert "tools.view" in found["permissions"]
    assert "tools" in found["commands"]
    assert found["handlers"]["tools"] == ["tools.sharpen"]
    assert {t.module for t in Scoped.registry_of_scoped if t.__name__ == "Tool"} == {"tools"}
    assert {t.module for t in Scoped.registry_of_scoped if t.__name__ == "Claim"} == {"fees"}
    assert found["tables"].keys() - untouched["tables"].keys() == {"tools_tool"}


@pytest.mark.parametrize(("otherwise", "told"), FAULTS.values(), ids=FAULTS)
def test_nothing_of_a_failed_plugin_remains(
    packages: Packages, untouched: dict[str, Any], otherwise: dict[str, str], told: str
) -> None:
    before = statements()
    add(packages, **otherwise)
    app = packages.start()
    found = condition(app, "tools")
    assert found.state == "failed"
    assert told in found.reason
    assert traces(app) == untouched
    assert "pkg_tools.models" not in sys.modules
    configure_mappers()
    assert statements() == before


def statements() -> list[str]:
    """What is asked of a class that the plugins above would change."""
    return [str(select(Person)), str(insert(Person))]


def test_words_that_cannot_be_read(packages: Packages, untouched: dict[str, Any]) -> None:
    add(packages)
    folder = packages.folder / "pkg_tools" / "translations" / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.mo").write_bytes(b"no catalogue")
    app = packages.start()
    assert "translations/fi cannot be read" in condition(app, "tools").reason
    assert traces(app) == untouched


def test_words_of_the_core_stand(packages: Packages) -> None:
    add(packages)
    folder = packages.folder / "pkg_tools" / "translations" / "fi" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalogue = Catalog(locale="fi")
    catalogue.add("Modules", "Palikat")
    catalogue.add("Tools of mine", "Omat työkalut")
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalogue)
    with packages.start(strict=True).test_request_context("/", headers={"Accept-Language": "fi"}):
        assert [gettext("Modules"), gettext("Tools of mine")] == ["Moduulit", "Omat työkalut"]


def test_what_the_rehearsal_could_not_foresee(packages: Packages, untouched: dict[str, Any]) -> None:
    """A blueprint that behaves at the rehearsal and fails at the real thing."""
    later = "    import itertools\n    times = itertools.count()\n"
    later += "    @mine.record\n    def at_last(state):\n        if next(times):\n            1 / 0\n"
    add(packages, views=f"{VIEWS}\n{later}")
    packages.add("zoo")
    app = packages.start()
    assert condition(app, "tools").reason == "ZeroDivisionError: division by zero"
    assert list(host_of(app).healthy) == ["fees", "zoo"]
    packages.remove("zoo")
    assert traces(packages.start()) == untouched


def test_it_fails_again_when_it_is_tried_again(packages: Packages, untouched: dict[str, Any]) -> None:
    add(packages, models=f"{MODELS}\n    1 / 0")
    packages.start()
    app = packages.start()
    assert condition(app, "tools").state == "failed"
    assert traces(app) == untouched


def test_others_go_on(packages: Packages) -> None:
    packages.add("art")
    add(packages, models=f"{MODELS}\n    1 / 0")
    packages.add("zoo")
    app = packages.start()
    assert list(host_of(app).healthy) == ["art", "fees", "zoo"]


@pytest.mark.parametrize("name", ["modules", "account", "static", "database", "module", "core", "person"])
def test_a_name_of_the_core(packages: Packages, name: str) -> None:
    packages.add(name)
    assert "the core's" in condition(packages.start(), name).reason


SPECS = """
    from core.api import hookspec

    class Hooks:
        @hookspec("ask", one=int)
        def tools_free(self, organisation_id: int) -> int:
            "How many tools are free."
"""


def test_own_hooks_are_known_to_those_that_come_before(packages: Packages) -> None:
    packages.add("art", "@hookimpl(optionalhook=True)\ndef tools_free(self, organisation_id):\n    return 3")
    add(packages, 'hooks = "pkg_tools.hooks:Hooks"', hooks=SPECS)
    app = packages.start(strict=True)
    art = host_of(app).healthy["art"].plugin
    assert host_of(app).call(art, "tools_free", organisation_id=1) == [3]


def test_who_implements_anothers_hook_wrongly_fails_alone(packages: Packages) -> None:
    packages.add("art", "@hookimpl(optionalhook=True)\ndef tools_free(self, planet):\n    return 3")
    add(packages, 'hooks = "pkg_tools.hooks:Hooks"', hooks=SPECS)
    app = packages.start()
    assert list(host_of(app).healthy) == ["fees", "tools"]
    assert "planet" in condition(app, "art").reason


def test_anothers_hook_is_optional_or_required(packages: Packages) -> None:
    packages.add("art", "@hookimpl\ndef tools_free(self, organisation_id):\n    return 3")
    add(packages, 'hooks = "pkg_tools.hooks:Hooks"', hooks=SPECS)
    app = packages.start()
    assert "optionalhook=True" in condition(app, "art").reason


BAD_SPECS: dict[str, tuple[Callable[[str], str], str]] = {
    "another's name": (lambda text: text.replace("tools_free", "fees_free"), "fees_free"),
    "no kind": (
        lambda text: text.replace('hookspec("ask", one=int)', "HookspecMarker('kokemussilta')"),
        "no kind",
    ),
    "no class": (lambda text: text.replace("class Hooks", "class Other"), "Hooks"),
    "raises": (lambda text: f"{text}\n    1 / 0", "ZeroDivisionError"),
    "brings tables": (lambda text: f"    from pkg_tools import models\n{text}", "register_models"),
}


@pytest.mark.parametrize(("change", "told"), BAD_SPECS.values(), ids=BAD_SPECS)
def test_bad_hooks_of_its_own(
    packages: Packages, untouched: dict[str, Any], change: Callable[[str], str], told: str
) -> None:
    add(
        packages,
        'hooks = "pkg_tools.hooks:Hooks"',
        hooks=change(f"    from pluggy import HookspecMarker\n{SPECS}"),
    )
    app = packages.start()
    assert condition(app, "tools").state == "failed"
    assert told in condition(app, "tools").reason
    assert traces(app) == untouched


def test_hooks_of_a_plugin_that_fails_go_with_it(packages: Packages) -> None:
    packages.add("art", "@hookimpl(optionalhook=True)\ndef tools_free(self, organisation_id):\n    return 3")
    add(
        packages,
        f'hooks = "pkg_tools.hooks:Hooks"\n{returning("register_commands", "[1]")}',
        hooks=SPECS,
    )
    app = packages.start()
    assert list(host_of(app).healthy) == ["art", "fees"]
    assert not host_of(app).pm.hook.tools_free.has_spec()
