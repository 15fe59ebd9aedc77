"""Payroll's pages around a batch: what a download changes, paying unseen, and a form with a problem."""

import pytest

from plugins.fees.tests.pages import Pages

BASE = "/o/laukaa/fees/payroll"


def locked(pages: Pages) -> int:
    """A claim in a locked batch."""
    claim_id = pages.sent()
    pages.approve(claim_id, "outi", "lauri", "ylva")
    pages.of("paula").confirm(f"{BASE}/lock")
    return claim_id


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_page_says_what_the_first_download_does(pages: Pages) -> None:
    locked(pages)
    paula = pages.of("paula")
    assert "Ensimmäinen lataus merkitsee erän lähetetyksi palkanlaskentaan." in paula.get(f"{BASE}/1")
    assert "Näytä erän tila latauksen jälkeen" in paula.get(f"{BASE}/1")
    paula.post(f"{BASE}/1/file", 200)
    page = paula.get(f"{BASE}/1")
    assert "Lähetetty palkanlaskentaan" in page
    assert "Ensimmäinen lataus merkitsee" not in page


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_paying_what_nobody_downloaded_is_said_first(pages: Pages) -> None:
    locked(pages)
    paula = pages.of("paula")
    unseen = "Kukaan ei ole ladannut erän tiedostoa."
    assert unseen in paula.get(f"{BASE}/1/paid")
    paula.post(f"{BASE}/1/file", 200)
    assert unseen not in paula.get(f"{BASE}/1/paid")


def test_a_form_with_a_problem_leaves_the_batch_and_comes_to_the_next(pages: Pages) -> None:
    claim_id = locked(pages)
    paula, ask = pages.of("paula"), f"{BASE}/claims/{claim_id}/problem"
    paula.get(f"{BASE}/1")
    assert f'href="{ask}"' in paula.raw
    assert "Kirjoita, mikä on vialla." in paula.post(ask, 422, version=5, text=" ")
    paula.confirm(ask, text="Verokortti puuttuu")
    page = paula.get(BASE)
    assert "Selvitettävät lomakkeet" in page
    assert "LAU-2026-0001" in page
    assert "Verokortti puuttuu" in page
    assert "Palkanlaskennassa selvitettävänä 1 lomake" in paula.get("/me")
    assert "Palkanlaskenta selvittää ongelmaa." in pages.of("aino").get("/me/fees")
    paula.get(ask, 404)
    paula.post(f"{BASE}/claims/{claim_id}/requeue", version=6)
    page = paula.get(BASE)
    assert "Selvitettävät lomakkeet" not in page
    assert "Erään tulee 1 lomake, yhteensä 121,40 €." in page


def test_only_payroll_says_there_is_a_problem(pages: Pages) -> None:
    claim_id = locked(pages)
    for name, status in (("penni", 403), ("ylva", 403), ("aino", 404), ("pirkko", 404)):
        pages.of(name).get(f"{BASE}/claims/{claim_id}/problem", status)
        pages.of(name).post(f"{BASE}/claims/{claim_id}/problem", status, version=5, text="x")
        pages.of(name).post(f"{BASE}/claims/{claim_id}/requeue", status, version=5)
    pages.of("pirkko").get(f"/o/hyvaks/fees/payroll/claims/{claim_id}/problem", 404)
