"""What an organisation's own values must be, before they are stored. Messages stand beside their fields."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.database.types import Texts
from core.organisations.business_id import business_id
from core.organisations.kinds import kinds
from core.organisations.municipalities import municipalities
from core.organisations.tree import Tree
from core.records.errors import Invalid
from core.users.errors import UserError
from core.users.words import clean_name

SLUG = re.compile(r"(?=.{1,80}\Z)[a-z0-9]+(?:-[a-z0-9]+)*")
CODE = re.compile(r"[A-Z][A-Z0-9]{1,7}")
LONGEST_COST_CENTRE = 40


def checked(
    session: Session, tree: Tree, values: dict[str, Any], own_id: int | None = None
) -> dict[str, Any]:
    """The values as they are stored; raises `Invalid` with every field that is wrong.

    Only the given keys are looked at. `own_id`: the organisation that is changed, None for a new one.
    """
    found, errors = dict(values), {}
    for key, check in _CHECKS.items():
        if key in found:
            try:
                found[key] = check(session, tree, found, own_id)
            except ValueError as error:
                errors[key] = str(error)
    if errors:
        raise Invalid(errors)
    return found


def free_slug(tree: Tree, name: str) -> str:
    """An address name made from a name: small letters and hyphens, with a number where it is taken."""
    plain = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[:70].strip("-") or "organisaatio"
    return free(tree, stem)


def free(tree: Tree, stem: str) -> str:
    """The first of stem, stem-2, stem-3 … that nobody has or had."""
    number, slug = 1, stem
    while slug in tree.by_slug or slug in tree.old_slugs:
        number += 1
        slug = f"{stem}-{number}"
    return slug


def _name(_session: Session, _tree: Tree, values: dict[str, Any], _own: int | None) -> Texts:
    words: Texts = values["name"] or Texts()
    try:
        names = {key: clean_name(text) for key in ("fi", "sv", "en") if (text := getattr(words, key))}
    except UserError as error:
        raise ValueError(str(error.text)) from None
    if not names:
        raise ValueError(_("Fill in this field."))
    return Texts(**names)


def _slug(_session: Session, tree: Tree, values: dict[str, Any], own: int | None) -> str:
    slug = (values["slug"] or "").strip()
    if not slug and own is None:
        name: Texts = values.get("name") or Texts()
        return free_slug(tree, name.get("fi"))
    if not SLUG.fullmatch(slug):
        raise ValueError(_("Write it in small letters a-z, digits and single hyphens."))
    holder = tree.by_slug.get(slug)
    if (holder is not None and holder.id != own) or tree.old_slugs.get(slug, own) != own:
        raise ValueError(_("This name is in use, or was: choose another."))
    return slug


def _kind(session: Session, _tree: Tree, values: dict[str, Any], _own: int | None) -> str:
    kind = values["kind"]
    if kind not in kinds(session):
        raise ValueError(_("Choose one from the list."))
    return str(kind)


def _code(_session: Session, tree: Tree, values: dict[str, Any], own: int | None) -> str | None:
    """A controller's code, in capitals; two that are alike would give two claims one number."""
    code = (values["code"] or "").strip().upper() or None
    if code is None:
        return None
    if not CODE.fullmatch(code):
        raise ValueError(_("Write two to eight letters A-Z and digits."))
    if any(node.code == code and node.id != own for node in tree.by_id.values()):
        raise ValueError(_("Another organisation has this code."))
    return code


def _business_id(_session: Session, _tree: Tree, values: dict[str, Any], _own: int | None) -> str | None:
    text = (values["business_id"] or "").strip()
    found = business_id(text) if text else None
    if text and found is None:
        raise ValueError(_("This is not a Business ID. Check the digits: 2094551-1."))
    return found


def _municipality(_session: Session, _tree: Tree, values: dict[str, Any], _own: int | None) -> str | None:
    code = values["municipality_code"] or None
    if code is not None and code not in municipalities():
        raise ValueError(_("Choose one from the list."))
    return code


def _cost_centre(_session: Session, _tree: Tree, values: dict[str, Any], _own: int | None) -> str | None:
    text = " ".join((values["cost_centre"] or "").split()) or None
    if text and len(text) > LONGEST_COST_CENTRE:
        raise ValueError(_("At most %(bound)s characters.", bound=LONGEST_COST_CENTRE))
    return text


_CHECKS = {
    "name": _name,
    "slug": _slug,
    "kind": _kind,
    "code": _code,
    "business_id": _business_id,
    "municipality_code": _municipality,
    "cost_centre": _cost_centre,
}
