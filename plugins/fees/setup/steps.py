"""What a payer sets up before its first claim, and what of it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.api import SetupStep, current_gate, db, endpoint, related, today
from plugins.fees.models import Chain, ChainStep, ChainVersion, RateVersion, WorkType
from plugins.fees.price_reading import path_to_payer
from plugins.fees.setup.staffing import members_by_kind
from plugins.fees.states import ADMINISTRATOR, PAYROLL


def setup_steps(organisation_id: int) -> Sequence[SetupStep]:
    """The four steps, for claims from the organisation and below it; none where nobody pays."""
    tree, session = current_gate().tree, db.session()
    path = path_to_payer(tree, organisation_id)
    if not path:
        return ()
    places = {*path, *(node.id for node in tree.subtree(organisation_id))}
    staffed = {kind for kind, people in members_by_kind(session, organisation_id, today()).items() if people}
    with related("set-up of an organisation"):
        works, priced = _exists(session, WorkType, places), _priced(session, places)
        published, kinds = _published(session, places), _kinds(session, places)
    desks = bool(kinds) and kinds <= staffed and ADMINISTRATOR in staffed
    payroll = PAYROLL in staffed and bool(tree.by_id[path[-1]].code)
    rates_page = endpoint("fees.rates" if works else "fees.work_types")
    return (
        SetupStep(_l("Rates"), works and priced, rates_page),
        SetupStep(_l("Approval chain"), published, endpoint("fees.chains")),
        SetupStep(_l("Handlers and deputies"), desks, endpoint("fees.desks")),
        SetupStep(_l("Payroll's details"), payroll, endpoint("fees.desks")),
    )


def _exists(session: Session, model: Any, places: set[int]) -> bool:
    return session.scalar(select(model.id).where(model.organisation_id.in_(places)).limit(1)) is not None


def _priced(session: Session, places: set[int]) -> bool:
    """Whether a price holds today or later."""
    last: Any = RateVersion.valid_to
    wanted = select(RateVersion.id).where(
        RateVersion.organisation_id.in_(places), last.is_(None) | (last >= today())
    )
    return session.scalar(wanted.limit(1)) is not None


def _published(session: Session, places: set[int]) -> bool:
    wanted = select(ChainVersion.id).where(
        ChainVersion.organisation_id.in_(places), ChainVersion.published_at.is_not(None)
    )
    return session.scalar(wanted.limit(1)) is not None


def _kinds(session: Session, places: set[int]) -> set[str]:
    """The desks that the newest version of each chain goes by."""
    newest = (
        select(func.max(ChainVersion.id))
        .join(Chain, Chain.id == ChainVersion.chain_id)
        .where(Chain.organisation_id.in_(places))
        .group_by(Chain.id)
    )
    return set(session.scalars(select(ChainStep.desk_kind).where(ChainStep.chain_version_id.in_(newest))))
