"""Fees keeps the contract of every plugin."""

from core.testing import Budget, contract
from plugins.fees.tests import planting

DRAFTS = ("fees.draft", "fees.change", "fees.drop", "fees.summary", "fees.send")

TestContract = contract(
    "fees",
    plant=planting.plant,
    finish=planting.finish,
    addresses={
        "fees.receipt": planting.receipts,
        "fees.drop_task": planting.tasks,
        **dict.fromkeys(DRAFTS, planting.drafts),
    },
    budgets={"fees.mine": Budget(most=14, why="as many kinds of rows tell where forms are")},
    kept_open=dict.fromkeys(("fees.drop", "fees.drop_task"), "who began a form may always throw it away"),
    shown_to_all={"fees.new": "whoever worked anywhere chooses where it was and what it was"},
)
