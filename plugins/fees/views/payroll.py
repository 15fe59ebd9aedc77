"""Payroll: the next batch, locking it, its file, and marking it paid."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from core.api import access, db, money, today
from plugins.fees.errors import FeeError
from plugins.fees.forms import PaidForm
from plugins.fees.models import Claim
from plugins.fees.payroll.batches import (
    Figures,
    SealedBatch,
    batch_numbered,
    batches_of,
    download,
    mark_paid,
    seal,
)
from plugins.fees.payroll.reading import (
    PAGE,
    batch_page,
    changed_in_batch,
    changed_in_next,
    open_figures,
    open_page,
)
from plugins.fees.views.blueprint import Page, node, shown_after
from plugins.fees.views.problem import problems
from plugins.fees.views.shown import rows
from plugins.fees.words import refusal

_NUMBER = re.compile(r"-?[0-9]{1,12}")
# State of a batch: (its word, tone of its chip).
BATCH_STATUS: dict[str, tuple[Any, str]] = {
    "sealed": (_l("Locked"), "wait"),
    "sent": (_l("Sent to payroll"), "wait"),
    "settled": (_l("Paid"), "ok"),
}


@node.get("/payroll")
@access("node", "fees.payroll", here=True)
def payroll() -> Page:
    """What the next batch would hold, and the earlier ones."""
    _payer()
    session = db.session()
    figures = open_figures(session, g.node.id)
    return render_template(
        "fees/payroll.html",
        figures=figures,
        sentence=_sentence(figures),
        changed_names=changed_in_next(session, g.node.id),
        statuses=BATCH_STATUS,
        problems=problems(session, g.node.id),
        batches=batches_of(session, g.node.id),
        **_rows(open_page(session, g.node.id, shown_after())),
    )


@node.get("/payroll/lock")
@access("node", "fees.payroll", here=True)
def ask_lock() -> Page:
    """Say what is locked, and ask."""
    _payer()
    figures = open_figures(db.session(), g.node.id)
    return _ask_lock(figures) if figures.count else redirect(url_for("fees_org.payroll"))


@node.post("/payroll/lock")
@access("node", "fees.payroll", here=True)
def lock() -> Page:
    """Lock what was confirmed into a new batch; when that has changed, show what it is now and ask again."""
    _payer()
    try:
        found = seal(g.node.id, g.person.person_id, confirmed=_confirmed())
    except FeeError as error:
        if error.code != "batch_changed":
            raise
        return _ask_lock(open_figures(db.session(), g.node.id), refusal(error)), 409
    flash(_("Batch %(number)s is locked.", number=found.text))
    return redirect(url_for("fees_org.batch", number=found.number))


def _ask_lock(figures: Figures, *refusals: str) -> str:
    return render_template(
        "confirm.html",
        title=_("Lock the batch"),
        button=_("Lock the batch"),
        cancel=url_for("fees_org.payroll"),
        refusals=refusals,
        texts=[
            _sentence(figures),
            _("A locked batch does not change. Forms approved later go into the next one."),
        ],
        hidden={"count": figures.count, "cents": figures.cents},
        trail=_trail(),
    )


def _confirmed() -> Figures:
    """The figures of the page with the button; what carries none confirms nothing."""
    count, cents = (request.form.get(name, "") for name in ("count", "cents"))
    if not (_NUMBER.fullmatch(count) and _NUMBER.fullmatch(cents)):
        return Figures(0, 0)
    return Figures(int(count), int(cents))


def _sentence(figures: Figures) -> str:
    return ngettext(
        "The batch gets %(num)d claim form, %(total)s in all.",
        "The batch gets %(num)d claim forms, %(total)s in all.",
        figures.count,
        total=money(figures.cents),
    )


@node.get("/payroll/<int:number>")
@access("node", "fees.payroll", here=True)
def batch(number: int) -> Page:
    """One batch: its sum, its file, its claims."""
    found = _batch(number)
    return render_template(
        "fees/batch.html",
        batch=found,
        changed_names=changed_in_batch(db.session(), found.id) if found.state != "settled" else [],
        statuses=BATCH_STATUS,
        trail=_trail(),
        **_rows(batch_page(db.session(), found.id, shown_after())),
    )


@node.post("/payroll/<int:number>/file")
@access("node", "fees.payroll", here=True)
def file(number: int) -> Response:
    """The sealed file, the same bytes every time. The first download records that it was sent."""
    found = _batch(number)
    answer = Response(download(found.id, g.person.person_id), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{_file_name(found)}"'
    return answer


@node.get("/payroll/<int:number>/paid")
@access("node", "fees.payroll", here=True)
def ask_paid(number: int) -> Page:
    """Ask for the pay day before marking as paid; today unless something else is said."""
    return _ask_paid(_batch(number), PaidForm(day=today()))


@node.post("/payroll/<int:number>/paid")
@access("node", "fees.payroll", here=True)
def paid(number: int) -> Page:
    """Mark every claim of the batch as paid."""
    found, form = _batch(number), PaidForm(request.form)
    if not form.validate():
        return _ask_paid(found, form), 422
    try:
        mark_paid(found.id, g.person.person_id, day=form.day.data)
    except FeeError as error:
        if error.field != "day":
            raise
        form.day.errors = [refusal(error)]
        return _ask_paid(found, form), 422
    flash(_("The batch is marked as paid."))
    return redirect(url_for("fees_org.batch", number=number))


def _ask_paid(found: SealedBatch, form: PaidForm) -> str:
    unseen = _(
        "Nobody has downloaded the batch's file. Marked as paid, it is recorded as sent to payroll as well."
    )
    text = _(
        "You mark batch %(number)s, %(total)s, as paid. The experts see it at once.",
        number=found.text,
        total=money(found.total_cents),
    )
    back = url_for("fees_org.batch", number=found.number)
    return render_template(
        "fees/paid.html",
        form=form,
        text=text,
        unseen=unseen if found.state == "sealed" else "",
        back=back,
        trail=_trail(),
    )


def _payer() -> None:
    """Batches are a payer's: at any other organisation there is no such page."""
    if not g.node.is_controller:
        abort(404)


def _batch(number: int) -> SealedBatch:
    """The payer's batch of that number; 404 otherwise."""
    _payer()
    return batch_numbered(db.session(), g.node.id, number)


def _rows(found: list[Claim]) -> dict[str, Any]:
    """One page of claims, and where the next begins."""
    shown = found[:PAGE]
    return {
        "rows": rows(db.session(), shown, staff=True) if shown else [],
        "more": shown[-1].id if len(found) > PAGE else None,
        "earlier": shown_after() is not None,
    }


def _file_name(found: SealedBatch) -> str:
    """LAU-E0012.csv: letters, digits and hyphens alone."""
    return "".join(c for c in found.text if c.isascii() and (c.isalnum() or c == "-")) + ".csv"


def _trail() -> list[tuple[str, str]]:
    return [(_("Payroll batches"), url_for("fees_org.payroll"))]
