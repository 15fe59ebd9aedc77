"""Who is told what: those who have a claim now, and its sender when it comes back, is refused or is paid."""

from datetime import date

import pytest
from sqlalchemy import select

from core.extensions import db
from core.outbox.models import Mail, Notice
from core.outbox.worker import run_once
from core.users.models import Person
from plugins.fees import models as m
from plugins.fees.tests.pages import Pages

pytestmark = pytest.mark.pages


def told(pages: Pages) -> list[tuple[str, str, str]]:
    """(first name, notice, link) of everything told so far, in order."""
    while run_once(pages.payers.app):
        pass
    with pages.payers.app.app_context():
        rows = db.session.execute(
            select(Person.name, Notice.text, Notice.link)
            .join(Person, Person.id == Notice.person_id)
            .order_by(Notice.id)
        ).all()
        db.session.remove()
    return [tuple(row) for row in rows]


def test_the_desk_is_told_when_a_claim_arrives_and_the_sender_when_it_returns(pages: Pages) -> None:
    claim_id = pages.sent()
    path = f"/me/fees/claims/{claim_id}"
    assert told(pages) == [("Outi", "Sinulle tuli lomake LAU-2026-0001.", path)]
    pages.of("outi").post(f"{path}/return", version=1, text="Väärä päivä")
    assert told(pages)[1:] == [("Aino", "Lomake LAU-2026-0001 palautettiin sinulle täydennettäväksi.", path)]
    assert "Sinulle tuli lomake LAU-2026-0001." in pages.of("outi").get("/me")


def test_the_sender_is_told_of_a_rejection_and_of_payment(pages: Pages) -> None:
    refused, paid = pages.sent(**pages.lesson(day="5.10.2026")), pages.sent()
    pages.of("outi").post(f"/me/fees/claims/{refused}/reject", version=1, text="Ei pidetty")
    pages.approve(paid, "outi", "lauri", "ylva")
    paula = pages.of("paula")
    paula.confirm("/o/laukaa/fees/payroll/lock")
    paula.post("/o/laukaa/fees/payroll/1/paid", day="12.10.2026")
    own = [text for name, text, _link in told(pages) if name == "Aino"]
    assert own == [
        "Lomaketta LAU-2026-0001 ei makseta. Katso perustelu.",
        "Lomake LAU-2026-0002 on maksettu.",
    ]
    assert len(told(pages)) == len(set(told(pages)))


def test_each_is_told_in_their_own_language_and_mail_tells_nothing_of_the_work(pages: Pages) -> None:
    with pages.payers.anywhere() as session:
        session.get_one(Person, pages.payers.people["outi"]).language = "sv"
    pages.sent(**pages.lesson(message="salainen viesti"))
    assert told(pages)[0][1] == "Blankett LAU-2026-0001 har kommit till dig."
    with pages.payers.app.app_context():
        mails = db.session.scalars(select(Mail)).all()
        text = " ".join(f"{mail.subject} {mail.body}" for mail in mails)
        db.session.remove()
    assert "En arvodesblankett har kommit till dig" in text
    for word in ("lesson", "School", "Aino", "salainen", "121"):
        assert word not in text


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_a_claim_that_moved_on_is_not_announced_at_the_desk_it_left(pages: Pages) -> None:
    claim_id = pages.sent()
    pages.approve(claim_id, "outi")
    assert [name for name, _text, _link in told(pages)] == ["Lauri"]


def test_who_moves_is_told_at_a_page_they_may_open(pages: Pages) -> None:
    with pages.payers.anywhere() as session:
        for member in session.query(m.DeskMember).filter_by(desk_id=pages.payers.desks["school", "orderer"]):
            member.valid_to = date(2026, 10, 11)
    claim_id = pages.sent()
    text = "Lomake LAU-2026-0001 odottaa siirtämistä: sen vaiheessa kukaan ei voi käsitellä sitä."
    assert told(pages) == [("Penni", text, f"/me/fees/claims/{claim_id}")]
    pages.of("penni").get(f"/me/fees/claims/{claim_id}")
