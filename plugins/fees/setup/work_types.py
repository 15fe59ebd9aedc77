"""Work types: what an organisation pays for, with its payment class and income type."""

from __future__ import annotations

import re

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import Invalid, related, writing
from plugins.fees.models import ClaimLine, Rate, WorkType
from plugins.fees.setup.common import Values, changed, locked, log, payer_of

FIELDS = ("code", "name", "unit", "payment_class", "income_type", "active")
CODE = re.compile(r"[A-ZÅÄÖ0-9][A-ZÅÄÖ0-9-]*")


def create(values: Values, organisation_id: int, actor_id: int | None) -> int:
    """Add a work type to the organisation; its code is unique there."""
    with writing() as session:
        payer_of(organisation_id)
        code = _free_code(session, values["code"], organisation_id)
        row = WorkType(
            organisation_id=organisation_id,
            code=code,
            name=values["name"],
            unit=values["unit"],
            payment_class=values["payment_class"],
            income_type=values.get("income_type") or "",
            active=values.get("active", True),
        )
        session.add(row)
        log(session, "work_type", row, "create", FIELDS, actor_id)
        return row.id


def update(row_id: int, values: Values, actor_id: int | None) -> None:
    """Change a work type; its unit stays once used. Lines of claims keep what they were frozen with."""
    with writing() as session:
        row = locked(session, WorkType, row_id)
        wanted = {**values, "income_type": values.get("income_type") or ""}
        if wanted["code"] != row.code:
            wanted["code"] = _free_code(session, wanted["code"], row.organisation_id)
        _check_unit(session, row, wanted["unit"])
        fields = changed(row, wanted, FIELDS)
        if fields:
            log(session, "work_type", row, "update", fields, actor_id)


def remove(row_id: int, actor_id: int | None) -> None:
    """Remove a work type that nothing refers to."""
    with writing() as session:
        row = locked(session, WorkType, row_id)
        if _is_used(session, row):
            raise Invalid({"": _("Claims or prices use this work type. Take it out of use instead.")})
        log(session, "work_type", row, "remove", (), actor_id)
        session.delete(row)


def _free_code(session: Session, text: str, organisation_id: int) -> str:
    """The code in capitals; refused when it is odd, or another work type of the organisation has it."""
    code = text.strip().upper()
    if not CODE.fullmatch(code):
        raise Invalid({"code": _("Write the code in letters, digits and hyphens, for example LESSON.")})
    taken = select(WorkType.id).where(WorkType.organisation_id == organisation_id, WorkType.code == code)
    if session.scalar(taken):
        raise Invalid({"code": _("Another work type has this code. Choose another.")})
    return code


def _check_unit(session: Session, row: WorkType, unit: str) -> None:
    if unit != row.unit and _is_used(session, row):
        raise Invalid({"unit": _("Claims or prices use this work type. Add a new one for the other unit.")})


def _is_used(session: Session, row: WorkType) -> bool:
    """Whether a price or a claim's line names the work type."""
    price = select(Rate.id).where(Rate.work_type_id == row.id).limit(1)
    line = select(ClaimLine.claim_id).where(ClaimLine.work_type_id == row.id).limit(1)
    with related("use of a work type"):
        return session.scalar(price) is not None or session.scalar(line) is not None
