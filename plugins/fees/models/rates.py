"""What work pays: work types, rates with their validity, and the statutory yearly tables."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    and_,
    or_,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.api import (
    JobScope,
    Model,
    NodeScope,
    PersonScope,
    Scoped,
    Texts,
    TextsType,
    UtcDateTime,
    WithId,
    current_gate,
    now,
)

Scope = NodeScope | PersonScope | JobScope
UNITS_SQL = "unit IN ('hour', 'lesson', 'half_day', 'day', 'task', 'meeting', 'month')"


class Inherited(Scoped):
    """What an organisation publishes for itself and those below it, no secret of anybody's.

    Read by everybody who claims, and from below up to the payer; written only within one's own reach.
    """

    __abstract__ = True

    @classmethod
    def criterion(cls, scope: Scope) -> ColumnElement[bool]:
        """All that is published; in an organisation, its own rows and what is published above it."""
        if isinstance(scope, PersonScope):
            return cls.published()
        above: Any = cls.organisation_id
        inherited = and_(above.in_(_above(scope)), cls.published())
        return or_(cls.owned_within(scope), inherited)

    @classmethod
    def published(cls) -> ColumnElement[bool]:
        """Which rows count for those below. All by default."""
        return true()


def _above(scope: NodeScope | JobScope) -> list[int]:
    """The organisations above the scope's tops, each up to its payer, where the module is on."""
    gate, tops = current_gate(), scope.ancestors if isinstance(scope, NodeScope) else (scope.organisation,)
    nodes = {node.id for top in tops for node in gate.tree.upwards(top) if gate.tree.reaches(node.id, top)}
    return sorted(node_id for node_id in nodes if gate.on("fees", node_id))


class WorkType(WithId, Inherited, Model):
    """A kind of work an organisation pays for, itself and below it, with its payment rules."""

    __tablename__ = "fees_work_type"
    __table_args__ = (
        UniqueConstraint("organisation_id", "code"),
        CheckConstraint(UNITS_SQL, name="unit"),
    )

    code: Mapped[str] = mapped_column(String(40), doc="neutral: it stands in the payroll file")
    name: Mapped[Texts] = mapped_column(TextsType)
    unit: Mapped[str] = mapped_column(String(20), doc="hour or lesson")
    payment_class: Mapped[str] = mapped_column(String(40), default="wage")
    income_type: Mapped[str] = mapped_column(String(20), default="", doc="code of the Incomes Register")
    active: Mapped[bool] = mapped_column(default=True)


class Rate(WithId, Inherited, Model):
    """That an organisation has a price of its own: for one work type, or (None) for any in the same unit."""

    __tablename__ = "fees_rate"
    __table_args__ = (
        Index(
            "uq_fees_rate_work_type",
            "organisation_id",
            "work_type_id",
            unique=True,
            sqlite_where=text("work_type_id IS NOT NULL"),
            postgresql_where=text("work_type_id IS NOT NULL"),
        ),
        Index(
            "uq_fees_rate_general",
            "organisation_id",
            "unit",
            unique=True,
            sqlite_where=text("work_type_id IS NULL"),
            postgresql_where=text("work_type_id IS NULL"),
        ),
        CheckConstraint(UNITS_SQL, name="unit"),
    )

    work_type_id: Mapped[int | None] = mapped_column(
        ForeignKey("fees_work_type.id", ondelete="RESTRICT"), index=True
    )
    unit: Mapped[str] = mapped_column(String(20), doc="hour or lesson; the work type's own")


class RateVersion(WithId, Inherited, Model):
    """A rate's price for some days, both included. The day of work decides, not the day of claiming."""

    __tablename__ = "fees_rate_version"
    __table_args__ = (
        UniqueConstraint("rate_id", "valid_from"),
        CheckConstraint("unit_cents >= 0", name="unit_cents"),
        CheckConstraint("step_minutes > 0", name="step_minutes"),
        CheckConstraint("minimum_minutes >= 0", name="minimum_minutes"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="validity"),
    )

    rate_id: Mapped[int] = mapped_column(ForeignKey("fees_rate.id", ondelete="RESTRICT"))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    unit_cents: Mapped[int] = mapped_column(doc="cents per hour or per lesson")
    step_minutes: Mapped[int] = mapped_column(default=30, doc="hours are rounded up to this")
    minimum_minutes: Mapped[int] = mapped_column(default=0)
    preparation_unit_cents: Mapped[int | None] = mapped_column(doc="cents per hour; None: not paid apart")
    preparation_cap_minutes: Mapped[int | None] = mapped_column(doc="most per day and unit; None: no limit")
    most_cents: Mapped[int | None] = mapped_column(doc="a range from unit_cents to this; None: one amount")
    untrained_cents: Mapped[int | None] = mapped_column(doc="instead of unit_cents, without training")
    further_cents: Mapped[int | None] = mapped_column(doc="instead of unit_cents, with further training")
    rounding: Mapped[str] = mapped_column(String(10), default="up", server_default="up", doc="up, nearest")
    travel_time_percent: Mapped[int] = mapped_column(default=0, server_default="0", doc="of the hour's price")
    cancel_notice_minutes: Mapped[int] = mapped_column(
        default=1440, server_default="1440", doc="the orderer cancels without cost at least this long before"
    )
    cancel_percent: Mapped[int] = mapped_column(default=50, server_default="50", doc="of the planned fee")
    published_at: Mapped[datetime | None] = mapped_column(
        UtcDateTime, default=now, doc="None: not yet in force"
    )

    @classmethod
    def published(cls) -> ColumnElement[bool]:
        """A price that is not yet in force is its writers' own business."""
        return cls.published_at.is_not(None)


class YearlyTable(WithId, Model):
    """A statutory amount of one year, the same for every organisation; its source and approver are named."""

    __tablename__ = "fees_yearly_table"
    __table_args__ = (
        UniqueConstraint("year", "kind"),
        CheckConstraint("cents >= 0", name="cents"),
        {"info": {"unscoped": "a statutory amount is the same for every organisation"}},
    )

    year: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20), doc="km, passenger")
    cents: Mapped[int] = mapped_column(doc="km, passenger: per kilometre")
    source: Mapped[str] = mapped_column(String(300))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))
