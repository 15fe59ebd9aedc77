"""Claims that wait where nobody may decide them any more, by desk: to be moved, or given a person."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, render_template, url_for
from flask_babel import gettext as _

from core.api import access, current_gate, db, endpoint, today, tops
from plugins.fees import words
from plugins.fees.deserted import MOVE, deserted_claims
from plugins.fees.models import Claim
from plugins.fees.reading import Shelf, shelve
from plugins.fees.views.blueprint import Page, node
from plugins.fees.views.shown import Row, row, unit_name


@dataclass(frozen=True)
class Waiting:
    """A claim, and the page where the reader moves it; None for who may not."""

    row: Row
    move: str | None


@dataclass(frozen=True)
class Desk:
    """A desk without anybody for these claims, and its page."""

    name: str
    page: str
    claims: list[Waiting]


@node.get("/without-handler")
@access("node", MOVE)
def deserted() -> Page:
    """The desks and their claims, at and below the organisation."""
    found = deserted_claims(db.session())
    return render_template(
        "fees/deserted.html",
        desks=_desks(found) if found else [],
        trail=[(_("Fees"), url_for("fees_org.claims"))],
    )


def _desks(found: list[Claim]) -> list[Desk]:
    shelf, by_desk = shelve(db.session(), found), dict[int, list[Claim]]()
    for claim in found:
        by_desk.setdefault(claim.desk_id or 0, []).append(claim)
    return [_desk(shelf, desk_id, claims) for desk_id, claims in by_desk.items()]


def _desk(shelf: Shelf, desk_id: int, claims: list[Claim]) -> Desk:
    desk = shelf.desks[desk_id]
    slug = current_gate().tree.by_id[desk.organisation_id].slug
    return Desk(
        f"{str(words.DESK_KIND[desk.kind]).capitalize()}, {unit_name(desk.organisation_id)}",
        url_for(endpoint("fees.desks", "detail"), org=slug, row_id=desk_id),
        [Waiting(row(shelf, claim, staff=True), _move_page(shelf, claim)) for claim in claims],
    )


def _move_page(shelf: Shelf, claim: Claim) -> str | None:
    """Only somebody with the permission over the payer itself moves its claims."""
    tree, payer_id = current_gate().tree, shelf.payers[claim.sheet_id]
    reached = tops(tree, g.roles, MOVE, today())
    if not any(tree.reaches(top, payer_id) for top in reached):
        return None
    return url_for("fees_org.move", org=tree.by_id[payer_id].slug, claim_id=claim.id)
