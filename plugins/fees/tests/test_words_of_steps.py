"""What people read while a claim moves: words of their own step, who has it until when, what is theirs."""

from __future__ import annotations

import re

import pytest

from plugins.fees.tests.pages import Pages
from plugins.fees.tests.test_pages_away import appoint, be_away


def test_a_check_is_called_a_check_and_the_chip_says_what_waits(pages: Pages) -> None:
    path = f"/me/fees/claims/{pages.sent()}"
    pages.approve(int(path.rsplit("/", 1)[1]), "outi")
    lauri = pages.of("lauri")
    assert chip(lauri, path) == "Tarkastettavana"
    lauri.post(f"{path}/approve", version=2)
    assert "Tarkastettu. Seuraavaksi: yksikönjohtaja." in lauri.get(path)
    assert chip(lauri, path) == "Hyväksyttävänä"
    assert chip(pages.of("aino"), path) == "Tarkastettavana"  # an expert's six words stay
    page = lauri.post(f"{path}/approve", 409, version=2)
    assert "Olet jo käsitellyt tämän 12.10. klo 9.00. Päätös: tarkastettu." in page
    assert "Joku ehti ensin" not in page
    page = pages.of("ylva").post(f"{path}/approve", 409, version=2)
    assert "Lauri käsitteli tämän jo 12.10. klo 9.00. Päätös: tarkastettu." in page
    assert "Joku ehti ensin" in page


def chip(person: object, path: str) -> str:
    """The first chip of a claim's page."""
    person.get(path)  # type: ignore[attr-defined]  # a Person of the pages
    found = re.search(r'class="chip[^>]*>([^<]+)<', person.raw)  # type: ignore[attr-defined]  # as above
    assert found is not None
    return found[1]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_receipt_says_who_has_it_and_until_when(pages: Pages) -> None:
    draft, aino = pages.draft(), pages.of("aino")
    aino.post(f"{draft}/send")
    page = aino.get(aino.location)
    assert "Nyt käsittelijällä: Outi. Käsitellään viimeistään to 15.10." in page


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_who_moves_reads_one_and_the_same_count(pages: Pages) -> None:
    from datetime import date

    from plugins.fees import models as m

    with pages.payers.anywhere() as session:
        for member in session.query(m.DeskMember).filter_by(desk_id=pages.payers.desks["school", "orderer"]):
            member.valid_to = date(2026, 10, 11)
    pages.sent()
    page = pages.of("penni").get("/me/fees/queue")
    assert "Hyväksyttävät (0), siirrettävät (1)" in page
    assert "Ei hyväksyttäviä lomakkeita" not in page


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_ones_own_absence_is_cancelled_not_changed_and_a_long_one_is_confirmed(pages: Pages) -> None:
    be_away(pages, "19.10.2026", "23.10.2026")
    lauri, deputy = pages.of("lauri"), str(pages.payers.people["ylva"])
    again = {"first": "22.10.2026", "last": "30.10.2026", "deputy": deputy}
    page = lauri.post("/me/fees/away", 422, **again)
    assert "Sinulla on jo poissaolo näinä päivinä. Peru se ensin." in page
    assert "Muuta sitä" not in page
    appoint(pages, "ylva")
    years = {"first": "2.11.2026", "last": "2.11.2029", "deputy": deputy}
    page = lauri.post("/me/fees/away", 422, **years)
    assert "Poissaolo kestää yli vuoden. Tarkista päivät tai vahvista ne." in page
    lauri.post("/me/fees/away", **years, sure="y")
    assert "2.11.2026–2.11.2029: Ylva" in lauri.get("/me/fees/away")


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_published_version_offers_nothing_that_is_refused(pages: Pages) -> None:
    penni, chains = pages.of("penni"), "/o/laukaa/records/fees.chains/"
    penni.get(chains)
    chain = re.search(rf"{chains}(\d+)/", penni.raw)
    assert chain is not None
    versions = f"{chains}{chain[1]}/chain_versions/"
    penni.get(f"{chains}{chain[1]}/")
    published = re.search(rf"{versions}(\d+)/", penni.raw)
    assert published is not None
    page = penni.get(f"{versions}{published[1]}/")
    for word in ("Muokkaa", "Poista", "Uusi vaihe"):
        assert word not in page, word
    step = re.search(rf"{versions}{published[1]}/chain_steps/(\d+)/", penni.raw)
    assert step is not None
    for place in (f"{versions}{published[1]}/chain_steps/", step[0]):
        page = penni.get(place)
        for word in ("Muokkaa", "Poista", "Uusi vaihe"):
            assert word not in page, (place, word)
    penni.post(f"{versions}new", 303)
    draft = penni.location
    page = penni.get(draft)
    for word in ("Muokkaa", "Poista", "Uusi vaihe"):
        assert word in page, word
