"""Payroll: the next batch, locking it, its file, and marking it paid."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, g, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from core.api import access, db, money
from plugins.fees.models import Claim, Payout
from plugins.fees.payroll.batches import SealedBatch, batches_of, download, mark_paid, open_claims, seal
from plugins.fees.views.blueprint import Page, node
from plugins.fees.views.shown import Row, rows

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
    waiting = _open()
    return render_template(
        "fees/payroll.html",
        rows=waiting,
        cents=_sum(waiting),
        statuses=BATCH_STATUS,
        batches=batches_of(db.session(), g.node.id),
    )


@node.get("/payroll/lock")
@access("node", "fees.payroll", here=True)
def ask_lock() -> Page:
    """Say what is locked, and ask."""
    _payer()
    waiting = _open()
    if not waiting:
        return redirect(url_for("fees_org.payroll"))
    text = ngettext(
        "The batch gets %(num)d claim form, %(total)s in all.",
        "The batch gets %(num)d claim forms, %(total)s in all.",
        len(waiting),
        total=money(_sum(waiting)),
    )
    return render_template(
        "confirm.html",
        title=_("Lock the batch"),
        button=_("Lock the batch"),
        cancel=url_for("fees_org.payroll"),
        texts=[text, _("A locked batch does not change. Forms approved later go into the next one.")],
        trail=_trail(),
    )


@node.post("/payroll/lock")
@access("node", "fees.payroll", here=True)
def lock() -> Response:
    """Lock every approved claim into a new batch."""
    _payer()
    found = seal(g.node.id, g.person.person_id)
    flash(_("Batch %(number)s is locked.", number=found.text))
    return redirect(url_for("fees_org.batch", number=found.number))


@node.get("/payroll/<int:number>")
@access("node", "fees.payroll", here=True)
def batch(number: int) -> Page:
    """One batch: its sum, its file, its claims."""
    found = _batch(number)
    return render_template(
        "fees/batch.html", batch=found, statuses=BATCH_STATUS, rows=_claims_of(found), trail=_trail()
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
    """Ask before marking as paid."""
    found = _batch(number)
    text = _(
        "You mark batch %(number)s, %(total)s, as paid today. The experts see it at once.",
        number=found.text,
        total=money(found.total_cents),
    )
    return render_template(
        "confirm.html",
        title=_("Mark the batch as paid"),
        button=_("Mark the batch as paid"),
        text=text,
        cancel=url_for("fees_org.batch", number=number),
        trail=_trail(),
    )


@node.post("/payroll/<int:number>/paid")
@access("node", "fees.payroll", here=True)
def paid(number: int) -> Response:
    """Mark every claim of the batch as paid."""
    mark_paid(_batch(number).id, g.person.person_id)
    flash(_("The batch is marked as paid."))
    return redirect(url_for("fees_org.batch", number=number))


def _payer() -> None:
    """Batches are a payer's: at any other organisation there is no such page."""
    if not g.node.is_controller:
        abort(404)


def _batch(number: int) -> SealedBatch:
    """The payer's batch of that number; 404 otherwise."""
    _payer()
    for found in batches_of(db.session(), g.node.id):
        if found.number == number:
            return found
    abort(404)


def _open() -> list[Row]:
    ids = [claim_id for claim_id, _version in open_claims(db.session(), g.node.id)]
    found = (
        db.session().scalars(select(Claim).where(Claim.id.in_(ids)).order_by(Claim.id)).all() if ids else []
    )
    return rows(db.session(), found, staff=True)


def _claims_of(found: SealedBatch) -> list[Row]:
    wanted = select(Claim).join(Payout, Payout.claim_id == Claim.id).where(Payout.batch_id == found.id)
    return rows(db.session(), db.session().scalars(wanted.order_by(Claim.id)).all(), staff=True)


def _sum(found: list[Row]) -> int:
    return sum(row.cents for row in found)


def _file_name(found: SealedBatch) -> str:
    """LAU-E0012.csv: letters, digits and hyphens alone."""
    return "".join(c for c in found.text if c.isascii() and (c.isalnum() or c == "-")) + ".csv"


def _trail() -> list[tuple[str, str]]:
    return [(_("Payroll batches"), url_for("fees_org.payroll"))]
