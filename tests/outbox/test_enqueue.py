"""What is written with a change is there exactly when the change is."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.outbox import services
from core.outbox.mail import send_mail
from core.outbox.models import Mail, Notice, OutboxRow
from core.outbox.notices import in_language_of, mark_read, notify, recent, unread
from core.users.models import Person


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session().scalar(select(func.count()).select_from(model)) or 0


def person(language: str = "fi", email: str | None = "sari@laukaa.example") -> int:
    with writing() as session:
        row = Person(name="Sari", sort_key="sari", email=email, language=language, created_at=now())
        session.add(row)
        session.flush()
        return row.id


def test_the_same_key_is_one_row(app: Flask) -> None:
    with app.app_context(), writing() as session:
        written = [services.enqueue(session, "probe.work", "claim:1:1", payload={"id": n}) for n in (1, 2)]
    assert written == [True, False]
    assert count(app, OutboxRow) == 1


def test_a_change_that_is_undone_leaves_no_work(app: Flask) -> None:
    def change() -> None:
        with writing() as session:
            services.enqueue(session, "probe.work", "claim:1:1", payload={})
            send_mail(session, dedupe_key="k", recipient="a@b.example", subject="s", body="b")
            raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError):
        change()
    assert count(app, OutboxRow) == count(app, Mail) == 0


def test_only_inside_writing(app: Flask) -> None:
    with app.app_context(), pytest.raises(RuntimeError, match="writing"):
        services.enqueue(db.session(), "probe.work", "k", payload={})


def test_mail_is_written_once_with_its_work(app: Flask) -> None:
    with app.app_context():
        to = person()
        with writing() as session:
            for _ in range(2):
                send_mail(session, dedupe_key="k", person_id=to, subject="s", body="Avaa:", path="/me")
        mail = db.session().scalars(select(Mail)).one()
        assert (mail.recipient, mail.body) == ("sari@laukaa.example", "Avaa:\n\nhttp://127.0.0.1:5000/me\n")
    assert count(app, OutboxRow) == 1


@pytest.mark.parametrize("email", [None, "", "nobody", "a@b.fi\r\nBcc: c@d.fi", "a@b.fi, c@d.fi", "a@b..fi"])
def test_without_a_usable_address_there_is_no_mail(app: Flask, email: str | None) -> None:
    with app.app_context():
        to = person(email=email)
        with writing() as session:
            assert not send_mail(session, dedupe_key="k", person_id=to, subject="s", body="b")
    assert count(app, Mail) == count(app, OutboxRow) == 0


@pytest.mark.parametrize("subject", ["a\r\nBcc: c@d.fi", "a\nb", "a\rb", "a\u2028b", "a\x00b"])
def test_a_subject_cannot_add_a_header(app: Flask, subject: str) -> None:
    with app.app_context(), pytest.raises(ValueError, match="line breaks"), writing() as session:
        send_mail(session, dedupe_key="k", recipient="a@b.fi", subject=subject, body="b")


@pytest.mark.parametrize("path", ["https://elsewhere.example/", "//elsewhere.example", "me"])
def test_links_lead_to_this_service(app: Flask, path: str) -> None:
    with app.app_context(), writing() as session:
        with pytest.raises(ValueError, match="this service"):
            send_mail(session, dedupe_key="k", recipient="a@b.fi", subject="s", body="b", path=path)
        with pytest.raises(ValueError, match="this service"):
            notify(session, person_id=1, dedupe_key="k", text="t", link=path)


def test_a_notice_comes_once_and_only_its_reader_marks_it(app: Flask) -> None:
    with app.app_context():
        sari, outi = person(), person()
        with writing() as session:
            for _ in range(2):
                notify(session, person_id=sari, dedupe_key="claim:1:2:sari", text="Lasku", link="/me")
            notify(session, person_id=sari, dedupe_key="claim:1:3:sari", text="Toinen", link="/me")
        mark_read(outi)
        assert [n.text for n in unread(db.session(), sari)] == ["Toinen", "Lasku"]
        mark_read(sari, unread(db.session(), sari)[0].id)
        assert [n.text for n in unread(db.session(), sari)] == ["Lasku"]
        mark_read(sari)
        assert unread(db.session(), sari) == []
        assert len(recent(db.session(), sari)) == 2
    assert count(app, Notice) == 2


def test_texts_are_in_the_receivers_language(app: Flask) -> None:
    from flask_babel import get_locale

    with app.app_context():
        with in_language_of(db.session(), person("sv")) as language:
            assert (language, str(get_locale())) == ("sv", "sv")
        with in_language_of(db.session(), person("en")):
            assert str(get_locale()) == "en"
