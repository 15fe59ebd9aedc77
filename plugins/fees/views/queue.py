"""The list of what one has to approve, and approving several at once: all of the chosen, or none and why."""

from __future__ import annotations

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from core.api import access, db, money
from plugins.fees.absence import own_desks
from plugins.fees.kernel.transition import transition_many
from plugins.fees.reading import to_be_moved, waiting_at_desks
from plugins.fees.views.blueprint import Page, mine
from plugins.fees.views.shown import Row, rows

MOST_AT_ONCE = 200


@mine.get("/queue")
@access("me")
def queue() -> Page:
    """Claims that wait for one's decision, oldest due first."""
    waiting = _waiting()
    chosen = request.args.get("show", "all")
    kinds = {
        "all": (_("All"), waiting),
        "own": (_("My own"), [r for r in waiting if not r.for_whom]),
        "deputy": (_("As a deputy"), [r for r in waiting if r.for_whom]),
        "late": (_("Late"), [r for r in waiting if r.late]),
    }
    shown = kinds[chosen if chosen in kinds else "all"][1]
    filters = [(key, label, len(found)) for key, (label, found) in kinds.items()]
    moved = to_be_moved(db.session(), g.person.person_id)
    return render_template(
        "fees/queue.html",
        rows=shown,
        filters=filters,
        chosen=chosen,
        count=len(waiting),
        may_be_away=bool(own_desks(db.session(), g.person.person_id)),
        to_move=rows(db.session(), moved, staff=True) if moved else [],
    )


def _waiting() -> list[Row]:
    person_id: int = g.person.person_id
    return rows(db.session(), waiting_at_desks(db.session(), person_id), staff=True, reader=person_id)


@mine.post("/queue/choose")
@access("me")
def choose() -> Page:
    """Show what the chosen come to, and ask. Nothing is left out without saying so."""
    picked = _picked()
    if not picked:
        flash(_("Choose at least one form."), "error")
        return redirect(url_for("fees.queue"))
    waiting = {row.id: row for row in _waiting()}
    ready = [waiting[i] for i, version in picked if i in waiting and waiting[i].version == version]
    return render_template(
        "fees/queue_confirm.html", rows=ready, sentence=_sentence(ready), left_out=len(picked) - len(ready)
    )


@mine.post("/queue/approve")
@access("me")
def approve_chosen() -> Response:
    """Approve all the chosen, in the versions that were shown, or none of them."""
    done = transition_many(_picked(), "approve", g.person.person_id)
    flash(ngettext("%(num)d form approved.", "%(num)d forms approved.", len(done)))
    return redirect(url_for("fees.queue"))


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
    for text in request.form.getlist("pick")[:MOST_AT_ONCE]:
        claim_id, _colon, version = text.partition(":")
        if all(part.isascii() and part.isdigit() and len(part) < 10 for part in (claim_id, version)):
            found[int(claim_id)] = int(version)
    return list(found.items())
