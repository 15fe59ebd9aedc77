"""A sheet that is still being written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.api import JobScope, Model, NodeScope, PersonScope, Scoped, UtcDateTime, WithId


def answer_key(claim_id: int, version: int) -> str:
    """The key of the form that answers a returned claim, as it stood when it was returned."""
    return f"answer-{claim_id}-{version}"


class Draft(WithId, Scoped, Model):
    """What a person has typed so far: theirs alone, whatever the organisation; gone when it is sent."""

    __tablename__ = "fees_draft"
    __table_args__ = (UniqueConstraint("person_id", "submit_key"),)

    @declared_attr
    def organisation_id(cls) -> Mapped[int | None]:  # type: ignore[override]  # a draft may not know its unit yet
        """The unit, once it is chosen."""
        return mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"), index=True, nullable=True)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="CASCADE"))
    submit_key: Mapped[str] = mapped_column(String(64), doc="goes along to the sheet")
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """Written by the person."""
        return cls.person_id == person_id

    def is_mine(self, person_id: int) -> bool:
        """Written by the person."""
        return self.person_id == person_id

    @classmethod
    def criterion(cls, scope: NodeScope | PersonScope | JobScope) -> ColumnElement[bool]:
        """Nobody else sees a draft, from whichever organisation they stand in."""
        return cls.mine(scope.person) if isinstance(scope, PersonScope) else false()
