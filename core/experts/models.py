"""Tables of the register. That somebody is in it may itself reveal health history: treat it as sensitive."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, and_, or_, select
from sqlalchemy.orm import Mapped, mapped_column, validates

from core.database.base import Model, WithId
from core.database.types import SeveralType, UtcDateTime, today
from core.organisations.models import Closure
from core.scope import JobScope, NodeScope, PersonScope, Scope, Scoped
from core.trust.models import Consent


class Expert(WithId, Scoped, Model):
    """An expert by experience, kept by the organisation responsible for the record."""

    __tablename__ = "expert"
    __table_args__ = (
        Index("ix_expert_sort", "sort_key", "id"),
        Index("ix_expert_organisation_sort", "organisation_id", "sort_key", "id"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_key: Mapped[str] = mapped_column(String(200))
    municipality: Mapped[str] = mapped_column(String(80), default="", doc="home; the official code, 077")
    title: Mapped[str] = mapped_column(String(80), default="", doc="a code of `expert_title`")
    status: Mapped[str] = mapped_column(String(20), default="active")
    car: Mapped[bool] = mapped_column(default=False)
    remote: Mapped[bool] = mapped_column(default=False, doc="takes tasks from afar")
    weekly: Mapped[tuple[str, ...]] = mapped_column(SeveralType, default=(), doc="mon_morning … sun_evening")
    not_before: Mapped[date | None] = mapped_column(doc="first day of tasks")
    not_after: Mapped[date | None] = mapped_column(doc="last day of tasks")
    availability: Mapped[str] = mapped_column(String(200), default="")
    checked_on: Mapped[date | None] = mapped_column(index=True, doc="when the person last said all is right")
    ended_on: Mapped[date | None] = mapped_column(doc="since when the status is ended")
    merged_into_id: Mapped[int | None] = mapped_column(
        ForeignKey("expert.id", ondelete="RESTRICT"), index=True, doc="the same person's record that stays"
    )
    withdrawn_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="the consent to be in the register was withdrawn: nobody's lists show the row"
    )
    restricted_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, doc="GDPR art. 18: only the responsible organisation sees the row, nobody matches it"
    )

    @validates("status")
    def _note_end(self, _key: str, status: str) -> str:
        """Whoever sets the status: the day it ended stays with it."""
        self.ended_on = (self.ended_on or today()) if status == "ended" else None
        return status

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """One's own record, and the one it was merged into."""
        return or_(cls.person_id == person_id, cls.id.in_(merged_into(person_id)))

    @classmethod
    def criterion(cls, scope: Scope) -> ColumnElement[bool]:
        """Owned within the scope, or granted today to a node in it or to one above its root.

        Consent counts here, so that it counts everywhere: without the one to be in the register nobody sees
        the row but the person, and a grant holds only as long as the consent it was given by.
        """
        if isinstance(scope, PersonScope):
            return cls.mine(scope.person)
        granted = and_(cls.id.in_(_granted(scope)), cls.restricted_at.is_(None))
        return and_(cls.withdrawn_at.is_(None), or_(cls.owned_within(scope), granted))


def merged_into(person_id: int) -> Select[Any]:
    """The id of the record that the person's own was merged into; merging leaves no chains."""
    own = Expert.__table__.alias()
    return select(own.c.merged_into_id).where(own.c.person_id == person_id, own.c.merged_into_id.is_not(None))


class ExpertGrant(WithId, Model):
    """The expert lets an organisation see the record for one purpose, until withdrawn."""

    __tablename__ = "expert_grant"
    __table_args__ = (Index("ix_expert_grant_organisation", "organisation_id", "purpose", "expert_id"),)

    expert_id: Mapped[int] = mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    purpose: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    withdrawn_on: Mapped[date | None]
    consent_id: Mapped[int | None] = mapped_column(
        ForeignKey("consent.id", ondelete="RESTRICT"), index=True, doc="None shows nothing to anybody"
    )
    recorded_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: the system, or of before this was kept"
    )
    channel: Mapped[str | None] = mapped_column(String(10), doc="self, phone or paper; None: as the consent")


def _granted(scope: NodeScope | JobScope) -> Select[Any]:
    """Ids of the experts whose live grant reaches the scope; the day of withdrawal is no longer live.

    A grant reaches within its organisation's own controller, upwards and downwards, and no further.
    """
    if isinstance(scope, NodeScope):
        root, tops = scope.root, scope.ancestors
    else:
        root, tops = scope.organisation, (scope.organisation,)
    inside = select(Closure.descendant_id).where(Closure.ancestor_id.in_(tops), Closure.same_controller)
    above = select(Closure.ancestor_id).where(Closure.descendant_id == root, Closure.same_controller)
    query = select(ExpertGrant.expert_id).join(Consent, Consent.id == ExpertGrant.consent_id)
    return query.where(
        Consent.withdrawn_at.is_(None),
        or_(ExpertGrant.organisation_id.in_(inside), ExpertGrant.organisation_id.in_(above)),
        ExpertGrant.valid_from <= today(),
        or_(ExpertGrant.withdrawn_on.is_(None), ExpertGrant.withdrawn_on > today()),
    )
