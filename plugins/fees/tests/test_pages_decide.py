"""Deciding through the pages: the right button, a required reason, who was first, and undoing."""

import re
from datetime import date

import pytest
from sqlalchemy import select

from plugins.fees import models as m
from plugins.fees.tests.pages import Pages

pytestmark = pytest.mark.pages


def away(pages: Pages, name: str, deputy: str, place: str, kind: str) -> None:
    payers = pages.payers
    with payers.anywhere() as session:
        session.add(
            m.DeskDeputy(
                organisation_id=payers.at[place],
                desk_id=payers.desks[place, kind],
                for_person_id=payers.people[name],
                deputy_person_id=payers.people[deputy],
                valid_from=date(2026, 10, 12),
                valid_to=date(2026, 10, 23),
            )
        )


def test_each_step_has_its_own_word_and_the_deputy_acts_for_the_one_away(pages: Pages) -> None:
    away(pages, "lauri", "saku", "school", "line_manager")
    claim_id = pages.sent()
    path = f"/me/fees/claims/{claim_id}"
    outi, saku, ylva, aino = (pages.of(n) for n in ("outi", "saku", "ylva", "aino"))
    assert "Vahvista tehdyksi" in outi.get(path)
    outi.post(f"{path}/approve", version=1)
    assert "Vahvistettu tehdyksi. Seuraavaksi: lähiesihenkilö." in outi.get(path)
    assert "Nyt käsittelijällä: Saku (Laurin sijainen), 12.10. alkaen." in aino.get("/me/fees")
    assert "Laurin puolesta" in saku.get("/me/fees/queue")
    assert "Tarkastettu" in saku.get(path)
    saku.post(f"{path}/approve", version=2)
    assert "Tarkastettu. Seuraavaksi: yksikönjohtaja." in saku.get(path)
    assert "Saku, Laurin puolesta" in aino.get(path)
    assert "Hyväksy" in ylva.get(path)
    ylva.post(f"{path}/approve", version=3)
    story = aino.get(path)
    assert "Hyväksytty" in story
    assert "Odottaa seuraavaa maksuerää." in story


def test_the_story_says_which_rule_of_which_organisation(pages: Pages) -> None:
    story = pages.of("aino").get(f"/me/fees/claims/{pages.sent()}")
    assert "Peritty: organisaation Laukaa palkkioperusteet, voimassa 1.1.2026 alkaen" in story
    assert "Vuoden 2026 kilometrikorvaus" in story


def test_a_return_needs_its_reason_and_comes_back_corrected(pages: Pages) -> None:
    claim_id = pages.sent()
    path = f"/me/fees/claims/{claim_id}"
    outi, aino = pages.of("outi"), pages.of("aino")
    assert "Mitä pitää korjata? Kokemusasiantuntija näkee tämän." in outi.get(f"{path}/return")
    assert "Kirjoita, mitä pitää korjata." in outi.post(f"{path}/return", 422, version=1, text="  ")
    outi.post(f"{path}/return", version=1, text="Kilometrit puuttuvat paluumatkalta")
    mine = aino.get(path)
    assert "Palautettu sinulle" in mine
    assert "Lomake odottaa sinua. Korjaa se ja lähetä uudelleen viimeistään ma 26.10." in mine
    assert "Nyt käsittelijällä" not in mine
    assert "Kilometrit puuttuvat paluumatkalta" in mine
    aino.post(f"{path}/edit")
    draft = aino.location
    assert "Kilometrit puuttuvat paluumatkalta" in aino.get(draft)
    for value in ('value="6.10.2026"', 'value="10.00"', 'value="48"', "checked"):
        assert value in aino.raw, value
    aino.post(draft, do="continue", **pages.lesson(kilometres="50"))
    assert "122,50 €" in aino.get(f"{draft}/summary")
    aino.post(f"{draft}/send")
    assert aino.location.endswith(path)
    assert "122,50 €" in outi.get("/me/fees/queue")
    aino.post(f"{draft}/send", 404)


