"""The life cycle: which action is possible in which state, by whom, and where the claim goes.

submitted → in_approval (step k) → approved → in_batch → sent → paid
aside: returned (the submitter's own desk), rejected, withdrawn, payroll_problem (payroll's desk)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from core.api import NodeScope, current_gate
from plugins.fees import states as s
from plugins.fees.due import due_after
from plugins.fees.errors import FeeError, NotAllowed
from plugins.fees.kernel.people import DeskPeople
from plugins.fees.kernel.situation import Situation, Step
from plugins.fees.settings import working_days


@dataclass(frozen=True)
class Asked:
    """One action of one person. `scope` is what an organisation's page was opened with, if it was one."""

    action: str
    actor_id: int
    at: datetime
    acting_for_id: int | None = None
    text: str | None = None
    desk_id: int | None = None
    scope: NodeScope | None = None


@dataclass(frozen=True)
class Target:
    """Where a claim goes and what is written beside it. No desk means it is finished."""

    state: str
    desk_id: int | None
    due_at: datetime | None
    step_no: int
    acting_for_id: int | None = None
    note: str | None = None
    since: datetime | None = None


@dataclass(frozen=True)
class Rule:
    """An action: the states it starts from, whether it needs words, and how its target is found."""

    starts: tuple[str, ...]
    decide: Callable[[Situation, Asked], Target]
    needs_text: bool = False


def decider(now: Situation, asked: Asked) -> int | None:
    """Check that the actor may decide at the claim's desk; gives whom they act for."""
    if asked.actor_id in now.approvers:
        raise NotAllowed("approved_before")
    return stands_at(now, asked, now.desks[now.claim.desk_id or 0])


def stands_at(now: Situation, asked: Asked, desk: DeskPeople) -> int | None:
    """Check that the actor may decide at a desk, or take back what they decided there; whom they act for."""
    if asked.actor_id in now.own_people:
        raise NotAllowed("own_claim")
    if asked.actor_id in now.aside:
        raise NotAllowed("stepped_aside")
    standing = desk.standing(asked.actor_id, now.own_people, asked.acting_for_id)
    if standing is None:
        raise NotAllowed("not_at_this_desk")
    if desk.kind not in s.STEP_KINDS:
        raise NotAllowed("administrator_only_moves")
    return standing.acting_for_id


def permitted(scope: NodeScope | None, permission: str, payer_id: int) -> bool:
    """Whether a page was opened with the permission over the payer itself, not only over units of it."""
    if scope is None or scope.permission != permission:
        return False
    tree = current_gate().tree
    return any(tree.reaches(top, payer_id) for top in scope.ancestors)


def at_payer_desk(now: Situation, asked: Asked, kind: str, permission: str) -> int | None:
    """Check that the actor stands at the payer's own desk, or came in with the permission over the payer."""
    standing = now.payer_desk(kind).standing(asked.actor_id, wanted=asked.acting_for_id)
    if standing is None and not permitted(asked.scope, permission, now.claim.payer_id):
        raise NotAllowed(f"not_{kind}")
    return standing.acting_for_id if standing is not None else None


def _arrive(now: Situation, asked: Asked, step: Step, state: str, acting_for: int | None) -> Target:
    """At a step's desk, or at the administrator's when nobody there may decide."""
    desk_id, note = now.place(step.desk_id, asked.actor_id)
    return Target(state, desk_id, due_after(asked.at, step.due_days), step.no, acting_for, note)


def _approve(now: Situation, asked: Asked) -> Target:
    acting_for = decider(now, asked)
    following = now.next_step()
    if following is not None:
        return _arrive(now, asked, following, s.IN_APPROVAL, acting_for)
    return _at_payroll(now, asked, s.APPROVED, acting_for)


def _at_payroll(now: Situation, asked: Asked, state: str, acting_for: int | None) -> Target:
    due = due_after(asked.at, working_days("payroll_days", now.claim.payer_id))
    return Target(state, now.payer_desk(s.PAYROLL).id, due, now.claim.step_no, acting_for)


def _return(now: Situation, asked: Asked) -> Target:
    acting_for = decider(now, asked)
    due = due_after(asked.at, working_days("returned_days", now.claim.payer_id))
    return Target(s.RETURNED, now.own_desk().id, due, now.claim.step_no, acting_for)


