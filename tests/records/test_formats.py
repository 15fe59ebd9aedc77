"""Amounts, days and times in the three languages."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask_babel import Babel, force_locale

from core import formats

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NEW_YEAR = datetime(2025, 12, 31, 22, 5, tzinfo=UTC)
MORNING = datetime(2026, 10, 12, 6, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    ("write", "value", "fi", "sv", "en"),
    [
        (formats.money, 12140, f"121,40{NBSP}€", f"121,40{NBSP}€", "€121.40"),
        (formats.money, 5, f"0,05{NBSP}€", f"0,05{NBSP}€", "€0.05"),
        (formats.money, -2640, f"{MINUS}26,40{NBSP}€", f"{MINUS}26,40{NBSP}€", f"{MINUS}€26.40"),
        (formats.money, 123456789, *[f"1{NBSP}234{NBSP}567,89{NBSP}€"] * 2, "€1,234,567.89"),
        (formats.money, None, "", "", ""),
        (formats.kilometres, 48000, "48 km", "48 km", "48 km"),
        (formats.kilometres, 7450, "7,5 km", "7,5 km", "7.5 km"),
        (formats.duration, 90, "1 h 30 min", "1 h 30 min", "1 h 30 min"),
        (formats.duration, 60, "1 h", "1 h", "1 h"),
        (formats.duration, 0, "0 min", "0 min", "0 min"),
        (formats.day, date(2026, 10, 6), "6.10.2026", "6.10.2026", "6 Oct 2026"),
        (formats.short_day, date(2026, 10, 15), "to 15.10.", "to 15.10", "Thu 15 Oct"),
        (formats.clock, MORNING, "klo 9.14", "kl. 9.14", "at 9:14"),
        (formats.moment, MORNING, "12.10. klo 9.14", "12.10 kl. 9.14", "12 Oct at 9:14"),
        (formats.moment, NEW_YEAR, "1.1. klo 0.05", "1.1 kl. 0.05", "1 Jan at 0:05"),
        (formats.moment, datetime(2025, 6, 1, 9, 0, tzinfo=UTC), "1.6.2025 klo 12.00", "1.6.2025 kl. 12.00",
         "1 Jun 2025 at 12:00"),
    ],
)  # fmt: skip
@time_machine.travel(datetime(2026, 11, 24, 12, tzinfo=UTC))
def test_formats(write: Any, value: Any, fi: str, sv: str, en: str) -> None:
    app = Flask(__name__)
    Babel(app)
    with app.test_request_context():
        for language, expected in (("fi", fi), ("sv", sv), ("en", en)):
            with force_locale(language):
                assert write(value) == expected


def test_without_a_reader_it_is_finnish() -> None:
    assert formats.money(12140) == f"121,40{NBSP}€"


def test_addresses_break_at_their_signs_and_nothing_is_markup() -> None:
    assert formats.breakable("a.b@x.fi, <b>") == "a<wbr>.b@<wbr>x<wbr>.fi, &lt;b&gt;"
    assert formats.breakable("1.12. klo 9") == "1.12. klo 9"
