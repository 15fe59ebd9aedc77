"""The claim form: what is typed is never lost, the summary says what it pays, sending twice is one claim."""

import re

import pytest

from plugins.fees.finnish import organisation_genitive, person_genitive
from plugins.fees.tests.pages import Pages
from plugins.fees.views.shown import TIMES

pytestmark = pytest.mark.pages


def test_the_lesson_of_121_40(pages: Pages) -> None:
    aino, draft = pages.of("aino"), pages.draft()
    summary = aino.get(f"{draft}/summary")
    for text in (
        f"lesson 2 {TIMES} 35,00 € = 70,00 €",
        "Valmistelu 1 h = 25,00 €",
        f"Matka 48 km {TIMES} 0,55 € = 26,40 €",
        "Yhteensä 121,40 €",
        "Maksaja vähentää verot.",
    ):
        assert text in summary, text
    aino.post(f"{draft}/send")
    receipt = aino.get(aino.location)
    for text in ("Lomake on perillä.", "Numero LAU-2026-0001.", "Nyt käsittelijällä: Outi."):
        assert text in receipt, text
    mine = aino.get("/me/fees")
    assert "121,40 € · lesson 6.10. Tarkastettavana" in mine
    assert "Nyt käsittelijällä: Outi, 12.10. alkaen. Käsitellään viimeistään to 15.10." in mine
    assert "Seuraavaksi: lähiesihenkilö." in mine


def test_two_clicks_on_send_are_one_claim(pages: Pages) -> None:
    aino, draft = pages.of("aino"), pages.draft()
    aino.post(f"{draft}/send")
    first = aino.location
    aino.post(f"{draft}/send")
    assert aino.location == first
    aino.get("/me/fees")
    assert len(set(re.findall(r"LAU-2026-\d{4}", aino.raw))) == 1


def test_a_form_that_went_out_takes_nothing_more(pages: Pages) -> None:
    aino, draft = pages.of("aino"), pages.draft()
    key = draft.rsplit("/", 1)[1]
    aino.post(f"{draft}/send")
    receipt = aino.location
    other = pages.lesson(day="5.10.2026")
    for send in (
        lambda: aino.post("/me/fees/new", submit_key=key, do="continue", **other),
        lambda: aino.post("/me/fees/new", submit_key=key, do="later", **other),
        lambda: aino.post("/me/fees/new", submit_key=key, do="continue", **pages.lesson(day="joskus")),
        lambda: aino.post(draft, do="continue", **other),
        lambda: aino.get(f"{draft}/summary", 302),
    ):
        send()
        assert aino.location == receipt
        page = aino.get(receipt)
        assert "Tämä lomake on jo lähetetty. Täytä toisesta tehtävästä uusi lomake." in page
        assert "Täytä uusi lomake" in page
    assert "Jatka: " not in aino.get("/me/fees")


def test_a_receipt_reads_its_claims_once(pages: Pages) -> None:
    aino, draft = pages.of("aino"), pages.draft()
    aino.post(f"{draft}/send")
    with pages.counted() as statements:
        aino.get(aino.location)
    assert len([sql for sql in statements if "FROM fees_claim_line" in sql]) == 1


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(pages: Pages) -> None:
    aino = pages.of("aino")
    typed = pages.lesson(day="6.10", start="12.00", end="11.00", kilometres="paljon", message="Tervehdys")
    page = aino.post("/me/fees/new", 422, submit_key="a" * 32, do="continue", **typed)
    assert "Korjaa 3 kohtaa" in page
    assert "Kirjoita päivä näin: 6.10.2026." in page
    assert "Päättymisaika on ennen alkamisaikaa. Tarkista kellonajat." in page
    for name in ("day", "end", "kilometres"):
        assert f'href="#{name}"' in aino.raw
        assert f'id="{name}-error"' in aino.raw
    for value in ('value="6.10"', 'value="paljon"', "Tervehdys", f'selected value="{typed["unit"]}"'):
        assert value in aino.raw, value


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ({"day": "13.10.2026"}, "Päivä on tulevaisuudessa. Lähetä lomake tehtävän jälkeen."),
        ({"preparation_hours": "2"}, "Valmistelua maksetaan täällä enintään 1 h päivässä."),
        ({"kilometres": ""}, "Kirjoita kilometrit näin: 48 tai 7,5."),
        ({"travel": "none"}, "Kirjoitit matkan. Valitse yllä Oma auto"),
        ({"work_type": "hour"}, "Tätä tehtävää ei makseta siinä paikassa."),
        ({"unit": "999999"}, "Valitse paikka luettelosta."),
        ({"unit": "x"}, "Valitse paikka luettelosta."),
        ({"work_type": ""}, "Valitse tehtävä."),
        ({"day": "6.10.2025"}, "Palkkioperuste puuttuu"),
        ({"day": "6.10.0026"}, "Kirjoita päivä näin"),
        ({"start": "25.00"}, "Kirjoita kellonaika näin"),
    ],
)
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_what_a_rule_refuses(pages: Pages, typed: dict[str, str], text: str) -> None:
    lesson = pages.lesson(**typed)
    page = pages.of("aino").post("/me/fees/new", 422, submit_key="b" * 32, do="continue", **lesson)
    assert text in page


