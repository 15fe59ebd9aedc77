"""Modules to the operator: how each is doing, which of their calls failed, and the buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from core.access import access
from core.database.types import now
from core.extensions import db
from core.modules.host import Condition, host
from core.modules.models import HookHealth
from core.modules.switching import instance
from core.operations.blueprint import blueprint
from core.request import signed_in

MOST = 100
STATES: dict[str, tuple[Any, str]] = {
    "ok": (_l("Works"), "ok"),
    "incompatible": (_l("Does not fit this version"), "warn"),
    "failed": (_l("Has a fault"), "warn"),
    "missing": (_l("Is not installed"), "warn"),
    "pending": (_l("Waits for a migration"), "warn"),
    "disabled": (_l("Off everywhere"), "warn"),
}


@dataclass(frozen=True)
class ModuleLine:
    """One module as its line shows it; what it may be told to do depends on whether it runs."""

    condition: Condition
    version: str
    word: Any
    tone: str
    runs: bool


@dataclass(frozen=True)
class Trouble:
    """One call that failed at least once. Times are milliseconds as people read them."""

    health: HookHealth
    is_open: bool
    mean: str
    slowest: str


def module_lines() -> list[ModuleLine]:
    """Every module the instance knows of, by name."""
    found = host()
    return [_line(found.conditions[name]) for name in sorted(found.conditions)]


def _line(condition: Condition) -> ModuleLine:
    word, tone = STATES[condition.state]
    brought = host().healthy.get(condition.name)
    version = brought.plugin.version if brought else ""
    return ModuleLine(condition, version, word, tone, runs=brought is not None)


def troubles(session: Session, module: str | None = None) -> Sequence[Trouble]:
    """Calls that failed, the latest first."""
    wanted = select(HookHealth).where(HookHealth.failures > 0)
    if module is not None:
        wanted = wanted.where(HookHealth.module == module)
    rows = session.scalars(wanted.order_by(HookHealth.last_failed_at.desc()).limit(MOST))
    return [_trouble(row) for row in rows]


def _trouble(row: HookHealth) -> Trouble:
    is_open = row.open_until is not None and row.open_until > now()
    return Trouble(
        row, is_open, _milliseconds(row.total_us / max(row.calls, 1)), _milliseconds(row.slowest_us)
    )


def _milliseconds(microseconds: float) -> str:
    return _("%(number)s ms", number=format_decimal(round(microseconds / 1000, 1)))


@blueprint.get("/operator/modules/<name>")
@access("operator")
def module(name: str) -> str:
    """One module: its state, the reason with the places in the code, and its calls that failed."""
    line = _known(name)
    return render_template("operations/module.html", line=line, troubles=troubles(db.session(), name))


@blueprint.post("/operator/calls/<int:row_id>/retry")
@access("operator")
def call_again(row_id: int) -> Response:
    """Call a hook again that failed too often."""
    row = db.session.get(HookHealth, row_id)
    if row is None:
        abort(404)
    instance.call_again((row.module, row.hook), _me())
    flash(_("It is called again from now on."))
    return redirect(url_for("operations.overview"), 303)


@blueprint.get("/operator/modules/<name>/disable")
@access("operator")
def ask_disable(name: str) -> str:
    """What follows from switching a module off everywhere, and the button."""
    line = _running(name)
    return render_template(
        "confirm.html",
        title=_("Switch off everywhere: %(module)s", module=str(line.condition.label or name)),
        button=_("Switch off everywhere"),
        danger=True,
        texts=[
            _("Its pages, cards and work stop in every organisation at once. Nothing is deleted."),
            _("Organisations keep what they decided; it holds again when the module is switched on."),
        ],
        cancel=url_for("operations.overview"),
    )


@blueprint.post("/operator/modules/<name>/disable")
@access("operator")
def disable(name: str) -> Response:
    """Off in the whole instance."""
    instance.disable(_running(name).condition.name, _me())
    flash(_("The module is off everywhere."))
    return redirect(url_for("operations.overview"), 303)


@blueprint.post("/operator/modules/<name>/enable")
@access("operator")
def enable(name: str) -> Response:
    """As the organisations decided again."""
    instance.enable(_running(name).condition.name, _me())
    flash(_("The module works again where organisations have switched it on."))
    return redirect(url_for("operations.overview"), 303)


def _known(name: str) -> ModuleLine:
    condition = host().conditions.get(name)
    if condition is None:
        abort(404)
    return _line(condition)


def _running(name: str) -> ModuleLine:
    """A module that start-up took in; what did not start cannot be switched."""
    line = _known(name)
    if not line.runs:
        abort(404)
    return line


def _me() -> int:
    person = signed_in()
    assert person is not None  # noqa: S101  # the guard has let an operator in
    return person.person_id
