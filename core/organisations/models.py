"""Tables of the organisation tree."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, synonym

from core.database.base import Model, WithId
from core.database.types import Texts, TextsType, UtcDateTime


class OrganisationKind(Model):
    """What an organisation is: municipality, ward, school, association … The same in the whole instance."""

    __tablename__ = "organisation_kind"
    __table_args__ = {"info": {"unscoped": "words for everybody; no organisation's own"}}

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[Texts] = mapped_column(TextsType)
    sort: Mapped[int] = mapped_column(doc="the order in which kinds are offered")


class Organisation(WithId, Model):
    """A node of the tree: region, county, municipality, sector, unit, association …

    A controller (GDPR art. 4) is the legal keeper of its own register; it is a boundary both ways.
    One that has ended stays, with its rows: nothing new starts there.
    """

    __tablename__ = "organisation"

    parent_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    controller_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"),
        index=True,
        doc="nearest ancestor-or-self that is a controller; kept by the service",
    )
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[Texts] = mapped_column(TextsType)
    sort_key: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(
        String(40), ForeignKey("organisation_kind.code", ondelete="RESTRICT"), index=True
    )
    is_controller: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None] = mapped_column(String(20), doc="prefix of claim numbers: LAU")
    cost_centre: Mapped[str | None] = mapped_column(String(40))
    business_id: Mapped[str | None] = mapped_column(String(9), doc="Y-tunnus: seven digits, hyphen, check")
    municipality_code: Mapped[str | None] = mapped_column(String(3), doc="text: 077 begins with a zero")
    started: Mapped[date | None]
    ended: Mapped[date | None] = mapped_column(doc="the last day it was in use")
    successor_id: Mapped[int | None] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    succeeded_on: Mapped[date | None] = mapped_column(doc="the successor's first day")
    organisation_id: Mapped[int] = synonym("id")  # an organisation's own row belongs to itself


class OldSlug(Model):
    """A name that an organisation had in addresses before. Nobody else gets it, so old links lead right."""

    __tablename__ = "organisation_old_slug"
    __table_args__ = {"info": {"unscoped": "read with the tree; the redirect asks who may see"}}

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), index=True
    )


class Closure(Model):
    """Every (ancestor, descendant) pair, self included; one subquery on it is every subtree."""

    __tablename__ = "organisation_closure"
    __table_args__ = (
        Index("ix_organisation_closure_down", "ancestor_id", "same_controller", "descendant_id"),
    )

    ancestor_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True
    )
    descendant_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    depth: Mapped[int]
    same_controller: Mapped[bool] = mapped_column(
        doc="both ends have one controller: a membership reaches here"
    )


class Delegation(WithId, Model):
    """One controller lets the people of another organisation use named permissions in its subtree."""

    __tablename__ = "delegation"

    from_organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    to_organisation_id: Mapped[int] = mapped_column(
        ForeignKey("organisation.id", ondelete="RESTRICT"), index=True
    )
    permissions: Mapped[list[str]] = mapped_column(JSON)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    granted_by: Mapped[int | None] = mapped_column(
        ForeignKey("person.id", ondelete="RESTRICT"), doc="None: whoever runs the instance"
    )
    granted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
