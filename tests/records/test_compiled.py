"""A condition says the same of rows in the database as of values in memory, for every type and comparison."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import JSON, String, create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import NullPool

from core.database.types import NumberType, SeveralType, Texts, TextsType, sort_key
from core.records.conditions import All, AnyOf, BadCondition, Condition, Where, compiled, holds
from core.records.description import BadDescription, Field, Record
from core.testing.databases import DatabaseUrls


class Base(DeclarativeBase):
    type_annotation_map = {dict[str, Any]: JSON}


class Tried(Base):
    __tablename__ = "tried"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(80))
    words: Mapped[str | None] = mapped_column(String(80))
    count: Mapped[int | None]
    hours: Mapped[Decimal | None] = mapped_column(NumberType(1))
    day: Mapped[date | None]
    starts: Mapped[time | None]
    done: Mapped[bool | None]
    colours: Mapped[tuple[str, ...]] = mapped_column(SeveralType, default=())
    steps: Mapped[tuple[int, ...]] = mapped_column(SeveralType, default=())
    title: Mapped[Texts | None] = mapped_column(TextsType)


def options(_organisation_id: int) -> list[tuple[str, str]]:
    return [(each, each) for each in ("red", "re", "sky blue")]


def numbers(_organisation_id: int) -> list[tuple[int, str]]:
    return [(each, str(each)) for each in (1, 11, 111)]


TRIED = Record(
    key="core.tried",
    label="",
    plural="",
    model=Tried,
    read="x",
    within=lambda: Tried.id > 0,
    order="id",
    fields=(
        Field(key="name", label="", sort_column="key"),
        Field(key="words", label=""),
        Field(key="count", label="", type="integer"),
        Field(key="hours", label="", type="number", decimals=1),
        Field(key="day", label="", type="date"),
        Field(key="starts", label="", type="time"),
        Field(key="done", label="", type="yesno"),
        Field(key="colours", label="", type="several", choices=options),
        Field(key="steps", label="", type="several", choices=numbers),
        Field(key="title", label="", type="texts"),
        Field(key="elsewhere", label="", loads=lambda _ids: {}, in_form=False, in_list=False),
    ),
)
ROWS: tuple[dict[str, Any], ...] = (
    {"name": "Äiti 100%", "words": "Äänekosken KÄVELY", "count": 0, "hours": Decimal("0.5"), "done": False},
    {
        "name": "Åke",
        "words": "",
        "count": 7,
        "hours": Decimal("12.5"),
        "colours": ("red", "sky blue"),
        "steps": (11, 111),
    },
    {"name": "aiti 1000", "words": None, "day": date(2026, 10, 6), "starts": time(9), "done": True},
    {
        "name": "Ö_x",
        "words": "100%",
        "day": date(2026, 10, 7),
        "colours": ("re",),
        "title": Texts(sv="Å"),
        "steps": (1, 11),
    },
)
CONDITIONS: tuple[Condition, ...] = (
    *(Where("name", "contains", part) for part in ("äiti", "AITI", "100%", "_", "å", "ö_X")),
    *(Where("words", "contains", part) for part in ("ääne", "kävely", "KÄV", "%", "x")),
    *(Where("words", op) for op in ("empty", "filled")),
    *(Where("words", op, "100%") for op in ("is", "is_not")),
    Where("words", "one_of", ("100%", "other")),
    *(Where("count", op, 7) for op in ("is", "is_not", "at_least", "at_most")),
    *(Where("count", op) for op in ("empty", "filled")),
    *(Where("hours", op, Decimal("12.5")) for op in ("is", "is_not", "at_least", "at_most")),
    *(Where("day", op, date(2026, 10, 7)) for op in ("is", "is_not", "at_least", "at_most")),
    *(Where("starts", op, time(9)) for op in ("is", "at_least", "at_most")),
    *(Where("done", "is", value) for value in (True, False)),
    *(Where("done", op) for op in ("empty", "filled")),
    *(Where("colours", "contains", colour) for colour in ("re", "red", "re_", "sky blue", "sky")),
    *(Where("colours", op) for op in ("empty", "filled")),
    *(Where("steps", "contains", step) for step in (1, 11, 111)),
    *(Where("title", op) for op in ("empty", "filled")),
    All(),
    AnyOf(),
    All(Where("count", "filled"), AnyOf(Where("count", "is", 0), Where("name", "contains", "ke"))),
)


@pytest.fixture
def session(database: DatabaseUrls) -> Iterator[Session]:
    engine = create_engine(database.owner, poolclass=NullPool)
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        opened.add_all(Tried(**{"colours": (), **row, "key": sort_key(row["name"])}) for row in ROWS)
        opened.commit()
        yield opened
    Base.metadata.drop_all(engine)
    engine.dispose()


def test_rows_and_values_agree(session: Session) -> None:
    rows = session.scalars(select(Tried).order_by(Tried.id)).all()
    keys = [field.key for field in TRIED.fields if field.source]
    for condition in CONDITIONS:
        told = [r.id for r in rows if holds(condition, {key: getattr(r, key) for key in keys})]
        query = select(Tried.id).where(compiled(condition, TRIED)).order_by(Tried.id)
        assert list(session.scalars(query)) == told, condition


def test_words_in_several_languages_need_a_column_to_be_found_by() -> None:
    with pytest.raises(BadDescription):
        Field(key="title", label="", type="texts", filterable=True)
    Field(key="title", label="", type="texts", filterable=True, sort_column="key")


@pytest.mark.parametrize("key", ["nothing", "elsewhere"])
def test_what_no_row_can_be_asked_is_refused(key: str) -> None:
    with pytest.raises(BadCondition):
        compiled(Where(key, "filled"), TRIED)
