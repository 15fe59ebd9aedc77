"""What the ten checks share: whose claims are looked at, and how a breach is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, select

from plugins.fees.kernel.tables import CLAIM, PAYOUT, SHEET

Found = Iterator[tuple[int, str]]


@dataclass(frozen=True)
class Which:
    """What is looked at: one payer or all, and of their claims those in a state or all."""

    payer_id: int | None = None
    state: str | None = None

    def of_payer(self, statement: Select[Any], payer: Any) -> Select[Any]:
        """Only rows of the payer in the given column."""
        return statement if self.payer_id is None else statement.where(payer == self.payer_id)

    def of_claims(self, statement: Select[Any]) -> Select[Any]:
        """Only rows of the claims looked at; the statement has claims and sheets in it."""
        if self.state is not None:
            statement = statement.where(CLAIM.c.state == self.state)
        return self.of_payer(statement, SHEET.c.organisation_id)

    def claims(self) -> Select[Any]:
        """(payer, claim) of the claims looked at."""
        claims = select(SHEET.c.organisation_id, CLAIM.c.id).join(SHEET, SHEET.c.id == CLAIM.c.sheet_id)
        return self.of_claims(claims)

    def narrowed(self, statement: Select[Any], claim_id: Any) -> Select[Any]:
        """Only rows of claims in the state, where one is named: a help to the database, no condition more."""
        if self.state is None:
            return statement
        return statement.where(claim_id.in_(select(CLAIM.c.id).where(CLAIM.c.state == self.state)))


Check = Callable[[Connection, Which], Found]


def wrong(connection: Connection, which: Which, condition: ColumnElement[bool], what: str) -> Found:
    """The claims for which the condition is true."""
    for payer, claim_id in connection.execute(which.claims().where(condition).order_by(CLAIM.c.id)):
        yield payer, f"claim {claim_id}: {what}"


def live_payout() -> ColumnElement[bool]:
    """A claim's payout that has not been taken back."""
    return and_(PAYOUT.c.claim_id == CLAIM.c.id, PAYOUT.c.status != "rejected")
