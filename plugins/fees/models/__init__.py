"""Tables of the fee module: truth in one row per claim, history only added to, configuration versioned."""

from __future__ import annotations

from plugins.fees.models.batches import Batch, BatchChunk, Payout
from plugins.fees.models.chains import Chain, ChainStep, ChainVersion, Desk, DeskDeputy, DeskMember
from plugins.fees.models.claims import Claim, Payee, Receipt, Sheet
from plugins.fees.models.drafts import Draft
from plugins.fees.models.history import Approval, ClaimEvent, ClaimLine, ClaimStep, ClaimText
from plugins.fees.models.rates import Rate, RateVersion, WorkType, YearlyTable

__all__ = [
    "Approval",
    "Batch",
    "BatchChunk",
    "Chain",
    "ChainStep",
    "ChainVersion",
    "Claim",
    "ClaimEvent",
    "ClaimLine",
    "ClaimStep",
    "ClaimText",
    "Desk",
    "DeskDeputy",
    "DeskMember",
    "Draft",
    "Payee",
    "Payout",
    "Rate",
    "RateVersion",
    "Receipt",
    "Sheet",
    "WorkType",
    "YearlyTable",
]
