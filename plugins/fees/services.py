"""The fee module's services under one name: everything that writes, and the questions the host asks."""

from __future__ import annotations

from plugins.fees.batches import download, mark_paid, seal
from plugins.fees.kernel.submit import SubmitResult, submit
from plugins.fees.kernel.transition import Moved, transition, transition_many
from plugins.fees.lifecycle import holds_rows, open_work
from plugins.fees.sheet import SheetLine
from plugins.fees.verify import Violation, verify

__all__ = [
    "Moved",
    "SheetLine",
    "SubmitResult",
    "Violation",
    "download",
    "holds_rows",
    "mark_paid",
    "open_work",
    "seal",
    "submit",
    "transition",
    "transition_many",
    "verify",
]
