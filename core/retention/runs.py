"""A run: every part of every controller, then of the instance; experts last, for they take rows along.

Each part is a transaction of its own, so that one which is broken off has done what it has done; the next run
does the rest. A dry run counts, tries erasures out and takes them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from flask import Flask, current_app
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.database.session import writing
from core.database.types import HELSINKI, now, today
from core.extensions import db
from core.modules.calling.calls import ask, decide
from core.modules.gating.gate import current_gate
from core.modules.health.watchdog import watched
from core.modules.host import host
from core.modules.spec.refusals import Refusal, Refused
from core.retention import experts
from core.retention.models import RetentionChoice, RetentionRun
from core.retention.parts import Line, Part, in_all_languages, of_controller, of_instance
from core.scope import JobScope, set_scope, unscoped

EXPERTS = _l("Experts who left the register: erased")
LOG_YEARS = 5
# When people sleep, and the day before is over in every report.
HOUR = 2
NIGHT = "kokemussilta.retention"


def run(*, dry: bool = False, night: date | None = None) -> list[Line]:
    """Remove all that is over its time and store the report; a dry run changes nothing and tells the same."""
    if dry:
        return _lines(dry=True)
    with writing() as session:
        row = RetentionRun(night=night, started_at=now(), lines=[])
        session.add(row)
        session.flush()
        run_id = row.id
    lines = _lines(dry=False)
    with writing() as session:
        row = session.get_one(RetentionRun, run_id)
        row.lines, row.finished_at = [asdict(line) for line in lines], now()
    return lines


def due(controller_id: int, day: date) -> list[Line]:
    """What of a controller's own would go on the day; it writes nothing, and who must wait is counted too."""
    with _standing(controller_id):
        years = choice_of(controller_id)
        session = db.session()
        lines = [_line(controller_id, each.label, each.count(session)) for each in _parts(controller_id, day)]
        for answer in ask("expired", modules=_modules(), organisation_id=controller_id, day=day):
            lines += [_line(controller_id, each.label, each.count) for each in answer.value or ()]
        found = len(experts.who_left(controller_id, day, years.expert_years))
        return [line for line in (*lines, _line(controller_id, EXPERTS, found)) if line.count]


def choice_of(controller_id: int) -> RetentionChoice:
    """What the controller decided, or what holds until it does."""
    found = db.session().get(RetentionChoice, controller_id)
    return found or RetentionChoice(organisation_id=controller_id, expert_years=None, log_years=LOG_YEARS)


def nightly(app: Flask) -> None:
    """The worker's run: the first idle moment of a day after two o'clock, by one worker of all."""
    day = today()
    if app.extensions.get(NIGHT) == day or now().astimezone(HELSINKI).hour < HOUR:
        return
    app.extensions[NIGHT] = day
    with app.app_context():
        done = db.session().scalar(select(RetentionRun.id).where(RetentionRun.night == day))
        if done is None:
            try:
                run(night=day)
            except IntegrityError:
                return  # another worker began it at the same time


def _lines(*, dry: bool) -> list[Line]:
    day, found = today(), list[Line]()
    for controller_id in _controllers():
        with _standing(controller_id):
            found += _done(_parts(controller_id, day), controller_id, dry=dry)
            found += _of_modules(controller_id, day, dry=dry)
    with current_app.app_context(), unscoped("what belongs to people and no organisation is over its time"):
        found += _done(of_instance(day), None, dry=dry)
        db.session.remove()
    found += [_experts(each, day, dry=dry) for each in _controllers()]
    return [line for line in found if line.count or line.waits]


def _controllers() -> list[int]:
    """Each keeper of a register, and organisations that stand under none."""
    nodes = current_gate().tree.by_id.values()
    return sorted(n.id for n in nodes if n.is_controller or n.controller_id is None)


@contextmanager
def _standing(controller_id: int) -> Iterator[None]:
    """On a session apart, in the scope of the controller's own rows."""
    with current_app.app_context():
        set_scope(db.session(), JobScope(controller_id))
        try:
            yield
        finally:
            db.session.remove()


def _parts(controller_id: int, day: date) -> list[Part]:
    return list(of_controller(controller_id, day, choice_of(controller_id).log_years))


def _done(parts: Iterable[Part], controller_id: int | None, *, dry: bool) -> Iterator[Line]:
    for part in parts:
        if dry:
            yield _line(controller_id, part.label, part.count(db.session()))
            continue
        with writing() as session:
            count = part.remove(session)
        yield _line(controller_id, part.label, count)


def _of_modules(controller_id: int, day: date, *, dry: bool) -> list[Line]:
    """Each module by itself; one that fails keeps its rows until the next run, and nobody else's."""
    found = []
    config = current_app.config["KOKEMUSSILTA"]
    for name in _modules():
        asked: dict[str, Any] = {"modules": (name,), "organisation_id": controller_id, "day": day}
        with watched(f"retention of {name}", config.job_max_seconds, config.database_url):
            told = [each for answer in ask("expired", **asked) for each in answer.value or () if each.count]
            if told and not dry and not _decided(asked):
                continue
        found += [_line(controller_id, each.label, each.count) for each in told]
    return found


def _decided(asked: dict[str, Any]) -> bool:
    try:
        with writing():
            decide("remove_expired", **asked)
    except (Refusal, Refused):
        return False
    return True


def _experts(controller_id: int, day: date, *, dry: bool) -> Line:
    with _standing(controller_id):
        left = experts.who_left(controller_id, day, choice_of(controller_id).expert_years)
    went = [experts.go(who, dry=dry) for who in left]
    return Line(controller_id, in_all_languages(EXPERTS), went.count(True), went.count(False))


def _line(controller_id: int | None, label: Any, count: int) -> Line:
    return Line(controller_id, in_all_languages(label), count)


def _modules() -> tuple[str, ...]:
    return tuple(host().healthy)


def next_night() -> date:
    """The day of the next run."""
    return today() + timedelta(days=1)
