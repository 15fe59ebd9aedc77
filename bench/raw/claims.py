"""W4 and W5: sending a form and approving a step, with the rows and under the checks of the product."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from http import HTTPStatus
from typing import Any
from zoneinfo import ZoneInfo

from psycopg import Cursor
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

from bench.raw import statements as sql
from bench.raw.web import Page, Refused, Visitor, connection
from plugins.fees.due import PAYROLL_DAYS, due_after
from plugins.fees.kernel.hashing import GENESIS, event_hash, new_salt, text_hmac
from plugins.fees.money import half_up

HELSINKI = ZoneInfo("Europe/Helsinki")
MINUTES_PER_HOUR, METRES_PER_KILOMETRE = 60, 1000

Row = dict[str, Any]


def send(who: Visitor, key: str) -> Page:
    """Send an unfinished form: one claim, its lines, steps, first event and message, and the number."""
    at = datetime.now(UTC)
    with connection().transaction(), connection().cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute(sql.HOLD_EPOCH)
        draft = _one(cursor, sql.DRAFT, {"person": who.person, "key": key})
        if cursor.execute(sql.SENT_BEFORE, {"person": who.person, "key": key}).fetchone():
            raise Refused(HTTPStatus.CONFLICT)
        task = _task(draft.data["tasks"][0])
        place = _one(cursor, sql.PLACE, task)
        if place.state != "on" or task["day"] > at.astimezone(HELSINKI).date():
            raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY)
        rules = _one(cursor, sql.RULES, {**task, "path": place.path})
        _check(task, rules, cursor.execute(sql.EARLIER, {**task, "person": who.person}).fetchall())
        steps = cursor.execute(sql.STEPS, {"path": place.path, "person": who.person}).fetchall()
        number = _write(cursor, who, key, at, (draft, task, place, rules, steps))
        cursor.execute(sql.DROP_DRAFT, {"person": who.person, "key": key})
    return Page(status=HTTPStatus.SEE_OTHER, location=f"/receipts/{number}")


def _task(typed: dict[str, str]) -> Row:
    """What was typed, as values."""
    day, month, year = map(int, typed["day"].split("."))
    start, end = (_clock(typed[name]) for name in ("start", "end"))
    hours, minutes = (int(typed[f"preparation_{name}"] or 0) for name in ("hours", "minutes"))
    return {
        "unit": int(typed["unit"]), "code": typed["work_type"], "day": date(year, month, day), "start": start,
        "end": end, "lessons": int(typed["lessons"]), "preparation": hours * MINUTES_PER_HOUR + minutes,
        "metres": int(typed["kilometres"]) * METRES_PER_KILOMETRE, "message": typed["message"].strip(),
    }  # fmt: skip


def _clock(text: str) -> time:
    hour, minute = map(int, text.split("."))
    return time(hour, minute)


def _check(task: Row, rules: Any, earlier: list[Any]) -> None:
    """No more preparation than the day's cap, and nothing that was claimed before."""
    prepared = task["preparation"] + sum(line.quantity for line in earlier if line.kind == "preparation")
    doubled = any(line.start == task["start"] for line in earlier if line.kind == "work")
    if prepared > rules.preparation_cap_minutes or doubled:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY)


def _lines(task: Row, rules: Any) -> list[tuple[Any, ...]]:
    """The sums, each with the rule it comes from."""
    rate = (rules.version_id, None, rules.rate_organisation, rules.payment_class, rules.income_type)
    prepared = half_up(task["preparation"] * rules.preparation_unit_cents, MINUTES_PER_HOUR)
    driven = half_up(task["metres"] * rules.km_cents, METRES_PER_KILOMETRE)
    return [
        ("work", task["lessons"], "lessons", rules.unit_cents, task["lessons"] * rules.unit_cents, *rate),
        ("preparation", task["preparation"], "minutes", rules.preparation_unit_cents, prepared, *rate),
        (
            "travel",
            task["metres"],
            "metres",
            rules.km_cents,
            driven,
            None,
            rules.km_id,
            None,
            "expense",
            "311",
        ),
    ]


def _write(cursor: Cursor[Any], who: Visitor, key: str, at: datetime, found: tuple[Any, ...]) -> int:
    """All rows of the sending; the receipt's number comes last."""
    draft, task, place, rules, steps = found
    lines = _lines(task, rules)
    shared = {
        "person": who.person, "key": key, "at": at, "payer": place.payer, "unit": task["unit"],
        "prefix": place.prefix, "total": sum(line[4] for line in lines), "expert": draft.expert_id,
        "desk": steps[0].desk_id if steps[0].attended else steps[0].administrator_id, "step": steps[0].no,
        "due": due_after(at, steps[0].due_days), "chain": steps[0].chain_version_id, "name": draft.name,
        "email": draft.email, "phone": draft.phone, "year": at.astimezone(HELSINKI).year,
    }  # fmt: skip
    shared["sheet"] = _one(cursor, sql.ADD_SHEET, shared).id
    shared["payee"] = _one(cursor, sql.ADD_PAYEE, shared).id
    claim = shared["claim"] = _one(cursor, sql.ADD_CLAIM, shared).id
    of_task = (rules.work_type_id, task["code"], task["day"], task["start"], task["end"])
    _many(
        cursor, sql.ADD_LINES, [(task["unit"], claim, 1, n, 1, *of_task, *x) for n, x in enumerate(lines, 1)]
    )
    rows = [(task["unit"], claim, 1, s.no, s.desk_id, s.desk_kind, s.due_days, True) for s in steps]
    _many(cursor, sql.ADD_STEPS, rows)
    _first_event(cursor, shared, task["message"], noted=not steps[0].attended)
    cursor.execute(sql.LOCK_PAYER, shared)
    return int(_one(cursor, sql.ADD_RECEIPT, shared).number)


