"""Rates and their prices: one price on each day, without overlap and without a gap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import Invalid, current_gate, now, related, writing
from plugins.fees.models import ClaimLine, Rate, RateVersion, WorkType
from plugins.fees.price_reading import path_to_payer
from plugins.fees.setup.common import Values, changed, check_days, locked, log, payer_of, written

DAY = timedelta(days=1)
PRICE = ("unit_cents", "step_minutes", "minimum_minutes", "preparation_unit_cents", "preparation_cap_minutes")
VERSION = ("valid_from", "valid_to", *PRICE)


def create(values: Values, organisation_id: int, actor_id: int | None) -> int:
    """Let the organisation have a price of its own, for one work type or for any in the same unit of work."""
    with writing() as session:
        payer_of(organisation_id)
        unit = _unit(session, values, organisation_id)
        work_type_id = values.get("work_type_id")
        _check_new(session, organisation_id, work_type_id, unit)
        row = Rate(organisation_id=organisation_id, work_type_id=work_type_id, unit=unit)
        session.add(row)
        log(session, "rate", row, "create", ("work_type_id", "unit"), actor_id)
        return row.id


def remove(row_id: int, actor_id: int | None) -> None:
    """Remove a rate with its prices, unless a claim was counted with one of them."""
    with writing() as session:
        row = locked(session, Rate, row_id)
        versions = _versions(session, row_id)
        if any(_is_used(session, version) for version in versions):
            text = _("Claims have been counted with these prices. End the newest price instead.")
            raise Invalid({"": text})
        for version in versions:
            session.delete(version)
        log(session, "rate", row, "remove", (), actor_id)
        session.delete(row)


def create_version(values: Values, _organisation_id: int, actor_id: int | None) -> int:
    """Add a price. One in force until further notice ends the day before; any other overlap is refused."""
    with writing() as session:
        rate = locked(session, Rate, values["rate_id"])
        _place(session, rate.id, None, values, actor_id)
        row = RateVersion(organisation_id=rate.organisation_id, rate_id=rate.id, published_at=now())
        changed(row, filled(values), VERSION)
        session.add(row)
        log(session, "rate_version", row, "create", VERSION, actor_id)
        return row.id


def update_version(row_id: int, values: Values, actor_id: int | None) -> None:
    """Change a price. Once a claim was counted with it, only its last day."""
    with writing() as session:
        rate_id = locked(session, RateVersion, row_id).rate_id
        locked(session, Rate, rate_id)
        row = locked(session, RateVersion, row_id)
        wanted = filled(values)
        if _is_used(session, row):
            _refuse_changes(row, wanted)
        _place(session, rate_id, row, wanted, actor_id)
        fields = changed(row, wanted, VERSION)
        if fields:
            log(session, "rate_version", row, "update", fields, actor_id)


def remove_version(row_id: int, actor_id: int | None) -> None:
    """Remove the newest price, unless a claim was counted with it."""
    with writing() as session:
        row = locked(session, RateVersion, row_id)
        locked(session, Rate, row.rate_id)
        if _is_used(session, row):
            raise Invalid({"": _("Claims have been counted with this price. End it instead.")})
        if any(other.valid_from > row.valid_from for other in _versions(session, row.rate_id)):
            raise Invalid({"": _("A newer price follows this one. Remove the newer one first.")})
        log(session, "rate_version", row, "remove", (), actor_id)
        session.delete(row)


def _unit(session: Session, values: Values, organisation_id: int) -> str:
    """The work type's unit, or the one given for any work type."""
    work_type_id, unit = values.get("work_type_id"), values.get("unit")
    if work_type_id is None:
        if not unit:
            raise Invalid({"unit": _("Choose the unit of work when the price is for any work type.")})
        return str(unit)
    path = path_to_payer(current_gate().tree, organisation_id)
    work = session.scalar(select(WorkType).where(WorkType.id == work_type_id))
    if work is None or work.organisation_id not in path:
        raise Invalid({"work_type_id": _("This organisation does not use the work type. Choose another.")})
    if unit and unit != work.unit:
        raise Invalid({"unit": _("The work type is counted in another unit. Leave this empty.")})
    return work.unit


