"""States of a claim and what they mean to the rules. See the life cycle in `kernel/life_cycle.py`."""

from __future__ import annotations

SUBMITTED = "submitted"
IN_APPROVAL = "in_approval"
APPROVED = "approved"
IN_BATCH = "in_batch"
SENT = "sent"
PAID = "paid"
RETURNED = "returned"
REJECTED = "rejected"
WITHDRAWN = "withdrawn"
PAYROLL_PROBLEM = "payroll_problem"

STATES = (
    SUBMITTED,
    IN_APPROVAL,
    APPROVED,
    IN_BATCH,
    SENT,
    PAID,
    RETURNED,
    REJECTED,
    WITHDRAWN,
    PAYROLL_PROBLEM,
)
FINISHED = (PAID, REJECTED, WITHDRAWN)
BEING_DECIDED = (SUBMITTED, IN_APPROVAL)
# At or after the last approval: every required step has its approval.
FULLY_APPROVED = (APPROVED, IN_BATCH, SENT, PAID, PAYROLL_PROBLEM)
# In these states, and only in these, a claim has a live payout.
IN_PAYMENT = (IN_BATCH, SENT, PAID)

# The action of an approver who is related to the payee; who took it is asked for by its name.
STEP_ASIDE = "step_aside"

# Desk kinds. The first group can be steps of a chain; the others have their own part.
STEP_KINDS = ("orderer", "contact", "line_manager", "head_nurse", "unit_head", "hr", "manager", "area_head")
PAYROLL = "payroll"
ADMINISTRATOR = "administrator"
OWN = "own"
