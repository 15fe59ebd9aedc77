"""Values of every type for a set-up file, and back through the file's own format."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import tomli_w
from flask import Flask
from flask_babel import Babel

from core.database.types import Texts
from core.records.description import Field
from core.records.errors import Invalid
from core.records.plain import from_plain, to_plain


@pytest.fixture(autouse=True)
def speaking_english() -> Iterator[None]:
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        yield


VALUES: dict[str, Any] = {
    "text": "one",
    "longtext": "one\ntwo",
    "integer": 3,
    "number": Decimal("12.50"),
    "money": 3500,
    "date": date(2026, 10, 6),
    "time": time(9, 15),
    "choice": "a",
    "several": ("a", "b"),
    "yesno": False,
    "texts": Texts(fi="Luento", sv="Lektion"),
    "municipality": "410",
}
FIELDS = tuple(
    Field(key=kind, label=kind, type=kind, choices=(lambda _o: [("a", "A"), ("b", "B")])
          if kind in ("choice", "several") else None)
    for kind in VALUES
)  # fmt: skip


def test_there_and_back() -> None:
    file = tomli_w.dumps(to_plain(FIELDS, SimpleNamespace(id=1, **VALUES)))
    assert from_plain(FIELDS, tomllib.loads(file), 1) == VALUES


@pytest.mark.parametrize("written", ["12,5", 12.5, "12.50"])
def test_a_number_as_files_write_it(written: Any) -> None:
    [field] = (field for field in FIELDS if field.type == "number")
    assert from_plain([field], {"number": written}, 1) == {"number": Decimal("12.50")}


def test_what_is_wrong_stands_beside_its_key() -> None:
    wrong = {**VALUES, "number": "many", "several": ["x"], "time": "9.15", "unknown": 1, "texts": {"de": "x"}}
    with pytest.raises(Invalid) as refused:
        from_plain(FIELDS, wrong, 1)
    assert {key: str(message) for key, message in refused.value.errors.items()} == {
        "unknown": "Nobody knows this key.",
        "number": "Write a number, for example 12,5.",
        "several": "Choose one from the list.",
        "time": "Write the value again.",
        "texts": "Write the words by language: fi, sv, en.",
    }
