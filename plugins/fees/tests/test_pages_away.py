"""Being away: naming a deputy from those appointed, coming back early, and not being away after all."""

import re
from datetime import date

import pytest

from plugins.fees import models as m
from plugins.fees.tests.pages import Pages
from tests.support.payers import ALWAYS, employ

pytestmark = pytest.mark.pages


def appoint(pages: Pages, *names: str) -> None:
    """Who has a role at the payer can be appointed."""
    with pages.payers.anywhere() as session:
        for name in names:
            employ(session, pages.payers, "laukaa", name)


def test_a_member_names_a_deputy_from_those_appointed(pages: Pages) -> None:
    lauri = pages.of("lauri")
    appoint(pages, "ylva", "lauri")
    page = lauri.get("/me/fees/away")
    assert "Ylva" in page
    assert "Aatu" not in page
    ylva = str(pages.payers.people["ylva"])
    days = {"first": "12.10.2026", "last": "23.10.2026"}
    assert "Valitse sijainen." in lauri.post("/me/fees/away", 422, deputy="", **days)
    backwards = {"first": "23.10.2026", "last": "12.10.2026", "deputy": ylva}
    assert "Viimeinen päivä on ennen ensimmäistä." in lauri.post("/me/fees/away", 422, **backwards)
    lauri.post("/me/fees/away", deputy=ylva, **days)
    assert "Lomakkeet menevät sijaiselle ma 12.10. alkaen." in lauri.get("/me/fees/queue")
    assert "12.10.2026–23.10.2026: Ylva" in lauri.get("/me/fees/away")
    pages.of("aino").get("/me/fees/away", 404)


def be_away(pages: Pages, first: str, last: str) -> str:
    """Lauri is away and Ylva acts; gives the address that ends it."""
    appoint(pages, "ylva", "lauri")
    lauri = pages.of("lauri")
    lauri.post("/me/fees/away", deputy=str(pages.payers.people["ylva"]), first=first, last=last)
    lauri.get("/me/fees/away")
    found = re.search(r'action="(/me/fees/away/\d+/end)"', lauri.raw)
    assert found is not None
    return found[1]


def test_who_is_back_early_decides_again(pages: Pages) -> None:
    end, lauri = be_away(pages, "5.10.2026", "23.10.2026"), pages.of("lauri")
    pages.approve(pages.sent(), "outi")
    assert "Lauri (" not in lauri.get("/me/fees/queue")
    assert "Olen palannut, lopeta poissaolo" in lauri.get("/me/fees/away")
    lauri.post(end)
    page = lauri.get("/me/fees/away")
    assert "Poissaolosi on päättynyt. Lomakkeet tulevat taas sinulle." in page
    assert "Poissaolosi 5.10." not in page
    assert "Nyt käsittelijällä: Lauri, " in pages.of("aino").get("/me/fees")
    with pages.payers.anywhere() as session:
        assert [str(row.valid_to) for row in session.query(m.DeskDeputy)] == ["2026-10-11"]
    lauri.post(end, 404)


def test_a_coming_absence_is_cancelled_at_every_desk(pages: Pages) -> None:
    payers = pages.payers
    with payers.anywhere() as session:
        session.add(
            m.DeskMember(
                organisation_id=payers.at["school"],
                desk_id=payers.desks["school", "orderer"],
                person_id=payers.people["lauri"],
                valid_from=ALWAYS,
            )
        )
    end, lauri = be_away(pages, "19.10.2026", "23.10.2026"), pages.of("lauri")
    assert lauri.raw.count("19.10.2026–23.10.2026: Ylva") == 1
    lauri.post(end)
    assert "Poissaolo on peruttu." in lauri.get("/me/fees/away")
    with payers.anywhere() as session:
        assert session.query(m.DeskDeputy).count() == 0


def test_nobody_ends_the_absence_of_another(pages: Pages) -> None:
    end = be_away(pages, "19.10.2026", "23.10.2026")
    for name in ("ylva", "outi", "aino", "penni"):
        pages.of(name).post(end, 404)
    pages.of("lauri").post("/me/fees/away/999999/end", 404)
    with pages.payers.anywhere() as session:
        over = session.query(m.DeskDeputy).one()
        over.valid_from, over.valid_to = date(2026, 10, 5), date(2026, 10, 9)
    pages.of("lauri").post(end, 404)
