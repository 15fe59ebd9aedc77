"""What people may write into a form, what becomes of it, and what they are told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from core.database.types import Texts
from core.experts.models import Expert
from core.records.description import BadDescription, Field, Record
from core.records.forms import RecordForm, record_form

pytestmark = pytest.mark.pages


@pytest.fixture(autouse=True)
def speaking_english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def form(posted: dict[str, Any], **described: Any) -> RecordForm:
    field = Field(key="it", label="It", in_list=False, in_detail=False, **described)
    record = Record(
        key="core.test", label="", plural="", model=Expert, fields=(field,), read="core.experts.view"
    )
    return record_form(record, 1, MultiDict(posted))


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("date", "6.10.2026", date(2026, 10, 6)),
        ("date", " 06.10.2026 ", date(2026, 10, 6)),
        ("date", "2026-10-06", date(2026, 10, 6)),
        ("money", "35,00", 3500),
        ("money", "35", 3500),
        ("money", "35.5", 3550),
        ("money", "1 234,05 €", 123405),
        ("money", "−0,40", -40),  # noqa: RUF001  # a typographic minus, as copied from a page
        ("integer", "60", 60),
        ("integer", "-3", -3),
        ("text", "  Aino \x00 ", "Aino"),
        ("text", "   ", None),
        ("text", "A\N{COMBINING DIAERESIS}ssä 🦊", "Ässä 🦊"),
        ("longtext", "A\N{COMBINING DIAERESIS}\r\nb", "Ä\nb"),
        ("number", "1 234,50", Decimal("1234.50")),
        ("number", "-3", Decimal("-3.00")),
        ("number", "0.5", Decimal("0.50")),
        ("time", "9.15", time(9, 15)),
        ("time", "09:15", time(9, 15)),
        ("time", "klo 9", time(9)),
        ("time", "23:59:00", time(23, 59)),
        ("municipality", "410", "410"),
        ("email", "a@b.fi", "a@b.fi"),
        ("phone", "+358 40 123 4567", "+358 40 123 4567"),
        ("yesno", "y", True),
    ],
)
def test_what_is_read(kind: Any, typed: str, value: object) -> None:
    made = form({"it": typed}, type=kind, purpose="p", retention="r")
    assert made.validate(), made.errors
    assert made.values() == {"it": value}


DATE, MONEY = "Write the date like this: 6.10.2026.", "Write the amount like this: 35,00."
NUMBER, TIME = "Write a number, for example 12,5.", "Write the time like this: 9.15."
UNSEEN = "The text has characters that cannot be seen. Write it again."


@pytest.mark.parametrize(
    ("kind", "typed", "message"),
    [
        ("date", "6.10", DATE),
        ("date", "31.2.2026", DATE),
        ("date", "10/6/2026", DATE),
        ("date", "6.10.20266", DATE),
        ("money", "35,005", MONEY),
        ("money", "1e5", MONEY),
        ("money", "nan", MONEY),
        ("money", "9" * 30, MONEY),
        ("integer", "1.5", "Write a whole number, for example 60."),
        ("integer", "٣", "Write a whole number, for example 60."),
        ("number", "1,234", "At most 2 decimals."),
        ("number", "1e5", NUMBER),
        ("number", "NaN", NUMBER),
        ("number", "9" * 12, NUMBER),
        ("time", "24.00", TIME),
        ("time", "9.60", TIME),
        ("time", "9.15.30", TIME),
        ("time", "915", TIME),
        ("municipality", "41", "Choose one from the list."),
        ("municipality", "Laukaa", "Choose one from the list."),
        ("longtext", "a\u202eb", UNSEEN),
        ("email", "a@b", "Write the e-mail address like this: name@example.fi."),
        ("email", "a@b.fi, c@d.fi", "Write the e-mail address like this: name@example.fi."),
        ("phone", "call me", "Write the phone number in digits, for example 040 123 4567."),
        ("text", "x" * 201, "At most 200 characters."),
        ("text", "a\u202eb", UNSEEN),
        ("text", "a\nb", UNSEEN),
        ("text", "a\x1bb", UNSEEN),
        ("email", "a\u200b@b.fi", UNSEEN),
        ("phone", "040\t1234", UNSEEN),
    ],
)
def test_what_is_refused(kind: Any, typed: str, message: str) -> None:
    made = form({"it": typed}, type=kind, purpose="p", retention="r")
    assert not made.validate()
    assert made.errors == {"it": [message]}


def test_what_was_typed_wrong_stays_to_be_corrected() -> None:
    made = form({"it": "6.10"}, type="date")
    made.validate()
    assert 'value="6.10"' in made["it"]()


def test_a_value_is_written_the_way_it_is_read() -> None:
    field = Field(key="it", label="It", type="money", in_list=False, in_detail=False, column="id")
    record = Record(
        key="core.test", label="", plural="", model=Expert, fields=(field,), read="core.experts.view"
    )
    made = record_form(record, 1, row=Expert(id=-12140))
    assert 'value="-121,40"' in made["it"]()


@pytest.mark.parametrize("kind", ["text", "date", "money", "integer"])
@pytest.mark.parametrize("typed", [{}, {"it": " "}])
def test_required(kind: Any, typed: dict[str, str]) -> None:
    made = form(typed, type=kind, required=True)
    assert not made.validate()
    assert made.errors == {"it": ["Fill in this field."]}


@pytest.mark.parametrize("kind", ["text", "date", "money", "integer", "email", "phone"])
def test_empty_is_nothing(kind: Any) -> None:
    made = form({"it": ""}, type=kind, purpose="p", retention="r")
    assert made.validate()
    assert made.values() == {"it": None}


@pytest.mark.parametrize(
    ("described", "typed", "message"),
    [
        ({"type": "integer", "min": 1, "max": 60}, "0", "At least 1."),
        ({"type": "integer", "min": 1, "max": 60}, "61", "At most 60."),
        ({"type": "money", "min": 0}, "-1", "At least €0.00."),
        ({"type": "date", "min": date(2026, 1, 1)}, "31.12.2025", "At least 1 Jan 2026."),
        ({"type": "text", "max": 3}, "four", "At most 3 characters."),
    ],
)
def test_bounds(described: dict[str, Any], typed: str, message: str) -> None:
    made = form({"it": typed}, **described)
    assert not made.validate()
    assert made.errors == {"it": [message]}


def numbers(_organisation_id: int) -> list[tuple[int, str]]:
    return [(1, "One"), (2, "Two")]


def test_a_choice_keeps_its_type() -> None:
    made = form({"it": "2"}, type="choice", choices=numbers, required=True)
    assert made.validate()
    assert made.values() == {"it": 2}


@pytest.mark.parametrize("typed", ["3", "02", "One", "2\x00"])
def test_only_what_is_offered_may_be_chosen(typed: str) -> None:
    made = form({"it": typed}, type="choice", choices=numbers)
    assert not made.validate()
    assert made.errors == {"it": ["Choose one from the list."]}


def test_texts_in_one_language_are_enough() -> None:
    made = form({"it-sv": "Lektion"}, type="texts", required=True)
    assert made.validate()
    assert made.values() == {"it": Texts(sv="Lektion")}


def test_texts_are_lines_that_can_be_seen() -> None:
    made = form({"it-sv": "Lek\u2066tion"}, type="texts", required=True)
    assert not made.validate()
    assert made.errors == {"it": {"sv": [UNSEEN]}}


def test_texts_in_no_language_are_not() -> None:
    made = form({"it-sv": " "}, type="texts", required=True)
    assert not made.validate()
    assert made.errors == {"it": {"fi": ["Fill in this field."]}}
    assert form({}, type="texts").values() == {"it": None}


def test_what_a_service_refuses_stands_beside_its_field() -> None:
    made = form({"it": "5"}, type="integer")
    assert made.validate()
    made.refuse({"it": "Taken.", "": "Try again.", "elsewhere": "Not here."})
    assert made.errors["it"] == ["Taken."]
    assert made.general_errors == ["Try again.", "Not here."]


@pytest.mark.parametrize(
    "described",
    [
        {"personal": True},
        {"type": "email"},
        {"type": "phone", "purpose": "p"},
        {"type": "person", "retention": "r"},
        {"type": "choice"},
        {"type": "reference"},
    ],
)
def test_a_field_that_could_not_be_kept_or_shown_is_refused(described: dict[str, Any]) -> None:
    with pytest.raises(BadDescription):
        Field(key="it", label="It", **described)


@pytest.mark.parametrize(
    "described",
    [
        {"key": "nameless"},
        {"order": "nowhere"},
        {"fields": (Field(key="nowhere", label=""),)},
        {"create": lambda _values, _organisation, _actor: 1},
    ],
)
def test_a_record_that_could_not_work_is_refused(described: dict[str, Any]) -> None:
    sound = {"key": "core.test", "label": "", "plural": "", "model": Expert, "fields": (), "read": "x"}
    Record(**sound)
    with pytest.raises(BadDescription):
        Record(**{**sound, **described})
