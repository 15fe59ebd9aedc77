"""Who may step around the scope: a reviewed list. A new caller is a decision, made here."""

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Core statements on scoped tables, with the compiled criterion: the kernel of money, and its proof.
REVIEWED = {
    "plugins/fees/payroll/batches.py",
    "plugins/fees/deserted.py",
    "plugins/fees/drafts.py",
    "plugins/fees/kernel/earlier.py",
    "plugins/fees/kernel/submit.py",
    "plugins/fees/kernel/transition.py",
    "plugins/fees/lifecycle.py",
    "plugins/fees/price_reading.py",
    "plugins/fees/verify/__init__.py",
}
# Rows of any organisation, logged each time.
UNSCOPED = {
    "core/search/commands.py",
    "core/retention/experts.py",
    "core/retention/runs.py",
    "core/admin/looking.py",
    "core/trust/consents.py",
    "core/trust/controller_views.py",
    "core/trust/copying.py",
    "core/trust/erasing.py",
    "core/trust/restricting.py",
    "core/trust/staff.py",
    "core/trust/reading.py",
    "core/demo/load.py",
    "core/experts/names.py",
    "core/experts/own/checking.py",
    "core/experts/same_person.py",
    "core/files/views.py",
    "plugins/fees/demo/walk.py",
}
# Reading what belongs to rows the scope already showed.
RELATED = {
    "core/search/views.py",
    "core/records/custom/definitions.py",
    "core/records/custom/services.py",
    "plugins/fees/absence.py",
    "plugins/fees/messages.py",
    "plugins/fees/past.py",
    "plugins/fees/reading.py",
    "plugins/fees/setup/chains.py",
    "plugins/fees/setup/desks.py",
    "plugins/fees/setup/file_reading.py",
    "plugins/fees/setup/file_writing.py",
    "plugins/fees/setup/oneself.py",
    "plugins/fees/setup/rates.py",
    "plugins/fees/setup/staffing.py",
    "plugins/fees/setup/steps.py",
    "plugins/fees/setup/work_types.py",
    "plugins/fees/views/org_cards.py",
    "plugins/fees/waiting.py",
}


def callers(name: str) -> set[str]:
    """Product files that call `name`, tests left out."""
    found = set()
    for folder in ("core", "plugins"):
        for path in (ROOT / folder).rglob("*.py"):
            relative = path.relative_to(ROOT).as_posix()
            of_tests = "/tests/" in relative or relative.startswith("core/testing/")
            if not of_tests and "/scope/" not in relative and _calls(path, name):
                found.add(relative)
    return found


def _calls(path: Path, name: str) -> bool:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = (n.func for n in ast.walk(tree) if isinstance(n, ast.Call))
    return any(isinstance(f, ast.Name) and f.id == name for f in calls)


def test_reviewed_modules() -> None:
    assert callers("reviewed") == REVIEWED


def test_unscoped_modules() -> None:
    assert callers("unscoped") == UNSCOPED


def test_modules_reading_related_rows() -> None:
    assert callers("related") == RELATED
