"""How states, steps and refusals are told to people. Six statuses for the expert; the rest is a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from core.api import current_gate, duration, language
from plugins.fees.errors import FeeError
from plugins.fees.finnish import organisation_genitive, person_genitive

# State: (the expert's word, tone of its chip).
STATUS: dict[str, tuple[Any, str]] = {
    "submitted": (_l("Being checked"), "wait"),
    "in_approval": (_l("Being checked"), "wait"),
    "returned": (_l("Returned to you"), "warn"),
    "approved": (_l("Approved"), "ok"),
    "in_batch": (_l("Approved"), "ok"),
    "sent": (_l("Approved"), "ok"),
    "payroll_problem": (_l("Approved"), "ok"),
    "paid": (_l("Paid"), "ok"),
    "rejected": (_l("Not paid"), "warn"),
    "withdrawn": (_l("You withdrew it"), ""),
}
# What an approved claim still waits for.
STATUS_NOTE: dict[str, Any] = {
    "approved": _l("Waiting for the next payroll batch."),
    "in_batch": _l("In a payroll batch, waiting to be sent to payroll."),
    "sent": _l("Sent to payroll."),
    "payroll_problem": _l("Payroll is sorting out a problem. You need not do anything."),
}
# The same states to those who handle claims.
STAFF_STATUS: dict[str, Any] = {
    "submitted": _l("Arrived"),
    "in_approval": _l("Being checked"),
    "returned": _l("Returned for completion"),
    "approved": _l("Approved"),
    "in_batch": _l("In a batch"),
    "sent": _l("Sent to payroll"),
    "payroll_problem": _l("Payroll problem"),
    "paid": _l("Paid"),
    "rejected": _l("Not paid"),
    "withdrawn": _l("Withdrawn"),
}
DESK_KIND: dict[str, Any] = {
    "orderer": _l("orderer"),
    "contact": _l("contact person"),
    "line_manager": _l("line manager"),
    "head_nurse": _l("head nurse"),
    "unit_head": _l("unit head"),
    "hr": _l("personnel services"),
    "manager": _l("supervisor"),
    "area_head": _l("head of area"),
    "payroll": _l("payroll"),
    "administrator": _l("organisation administrator"),
    "own": _l("you"),
}


@dataclass(frozen=True)
class Approving:
    """What approving is called at a kind of desk.

    The button; what the history says; a claim that waits for it, to those who handle claims; what its giver
    is told; and how it stands in a sentence about somebody's decision.
    """

    button: Any
    done: Any
    waits: Any
    given: Any
    decided: Any


CONFIRM = Approving(
    _l("Confirm as done"),
    _l("Confirmed as done"),
    _l("To be confirmed as done"),
    _l("Confirmed as done. Next: %(step)s."),
    _l("confirmed as done"),
)
CHECK = Approving(
    _l("Checked"), _l("Checked"), _l("Being checked"), _l("Checked. Next: %(step)s."), _l("checked")
)
APPROVE = Approving(
    _l("Approve"), _l("Approved"), _l("To be approved"), _l("Approved. Next: %(step)s."), _l("approved")
)
APPROVING: dict[str, Approving] = {
    "orderer": CONFIRM,
    "contact": CHECK,
    "line_manager": CHECK,
    "head_nurse": CHECK,
    "hr": CHECK,
    "manager": CHECK,
    "unit_head": APPROVE,
    "area_head": APPROVE,
}
# What has happened, by action.
HAPPENED: dict[str, Any] = {
    "submit": _l("Sent"),
    "return": _l("Returned for completion"),
    "reject": _l("Not paid"),
    "withdraw": _l("Withdrawn"),
    "resend": _l("Sent again"),
    "undo": _l("Approval taken back"),
    "move": _l("Moved to another handler"),
    "step_aside": _l("Stepped aside because of a conflict of interest"),
    "seal": _l("Taken into a payroll batch"),
    "send": _l("Sent to payroll"),
    "pay": _l("Paid"),
    "payroll_problem": _l("Payroll found a problem"),
    "requeue": _l("Waiting for the next batch again"),
}

# What somebody decided, at the end of "Decision: …".
DECISION: dict[str, Any] = {
    "submit": _l("sent"),
    "approve": _l("approved"),
    "return": _l("returned for completion"),
    "reject": _l("not paid"),
    "withdraw": _l("withdrawn"),
    "resend": _l("sent again"),
    "undo": _l("approval taken back"),
    "move": _l("moved to another handler"),
    "step_aside": _l("left to somebody else"),
    "seal": _l("taken into a payroll batch"),
    "send": _l("sent to payroll"),
    "pay": _l("paid"),
    "payroll_problem": _l("back with payroll"),
    "requeue": _l("waiting for the next batch"),
}


def approving(kind: str, last: bool) -> Approving:
    """What approving is called at a step; a chain's last one is an approval."""
    found = APPROVING.get(kind, APPROVE)
    return APPROVE if found is CHECK and last and kind != "hr" else found


def possessor(name: str) -> str:
    """An organisation's name as it stands before what it owns; only Finnish bends it."""
    return organisation_genitive(name) if language() == "fi" else name


