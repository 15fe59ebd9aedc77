"""Tables of the organisation tree."""

from __future__ import annotations

from datetime import date

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import Texts, TextsType

KINDS = ("region", "county", "municipality", "joint_authority", "sector", "unit", "association", "university")


class Organisation(WithId, Model):
    """A node of the tree: region, county, municipality, sector, unit, association …

    A controller (GDPR art. 4) is the legal keeper of its own register; it is a boundary both ways.
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
    kind: Mapped[str] = mapped_column(String(40))
    is_controller: Mapped[bool] = mapped_column(default=False)
    code: Mapped[str | None] = mapped_column(String(20), doc="prefix of claim numbers: LAU")
    cost_centre: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)


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
