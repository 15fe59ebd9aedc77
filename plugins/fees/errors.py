"""Refusals, as values that pages put into words. Nothing was changed when one of these is raised.

Codes of `FeeError` and their parameters:
  nothing_to_send, unit_unknown, module_off (unit), work_type_unknown, payer_code_missing (organisation_id),
  rate_missing (work_type, organisation_id), yearly_table_missing (year, kind),
  chain_missing (organisation_id), desk_missing (kind, organisation_id),
  day_in_future, day_too_old (most: days), times_missing, end_before_start, lessons_missing,
  number_too_large (most),
  preparation_not_paid, preparation_over_cap (minutes: the most), passengers_without_travel,
  agreed_missing and agreed_outside_range (least, most, organisation_id),
  claimed_before (number: the earlier form's), overlaps_earlier (number), overlaps_here,
  task_twice, too_many_tasks (most),
  total_zero, other_payer, text_missing, nothing_to_seal, batch_changed, not_in_a_batch,
  wrong_batch_state (state), pay_day_in_future, pay_day_before_batch, invariants_broken (numbers),
  no_eligible_member, no_such_desk
Codes of `NotAllowed`:
  own_claim, approved_before, stepped_aside, not_at_this_desk, administrator_only_moves, has_a_handler,
  not_the_submitter, not_the_actor, not_payroll, not_administrator, module_off
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


class FeeError(Exception):
    """Something to correct. `field` names the field of `SheetLine`, `line` the task's index on the sheet."""

    def __init__(
        self, code: str, field: str | None = None, line: int | None = None, **params: object
    ) -> None:
        super().__init__(code, params)
        self.code = code
        self.field = field
        self.line = line
        self.params = params

    @property
    def earlier_form(self) -> str | None:
        """The number of the form that has the same work, or other work at the same time."""
        return str(self.params["number"]) if self.code in ("claimed_before", "overlaps_earlier") else None

    @property
    def overlaps(self) -> bool:
        """Whether times are to be confirmed: the person has other work at the same time."""
        return self.code in ("overlaps_earlier", "overlaps_here")


class NotAllowed(FeeError):
    """This person may not do this to this claim; the code says why."""


class ClaimNotFound(LookupError):
    """No such claim, or one the session's scope does not show: the same to the outside."""


class BatchNotFound(LookupError):
    """No such batch, or one the session's scope does not show."""


class AlreadySent(Exception):
    """What was written under this key has gone out; `number` is its receipt's."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


@dataclass
class Conflict(Exception):
    """Somebody was first, or the claim's state does not allow the action: what holds now, and who made it so.

    `decision` is the last event's action and `state` the state it led to.
    """

    claim_id: int
    who_id: int
    who: str
    when: datetime
    state: str
    decision: str
    version: int

    def __str__(self) -> str:
        """For the log."""
        return f"claim {self.claim_id} is {self.state} by {self.decision} (version {self.version})"