def person_possessor(name: str) -> str:
    """A person's name as it stands before what is theirs; only Finnish bends it."""
    return person_genitive(name) if language() == "fi" else name


def deputy(name: str, of: str) -> str:
    """Somebody who acts for another: Saku Salamapuro (Lauri Lumikontion sijainen)."""
    return _("%(name)s (deputy of %(other)s)", name=name, other=person_possessor(of))


def on_behalf(name: str, of: str | None) -> str:
    """Who did something, and for whom."""
    return _("%(name)s, for %(other)s", name=name, other=person_possessor(of)) if of else name


def refusal(error: FeeError) -> str:
    """What a rule refused, and what to do about it."""
    values = {name: _shown(name, value) for name, value in error.params.items()}
    text = REFUSALS.get(error.code)
    return str(text) % values if text is not None else _("This cannot be done now. Load the page again.")


def _shown(name: str, value: Any) -> str:
    """A parameter of a refusal as people read it."""
    node = current_gate().tree.by_id.get(value) if name in ("organisation_id", "unit") else None
    if node is not None:
        return str(node.name)
    if name == "minutes":
        return duration(value)
    return str(DESK_KIND.get(value, value)) if name == "kind" else str(value)


REFUSALS: dict[str, Any] = {
    "nothing_to_send": _l("There is nothing to send. Add a task."),
    "unit_unknown": _l("Choose the place from the list."),
    "module_off": _l("New claim forms cannot be made there now."),
    "work_type_unknown": _l("This task is not paid at that place. Choose another task or place."),
    "payer_code_missing": _l(
        "%(organisation_id)s has no code for claim numbers yet. Its administrator adds it."
    ),
    "rate_missing": _l(
        "%(organisation_id)s has no fee rate for this task on that day. Ask its administrator."
    ),
    "yearly_table_missing": _l(
        "The kilometre allowance of %(year)s has not been confirmed yet. Your form is kept and waits."
    ),
    "chain_missing": _l("%(organisation_id)s has no approval chain yet. Ask its administrator."),
    "desk_missing": _l("%(organisation_id)s has no handler yet (%(kind)s). Ask its administrator."),
    "day_in_future": _l("The day is in the future. Send the form after the task."),
    "day_too_old": _l("Work has to be claimed within %(most)s days here. Ask the payer."),
    "end_in_future": _l("The end is in the future. Send the form after the task."),
    "times_missing": _l("Write the time like this: 9.30."),
    "end_before_start": _l("The end is before the start. Check the times."),
    "lessons_missing": _l("Write how many lessons there were."),
    "number_too_large": _l("The number is too large: at most %(most)s."),
    "agreed_missing": _l("The fee of this task is agreed on beforehand. Ask %(organisation_id)s."),
    "agreed_outside_range": _l("The agreed fee is outside the range of %(organisation_id)s. Ask there."),
    "preparation_not_paid": _l("Preparation is not paid separately for this task. Empty the preparation."),
    "preparation_over_cap": _l("Preparation is paid for at most %(minutes)s a day here."),
    "claimed_before": _l("There is already form %(number)s for this task. Open it."),
    "overlaps_earlier": _l(
        "You have another task at the same time, form %(number)s."
        " Correct the times, or confirm them and tell the handler why."
    ),
    "overlaps_here": _l(
        "This form has another task at the same time."
        " Correct the times, or confirm them and tell the handler why."
    ),
    "too_many_tasks": _l("A form has at most %(most)s tasks. Send this one and begin another."),
    "task_twice": _l("This task is already on this form."),
    "passengers_without_travel": _l("Write the kilometres too, or empty the passengers."),
    "total_zero": _l("The sum is zero, so there is nothing to claim."),
    "other_payer": _l("Another payer pays for that place. Withdraw this form and send a new one."),
    "text_missing": _l("Write the reason."),
    "nothing_to_seal": _l("No approved claim forms are waiting."),
    "batch_changed": _l("The batch has changed since you looked. Check the new figures, then lock it."),
    "wrong_batch_state": _l("Somebody has already handled this batch. The page has been updated."),
    "pay_day_in_future": _l("The pay day is in the future. Mark the batch when it has been paid."),
    "pay_day_before_batch": _l("The pay day is before the batch was locked. Check the day."),
    "invariants_broken": _l(
        "The check of the claims found an error, so this cannot be done now. Tell the support."
    ),
    "no_eligible_member": _l("Nobody at that handler may decide this form. Choose another handler."),
    "no_such_desk": _l("Choose the handler from the list."),
    "own_claim": _l("You cannot approve your own claim form."),
    "approved_before": _l(
        "You have already handled this form in an earlier step. Another person has to approve it."
    ),
    "stepped_aside": _l("You have stepped aside from this form. Somebody else decides on it."),
    "not_at_this_desk": _l("This form is not with you now."),
    "administrator_only_moves": _l("An administrator can only move this form to a handler."),
    "has_a_handler": _l("This form is with a handler already, so it is not moved."),
    "not_the_submitter": _l("Only the sender of the form can do this."),
    "not_the_actor": _l("Only the person who approved can take the approval back."),
    "not_payroll": _l("Only payroll can do this."),
    "not_administrator": _l("Only the payer's administrator can do this."),
}