def _reject(now: Situation, asked: Asked) -> Target:
    return Target(s.REJECTED, None, None, now.claim.step_no, decider(now, asked))


def _withdraw(now: Situation, asked: Asked) -> Target:
    must_be_submitter(now, asked)
    return Target(s.WITHDRAWN, None, None, now.claim.step_no)


def must_be_submitter(now: Situation, asked: Asked) -> None:
    """Only the submitter withdraws a claim or sends it again."""
    if asked.actor_id != now.claim.submitter_id:
        raise NotAllowed("not_the_submitter")


def _resend(now: Situation, asked: Asked) -> Target:
    must_be_submitter(now, asked)
    return _arrive(now, asked, now.steps[0], s.SUBMITTED, None)


def _undo(now: Situation, asked: Asked) -> Target:
    """Back to the step that was approved.

    Where it stood comes from its event, and there the actor must still stand (see `transition`).
    """
    claim = now.claim
    if claim.last_action != "approve" or claim.last_actor_id != asked.actor_id or claim.last_from is None:
        raise NotAllowed("not_the_actor")
    return Target(claim.last_from, claim.desk_id, claim.due_at, claim.last_step)


def _move(now: Situation, asked: Asked) -> Target:
    """From the administrator's desk, or one where nobody is left, to one of the payer's that can decide.

    The step stays the same.
    """
    if asked.actor_id in now.own_people:
        raise NotAllowed("own_claim")
    acting_for = at_payer_desk(now, asked, s.ADMINISTRATOR, "fees.claims.move")
    if now.has_handler():
        raise NotAllowed("has_a_handler")
    desk = now.desks.get(asked.desk_id or 0)
    if desk is None or desk.kind not in s.STEP_KINDS or not _pays(now.claim.payer_id, desk.organisation_id):
        raise FeeError("no_such_desk", "desk_id")
    if not desk.counted_on(now.shut, now.own_people):
        raise FeeError("no_eligible_member", "desk_id")
    due = due_after(asked.at, now.step.due_days)
    return Target(now.claim.state, desk.id, due, now.claim.step_no, acting_for)


def _step_aside(now: Situation, asked: Asked) -> Target:
    """The claim stays for the others at its desk, with no more time; without any it goes to be moved.

    A relation is the actor's own: whom they act for may still decide, and a deputy may for them.
    """
    decider(now, asked)
    claim = now.claim
    desk_id, note = now.place(claim.desk_id or 0, asked.actor_id)
    if note is None:
        return Target(claim.state, desk_id, claim.due_at, claim.step_no, since=claim.since)
    return Target(claim.state, desk_id, due_after(asked.at, now.step.due_days), claim.step_no, note=note)


def _pays(payer_id: int, organisation_id: int) -> bool:
    node = current_gate().tree.by_id.get(organisation_id)
    return node is not None and node.controller_id == payer_id


def _payroll(state: str) -> Callable[[Situation, Asked], Target]:
    def decide(now: Situation, asked: Asked) -> Target:
        acting_for = at_payer_desk(now, asked, s.PAYROLL, "fees.payroll")
        if state in s.FINISHED:
            return Target(state, None, None, now.claim.step_no, acting_for)
        return _at_payroll(now, asked, state, acting_for)

    return decide


RULES: dict[str, Rule] = {
    "approve": Rule(s.BEING_DECIDED, _approve),
    "return": Rule(s.BEING_DECIDED, _return, needs_text=True),
    "reject": Rule(s.BEING_DECIDED, _reject, needs_text=True),
    "withdraw": Rule((*s.BEING_DECIDED, s.RETURNED), _withdraw),
    "resend": Rule((s.RETURNED,), _resend),
    "undo": Rule((s.IN_APPROVAL, s.APPROVED), _undo),
    "move": Rule(s.BEING_DECIDED, _move),
    s.STEP_ASIDE: Rule(s.BEING_DECIDED, _step_aside),
    "seal": Rule((s.APPROVED,), _payroll(s.IN_BATCH)),
    "send": Rule((s.IN_BATCH,), _payroll(s.SENT)),
    "pay": Rule((s.SENT,), _payroll(s.PAID)),
    "payroll_problem": Rule((s.IN_BATCH, s.SENT), _payroll(s.PAYROLL_PROBLEM), needs_text=True),
    "requeue": Rule((s.PAYROLL_PROBLEM,), _payroll(s.APPROVED)),
}
