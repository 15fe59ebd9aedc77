"""The payer's pages: its claims, and payroll's batch with its one file."""

import re

import pytest

from plugins.fees.tests.pages import Pages

pytestmark = pytest.mark.pages


def test_the_payers_list_shows_and_filters(pages: Pages) -> None:
    pages.sent()
    pages.sent("veikko", **pages.hours())
    penni, hilma = pages.of("penni"), pages.of("hilma")
    page = penni.get("/o/laukaa/fees/")
    assert "LAU-2026-0001" in page
    assert "Outi" in page
    assert "HYV-" not in page
    assert "LAU-" not in penni.get("/o/laukaa/fees/?state=paid")
    assert "LAU-2026-0001" in penni.get("/o/school/fees/?state=submitted")
    penni.get("/o/laukaa/fees/?state=x", 404)
    penni.get("/o/laukaa/fees/?before=x")
    penni.get("/o/hyvaks/fees/", 404)
    assert "HYV-2026-0001" in hilma.get("/o/hyvaks/fees/")
    pages.of("paula").get("/o/laukaa/fees/")
    pages.of("aino").get("/o/laukaa/fees/", 404)


def test_a_foreign_claim_is_404_from_anywhere(pages: Pages) -> None:
    claim_id = pages.sent("veikko", **pages.hours())
    penni = pages.of("penni")
    for path in (f"/o/laukaa/fees/claims/{claim_id}", f"/o/laukaa/fees/claims/{claim_id}/move"):
        penni.get(path, 404)
    for number in ("0", "x", "9" * 30):
        penni.get(f"/o/laukaa/fees/claims/{number}", 404)
    penni.post(f"/o/laukaa/fees/claims/{claim_id}/move", 404, version=1, desk="1")


