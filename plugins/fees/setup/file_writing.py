"""Giving an organisation's own set-up of fees for a file: nothing inherited, no people."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import db, related, to_plain
from plugins.fees.models import Chain, ChainStep, Desk, Rate, RateVersion, WorkType
from plugins.fees.records.common import asked
from plugins.fees.records.deciding import STEPS
from plugins.fees.records.prices import PRICES, WORK_TYPES
from plugins.fees.setup import chains
from plugins.fees.states import OWN


def export(organisation_id: int) -> dict[str, Any]:
    """Work types, rates with their prices, the newest version of the chain, the kinds of desks."""
    session = db.session()
    work = select(WorkType).where(WorkType.organisation_id == organisation_id).order_by(WorkType.code)
    kinds = select(Desk.kind).where(Desk.organisation_id == organisation_id, Desk.kind != OWN)
    found: dict[str, Any] = {
        "work_types": [to_plain(asked(WORK_TYPES), row) for row in session.scalars(work)],
        "rates": _rates(session, organisation_id),
        "desks": list(session.scalars(kinds.order_by(Desk.kind))),
        "chain": _chain(session, organisation_id),
    }
    return {key: part for key, part in found.items() if part}


def _rates(session: Session, organisation_id: int) -> list[dict[str, Any]]:
    own = select(Rate).where(Rate.organisation_id == organisation_id).order_by(Rate.unit, Rate.id)
    found = []
    for rate in session.scalars(own).all():
        prices = select(RateVersion).where(RateVersion.rate_id == rate.id).order_by(RateVersion.valid_from)
        code = _code(session, rate.work_type_id)
        entry: dict[str, Any] = {"work_type": code, "unit": rate.unit} if code else {"unit": rate.unit}
        entry["prices"] = [to_plain(asked(PRICES), row) for row in session.scalars(prices)]
        found.append(entry)
    return found


def _code(session: Session, work_type_id: int | None) -> str | None:
    with related("the work type of a rate, which may be of an organisation above"):
        return session.scalar(select(WorkType.code).where(WorkType.id == work_type_id))


def _chain(session: Session, organisation_id: int) -> dict[str, Any] | None:
    chain = session.scalar(select(Chain).where(Chain.organisation_id == organisation_id))
    version = chains.newest(session, chain.id) if chain else None
    if chain is None or version is None:
        return None
    wanted = select(ChainStep).where(ChainStep.chain_version_id == version.id).order_by(ChainStep.no)
    return {"name": chain.name, "steps": [to_plain(asked(STEPS), step) for step in session.scalars(wanted)]}
