"""Moving what nobody at its step may decide: by permission, at the administrator's desk, by nobody else."""

from datetime import date

import pytest

from core.api import delegate
from plugins.fees import models as m
from plugins.fees.tests.pages import Pages

pytestmark = pytest.mark.pages


def stuck(pages: Pages) -> int:
    """A claim at the administrator's desk: the orderer's has nobody any more."""
    payers = pages.payers
    with payers.anywhere() as session:
        member = session.query(m.DeskMember).filter_by(desk_id=payers.desks["school", "orderer"]).one()
        member.valid_to = date(2026, 10, 11)
    return pages.sent()


def line_manager(pages: Pages) -> int:
    return pages.payers.desks["school", "line_manager"]


def test_the_administrator_moves_what_nobody_may_decide(pages: Pages) -> None:
    claim_id, payers = stuck(pages), pages.payers
    penni, path = pages.of("penni"), f"/o/laukaa/fees/claims/{claim_id}"
    assert "Nyt käsittelijällä: pääkäyttäjä, Laukaa (Penni)." in pages.of("aino").get(receipt(pages))
    assert "LAU-2026-0001" in penni.get("/me/fees/queue")
    assert "Siirrä käsittelijälle" in penni.get(path)
    assert "Lähiesihenkilö, School: Lauri" in penni.get(f"{path}/move")
    assert "Valitse käsittelijä." in penni.post(f"{path}/move", 422, version=1, desk="")
    foreign = payers.desks["ward-a", "contact"]
    penni.post(f"{path}/move", 422, version=1, desk=foreign)
    penni.post(f"{path}/move", version=1, desk=payers.desks["school", "line_manager"])
    assert "Siirretty toiselle käsittelijälle" in penni.get(path)
    assert "Aino" in pages.of("lauri").get("/me/fees/queue")
    penni.get(f"{path}/move", 404)
    again = penni.post(f"{path}/move", 409, version=1, desk=payers.desks["school", "line_manager"])
    assert "Olet jo käsitellyt tämän" in again


def receipt(pages: Pages) -> str:
    pages.of("aino").get("/me/fees")
    return "/me/fees/receipt/LAU-2026-0001"


def test_what_has_a_handler_is_not_moved(pages: Pages) -> None:
    penni, path = pages.of("penni"), f"/o/laukaa/fees/claims/{pages.sent()}"
    penni.get(f"{path}/move", 404)
    penni.post(f"{path}/move", 404, version=1, desk=line_manager(pages))
    assert "Siirretty" not in penni.get(path)


def test_a_member_of_the_desk_moves_without_the_permission(pages: Pages) -> None:
    claim_id, payers = stuck(pages), pages.payers
    with payers.anywhere() as session:
        session.add(
            m.DeskMember(
                organisation_id=payers.at["laukaa"],
                desk_id=payers.desks["laukaa", "administrator"],
                person_id=payers.people["saku"],
                valid_from=date(2020, 1, 1),
            )
        )
    saku, path = pages.of("saku"), f"/me/fees/claims/{claim_id}"
    saku.get("/me/fees/queue")
    assert f'href="{path}"' in saku.raw
    assert "Siirrä käsittelijälle" in saku.get(path)
    assert "Lähiesihenkilö, School: Lauri" in saku.get(f"{path}/move")
    assert "Yksikönjohtaja, Laukaa: Ylva" in saku.get(f"{path}/move")
    assert "Tilaaja" not in saku.get(f"{path}/move")
    saku.post(f"{path}/move", version=1, desk=line_manager(pages))
    assert "Siirretty toiselle käsittelijälle" in saku.get(path)
    saku.get(f"{path}/move", 404)
    saku.post(f"{path}/move", 404, version=2, desk=line_manager(pages))
    assert "Olet jo käsitellyt tämän" in saku.post(f"{path}/move", 409, version=1, desk=line_manager(pages))


def test_who_moves_finds_the_list_from_their_own_page(pages: Pages) -> None:
    penni = pages.of("penni")
    assert "Hyväksyttävät" in penni.get("/me")
    stuck(pages)
    page = penni.get("/me")
    assert "Hyväksyttävät 1" in page
    assert "1 lomake siirrettävänä" in page
    assert "Hyväksyttävät" not in pages.of("aino").get("/me")
    assert "Hyväksyttävät" not in pages.of("paula").get("/me")


def test_nobody_else_moves_on_their_own_pages(pages: Pages) -> None:
    path = f"/me/fees/claims/{stuck(pages)}"
    for name in ("aino", "outi", "lauri", "veikko", "paula", "hilma"):
        pages.of(name).get(f"{path}/move", 404)
        pages.of(name).post(f"{path}/move", 404, version=1, desk=line_manager(pages))


def test_the_permission_moves_also_by_delegation(pages: Pages) -> None:
    claim_id, at = stuck(pages), pages.payers.at
    with pages.payers.anywhere():
        delegate(at["laukaa"], at["hyvaks"], ["fees.claims.view", "fees.claims.move"])
    hilma, path = pages.of("hilma"), f"/o/laukaa/fees/claims/{claim_id}"
    assert "Siirrä käsittelijälle" in hilma.get(path)
    hilma.post(f"{path}/move", version=1, desk=line_manager(pages))