def test_a_rejection_needs_its_reason_and_is_shown(pages: Pages) -> None:
    path = f"/me/fees/claims/{pages.sent()}"
    outi, aino = pages.of("outi"), pages.of("aino")
    assert "Miksi tätä ei makseta?" in outi.get(f"{path}/reject")
    outi.post(f"{path}/reject", 422, version=1, text="")
    outi.post(f"{path}/reject", version=1, text="Tunti peruttiin")
    story = aino.get(path)
    assert "Ei makseta" in story
    assert "Tunti peruttiin" in story


def test_the_second_is_told_who_was_first(pages: Pages) -> None:
    path = f"/me/fees/claims/{pages.sent()}"
    outi = pages.of("outi")
    outi.post(f"{path}/approve", version=1)
    for action, form in (("approve", {}), ("return", {"text": "x"}), ("reject", {"text": "x"})):
        page = outi.post(f"{path}/{action}", 409, version=1, **form)
        assert "Olet jo käsitellyt tämän 12.10. klo 9.00. Päätös: vahvistettu tehdyksi." in page
        assert 'data-state="in_approval"' in outi.raw
        assert 'data-version="2"' in outi.raw
    page = pages.of("lauri").post(f"{path}/approve", 409, version=1)
    assert "Outi käsitteli tämän jo 12.10. klo 9.00. Päätös: vahvistettu tehdyksi." in page


@pytest.mark.parametrize("version", ["", "x", "-1", "1.0", "9" * 30])
@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_button_without_its_version_changes_nothing(pages: Pages, version: str) -> None:
    claim_id = pages.sent()
    pages.of("outi").post(f"/me/fees/claims/{claim_id}/approve", 409, version=version)
    assert "Vahvista tehdyksi" in pages.of("outi").get(f"/me/fees/claims/{claim_id}")


def test_an_approval_can_be_taken_back_until_the_next_acts(pages: Pages) -> None:
    path = f"/me/fees/claims/{pages.sent()}"
    outi, lauri = pages.of("outi"), pages.of("lauri")
    outi.post(f"{path}/approve", version=1)
    assert "Peru hyväksyntä" in outi.get(path)
    outi.post(f"{path}/undo", version=2)
    assert "Vahvista tehdyksi" in outi.get(path)
    outi.post(f"{path}/approve", version=3)
    lauri.post(f"{path}/approve", version=4)
    assert "Peru hyväksyntä" not in outi.get(path)
    outi.post(f"{path}/undo", 403, version=5)


def test_who_left_the_desk_is_not_offered_to_take_back(pages: Pages) -> None:
    claim_id = pages.sent()
    path = f"/me/fees/claims/{claim_id}"
    outi = pages.of("outi")
    outi.post(f"{path}/approve", version=1)
    assert "Peru hyväksyntä" in outi.get(path)
    with pages.payers.anywhere() as session:
        member = session.scalars(select(m.DeskMember).filter_by(person_id=pages.payers.people["outi"])).one()
        member.valid_to = member.valid_from
    assert "Peru hyväksyntä" not in outi.get(path)
    outi.post(f"{path}/undo", 403, version=2)


def test_the_sender_withdraws_after_a_question(pages: Pages) -> None:
    path = f"/me/fees/claims/{pages.sent()}"
    aino = pages.of("aino")
    assert "Perutusta lomakkeesta ei makseta mitään." in aino.get(f"{path}/withdraw")
    aino.post(f"{path}/withdraw", version=1)
    assert "Peruit itse" in aino.get(path)
    aino.get(f"{path}/withdraw", 404)


