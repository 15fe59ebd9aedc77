"""One's own page: what waits for payroll, and what a sender has to do first."""

from __future__ import annotations

import re

import pytest

from plugins.fees.tests.pages import Pages
from plugins.fees.tests.test_pages_messages import told

pytestmark = pytest.mark.pages


def test_payroll_sees_what_waits_and_is_told_once_a_day(pages: Pages) -> None:
    paula = pages.of("paula")
    assert "Palkanlaskennassa" not in paula.get("/me")
    for day in ("5.10.2026", "6.10.2026"):
        pages.approve(pages.sent(**pages.lesson(day=day)), "outi", "lauri", "ylva")
    page = paula.get("/me")
    assert "Palkanlaskennassa odottaa 2 lomaketta, yhteensä 242,80 €" in page
    assert 'href="/o/laukaa/fees/payroll"' in paula.raw
    assert "Sinulla ei ole nyt mitään hoidettavaa" not in page
    assert "Palkanlaskennassa" not in pages.of("pirkko").get("/me")
    own = [(text, link) for name, text, link in told(pages) if name == "Paula"]
    assert own == [("Palkanlaskennassa odottaa lomakkeita: Laukaa.", "/o/laukaa/fees/payroll")]
    paula.confirm("/o/laukaa/fees/payroll/lock")
    assert "Palkanlaskennassa odottaa 2" not in paula.get("/me")


def test_a_returned_form_is_the_first_thing_to_do(pages: Pages) -> None:
    claim_id, aino = pages.sent(), pages.of("aino")
    pages.sent(**pages.lesson(day="5.10.2026"))
    pages.of("outi").post(f"/me/fees/claims/{claim_id}/return", version=1, text="Väärä päivä")
    for page in ("/me", "/me/fees"):
        words = aino.get(page)
        button = re.search(
            r'action="(/me/fees/claims/\d+/edit)".*?button--primary[^>]*>\s*Korjaa', aino.raw, re.S
        )
        assert button is not None, words
        assert button[1] == f"/me/fees/claims/{claim_id}/edit"
        assert len(re.findall("button--primary", aino.raw)) == 1
    aino.post(f"/me/fees/claims/{claim_id}/edit")
    assert "/me/fees/drafts/" in aino.location
