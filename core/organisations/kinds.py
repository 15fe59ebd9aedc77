"""Kinds of organisations: rows of a table, so that a region adds its own without a change of code."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import Texts
from core.extensions import db
from core.organisations.models import OrganisationKind


def kinds(session: Session) -> dict[str, Texts]:
    """Names of all kinds by code, in the order they are offered."""
    query = select(OrganisationKind.code, OrganisationKind.name)
    found = session.execute(query.order_by(OrganisationKind.sort, OrganisationKind.code))
    return {row.code: row.name for row in found}


def kind_choices(_organisation_id: int = 0) -> list[tuple[str, Texts]]:
    """(code, names) for a field to choose from; the same everywhere."""
    return list(kinds(db.session()).items())


def kind_names(codes: Collection[str]) -> dict[str, Texts]:
    """Names of some kinds by code."""
    return {code: name for code, name in kinds(db.session()).items() if code in codes}


def put_kind(session: Session, code: str, name: Texts, sort: int) -> None:
    """Add a kind, or give it other words; in the caller's transaction."""
    row = session.get(OrganisationKind, code)
    if row is None:
        session.add(OrganisationKind(code=code, name=name, sort=sort))
    else:
        row.name, row.sort = name, sort
    session.flush()
