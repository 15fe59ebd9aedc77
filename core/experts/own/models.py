"""Tables that only the person sees. They have no organisation, so no organisation's page can reach them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId

ONESELF = {"info": {"unscoped": "the person's own, read only under /me and by the matching of tasks"}}


class RefusedUnit(WithId, Model):
    """ "En ota tehtäviä tästä yksiköstä", without a reason: one may have been a patient there."""

    __tablename__ = "refused_unit"
    __table_args__ = (UniqueConstraint("person_id", "organisation_id"), ONESELF)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )


class OwnLimit(Model):
    """How much one wants to earn or do at most. None is no limit; amounts are cents."""

    __tablename__ = "own_limit"
    __table_args__ = (ONESELF,)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), primary_key=True)
    month_cents: Mapped[int | None]
    year_cents: Mapped[int | None]
    month_tasks: Mapped[int | None]
    wants_no_fee: Mapped[bool] = mapped_column(default=False, doc="fees are refused altogether")
