"""What the claim form asks back: times over other work, numbers that cannot be, a payer that has closed."""

from __future__ import annotations

import re

import pytest

from core.extensions import db
from core.modules.switching.services import switch_off
from plugins.fees.tests.pages import Pages

NEW = "/me/fees/new"


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"lessons": "0"}, "Kirjoita vähintään 1 oppitunti tai jätä kohta tyhjäksi."),
        ({"lessons": "41"}, "Kirjoita kokonaisluku, enintään 40."),
        ({"lessons": "kaksi"}, "Kirjoita kokonaisluku, enintään 40."),
        ({"passengers": "9"}, "Kirjoita kokonaisluku, enintään 8."),
        ({"kilometres": "99999"}, "Enintään 5 000 km."),
        ({"preparation_hours": "x"}, "Valmistelun tunnit: Kirjoita kokonaisluku, enintään 24."),
        ({"day": "12.10.2026", "start": "8.00", "end": "9.01"}, "Päättymisaika on tulevaisuudessa."),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_numbers_and_times_that_cannot_be(pages: Pages, typed: dict[str, str], text: str) -> None:
    page = pages.of("aino").post(NEW, 422, submit_key="e" * 32, do="continue", **pages.lesson(**typed))
    assert text in page.replace("\N{NO-BREAK SPACE}", " ")


def test_times_over_other_work_are_confirmed_or_corrected(pages: Pages) -> None:
    pages.sent()
    aino = pages.of("aino")
    over = {"start": "11.00", "end": "12.30", "preparation_hours": ""}
    for place in ("school", "ward-a"):  # elsewhere too: nobody is at two places
        typed = pages.lesson(**over) if place == "school" else pages.hours(place, day="6.10.2026", **over)
        page = aino.post(NEW, 422, submit_key="f" * 32, do="continue", **typed)
        assert "Sinulla on samaan aikaan toinen tehtävä, lomake LAU-2026-0001." in page
        assert "Ajat ovat oikein: tein molemmat tehtävät." in page
        assert 'href="#start"' in aino.raw
    stamp = re.search(r'name="overlap" value="([^"]+)"', aino.raw)
    assert stamp is not None
    later = {**typed, "end": "12.45", "overlap": stamp[1]}
    aino.post(NEW, 422, submit_key="f" * 32, do="continue", **later)  # other times were not confirmed
    aino.post(NEW, submit_key="f" * 32, do="continue", **{**typed, "overlap": stamp[1]})
    draft = aino.location.removesuffix("/summary")
    assert "samaan aikaan" not in aino.get(f"{draft}/summary")
    aino.post(f"{draft}/send")
    aino.get(aino.location)
    beside = pages.lesson(start="8.15", end="9.45", preparation_hours="")
    aino.post(NEW, submit_key="1" * 32, do="continue", **beside)


def test_two_tasks_of_one_form_at_the_same_time_are_asked_about(pages: Pages) -> None:
    veikko, draft = pages.of("veikko"), pages.draft("veikko", **pages.hours())
    veikko.post(f"{draft}?task=1", do="continue", **pages.hours("ward-b", start="13.00", end="14.00"))
    page = veikko.get(f"{draft}/summary")
    assert "Tällä lomakkeella on samaan aikaan toinen tehtävä." in page
    assert "Lähetä lomake" not in page
    link = re.search(r'href="(/me/fees/drafts/[^"]+times=1)"', veikko.raw)
    assert link is not None
    veikko.post(f"{draft}/send", 422)
    veikko.get(link[1].replace("&amp;", "&"))
    stamp = re.search(r'name="overlap" value="([^"]+)"', veikko.raw)
    assert stamp is not None
    typed = pages.hours("ward-b", start="13.00", end="14.00", overlap=stamp[1])
    veikko.post(f"{draft}?task=1", do="continue", **typed)
    veikko.post(f"{draft}/send")
    assert "Lomake on perillä." in veikko.get(veikko.location)


def test_a_payer_that_closed_says_so_and_keeps_the_place(pages: Pages) -> None:
    payers, aino = pages.payers, pages.of("aino")
    pages.sent(**pages.lesson(day="5.10.2026"))
    draft = pages.draft()
    with payers.app.app_context():
        assert switch_off("fees", payers.at["laukaa"], None) == "closing"
        db.session.remove()
    text = "Laukaa ei ota nyt uusia lomakkeita vastaan. Kysy maksajan pääkäyttäjältä."
    page = aino.get(f"{draft}/summary")
    assert text in page
    assert "School" in page
    assert "on kesken" not in page
    assert text in aino.post(f"{draft}/send", 422)
    aino.get(draft)
    assert f'selected value="{payers.at["school"]}"' in aino.raw
    assert text in aino.post(draft, 422, do="continue", **pages.lesson())
    assert f'selected value="{payers.at["school"]}"' in aino.raw


def test_unfinished_forms_have_names_and_can_be_removed_after_a_question(pages: Pages) -> None:
    aino, draft = pages.of("aino"), pages.draft()
    pages.draft(**pages.lesson(day="5.10.2026"))
    page = aino.get("/me/fees")
    assert "Jatka: 6.10.2026, School" in page
    assert "Jatka: 5.10.2026, School" in page
    assert f'href="{draft}/remove"' in aino.raw
    assert "6.10.2026, School" in aino.get(f"{draft}/remove")
    assert "Jatka: 6.10.2026" in aino.get("/me/fees")
    aino.post(f"{draft}/remove")
    page = aino.get("/me/fees")
    assert "Jatka: 6.10.2026" not in page
    assert "Jatka: 5.10.2026" in page
    pages.of("veikko").get(f"{draft}/remove", 404)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_the_summary_says_how_time_was_rounded(pages: Pages) -> None:
    draft, veikko = pages.draft("veikko", **pages.hours(start="9.00", end="10.40")), pages.of("veikko")
    assert "Työaika 1 h 40 min, pyöristetty ylöspäin: 30 min kerrallaan." in veikko.get(f"{draft}/summary")
    veikko.post(draft, do="continue", **pages.hours(start="9.00", end="9.20"))
    assert "Työaika 20 min, maksetaan vähintään 1 h." in veikko.get(f"{draft}/summary")
    veikko.post(draft, do="continue", **pages.hours(start="9.00", end="10.30"))
    assert "Työaika" not in veikko.get(f"{draft}/summary")
