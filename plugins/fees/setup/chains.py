"""Approval chains. A published version never changes: a claim keeps the version it was sent with."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.api import Invalid, db, now, related, today, writing
from plugins.fees.models import Chain, ChainStep, ChainVersion, Claim
from plugins.fees.setup.common import Values, changed, locked, log, payer_of
from plugins.fees.setup.staffing import enough_people, members_by_kind
from plugins.fees.states import ADMINISTRATOR, PAYROLL
from plugins.fees.words import DESK_KIND

STEP = ("desk_kind", "due_days")


def create(values: Values, organisation_id: int, actor_id: int | None) -> int:
    """Let the organisation have an approval chain of its own; it counts once a version is published."""
    with writing() as session:
        payer_of(organisation_id)
        if session.scalar(select(Chain.id).where(Chain.organisation_id == organisation_id)):
            raise Invalid({"": _("The organisation already has an approval chain. Add a new version to it.")})
        row = Chain(organisation_id=organisation_id, name=values["name"])
        session.add(row)
        log(session, "chain", row, "create", ("name",), actor_id)
        return row.id


def update(row_id: int, values: Values, actor_id: int | None) -> None:
    """Rename the chain."""
    with writing() as session:
        row = locked(session, Chain, row_id)
        fields = changed(row, values, ("name",))
        if fields:
            log(session, "chain", row, "update", fields, actor_id)


def create_version(values: Values, _organisation_id: int, actor_id: int | None) -> int:
    """Begin a new version with the newest version's steps: a draft, unless `publish` says otherwise."""
    with writing() as session:
        chain = locked(session, Chain, values["chain_id"])
        last = newest(session, chain.id)
        if last is not None and last.published_at is None:
            raise Invalid({"": _("The newest version is still a draft. Change that one.")})
        number = last.number + 1 if last else 1
        row = ChainVersion(organisation_id=chain.organisation_id, chain_id=chain.id, number=number)
        session.add(row)
        log(session, "chain_version", row, "create", ("number",), actor_id)
        for step in _steps(session, last.id) if last else ():
            session.add(_copy(step, row.id))
        if values.get("publish"):
            _publish(session, row, actor_id, now())
        return row.id


def update_version(row_id: int, values: Values, actor_id: int | None, *, at: datetime | None = None) -> None:
    """Publish the version when `publish` says so: from then on new claims go by it, and it stays as it is."""
    with writing() as session:
        row = locked(session, ChainVersion, row_id)
        if row.published_at is not None:
            raise Invalid({"": _published()})
        if values.get("publish"):
            _publish(session, row, actor_id, at or now())


def remove_version(row_id: int, actor_id: int | None) -> None:
    """Throw a draft away."""
    with writing() as session:
        row = _draft(session, row_id)
        for step in _steps(session, row_id):
            session.delete(step)
        log(session, "chain_version", row, "remove", (), actor_id)
        session.delete(row)


def create_step(values: Values, _organisation_id: int, actor_id: int | None) -> int:
    """Add a step at the end of a draft."""
    with writing() as session:
        version = _draft(session, values["chain_version_id"])
        last = len(_steps(session, version.id))
        row = ChainStep(organisation_id=version.organisation_id, chain_version_id=version.id, no=last + 1)
        changed(row, values, STEP)
        session.add(row)
        log(session, "chain_step", row, "create", STEP, actor_id)
        return row.id


def update_step(row_id: int, values: Values, actor_id: int | None) -> None:
    """Change a step of a draft."""
    with writing() as session:
        row = locked(session, ChainStep, row_id)
        _draft(session, row.chain_version_id)
        fields = changed(row, values, STEP)
        if fields:
            log(session, "chain_step", row, "update", fields, actor_id)


def remove_step(row_id: int, actor_id: int | None) -> None:
    """Take a step out of a draft; those after it move up."""
    with writing() as session:
        row = locked(session, ChainStep, row_id)
        _draft(session, row.chain_version_id)
        later = [step for step in _steps(session, row.chain_version_id) if step.no > row.no]
        log(session, "chain_step", row, "remove", (), actor_id)
        session.delete(row)
        session.flush()
        for step in later:  # one by one: two steps never share a number
            step.no -= 1
            session.flush()


