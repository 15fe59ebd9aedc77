"""Records that are likely the same person's: the same name, e-mail or phone. Only what one may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.database.types import sort_key
from core.experts.models import Expert
from core.records.errors import Invalid
from core.users.models import Person

MOST = 5


def alike(session: Session, contact: Mapping[str, Any], besides: int = 0) -> Sequence[Expert]:
    """Experts with the same name in any case, the same e-mail, or the same phone without spaces."""
    signs = [Expert.sort_key == sort_key(contact["name"])] if contact.get("name") else []
    if contact.get("email"):
        signs.append(Person.email == contact["email"])
    if contact.get("phone"):
        signs.append(_digits(Person.phone) == str(contact["phone"]).replace(" ", "").replace("-", ""))
    if not signs:
        return ()
    query = select(Expert).join(Person, Person.id == Expert.person_id)
    query = query.where(or_(*signs), Expert.id != besides, Expert.merged_into_id.is_(None))
    return session.scalars(query.order_by(Expert.sort_key, Expert.id).limit(MOST)).all()


def _digits(column: Any) -> Any:
    return func.replace(func.replace(column, " ", ""), "-", "")


def refuse_alike(session: Session, contact: Mapping[str, Any]) -> None:
    """Tell that there is somebody alike, not who: whoever is shown stands in the access log."""
    if alike(session, contact):
        text = _(
            "The register knows somebody of the same name, e-mail or phone. Look with the search first. If "
            "this is another person, choose this."
        )
        raise Invalid({"another": text})
