"""The list of what one has to approve, and approving several at once: all of the chosen, or none and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from core.api import access, db, money
from plugins.fees.absence import own_desks
from plugins.fees.kernel.transition import Moved, transition_many
from plugins.fees.models import Claim
from plugins.fees.states import PAYROLL
from plugins.fees.views.blueprint import Page, mine
from plugins.fees.views.decide import approved
from plugins.fees.views.menu import waiting
from plugins.fees.views.shown import Row, rows
from plugins.fees.waiting import (
    PAGE,
    Place,
    Show,
    count_shown,
    just_approved,
    to_be_moved,
    waiting_among,
    waiting_page,
)
from plugins.fees.words import DESK_KIND

MOST_AT_ONCE = 200
LABELS: dict[Show, Any] = {
    "all": _l("All"),
    "own": _l("My own"),
    "deputy": _l("As a deputy"),
    "late": _l("Late"),
}


@mine.get("/queue")
@access("me")
def queue() -> Page:
    """Claims that wait for one's decision, oldest due first."""
    session, person_id = db.session(), g.person.person_id
    chosen = _chosen()
    found = waiting_page(session, person_id, chosen, Place.read(request.args.get("after", "")))
    counts = count_shown(session, person_id)
    moved, given = to_be_moved(session, person_id), just_approved(session, person_id)
    return render_template(
        "fees/queue.html",
        rows=_rows(found[:PAGE]) if found else [],
        filters=[(key, label, counts[key]) for key, label in LABELS.items()],
        chosen=chosen,
        count=counts["all"],
        moves=waiting(person_id).to_move,
        more=str(Place.of(found[PAGE - 1])) if len(found) > PAGE else None,
        earlier="after" in request.args,
        may_be_away=bool(own_desks(session, person_id)),
        to_move=rows(session, moved, staff=True) if moved else [],
        given=rows(session, given, staff=True) if given else [],
    )


def _chosen() -> Show:
    wanted = request.args.get("show", "all")
    return next((show for show in LABELS if show == wanted), "all")


def _rows(found: Sequence[Claim]) -> list[Row]:
    return rows(db.session(), found, staff=True, reader=g.person.person_id)


@mine.post("/queue/choose")
@access("me")
def choose() -> Page:
    """Show what the chosen come to, and ask. Nothing is left out without saying so."""
    picked = _picked()
    if not picked:
        flash(_("Choose at least one form."), "error")
        return redirect(url_for("fees.queue"))
    taken = picked[:MOST_AT_ONCE]
    versions = dict(taken)
    found = waiting_among(db.session(), g.person.person_id, list(versions))
    ready = [claim for claim in found if claim.version == versions[claim.id]]
    shown = _rows(ready) if ready else []
    return render_template(
        "fees/queue_confirm.html",
        rows=shown,
        sentence=_sentence(shown),
        left_out=len(taken) - len(ready),
        too_many=len(picked) - len(taken),
        most=MOST_AT_ONCE,
    )


@mine.post("/queue/approve")
@access("me")
def approve_chosen() -> Response:
    """Approve all the chosen, in the versions that were shown, or none of them."""
    picked = _picked()
    if len(picked) > MOST_AT_ONCE:
        flash(_("At most %(most)s forms can be approved at once. Choose fewer.", most=MOST_AT_ONCE), "error")
        return redirect(url_for("fees.queue"))
    done = transition_many(picked, "approve", g.person.person_id)
    if done:
        flash(_approved(done))
    return redirect(url_for("fees.queue"))


def _approved(done: list[Moved]) -> str:
    """How many were approved; and what comes next, where that is one and the same."""
    if len(done) == 1:
        return approved(done[0])
    text = ngettext("%(num)d form approved.", "%(num)d forms approved.", len(done))
    following = {moved.waits or PAYROLL for moved in done}
    if len(following) > 1:
        return text
    return f"{text} {_('Next: %(step)s.', step=DESK_KIND[following.pop()])}"


def _sentence(found: list[Row]) -> str:
    total = money(sum(row.cents for row in found))
    return ngettext(
        "You approve %(num)d claim form, %(total)s in all.",
        "You approve %(num)d claim forms, %(total)s in all.",
        len(found),
        total=total,
    )


def _picked() -> list[tuple[int, int]]:
    """(claim, version) of each tick; what is not that is nothing."""
    found: dict[int, int] = {}
    for text in request.form.getlist("pick"):
        claim_id, _colon, version = text.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 10 for part in (claim_id, version)):
            found[int(claim_id)] = int(version)
    return list(found.items())