def remove(row_id: int, actor_id: int | None) -> None:
    """Remove a chain that no claim was sent by."""
    with writing() as session:
        row = locked(session, Chain, row_id)
        versions = session.scalars(select(ChainVersion).where(ChainVersion.chain_id == row_id)).all()
        if _is_used(session, [version.id for version in versions]):
            raise Invalid({"": _("Claims have been sent by this chain. Add a new version instead.")})
        for version in versions:
            for step in _steps(session, version.id):
                session.delete(step)
        session.flush()
        for version in versions:
            session.delete(version)
        log(session, "chain", row, "remove", (), actor_id)
        session.delete(row)


def newest(session: Session, chain_id: int) -> ChainVersion | None:
    """The chain's version with the highest number, published or not."""
    wanted = select(ChainVersion).where(ChainVersion.chain_id == chain_id)
    return session.scalars(wanted.order_by(ChainVersion.number.desc()).limit(1)).first()


def _steps(session: Session, version_id: int) -> Sequence[ChainStep]:
    wanted = select(ChainStep).where(ChainStep.chain_version_id == version_id)
    return session.scalars(wanted.order_by(ChainStep.no)).all()


def _copy(step: ChainStep, version_id: int) -> ChainStep:
    return ChainStep(
        organisation_id=step.organisation_id,
        chain_version_id=version_id,
        no=step.no,
        desk_kind=step.desk_kind,
        due_days=step.due_days,
    )


def _draft(session: Session, version_id: int) -> ChainVersion:
    """The version, held; refused once it is published."""
    version = locked(session, ChainVersion, version_id)
    if version.published_at is not None:
        raise Invalid({"": _published()})
    return version


def _published() -> str:
    return _("This version is published and stays as it is. Add a new version.")


def _is_used(session: Session, version_ids: Sequence[int]) -> bool:
    with related("claims sent by a chain"):
        used = select(func.count()).select_from(Claim).where(Claim.chain_version_id.in_(version_ids))
        return bool(session.scalar(used))


def _publish(session: Session, version: ChainVersion, actor_id: int | None, at: datetime) -> None:
    session.flush()
    _check_steps(session, version, actor_id)
    version.published_at, version.published_by_id = at, actor_id
    log(session, "chain_version", version, "publish", ("published_at",), actor_id)


def _check_steps(session: Session, version: ChainVersion, actor_id: int | None) -> None:
    """Every step needs somebody, and the payer its two desks, before claims can go this way.

    Who publishes is never the only one to decide: they would give themselves the power over money.
    """
    kinds = [step.desk_kind for step in _steps(session, version.id)]
    if not kinds:
        raise Invalid({"": _("Add at least one step first.")})
    members = members_by_kind(session, version.organisation_id, today())
    empty = [kind for kind in (*kinds, ADMINISTRATOR, PAYROLL) if not members.get(kind)]
    if empty:
        names = ", ".join(str(DESK_KIND[kind]) for kind in dict.fromkeys(empty))
        text = _("Nobody stands at these desks yet: %(desks)s. Add them under Desks.", desks=names)
        raise Invalid({"": text})
    if not enough_people(kinds, members):
        raise Invalid({"": _("The steps need more people: one person approves a claim only once.")})
    if {person_id for kind in kinds for person_id in members[kind]} == {actor_id}:
        text = _("You alone would decide on claims. Add a step, or another person to the desk, first.")
        raise Invalid({"": text})


def step_words(version_ids: Collection[int]) -> dict[int, str]:
    """How many steps each version has; of one it is said what that means."""
    counted = (
        select(ChainStep.chain_version_id, func.count())
        .where(ChainStep.chain_version_id.in_(version_ids))
        .group_by(ChainStep.chain_version_id)
    )
    found = {row[0]: row[1] for row in db.session.execute(counted)}
    return {version_id: _in_words(found.get(version_id, 0)) for version_id in version_ids}


def _in_words(steps: int) -> str:
    if steps == 1:
        return _("1: one person decides alone. Add a step, if the same person also orders the work.")
    return str(steps)
