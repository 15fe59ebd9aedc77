"""A payee's name changes on the way: payroll is told, and the file keeps the name as it was sent."""

from __future__ import annotations

import pytest

from core.api import Person
from plugins.fees.tests.pages import Pages

pytestmark = pytest.mark.pages

TOLD = "Nimi on muuttunut lomakkeen lähettämisen jälkeen. Tiedostossa on nimi, jolla lomake lähetettiin."


def rename(pages: Pages, name: str, new: str) -> None:
    with pages.payers.anywhere() as session:
        session.get_one(Person, pages.payers.people[name]).name = new


def test_payroll_is_told_of_a_changed_name_until_the_batch_is_paid(pages: Pages) -> None:
    for day in ("5.10.2026", "6.10.2026"):
        pages.approve(pages.sent(**pages.lesson(day=day)), "outi", "lauri", "ylva")
    paula, base = pages.of("paula"), "/o/laukaa/fees/payroll"
    assert TOLD not in paula.get(base)
    rename(pages, "aino", "Aino Uusinimi")
    told = f"{TOLD} Aino: nyt Aino Uusinimi"
    assert told in paula.get(base)
    assert paula.get(base).count("nyt Aino Uusinimi") == 1
    paula.confirm(f"{base}/lock")
    assert told in paula.get(f"{base}/1")
    assert TOLD not in paula.get(base)
    paula.post(f"{base}/1/file", 200)
    assert ";Aino;" in paula.raw
    assert "Uusinimi" not in paula.raw
    paula.confirm(f"{base}/1/paid", day="12.10.2026")
    assert TOLD not in paula.get(f"{base}/1")


def test_others_names_are_not_told(pages: Pages) -> None:
    pages.approve(pages.sent(), "outi", "lauri", "ylva")
    rename(pages, "veikko", "Veikko Uusinimi")
    assert "Uusinimi" not in pages.of("paula").get("/o/laukaa/fees/payroll")
