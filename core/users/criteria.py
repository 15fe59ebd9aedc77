"""Criteria about people that modules put into their own statements."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, literal, or_, select

from core.organisations.models import Organisation
from core.users.models import Account, Membership

_MEMBERSHIP: Any = Membership.__table__
_ACCOUNT: Any = Account.__table__
_THEIRS: Any = Organisation.__table__.alias("theirs")
_ASKED: Any = Organisation.__table__.alias("asked")


def works_under(person_id: Any, organisation_id: Any, day: Any) -> ColumnElement[bool]:
    """Whether the person may act for the organisation's controller on the day.

    They have a role somewhere under that controller (being an expert is none), and an account that is not
    disabled. Whoever loses the last role, or the account, no longer stands at any desk there.
    """
    role = (
        select(literal(1))
        .select_from(
            _MEMBERSHIP.join(_THEIRS, _THEIRS.c.id == _MEMBERSHIP.c.organisation_id)
            .join(_ASKED, _ASKED.c.controller_id == _THEIRS.c.controller_id)
            .join(_ACCOUNT, _ACCOUNT.c.person_id == _MEMBERSHIP.c.person_id)
        )
        .where(
            _MEMBERSHIP.c.person_id == person_id,
            _MEMBERSHIP.c.role != "expert",
            _MEMBERSHIP.c.valid_from <= day,
            or_(_MEMBERSHIP.c.valid_to.is_(None), _MEMBERSHIP.c.valid_to >= day),
            _ASKED.c.id == organisation_id,
            _ACCOUNT.c.active,
        )
    )
    # OFFSET 0 keeps PostgreSQL from reading everybody's roles into a hash: it looks up this one person's.
    return exists(role.offset(0))
