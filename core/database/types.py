"""Column types and the small values they carry: instants in UTC, texts in three languages, sort keys."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import JSON, BigInteger, DateTime, Dialect
from sqlalchemy.types import TypeDecorator

HELSINKI = ZoneInfo("Europe/Helsinki")
_LAST_LETTERS = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})


def now() -> datetime:
    """This instant, in UTC with its zone."""
    return datetime.now(UTC)


def today() -> date:
    """This day in Europe/Helsinki: a day of the product is always a Finnish day."""
    return now().astimezone(HELSINKI).date()


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: refuses naive values on the way in, gives UTC on the way out on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store in UTC; SQLite keeps it without the zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """Read as UTC with its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True)
class Texts:
    """Words people write in several languages; an empty language falls back to the next filled one."""

    fi: str = ""
    sv: str = ""
    en: str = ""

    def get(self, language: str) -> str:
        """The text in `language`, else in Finnish, Swedish or English, whichever is filled first."""
        wanted = getattr(self, language, "") if language in ("fi", "sv", "en") else ""
        return wanted or self.fi or self.sv or self.en

    def __str__(self) -> str:
        """The text in the reader's language."""
        from flask_babel import get_locale

        locale = get_locale()
        return self.get(locale.language if locale else "fi")


class TextsType(TypeDecorator[Texts]):
    """`Texts` as one JSON column."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Texts | None, _dialect: Dialect) -> dict[str, str] | None:
        """Store only the filled languages."""
        return None if value is None else {k: v for k, v in asdict(value).items() if v}

    def process_result_value(self, value: Mapping[str, Any] | None, _dialect: Dialect) -> Texts | None:
        """Read back as `Texts`."""
        if value is None:
            return None
        return Texts(**{k: str(v) for k, v in value.items() if k in ("fi", "sv", "en")})


class NumberType(TypeDecorator[Decimal]):
    """A decimal number as a whole number of its smallest unit: exact, and ordered alike on both databases."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, decimals: int = 2) -> None:
        """`decimals`: how many are kept; the number of the field must not be greater."""
        super().__init__()
        self.decimals = decimals

    def process_bind_param(self, value: Decimal | int | None, _dialect: Dialect) -> int | None:
        """Store in smallest units."""
        if value is None:
            return None
        return int((Decimal(value) * 10**self.decimals).to_integral_value(ROUND_HALF_EVEN))

    def process_result_value(self, value: int | None, _dialect: Dialect) -> Decimal | None:
        """Read with the decimals it was stored with."""
        return None if value is None else Decimal(value).scaleb(-self.decimals)


class SeveralType(TypeDecorator[tuple[Any, ...]]):
    """Several values in one JSON column; no values are an empty list, never null."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: Iterable[Any] | None, _dialect: Dialect) -> list[Any]:
        """Store in the order given."""
        return list(value or ())

    def process_result_value(self, value: Iterable[Any] | None, _dialect: Dialect) -> tuple[Any, ...]:
        """Read back in the order stored."""
        return tuple(value or ())


def sort_key(text: str) -> str:
    """A bytewise key that orders Finnish: case folded, å ä ö last, other accents ignored.

    Neither SQLite nor a PostgreSQL without ICU orders Finnish, so the key is made here for both.
    """
    folded = unicodedata.normalize("NFC", text).casefold().translate(_LAST_LETTERS)
    plain = unicodedata.normalize("NFD", folded)
    return "".join(c for c in plain if not unicodedata.combining(c))[:200]