def _check_new(session: Session, organisation_id: int, work_type_id: int | None, unit: str) -> None:
    same = select(Rate.id).where(Rate.organisation_id == organisation_id, Rate.work_type_id == work_type_id)
    if work_type_id is None:
        same = same.where(Rate.unit == unit)
    if session.scalar(same):
        field = "unit" if work_type_id is None else "work_type_id"
        raise Invalid({field: _("The organisation already has this rate. Add a new price to it.")})


def _versions(session: Session, rate_id: int) -> Sequence[RateVersion]:
    """The rate's prices, the oldest first."""
    wanted = select(RateVersion).where(RateVersion.rate_id == rate_id).order_by(RateVersion.valid_from)
    return session.scalars(wanted).all()


def _is_used(session: Session, version: RateVersion) -> bool:
    with related("claims counted with a price"):
        line = select(ClaimLine.claim_id).where(ClaimLine.rate_version_id == version.id).limit(1)
        return session.scalar(line) is not None


def _refuse_changes(row: RateVersion, wanted: Values) -> None:
    """Amounts that people were told stay explainable: a used price does not change, a new one follows it."""
    touched = [key for key in ("valid_from", *PRICE) if wanted[key] != getattr(row, key)]
    if touched:
        text = _("Claims have been counted with this price. Only its last day can change: add a new price.")
        raise Invalid({touched[0]: text})


def filled(values: Values) -> Values:
    """What the form may leave empty: no rounding is a step of one minute, no minimum is 0."""
    return {
        **values,
        "step_minutes": values.get("step_minutes") or 1,
        "minimum_minutes": values.get("minimum_minutes") or 0,
        "preparation_unit_cents": values.get("preparation_unit_cents"),
        "preparation_cap_minutes": values.get("preparation_cap_minutes"),
    }


def _place(
    session: Session, rate_id: int, row: RateVersion | None, values: Values, actor_id: int | None
) -> None:
    """Make sure that the period fits between its neighbours; an open-ended one before it is ended."""
    first, last = values["valid_from"], values.get("valid_to")
    check_days(first, last)
    others = [v for v in _versions(session, rate_id) if row is None or v.id != row.id]
    if any(v.valid_from == first for v in others):
        raise Invalid({"valid_from": _("Another price begins on this day.")})
    before = [v for v in others if v.valid_from < first]
    after = [v for v in others if v.valid_from > first]
    if after:
        _check_next(last, after[0].valid_from)
    if before:
        _join(session, before[-1], first, row, actor_id)


def _check_next(last: date | None, following: date) -> None:
    """The period must end the day before the next one begins."""
    if last is None or last >= following:
        text = _(
            "Another price is in force from %(day)s. End this one the day before.", day=written(following)
        )
        raise Invalid({"valid_to": text})
    if last < following - DAY:
        text = _("No price would be in force from %(first)s to %(last)s.",
                 first=written(last + DAY), last=written(following - DAY))  # fmt: skip
        raise Invalid({"valid_to": text})


def _join(
    session: Session, previous: RateVersion, first: date, row: RateVersion | None, actor_id: int | None
) -> None:
    """The price before must end the day before; it moves along when it is open-ended or adjoined already."""
    end = previous.valid_to
    adjoined = row is not None and end == row.valid_from - DAY
    if end == first - DAY:
        return
    if end is None or adjoined:
        previous.valid_to = first - DAY
        log(session, "rate_version", previous, "update", ("valid_to",), actor_id)
    elif end >= first:
        text = _("Another price is in force until %(day)s. The prices would overlap.", day=written(end))
        raise Invalid({"valid_from": text})
    else:
        text = _("No price would be in force from %(first)s to %(last)s.",
                 first=written(end + DAY), last=written(first - DAY))  # fmt: skip
        raise Invalid({"valid_from": text})
