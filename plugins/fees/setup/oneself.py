"""Nobody gives themselves the power to decide on money, once an organisation's first claim has come."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import Invalid, related
from plugins.fees.holders import holders
from plugins.fees.models import Desk, Sheet
from plugins.fees.setup.common import Values, payer_of
from plugins.fees.states import STEP_KINDS

MANAGE = "fees.chains.manage"


def check_not_oneself(session: Session, desk: Desk, field: str, person_id: int, actor_id: int | None) -> None:
    """Refuse, beside the field, to let somebody appoint themselves to a desk that decides.

    The first set-up, before the payer's first claim, needs no second person. The administrator's own desk and
    payroll's decide nothing, and whoever stands there holds the permission already.
    """
    if person_id != actor_id or desk.kind not in STEP_KINDS:
        return
    if not _has_claims(session, payer_of(desk.organisation_id)):
        return
    appoint = holders(session, MANAGE, desk.organisation_id)
    raise Invalid({field: _who_can(", ".join(name for other_id, name in appoint if other_id != person_id))})


def _who_can(others: str) -> str:
    if others:
        return _(
            "You cannot appoint yourself to decide on claims. Ask another administrator: %(names)s.",
            names=others,
        )
    return _(
        "You cannot appoint yourself to decide on claims, and there is no other administrator here."
        " Appoint somebody else."
        " Claims that nobody may decide come to the administrator to be moved."
    )


def widens(row: Any, values: Values) -> bool:
    """Whether the new days hold a day that the row's present ones do not."""
    first, last = values["valid_from"], values.get("valid_to")
    later = row.valid_to is not None and (last is None or last > row.valid_to)
    return bool(first < row.valid_from or later)


def _has_claims(session: Session, payer_id: int) -> bool:
    with related("whether the payer's first claim has come"):
        found = session.scalar(select(Sheet.id).where(Sheet.organisation_id == payer_id).limit(1))
    return found is not None
