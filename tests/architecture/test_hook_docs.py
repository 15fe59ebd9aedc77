"""docs/hooks.md and docs/plugin-quality.md are compared with the code: nothing promised is undocumented."""

import ast
import inspect
import re
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

import pytest

import core.api
from core.modules.settings.description import Setting, SettingType
from core.modules.spec.hookspecs import CoreHooks
from core.modules.spec.kinds import HookKind, kind_of
from core.modules.spec.plugin import Category, Plugin
from core.modules.spec.values import SLOTS
from core.modules.startup.discovery import discover
from core.records.checking import LENGTHS
from core.testing.suite import Contract
from core.users.permissions import ROLES

DOCS = Path(__file__).parents[2] / "docs"
TEMPLATES = Path(str(core.__file__)).parent / "templates"
HOOKS = (DOCS / "hooks.md").read_text(encoding="utf-8")
QUALITY = (DOCS / "plugin-quality.md").read_text(encoding="utf-8")
HEADING = re.compile(r"^#### `(.*)`$", re.MULTILINE)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def specification_classes() -> list[type]:
    """The core's, then those of the bundled plugins."""
    found = [plugin.hooks.partition(":") for plugin in discover().plugins if plugin.hooks]
    return [CoreHooks, *(getattr(import_module(module), name) for module, _, name in found)]


def specifications() -> dict[str, Any]:
    return {
        name: function
        for owner in specification_classes()
        for name, function in vars(owner).items()
        if hasattr(function, "__hook_kind__")
    }


SPECIFICATIONS = specifications()


def signature(function: Any) -> str:
    """As an author writes it, without self; annotations stand there by their last name."""
    found = inspect.signature(function)
    parameters = list(found.parameters.values())[1:]
    text = str(found.replace(parameters=parameters)).replace("'", "")
    return f"{function.__name__}{re.sub(r'[a-z_]+[.](?=[A-Z])', '', text)}"


def section(function: Any) -> str:
    """What the page says about a hook, up to the next heading."""
    heading = f"#### `{signature(function)}`\n"
    assert heading in HOOKS, f"docs/hooks.md lacks: {heading}"
    return re.split(r"^#+ ", HOOKS.partition(heading)[2], maxsplit=1, flags=re.MULTILINE)[0]


def result(kind: HookKind) -> str:
    if kind.many is not None:
        return f"a list of `{kind.many.__name__}`"
    return f"one `{kind.one.__name__}`" if kind.one is not None else "gives nothing"


def test_fees_has_hooks_of_its_own() -> None:
    """So that what is compared here is more than the core's."""
    assert {"fees_claimable_work", "fees_may_move", "fees_claim_moved"} <= set(SPECIFICATIONS)


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_every_hook_stands_there_with_its_exact_signature_kind_and_result(name: str) -> None:
    kind = kind_of(SPECIFICATIONS[name])
    assert section(SPECIFICATIONS[name]).strip().startswith(f"*{kind.kind}*, {result(kind)}. **When:** ")


@pytest.mark.parametrize("name", SPECIFICATIONS)
def test_every_hook_has_an_example_that_implements_it(name: str) -> None:
    function = SPECIFICATIONS[name]
    [example] = CODE.findall(section(function))
    [method] = ast.parse(example).body
    assert isinstance(method, ast.FunctionDef)
    assert (method.name, [argument.arg for argument in method.args.args]) == (
        name,
        list(inspect.signature(function).parameters),
    )
    assert ast.unparse(method.decorator_list[0]).startswith("hookimpl")


def test_only_hooks_stand_there_that_exist() -> None:
    assert sorted(HEADING.findall(HOOKS)) == sorted(map(signature, SPECIFICATIONS.values()))


@pytest.mark.parametrize("kind", sorted({kind_of(function).kind for function in SPECIFICATIONS.values()}))
def test_every_kind_says_what_happens_when_it_fails(kind: str) -> None:
    assert f"\n| *{kind}* | " in HOOKS


def rows(text: str, heading: str) -> list[str]:
    """The names in the first column of the tables below a heading, up to the next of its level."""
    level = heading.partition(" ")[0]
    below = re.split(rf"^{level} ", text.partition(f"{heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    cells = (line.split("|")[1] for line in below.splitlines() if line.startswith("| `"))
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def default_of(fact: str) -> str:
    """The cell of a fact's default; empty for one that has none, and for what the host sets."""
    if fact not in vars(Plugin) or fact == "package":
        return " "
    default = vars(Plugin)[fact]
    return f' `"{default}"` ' if isinstance(default, str) else f" `{default}` "


def test_every_fact_of_a_plugin_with_its_default() -> None:
    facts = [name for name in inspect.get_annotations(Plugin) if not name.startswith("_")]
    assert rows(HOOKS, "## Facts of a plugin") == facts
    assert [name for name in facts if f"| `{name}` |{default_of(name)}|" not in HOOKS] == []
    assert all(f"`{category}`" in HOOKS for category in get_args(Category))


def test_every_type_of_setting_and_every_part_of_its_description() -> None:
    assert rows(HOOKS, "## Settings") == list(get_args(SettingType))
    parts = HOOKS.partition("## Settings\n")[2].partition("|")[0]
    assert [name for name in inspect.signature(Setting).parameters if f"`{name}`" not in parts] == []


def test_lengths_of_settings_are_the_ones_checked() -> None:
    told = dict(re.findall(r"\| `(\w+)` \|.*`max`: length, (\d+) unless told", HOOKS))
    assert told == {kind: str(LENGTHS[kind]) for kind in ("text", "longtext")}


def test_every_role() -> None:
    told = HOOKS.partition("## Roles\n")[2].partition("##")[0]
    assert set(re.findall(r"`(\w+)`", told)) == set(ROLES)


def test_every_block_and_every_piece_of_templates() -> None:
    layout, pieces = ((TEMPLATES / f"{name}.html").read_text("utf-8") for name in ("layout", "macros"))
    promised = re.findall(r"^   (\w+)\(", pieces.partition("#}")[0], re.MULTILINE)
    told = {_macro(pieces, name) for name in (*promised, "money", "day", "moment")}
    assert set(rows(HOOKS, "## Templates")) == told | set(re.findall(r"{% block (\w+)", layout))


def _macro(pieces: str, name: str) -> str:
    """As it is written there, with its arguments."""
    return re.findall(rf"{{% macro ({name}\(.*?\)) -?%}}", pieces)[0]


def test_every_slot() -> None:
    for slot, where in SLOTS.items():
        assert f"| `{slot}` | {where} |" in HOOKS
    assert rows(HOOKS, "## Slots") == list(SLOTS)


def test_every_name_of_the_api_once() -> None:
    assert sorted(rows(HOOKS, "## Names of `core.api`")) == core.api.__all__


def test_every_check_of_the_contract() -> None:
    checks = {name for name in dir(Contract) if name.startswith("test_")}
    assert sorted(rows(QUALITY, "## The suite")) == sorted(checks)