def test_nobody_decides_what_is_not_theirs(pages: Pages) -> None:
    claim_id = pages.sent()
    path = f"/me/fees/claims/{claim_id}"
    for name in ("veikko", "beata", "paula"):
        stranger = pages.of(name)
        for page in (path, f"{path}/return", f"{path}/reject", f"{path}/withdraw"):
            stranger.get(page, 404)
        for page in ("approve", "undo", "withdraw", "edit"):
            stranger.post(f"{path}/{page}", 404, version=1)
        stranger.post(f"{path}/return", 404, version=1, text="x")
    aino = pages.of("aino")
    assert "Et voi hyväksyä omaa lomakettasi." in aino.post(f"{path}/approve", 403, version=1)
    assert "Hyväksy" not in aino.get(path)
    for malformed in ("0", "x", "-1", "9" * 30, "1,2"):
        aino.get(f"/me/fees/claims/{malformed}", 404)


def test_a_queue_is_approved_at_once_with_its_sum(pages: Pages) -> None:
    for day in ("5.10.2026", "6.10.2026", "7.10.2026"):
        pages.sent(**pages.lesson(day=day))
    outi = pages.of("outi")
    assert "Hyväksyttävät (3)" in outi.get("/me/fees/queue")
    picks = re.findall(r'name="pick" value="(\d+:\d+)"', outi.raw)
    page = outi.post("/me/fees/queue/choose", 200, pick=picks)
    assert "Hyväksyt 3 lomaketta, yhteensä 364,20 €." in page
    outi.post("/me/fees/queue/approve", pick=picks)
    empty = outi.get("/me/fees/queue")
    assert "3 lomaketta hyväksytty. Seuraavaksi: lähiesihenkilö." in empty
    assert empty.count("Peru hyväksyntä") == 3
    assert "Ei hyväksyttäviä lomakkeita. Saat sähköpostin, kun uusi tulee." in empty


def test_a_batch_leaves_nothing_out_silently(pages: Pages) -> None:
    first = pages.sent(**pages.lesson(day="5.10.2026"))
    second = pages.sent()
    outi, picks = pages.of("outi"), [f"{first}:1", f"{second}:1"]
    outi.post(f"/me/fees/claims/{first}/approve", version=1)
    page = outi.post("/me/fees/queue/choose", 200, pick=picks)
    assert "1 lomake ei ole enää sinulla tai se on muuttunut. Se ei ole mukana." in page
    assert "Hyväksyt 1 lomakkeen, yhteensä 121,40 €." in page
    assert "Olet jo käsitellyt tämän" in outi.post("/me/fees/queue/approve", 409, pick=picks)
    assert "Vahvista tehdyksi" in outi.get(f"/me/fees/claims/{second}")
    outi.post("/me/fees/queue/choose", pick=["x", "1", ":"])
    assert "Valitse ainakin yksi lomake." in outi.get("/me/fees/queue")


def test_filters_show_ones_own_a_deputys_and_what_is_late(pages: Pages) -> None:
    away(pages, "lauri", "saku", "school", "line_manager")
    pages.approve(pages.sent(), "outi")
    saku = pages.of("saku")
    page = saku.get("/me/fees/queue?show=own")
    assert "Omat (0) Sijaisena (1) Myöhässä (0)" in page
    assert "Ei hyväksyttäviä" in page
    assert "Aino" in saku.get("/me/fees/queue?show=deputy")
    saku.get("/me/fees/queue?show=x%01")


def test_a_page_costs_the_same_however_many_claims_it_shows(pages: Pages) -> None:
    outi, aino = pages.of("outi"), pages.of("aino")
    counts: dict[str, set[int]] = {}
    for day in ("5.10.2026", "6.10.2026", "7.10.2026"):
        claim_id = pages.sent(**pages.lesson(day=day))
        for person, path in (
            (outi, "/me/fees/queue"),
            (outi, "/me"),
            (aino, "/me/fees"),
            (aino, f"/me/fees/claims/{claim_id}"),
        ):
            with pages.counted() as statements:
                person.get(path)
            counts.setdefault(re.sub(r"\d+", "n", path), set()).add(len(statements))
    assert all(len(found) == 1 for found in counts.values()), counts
    assert all(max(found) <= 35 for found in counts.values()), counts
