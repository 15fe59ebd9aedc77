"""One's own claims: where each is, its receipt, its story, and what one may do with it."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, g, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from core.api import access, db
from plugins.fees import drafts, words
from plugins.fees.drafts import Answer, Typed, Unfinished
from plugins.fees.models import Claim, ClaimLine
from plugins.fees.offers import may_start
from plugins.fees.reading import PAGE, claims_of_number, my_claims, shelve
from plugins.fees.states import BEING_DECIDED, RETURNED, STEP_KINDS
from plugins.fees.views.blueprint import Action, Page, a_claim, mine, shown_before
from plugins.fees.views.draft import draft_name
from plugins.fees.views.move import moves_at_desk
from plugins.fees.views.shown import row, rows
from plugins.fees.views.story import Story, story

_NUMBER = re.compile(r"([A-ZÅÄÖ0-9]{1,20})-([0-9]{4})-([0-9]{4,9})")


@mine.get("", endpoint="mine")
@access("me")
def mine_list() -> Page:
    """Where is my fee: one's own claims, newest first, and unfinished forms."""
    session, person_id = db.session(), g.person.person_id
    found = my_claims(session, person_id, before=shown_before())
    shown = rows(session, found[:PAGE])
    return render_template(
        "fees/mine.html",
        rows=shown,
        returned=any(row.yours for row in shown),
        drafts=_drafts(person_id),
        may_start=may_start(),
        more=found[PAGE - 1].id if len(found) > PAGE else None,
    )


def _drafts(person_id: int) -> list[tuple[Unfinished, str]]:
    """Unfinished forms with their names."""
    return [(found, draft_name(found)) for found in drafts.drafts_of(db.session(), person_id)]


@mine.get("/receipt/<number>")
@access("me")
def receipt(number: str) -> Page:
    """The form has arrived, and who has it now."""
    found = _NUMBER.fullmatch(number)
    if found is None:
        abort(404)
    session = db.session()
    claims = claims_of_number(session, g.person.person_id, found[1], int(found[2]), int(found[3]))
    if not claims:
        abort(404)
    shelf = shelve(session, claims)
    numbers = list(dict.fromkeys(shelf.receipts[c.sheet_id].text for c in claims))
    shown = [row(shelf, c) for c in claims]
    return render_template("fees/receipt.html", numbers=numbers, rows=shown, may_start=may_start())


@mine.get("/claims/<int:claim_id>")
@access("me")
def claim(claim_id: int) -> Page:
    """One claim: to its sender its way, to a handler also what to decide."""
    found = a_claim(claim_id)
    person_id: int = g.person.person_id
    theirs = person_id in (found.submitter_id, found.beneficiary_id)
    told = story(db.session(), found, staff=not theirs, reader=person_id)
    above = (_("Fees"), url_for("fees.mine")) if theirs else (_("To approve"), url_for("fees.queue"))
    return render_template(
        "fees/claim.html", story=told, actions=_actions(found, told), staff=not theirs, trail=[above]
    )


def _actions(found: Claim, told: Story) -> list[Action]:
    person_id: int = g.person.person_id
    if person_id == found.submitter_id:
        return _sender_actions(found)
    actions = _handler_actions(found, told) if may_decide(found, told, person_id) else []
    if told.undoable_by == person_id:
        actions.append(
            Action(_("Take the approval back"), url_for("fees.undo", claim_id=found.id), post=True)
        )
    if moves_at_desk(told, person_id):
        actions.append(Action(_("Move to a handler"), url_for("fees.move", claim_id=found.id), primary=True))
    return actions


def _sender_actions(found: Claim) -> list[Action]:
    actions = []
    if found.state == RETURNED:
        edit = url_for("fees.edit", claim_id=found.id)
        actions.append(Action(_("Correct and send again"), edit, post=True, primary=True))
    if found.state in (*BEING_DECIDED, RETURNED):
        actions.append(Action(_("Withdraw the form"), url_for("fees.withdraw", claim_id=found.id)))
    return actions


def may_decide(found: Claim, told: Story, person_id: int) -> bool:
    """Whether the buttons of the desk are for this person; the rules ask again when one is used."""
    desk, own = told.desk, (found.submitter_id, found.beneficiary_id)
    if found.state not in BEING_DECIDED or desk is None or desk.kind not in STEP_KINDS or person_id in own:
        return False
    return desk.standing(person_id, own) is not None and person_id not in told.shut


def _handler_actions(found: Claim, told: Story) -> list[Action]:
    label = words.approving(told.step_kind, told.last_step).button
    return [
        Action(label, url_for("fees.approve", claim_id=found.id), post=True, primary=True),
        Action(_("Return for completion"), url_for("fees.send_back", claim_id=found.id)),
        Action(_("Reject"), url_for("fees.reject", claim_id=found.id)),
        Action(_("I have a conflict of interest"), url_for("fees.aside", claim_id=found.id)),
    ]


@mine.post("/claims/<int:claim_id>/edit")
@access("me")
def edit(claim_id: int) -> Response:
    """Begin to correct a returned claim: its tasks as they were sent."""
    found = a_claim(claim_id)
    if found.submitter_id != g.person.person_id or found.state != RETURNED:
        abort(404)
    tasks = _typed(shelve(db.session(), [found]).lines[found.id], found.organisation_id)
    key = drafts.start_answer(g.person.person_id, Answer(found.id, found.version), tasks)
    return redirect(url_for("fees.draft", key=key))


def _typed(lines: list[ClaimLine], unit_id: int) -> list[Typed]:
    """A claim's tasks as they would be typed into the form."""
    tasks: dict[int, dict[str, ClaimLine]] = {}
    for line in lines:
        tasks.setdefault(line.task, {})[line.kind] = line
    return [_typed_task(found, unit_id) for found in tasks.values()]


def _typed_task(found: dict[str, ClaimLine], unit_id: int) -> Typed:
    work, travel = found["work"], found.get("travel")
    preparation = found["preparation"].quantity if "preparation" in found else 0
    metres = travel.quantity if travel else 0
    passengers = found["passengers"].quantity // metres if "passengers" in found and metres else 0
    return {
        "work_type": work.work_type_code,
        "unit": str(unit_id),
        "day": f"{work.day.day}.{work.day.month}.{work.day.year}",
        "start": _clock(work.start),
        "end": _clock(work.end),
        "lessons": str(work.quantity) if work.unit == "lessons" else "",
        "preparation_hours": str(preparation // 60 or ""),
        "preparation_minutes": str(preparation % 60 or ""),
        "travel": "car" if metres else "none",
        "kilometres": _kilometres(metres),
        "passengers": str(passengers or ""),
        "message": "",
    }


def _clock(value: Any) -> str:
    return f"{value.hour}.{value.minute:02d}" if value else ""


def _kilometres(metres: int) -> str:
    whole, rest = divmod(metres, 1000)
    return f"{whole},{rest:03d}".rstrip("0").rstrip(",") if metres else ""
