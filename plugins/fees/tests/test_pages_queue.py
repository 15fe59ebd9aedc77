"""The list of what waits: in pages, with its counts, and nothing left out without saying so."""

import re

import pytest

from plugins.fees.tests.pages import Pages
from plugins.fees.views import queue
from plugins.fees.waiting import Place

pytestmark = pytest.mark.pages

DAYS = ("5.10.2026", "6.10.2026", "7.10.2026")


def three(pages: Pages) -> list[int]:
    return [pages.sent(**pages.lesson(day=day)) for day in DAYS]


def ids(raw: str) -> list[int]:
    return [int(found) for found in re.findall(r'name="pick" value="(\d+):', raw)]


def test_a_long_queue_comes_in_pages(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = three(pages)
    monkeypatch.setattr(queue, "PAGE", 2)
    outi = pages.of("outi")
    assert "Hyväksyttävät (3)" in outi.get("/me/fees/queue")
    assert ids(outi.raw) == sent[:2]
    following = re.search(r"/me/fees/queue\?show=all&amp;after=([\d-]+)", outi.raw)
    assert following is not None
    page = outi.get(f"/me/fees/queue?show=all&after={following[1]}")
    assert ids(outi.raw) == sent[2:]
    assert "Hyväksyttävät (3)" in page
    assert "Alusta" in page
    for malformed in ("x", "1", "1-", "-1-2", "9" * 30, "1-2-3"):
        outi.get(f"/me/fees/queue?after={malformed}")
        assert ids(outi.raw) == sent[:2]


def test_more_than_can_be_approved_at_once_is_counted_before_it_is_cut(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = three(pages)
    monkeypatch.setattr(queue, "MOST_AT_ONCE", 2)
    outi, picks = pages.of("outi"), [f"{claim_id}:1" for claim_id in sent]
    page = outi.post("/me/fees/queue/choose", 200, pick=picks)
    assert "Hyväksyt 2 lomaketta, yhteensä 242,80 €." in page
    assert "Kerralla voi hyväksyä enintään 2 lomaketta. 1 lomake jää luetteloon." in page
    outi.post("/me/fees/queue/approve", pick=picks)
    page = outi.get("/me/fees/queue")
    assert "Kerralla voi hyväksyä enintään 2 lomaketta. Valitse vähemmän." in page
    assert "Hyväksyttävät (3)" in page


def test_what_was_just_approved_can_be_taken_back_from_the_list(pages: Pages) -> None:
    claim_id, outi = pages.sent(), pages.of("outi")
    outi.post("/me/fees/queue/choose", 200, pick=[f"{claim_id}:1"])
    outi.post("/me/fees/queue/approve", pick=[f"{claim_id}:1"])
    page = outi.get("/me/fees/queue")
    assert "Vahvistettu tehdyksi. Seuraavaksi: lähiesihenkilö." in page
    assert "Juuri hyväksymäsi" in page
    assert "Juuri hyväksymäsi" not in pages.of("lauri").get("/me/fees/queue")
    outi.post(f"/me/fees/claims/{claim_id}/undo", version=2)
    page = outi.get("/me/fees/queue")
    assert "Hyväksyttävät (1)" in page
    assert "Juuri hyväksymäsi" not in page
    pages.approve(claim_id, "outi", "lauri", start=3)
    assert "Juuri hyväksymäsi" not in outi.get("/me/fees/queue")


def test_ones_own_page_counts_the_queue_once(pages: Pages) -> None:
    pages.sent()
    with pages.counted() as statements:
        pages.of("outi").get("/me")
    assert len([sql for sql in statements if "count(fees_claim.id)" in sql]) == 1


def test_a_place_in_the_list_survives_the_address() -> None:
    place = Place(1_791_924_999, 12)
    assert Place.read(str(place)) == place
