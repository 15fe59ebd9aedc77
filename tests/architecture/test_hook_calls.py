"""Nobody calls a hook past the guard: a reviewed list. A new caller is a decision, made here."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
# Start-up, the guard itself, and commands of the demonstration, where an error is told as it is.
UNGUARDED = {
    "core/demo/load.py",
    "core/demo/walk.py",
    "core/modules/host.py",
    "core/modules/calling/guarding.py",
    "core/modules/calling/listeners.py",
    "core/modules/startup/registering.py",
}
HOOKS = ("hook", "subset_hook_caller")


def reaches_for_hooks(path: Path) -> bool:
    """Whether a file calls `caller(…)`, anything by the name `….call(…)`, or touches `….hook`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in ("hook", "subset_hook_caller")
            and _of_pluggy(node)
        ):
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "caller":
            return True
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_host_call(node.func):
            return True
    return False


def _of_pluggy(node: ast.Attribute) -> bool:
    return isinstance(node.value, ast.Attribute | ast.Name) and ast.unparse(node.value).split(".")[-1] == "pm"


def _is_host_call(function: ast.Attribute) -> bool:
    """Whatever the host is called there; only processes are started by the same word."""
    return function.attr == "call" and ast.unparse(function.value) != "subprocess"


def test_who_calls_hooks_without_the_guard() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for folder in ("core", "plugins")
        for path in (ROOT / folder).rglob("*.py")
        if "tests" not in path.parts and "testing" not in path.parts and reaches_for_hooks(path)
    }
    assert found == UNGUARDED, found ^ UNGUARDED
