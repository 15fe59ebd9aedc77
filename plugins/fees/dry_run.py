"""What would be paid for one task that somebody describes: read from plain JSON, priced, nothing written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from core.api import HELSINKI, OrganisationNode, current_gate
from plugins.fees.price_reading import load_rules, path_to_payer, work_types_called
from plugins.fees.sheet import MOST, SheetLine

NUMBERS = ("lessons", "preparation_minutes", "metres", "passengers", "free_meals", "notice_minutes")
LEVELS = ("untrained", "trained", "further")
KEYS = {
    "unit", "work_type", "product", "work_date", "start", "end", "away_from", "away_to", "cancelled_by",
    "expert", "level", "agreed_cents", *NUMBERS,
}  # fmt: skip


class BadInput(ValueError):
    """Something in the input cannot be used; the text begins with its key."""


def dry_run(session: Session, data: Any) -> dict[str, Any]:
    """Lines and their sum. Raises `BadInput`, and `FeeError` where the rules refuse.

    `unit` is an address name or an id. `product` names the work type with that code; it goes before
    `work_type`. `level` and `agreed_cents` stand for what the register and the order would say of `expert`.
    """
    task = _task(session, data)
    _check(task)
    rules = load_rules(session, [task])
    rules.check_preparation([task])
    quote = rules.quote(task)
    by_id = current_gate().tree.by_id
    lines = [
        {
            "kind": line.kind,
            "quantity": line.quantity,
            "unit_cents": line.unit_cents,
            "cents": line.cents,
            "rate_version": line.rate_version_id,
            "from_organisation": by_id[line.from_organisation_id].slug if line.from_organisation_id else None,
        }
        for line in quote.lines
    ]
    return {"lines": lines, "total_cents": quote.total_cents}


def _task(session: Session, data: Any) -> SheetLine:
    if not isinstance(data, Mapping):
        raise BadInput("input: write one JSON object")
    unknown = sorted(set(data) - KEYS)
    if unknown:
        raise BadInput(f"{unknown[0]}: nobody knows this key")
    unit, day = _unit(data.get("unit")), _day(data.get("work_date"))
    numbers: dict[str, Any] = {name: _number(data, name) or 0 for name in NUMBERS}
    cancelled_by, level = data.get("cancelled_by") or None, data.get("level") or "trained"
    _one_of("cancelled_by", cancelled_by, (None, "orderer", "expert"))
    _one_of("level", level, LEVELS)
    if cancelled_by == "orderer" and data.get("notice_minutes") is None:
        raise BadInput("notice_minutes: say how long before the start the orderer cancelled")
    task = SheetLine(
        organisation_id=unit.id,
        work_type_id=_work_type(session, unit, data),
        day=day,
        start=_clock(data, "start"),
        end=_clock(data, "end"),
        away_from=_moment(data, "away_from", day),
        away_to=_moment(data, "away_to", day),
        agreed_cents=_number(data, "agreed_cents"),
    )
    numbers |= {"cancelled_by": cancelled_by, "level": level}
    return replace(task, **numbers)


def _check(task: SheetLine) -> None:
    """What is wrong whatever the rates are; a day to come may be asked about."""
    for name, most in MOST.items():
        if getattr(task, name) > most:
            raise BadInput(f"{name}: at most {most}")
    if task.start is None or task.end is None:
        raise BadInput(f"{'start' if task.start is None else 'end'}: write a time such as 09:30")
    if task.start == task.end:
        raise BadInput("end: the work ends when it begins")
    if task.passengers and not task.metres:
        raise BadInput("passengers: there are passengers but no metres")
    if (task.away_from is None) != (task.away_to is None):
        raise BadInput("away_to: give both away_from and away_to, or neither")
    if task.away_from is not None and task.away_to is not None and task.away_to <= task.away_from:
        raise BadInput("away_to: the journey ends before it begins")


def _unit(value: Any) -> OrganisationNode:
    tree = current_gate().tree
    node = tree.by_id.get(value) if isinstance(value, int) else tree.by_slug.get(str(value))
    if node is None:
        raise BadInput(f"unit: there is no organisation {value!r}")
    if node.controller_id is None:
        raise BadInput(f"unit: {value!r} has no payer")
    return node


def _work_type(session: Session, unit: OrganisationNode, data: Mapping[str, Any]) -> int:
    """The nearest work type with the code, never above the payer."""
    key = "product" if data.get("product") else "work_type"
    code, path = str(data.get(key) or ""), path_to_payer(current_gate().tree, unit.id)
    found = work_types_called(session, code, path)
    if not found:
        raise BadInput(f"{key}: {unit.slug} does not use {data.get(key)!r}")
    return min(found, key=lambda pair: path.index(pair[1]))[0]


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise BadInput(f"work_date: write a day such as 2026-10-06, not {value!r}") from None


def _clock(data: Mapping[str, Any], key: str) -> time | None:
    value = data.get(key)
    if value is None:
        return None
    try:
        text = str(value)
        return datetime.fromisoformat(text).time() if "T" in text else time.fromisoformat(text.zfill(5))
    except ValueError:
        raise BadInput(f"{key}: write a time such as 09:30, not {value!r}") from None


def _moment(data: Mapping[str, Any], key: str, day: date) -> datetime | None:
    """A moment, or a time of the work's day; Helsinki's clock when no zone is said."""
    value = data.get(key)
    if value is None:
        return None
    try:
        text = str(value)
        long = len(text) > len("00:00:00")
        found = (
            datetime.fromisoformat(text) if long else datetime.combine(day, time.fromisoformat(text.zfill(5)))
        )
    except ValueError:
        raise BadInput(f"{key}: write a moment such as 2026-10-06T09:30, not {value!r}") from None
    return found if found.tzinfo else found.replace(tzinfo=HELSINKI)


def _number(data: Mapping[str, Any], key: str) -> int | None:
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadInput(f"{key}: write a whole number, at least 0, not {value!r}")
    return value


def _one_of(key: str, value: Any, choices: tuple[Any, ...]) -> None:
    if value not in choices:
        raise BadInput(f"{key}: one of {', '.join(c for c in choices if c)}, not {value!r}")
