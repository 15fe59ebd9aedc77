"""Tables of facts about experts. Experience areas are special categories of personal data (GDPR art. 9)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, String, UniqueConstraint, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from core.database.base import Model, WithId
from core.database.types import Texts, TextsType, UtcDateTime
from core.experts.models import Expert, merged_into
from core.scope import PersonScope, Scope, Scoped

INSTANCE = {"info": {"unscoped": "words of the instance, the same for everybody"}}


class OfExpert(Scoped):
    """Rows of one expert: seen by whoever sees the expert, and by the person under `/me`."""

    __abstract__ = True

    @declared_attr
    def expert_id(cls) -> Mapped[int]:
        """The record it belongs to."""
        return mapped_column(ForeignKey("expert.id", ondelete="CASCADE"), index=True)

    @declared_attr
    def person_id(cls) -> Mapped[int]:
        """Whom it is about; the same person as the record's."""
        return mapped_column(ForeignKey("person.id", ondelete="RESTRICT"), index=True)

    @classmethod
    def mine(cls, person_id: int) -> ColumnElement[bool]:
        """One's own, also where the record was merged into another of the same person."""
        return or_(cls.person_id == person_id, cls.expert_id.in_(merged_into(person_id)))

    def is_mine(self, person_id: int) -> bool:
        """One may add to one's own record."""
        return bool(self.person_id == person_id)

    @classmethod
    def criterion(cls, scope: Scope) -> ColumnElement[bool]:
        """As the expert: owned or granted, with consent."""
        if isinstance(scope, PersonScope):
            return cls.mine(scope.person)
        seen: ColumnElement[bool] = cls.expert_id.in_(select(Expert.id).where(Expert.criterion(scope)))
        return seen


class ExpertTitle(Model):
    """What an expert may be called here. Regions differ, so it is data: `flask experts title`."""

    __tablename__ = "expert_title"
    __table_args__ = (INSTANCE,)

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[Texts] = mapped_column(TextsType)
    sort: Mapped[int] = mapped_column(doc="the order in which titles are offered")
    paid: Mapped[bool] = mapped_column(doc="False: voluntary, never a fee (a peer supporter)")


class ExperienceArea(WithId, Model):
    """An experience area one may choose. Addresses and files hold its number, never its name."""

    __tablename__ = "experience_area"
    __table_args__ = (INSTANCE,)

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[Texts] = mapped_column(TextsType)
    sort: Mapped[int]


class ExpertArea(WithId, OfExpert, Model):
    """One area of an expert, by own experience, as next of kin, or both. Only by their consent."""

    __tablename__ = "expert_area"
    __table_args__ = (UniqueConstraint("expert_id", "area_id"),)

    area_id: Mapped[int] = mapped_column(ForeignKey("experience_area.id", ondelete="RESTRICT"), index=True)
    viewpoint: Mapped[str] = mapped_column(String(4), doc="own, kin or both")
    main: Mapped[bool] = mapped_column(default=False, doc="the one an expert speaks of most")
    consent_id: Mapped[int | None] = mapped_column(
        ForeignKey("consent.id", ondelete="RESTRICT"), index=True, doc="the consent it was told under"
    )


class ExpertLanguage(WithId, OfExpert, Model):
    """A language an expert works in."""

    __tablename__ = "expert_language"
    __table_args__ = (UniqueConstraint("expert_id", "code"),)

    code: Mapped[str] = mapped_column(String(10))


class ExpertMunicipality(WithId, OfExpert, Model):
    """A municipality an expert takes tasks in."""

    __tablename__ = "expert_municipality"
    __table_args__ = (UniqueConstraint("expert_id", "code"),)

    code: Mapped[str] = mapped_column(String(3))


class ExpertTraining(WithId, OfExpert, Model):
    """A course an expert took, with what was seen of it."""

    __tablename__ = "expert_training"
    __table_args__ = (Index("ix_expert_training_kind", "kind", "state", "expert_id"),)

    kind: Mapped[str] = mapped_column(String(10), doc="basic, further or mentor")
    state: Mapped[str] = mapped_column(String(10), doc="completed, underway or ended (before its end)")
    course: Mapped[str] = mapped_column(String(120), default="")
    organiser: Mapped[str] = mapped_column(String(120), default="")
    year: Mapped[int | None]
    hours: Mapped[int | None]
    seen_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="who saw the certificate; None: nobody yet"
    )
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ExpertEngagement(WithId, OfExpert, Model):
    """By which organisation an expert is engaged, from when until when."""

    __tablename__ = "expert_engagement"

    by_organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
