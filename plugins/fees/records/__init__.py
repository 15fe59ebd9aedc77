"""How the set-up of fees looks in the browser, and in which order."""

from __future__ import annotations

from plugins.fees.records.deciding import CHAIN, DESKS
from plugins.fees.records.prices import RATE, WORK_TYPES, YEARLY_TABLES

RECORDS = (WORK_TYPES, RATE, YEARLY_TABLES, CHAIN, DESKS)
