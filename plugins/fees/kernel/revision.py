"""Sending a returned claim again: a new revision by what is published now, for the day of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from plugins.fees.errors import FeeError
from plugins.fees.kernel.life_cycle import RULES, Asked, must_be_submitter
from plugins.fees.kernel.locks import lock_person
from plugins.fees.kernel.plan import Part, plan
from plugins.fees.kernel.rows import add_lines_and_steps
from plugins.fees.kernel.situation import ClaimRow, Situation, Step
from plugins.fees.kernel.writes import Move
from plugins.fees.sheet import SheetLine


def renew(session: Session, situation: Situation, asked: Asked, lines: Sequence[SheetLine]) -> Move:
    """Write the next revision's lines and steps, and the move that makes it the claim's own."""
    must_be_submitter(situation, asked)
    claim = situation.claim
    connection = session.connection()
    lock_person(connection, claim.beneficiary_id)
    parts = plan(session, lines, claim.submitter_id, asked.at, start=False, instead_of=claim.id)
    part = _only_part(parts, claim)
    revision = claim.revision + 1
    add_lines_and_steps(connection, claim.id, revision, part)
    target = RULES["resend"].decide(_renewed(situation, part), asked)
    message = asked.text or part.message or None
    changes = {
        "revision": revision,
        "total_cents": part.total_cents,
        "chain_version_id": part.chain_version_id,
    }
    kinds = {step.no: step.desk_kind for step in part.steps}
    return Move(claim, target, kinds, changes, message)


def _only_part(parts: Sequence[Part], claim: ClaimRow) -> Part:
    """A claim stays at its unit; another one is withdrawn here and sent anew."""
    if len(parts) != 1 or parts[0].unit_id != claim.organisation_id:
        raise FeeError("other_payer", "organisation_id")
    return parts[0]


def _renewed(situation: Situation, part: Part) -> Situation:
    """The claim with its new steps: nobody has approved this revision yet."""
    steps = [Step(step.no, step.desk_id, step.due_days, step.desk_kind, None) for step in part.steps]
    return replace(situation, steps=steps, desks={**situation.desks, **part.desks})