def test_long_lists_come_in_pages(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from plugins.fees import reading
    from plugins.fees.views import claims, me

    for module in (claims, me):
        monkeypatch.setattr(module, "PAGE", 2)
    assert reading.PAGE > 2
    for day in ("5.10.2026", "6.10.2026", "7.10.2026"):
        pages.sent(**pages.lesson(day=day))
    for person, path in ((pages.of("penni"), "/o/laukaa/fees/"), (pages.of("aino"), "/me/fees")):
        assert "LAU-2026-0001" not in person.get(path)
        older = re.search(r"\?before=\d+", person.raw)
        assert older is not None
        page = person.get(f"{path}{older[0]}")
        assert "LAU-2026-0001" in page
        assert "LAU-2026-0003" not in page


def test_a_batch_is_locked_downloaded_and_paid(pages: Pages) -> None:
    claim_id = pages.sent()
    pages.approve(claim_id, "outi", "lauri", "ylva")
    paula, base = pages.of("paula"), "/o/laukaa/fees/payroll"
    assert "LAU-2026-0001" in paula.get(base)
    assert "Erään tulee 1 lomake, yhteensä 121,40 €." in paula.get(f"{base}/lock")
    paula.confirm(f"{base}/lock")
    page = paula.get(f"{base}/1")
    assert "Maksuerä LAU-E0001" in page
    assert "Lukittu" in page
    assert "Maksuerässä" in pages.of("aino").get(f"/me/fees/claims/{claim_id}")
    files = []
    for _time in range(2):
        paula.post(f"{base}/1/file", 200)
        assert paula.answer is not None
        assert paula.answer.headers["Content-Disposition"] == 'attachment; filename="LAU-E0001.csv"'
        files.append(paula.answer.get_data())
    assert files[0] == files[1]
    assert b"LAU-2026-0001" in files[0]
    assert "Lähetetty palkanlaskentaan" in paula.get(f"{base}/1")
    assert "Merkitset erän LAU-E0001, 121,40 €, maksetuksi." in paula.get(f"{base}/1/paid")
    assert 'value="12.10.2026"' in paula.raw
    for day, told in (
        ("", "Kirjoita päivä"),
        ("13.10.2026", "on tulevaisuudessa"),
        ("11.10.2026", "ennen erän"),
    ):
        assert told in paula.post(f"{base}/1/paid", 422, day=day)
    assert "Lähetetty palkanlaskentaan" in paula.get(f"{base}/1")
    paula.post(f"{base}/1/paid", day="12.10.2026")
    assert "Maksupäivä 12.10.2026" in paula.get(f"{base}/1")
    assert "Maksupäivä 12.10.2026" in pages.of("aino").get(f"/me/fees/claims/{claim_id}")
    assert "Maksettu" in pages.of("aino").get("/me/fees")
    assert "Joku käsitteli tämän erän jo." in paula.post(f"{base}/1/paid", 422, day="12.10.2026")
    assert "Hyväksyttyjä lomakkeita ei ole odottamassa." in paula.get(base)
    paula.post(f"{base}/lock", 422, count=1, cents=12140)


def test_a_lock_takes_what_was_confirmed_or_asks_again(pages: Pages) -> None:
    paula, path = pages.of("paula"), "/o/laukaa/fees/payroll/lock"
    pages.approve(pages.sent(), "outi", "lauri", "ylva")
    paula.get(path)
    pages.approve(pages.sent(**pages.lesson(day="5.10.2026", kilometres="50")), "outi", "lauri", "ylva")
    for confirmed in (
        {"count": 1, "cents": 12140},
        {"count": 2, "cents": 24280},
        {},
        {"count": "x", "cents": ""},
    ):
        page = paula.post(path, 409, **confirmed)
        assert (
            "Erä on muuttunut sen jälkeen, kun katsoit sitä. Tarkista uudet luvut ja lukitse se sitten."
            in page
        )
        assert "Erään tulee 2 lomaketta, yhteensä 243,90 €." in page
    assert "Ei vielä maksueriä." in paula.get("/o/laukaa/fees/payroll")
    paula.confirm(path)
    assert "243,90 €" in paula.get("/o/laukaa/fees/payroll/1")


def test_a_batch_comes_in_pages(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    from plugins.fees.payroll import reading
    from plugins.fees.views import payroll

    for module in (reading, payroll):
        monkeypatch.setattr(module, "PAGE", 2)
    for day in ("5.10.2026", "6.10.2026", "7.10.2026"):
        pages.approve(pages.sent(**pages.lesson(day=day)), "outi", "lauri", "ylva")
    paula, base = pages.of("paula"), "/o/laukaa/fees/payroll"
    for path in (base, f"{base}/1"):
        page = paula.get(path)
        assert "LAU-2026-0002" in page
        assert "LAU-2026-0003" not in page
        assert "364,20 €" in page
        following = re.search(r"\?after=\d+", paula.raw)
        assert following is not None
        page = paula.get(f"{path}{following[0]}")
        assert "LAU-2026-0002" not in page
        assert "LAU-2026-0003" in page
        assert "364,20 €" in page
        paula.get(f"{path}?after={'9' * 30}")
        if path == base:
            paula.confirm(f"{base}/lock")


def test_payroll_is_the_payers_alone(pages: Pages) -> None:
    pages.approve(pages.sent(), "outi", "lauri", "ylva")
    pages.of("paula").confirm("/o/laukaa/fees/payroll/lock")
    for name, wanted in (("pirkko", 404), ("penni", 403), ("aino", 404)):
        person = pages.of(name)
        for path in ("", "/lock", "/1", "/1/paid"):
            person.get(f"/o/laukaa/fees/payroll{path}", wanted)
        for path in ("/lock", "/1/file", "/1/paid"):
            person.post(f"/o/laukaa/fees/payroll{path}", wanted)
    pages.of("pirkko").get("/o/hyvaks/fees/payroll/1", 404)
    pages.of("paula").get("/o/school/fees/payroll", 404)
    pages.of("paula").get("/o/laukaa/fees/payroll/99", 404)


def test_lists_of_the_payer_cost_the_same_however_long(pages: Pages) -> None:
    counts: dict[str, set[int]] = {}
    for day in ("5.10.2026", "6.10.2026", "7.10.2026"):
        pages.approve(pages.sent(**pages.lesson(day=day)), "outi", "lauri", "ylva")
        for name, path in (("penni", "/o/laukaa/fees/"), ("paula", "/o/laukaa/fees/payroll")):
            person = pages.of(name)
            with pages.counted() as statements:
                person.get(path)
            counts.setdefault(path, set()).add(len(statements))
    assert all(len(found) == 1 and max(found) <= 25 for found in counts.values()), counts