def _first_event(cursor: Cursor[Any], sent: Row, message: str, *, noted: bool) -> None:
    salt = new_salt()
    event = {
        "claim_id": sent["claim"], "organisation_id": sent["unit"], "seq": 1, "action": "submit",
        "from_state": None, "to_state": "submitted", "actor_id": sent["person"], "acting_for_id": None,
        "step_no": sent["step"], "desk_id": sent["desk"], "since": sent["at"], "due_at": sent["due"],
        "note": "no_eligible_member" if noted else None, "revision": 1, "total_cents": sent["total"],
        "text_hmac": text_hmac(salt, message) if message else None, "at": sent["at"], "prev_hash": GENESIS,
    }  # fmt: skip
    _add_event(cursor, event)
    if message:
        cursor.execute(sql.ADD_TEXT, {**event, "text": message, "salt": salt})


def approve(who: Visitor, claim_id: int, version: int) -> Page:
    """Approve the step that waits, unless somebody was first (409) or the visitor may not (404, 403)."""
    at = datetime.now(UTC)
    with connection().transaction(), connection().cursor(row_factory=namedtuple_row) as cursor:
        cursor.execute(sql.HOLD_EPOCH)
        now = _one(cursor, sql.SITUATION, {"claim": claim_id, "person": who.person})
        if now.version != version or now.state not in ("submitted", "in_approval"):
            raise Refused(HTTPStatus.CONFLICT)
        if not now.allowed or now.module not in ("on", "closing"):
            raise Refused(HTTPStatus.FORBIDDEN)
        target = _target(now, at)
        moved = {"claim": claim_id, "version": version, "from_state": now.state, "at": at, **target}
        if cursor.execute(sql.MOVE, moved).rowcount != 1:
            raise Refused(HTTPStatus.CONFLICT)
        _record(cursor, now, who, moved)
    return Page(status=HTTPStatus.SEE_OTHER, location="/queue")


def _target(now: Any, at: datetime) -> Row:
    """The next step's desk (the administrator's when nobody there may decide), or payroll after the last."""
    if now.next_no is None:
        return {"state": "approved", "desk": now.payroll_id, "due": due_after(at, PAYROLL_DAYS),
                "step": now.step_no, "note": None}  # fmt: skip
    desk = now.next_desk if now.next_attended else now.administrator_id
    note = None if now.next_attended else "no_eligible_member"
    return {"state": "in_approval", "desk": desk, "due": due_after(at, now.next_days), "step": now.next_no,
            "note": note}  # fmt: skip


def _record(cursor: Cursor[Any], before: Any, who: Visitor, moved: Row) -> None:
    """The event, the outbox row and the approval."""
    event = {
        "claim_id": before.id, "organisation_id": before.organisation_id, "seq": before.version + 1,
        "action": "approve", "from_state": before.state, "to_state": moved["state"], "actor_id": who.person,
        "acting_for_id": None, "step_no": before.step_no, "desk_id": moved["desk"], "since": moved["at"],
        "due_at": moved["due"], "note": moved["note"], "revision": before.revision,
        "total_cents": before.total_cents, "text_hmac": None, "at": moved["at"],
        "prev_hash": before.last_hash,
    }  # fmt: skip
    _add_event(cursor, event)
    cursor.execute(sql.ADD_APPROVAL, event)


def _add_event(cursor: Cursor[Any], event: Row) -> None:
    cursor.execute(sql.ADD_EVENT, {**event, "hash": event_hash(event)})
    payload = Jsonb({"claim_id": event["claim_id"], "seq": event["seq"]})
    cursor.execute(
        sql.ADD_OUTBOX, {**event, "key": f"claim:{event['claim_id']}:{event['seq']}", "payload": payload}
    )


def _one(cursor: Cursor[Any], statement: str, values: Row) -> Any:
    """The one row, or 404."""
    row = cursor.execute(statement, values).fetchone()
    if row is None:
        raise Refused(HTTPStatus.NOT_FOUND)
    return row


def _many(cursor: Cursor[Any], statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Several rows by one statement."""
    places = f"({', '.join(['%s'] * len(rows[0]))})"
    cursor.execute(f"{statement} VALUES {', '.join([places] * len(rows))}", [v for row in rows for v in row])
