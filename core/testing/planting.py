"""Rows with words of their own in one organisation, so that a page shows whose rows it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time
from decimal import Decimal
from typing import Any

from core.database.types import Texts, today
from core.extensions import db
from core.records.checking import CHOSEN
from core.records.choices import choices_of
from core.records.description import Field, Record
from core.scope import NodeScope, set_scope
from core.testing.world import World

MONEY_CENTS = 1234


def canary(place: str) -> str:
    """The word that stands in rows of a place and nowhere else."""
    return f"Canary{place.title()}"


def plant_at(world: World, *places: str) -> None:
    """Rows at each place: by the author's function, and by each record's own service."""
    world.forget_arguments()
    for place in places:
        world.planted[place] = {*_by_author(world, place), *_by_records(world, place)}


def _by_author(world: World, place: str) -> set[str]:
    if world.terms.plant is None:
        return set()
    person_id = world.region.person("expert", place)
    with world.looking():
        return {world.terms.plant(world.at[place], person_id)}


def _by_records(world: World, place: str) -> set[str]:
    found: set[str] = set()
    for record in records_of(world):
        if record.create is not None:
            fault = _planted(world, record, place)
            if fault:
                world.unplanted[f"{record.key} at {place}"] = fault
            else:
                found.add(canary(place))
    return found if _shows_words(records_of(world)) else set()


def _shows_words(records: Iterable[Record]) -> bool:
    return any(_is_words(f) and f.in_list for record in records if record.create for f in record.fields)


def records_of(world: World) -> list[Record]:
    """The plugin's records that have a list of their own."""
    found: list[Record] = world.app.extensions["kokemussilta.host"].healthy[world.module].records
    return found


def _planted(world: World, record: Record, place: str) -> str:
    """Why the record's service did not make a row there; empty when it did."""
    role = min(world.holders(record.write or ""), default="administrator")
    actor, home = world.region.person(role, place), world.at[place]
    create: Any = record.create
    with world.app.app_context():
        set_scope(db.session(), NodeScope(home, actor, record.write or "", (home,)))
        try:
            create(dict(values_for(record, home, place)), home, actor)
        except Exception as error:  # what a service refuses is no fault here: the author's rows stand in
            return f"{type(error).__name__}: {error}"
        finally:
            db.session.rollback()
            db.session.remove()
    return ""


def values_for(record: Record, organisation_id: int, place: str) -> Iterator[tuple[str, Any]]:
    """A value for each field that the form of a new row asks for."""
    for field in record.asked(new=True):
        yield field.key, value_for(field, organisation_id, place)


def value_for(field: Field, organisation_id: int, place: str) -> Any:
    """What a person might write there: the place's word where words go, the first choice of several."""
    if field.default is not None and not _is_words(field):
        return field.default
    if _is_words(field):
        return _words(field, canary(place))
    if field.type in CHOSEN or field.type == "several":
        first = next((value for value, _label in choices_of(field, organisation_id)), None)
        return first if field.type != "several" else () if first is None else (first,)
    return _plain(field, place)


def _plain(field: Field, place: str) -> Any:
    plain: dict[str, Any] = {
        "integer": 1,
        "number": Decimal(1),
        "money": MONEY_CENTS,
        "date": today(),
        "time": time(9, 15),
        "file": None,
        "yesno": True,
        "email": f"{place}@example.test",
        "phone": "0401234567",
    }
    return _within(field, plain[field.type])


def _within(field: Field, value: Any) -> Any:
    if isinstance(value, int | Decimal | date | time) and not isinstance(value, bool):
        value = max(value, field.min) if field.min is not None else value
        value = min(value, field.max) if field.max is not None else value
    return value


def _is_words(field: Field) -> bool:
    return field.type in ("text", "longtext", "texts") and field.choices is None


def _words(field: Field, word: str) -> Any:
    if field.type == "texts":
        return Texts(fi=word, sv=word, en=word)
    return word[: field.max] if isinstance(field.max, int) else word
