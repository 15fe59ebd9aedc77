"""Forms of whole descriptions: several values, conditions, sections, and what one may not write."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict

from core.experts.models import Expert
from core.records.conditions import AnyOf, Where
from core.records.description import Field, Record
from core.records.forms import RecordForm, record_form

pytestmark = pytest.mark.pages


@pytest.fixture(autouse=True)
def speaking_english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


def form(described: tuple[Field, ...], *posted: tuple[str, str], **more: Any) -> RecordForm:
    record = Record(key="core.test", label="", plural="", model=Expert, fields=described, read="x")
    return record_form(record, 1, MultiDict(posted) if posted else None, **more)


def field(key: str, **described: Any) -> Field:
    return Field(key=key, label=key.title(), in_list=False, in_detail=False, **described)


def letters(_organisation_id: int) -> list[tuple[str, str]]:
    return [("a", "Letter a"), ("b", "Letter b"), ("c", "Letter c")]


SEVERAL = field("it", type="several", choices=letters, max=2)


def test_several_are_read_in_the_order_offered() -> None:
    made = form((SEVERAL,), ("it", "c"), ("it", "a"))
    assert made.validate(), made.errors
    assert made.values() == {"it": ("a", "c")}
    assert [option.checked for option in made["it"]] == [True, False, True]


@pytest.mark.parametrize(
    ("posted", "message"),
    [("abc", "Choose at most 2."), ("ax", "Choose from the list.")],
)
def test_several_within_bounds_and_from_the_list(posted: str, message: str) -> None:
    made = form((SEVERAL,), *(("it", letter) for letter in posted))
    assert not made.validate()
    assert made.errors == {"it": [message]}


def test_none_of_several() -> None:
    made = form((SEVERAL,), ("else", ""))
    assert made.validate()
    assert made.values() == {"it": ()}
    asked = form((field("it", type="several", choices=letters, required=True),), ("else", ""))
    assert not asked.validate()
    assert asked.errors == {"it": ["Choose at least one."]}


def test_a_value_offered_no_more_is_not_lost() -> None:
    choice = field("one", type="choice", choices=letters, required=True)
    row = SimpleNamespace(id=1, one="old", it=("old", "a"))
    shown = form((choice, SEVERAL), row=row)
    assert 'value="old"' in shown["one"]()
    posted = form((choice, SEVERAL), ("one", "old"), ("it", "old"), ("it", "b"), row=row)
    assert posted.validate(), posted.errors
    assert posted.values() == {"one": "old", "it": ("b", "old")}
    assert not form((choice,), ("one", "old")).validate()


STATUS = field("status", type="choice", choices=letters)
REASON = field("reason", required=True, show_if=Where("status", "is", "b"))
MORE = field("more", required=True, show_if=Where("reason", "filled"))
CHAIN = (STATUS, REASON, MORE)


def test_a_field_is_asked_while_its_condition_holds() -> None:
    asked = form(CHAIN, ("status", "b"))
    assert not asked.validate()
    assert asked.errors == {"reason": ["Fill in this field."]}
    given = form(CHAIN, ("status", "b"), ("reason", "why"), ("more", "much"))
    assert given.validate()
    assert given.values() == {"status": "b", "reason": "why", "more": "much"}


def test_what_is_not_asked_is_not_kept_nor_what_depends_on_it() -> None:
    made = form(CHAIN, ("status", "a"), ("reason", "why"), ("more", "x" * 500))
    assert made.validate(), made.errors
    assert made.values() == {"status": "a", "reason": None, "more": None}
    assert 'value="why"' in made["reason"](), "what was typed stays, should another field be wrong"


def test_when_to_fill_in_stands_in_words() -> None:
    made = form((STATUS, REASON, field("done", type="yesno"), field("day", show_if=Where("done", "is", True)),
                 field("end", help="A day.", show_if=AnyOf(Where("status", "one_of", ("a", "b")),
                                                           Where("reason", "empty")))))  # fmt: skip
    assert str(made["reason"].description) == "Fill in only if “Status” is “Letter b”."
    assert made["day"].description == "Fill in only if “Done” is ticked."
    assert made["end"].description == (
        "Fill in only if “Status” is “Letter a” or “Letter b” or “Reason” is empty. A day."
    )


def test_a_condition_on_what_is_not_asked_is_decided_by_what_stands() -> None:
    hidden = field("status", type="choice", choices=letters, in_form=False)
    shown = form((hidden, REASON), row=SimpleNamespace(id=1, status="b", reason="why"))
    assert "reason" in shown
    assert "reason" not in form((hidden, REASON), row=SimpleNamespace(id=1, status="a", reason="why"))


def test_what_one_may_not_write_is_not_read() -> None:
    one, two = field("one"), field("two")
    made = form((one, two), ("one", "new"), ("two", "stolen"), fields=(one,))
    assert made.validate()
    assert made.values() == {"one": "new"}
    assert "two" not in made


def test_fields_of_a_section_stand_together() -> None:
    made = form((field("a"), field("b", section="Contact"), field("c"), field("d", section="Contact")))
    assert [(legend, [f.name for f in fields]) for legend, fields in made.sections] == [
        ("", ["a", "c"]),
        ("Contact", ["b", "d"]),
    ]


ASKED = field("number", type="integer")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (Where("status", "is", "b"), {"field": "status", "op": "is", "values": ["b"]}),
        (Where("status", "one_of", ("a", "b")), {"field": "status", "op": "one_of", "values": ["a", "b"]}),
        (Where("done", "is", False), {"field": "done", "op": "is", "values": [""]}),
        (Where("it", "contains", "a"), {"field": "it", "op": "contains", "values": ["a"]}),
        (Where("number", "filled"), {"field": "number", "op": "filled", "values": [""]}),
        (Where("number", "is", 7), None),
        (Where("number", "at_least", 7), None),
        (Where("done", "filled"), None),
        (AnyOf(Where("number", "is", 7)), {"any": [None]}),
    ],
)
def test_the_browser_is_told_what_it_can_judge(condition: Any, told: Any) -> None:
    made = form((STATUS, SEVERAL, ASKED, field("done", type="yesno"), field("that", show_if=condition)))
    shown: Any = made["that"]
    assert json.loads(shown.show_if) == told