def test_continue_later_keeps_what_was_typed_as_it_was(pages: Pages) -> None:
    aino = pages.of("aino")
    typed = pages.lesson(day="joskus")
    aino.post("/me/fees/new", submit_key="c" * 32, do="later", **typed)
    assert "Jatka: joskus, School" in aino.get("/me/fees")
    aino.get(f"/me/fees/drafts/{'c' * 32}")
    assert 'value="joskus"' in aino.raw
    assert "Tehtävä 1 on kesken." in aino.get(f"/me/fees/drafts/{'c' * 32}/summary")
    aino.post(f"/me/fees/drafts/{'c' * 32}/send", 422)
    assert "LAU-" not in aino.get("/me/fees")


def test_lessons_are_proposed_from_the_times(pages: Pages) -> None:
    draft = pages.draft(**pages.lesson(lessons=""))
    assert f"lesson 2 {TIMES} 35,00 €" in pages.of("aino").get(f"{draft}/summary")


def test_one_sheet_of_two_tasks_goes_to_two_wards(pages: Pages) -> None:
    veikko, draft = pages.of("veikko"), pages.draft("veikko", **pages.hours())
    veikko.post(f"{draft}?task=1", do="continue", **pages.hours("ward-b", day="8.10.2026"))
    summary = veikko.get(f"{draft}/summary")
    assert f"hour 1 h 30 min {TIMES} 25,00 € = 37,50 €" in summary
    assert "Yhteensä 75,00 €" in summary
    veikko.post(f"{draft}/send")
    receipt = veikko.get(veikko.location)
    assert "HYV-2026-0001/1 · Ward-A" in receipt
    assert "HYV-2026-0001/2 · Ward-B" in receipt
    assert "Nyt käsittelijällä: Beata." in receipt


def test_a_task_can_be_taken_off(pages: Pages) -> None:
    veikko, draft = pages.of("veikko"), pages.draft("veikko", **pages.hours())
    veikko.post(f"{draft}?task=1", do="continue", **pages.hours("ward-b"))
    veikko.post(f"{draft}/tasks/0/remove")
    summary = veikko.get(f"{draft}/summary")
    assert "Ward-B" in summary
    assert "Ward-A" not in summary
    veikko.post(f"{draft}/remove")
    veikko.get(f"{draft}/summary", 404)


def test_a_year_without_its_table_waits_with_a_message(pages: Pages) -> None:
    from core.api import unscoped, writing
    from plugins.fees.models import YearlyTable

    with pages.payers.app.app_context(), unscoped("test"), writing() as session:
        session.query(YearlyTable).delete()
    draft, aino = pages.draft(), pages.of("aino")
    text = "Vuoden 2026 kilometrikorvausta ei ole vielä vahvistettu. Lomake on tallessa ja odottaa."
    assert text in aino.get(f"{draft}/summary")
    assert text in aino.post(f"{draft}/send", 422)


def test_somebody_elses_draft_and_receipt_are_404(pages: Pages) -> None:
    draft, veikko = pages.draft(), pages.of("veikko")
    for path in (draft, f"{draft}/summary"):
        veikko.get(path, 404)
    for path in (draft, f"{draft}/send", f"{draft}/remove", f"{draft}/tasks/0/remove"):
        veikko.post(path, 404)
    pages.sent()
    for number in ("LAU-2026-0001", "LAU-2026-9999", "x", "LAU-99999-1"):
        veikko.get(f"/me/fees/receipt/{number}", 404)


def test_the_form_offers_places_under_their_payers_and_shows_the_limit(pages: Pages) -> None:
    aino = pages.of("aino")
    page = aino.get("/me/fees/new")
    assert '<optgroup label="Laukaa">' in aino.raw
    assert '<optgroup label="Muurame">' not in aino.raw
    assert "Laukaa: enintään 1 h päivässä" in page


def test_a_key_that_is_not_ours_is_refused(pages: Pages) -> None:
    pages.of("aino").post("/me/fees/new", 400, submit_key="../x", do="continue", **pages.lesson())


@pytest.mark.parametrize(
    ("name", "genitive"),
    [
        ("Lauri Lumikontio", "Lauri Lumikontion"),
        ("Outi Omenapolku", "Outi Omenapolun"),
        ("Paula Pihlajatähti", "Paula Pihlajatähden"),
        ("Eeva Kirjovirta", "Eeva Kirjovirran"),
        ("Kalle Kaislaranta", "Kalle Kaislarannan"),
        ("Heta Virtanen", "Heta Virtasen"),
        ("Bengt Blåbärsstig", "Bengt Blåbärsstigin"),
    ],
)
def test_names_bend(name: str, genitive: str) -> None:
    assert person_genitive(name) == genitive


def test_organisations_bend_or_say_what_they_are() -> None:
    assert organisation_genitive("Laukaan kunta") == "Laukaan kunnan"
    assert organisation_genitive("Keski-Suomen hyvinvointialue") == "Keski-Suomen hyvinvointialueen"
    assert organisation_genitive("Sovatek") == "organisaation Sovatek"
