"""Keeping a file until its sender confirms it, and doing what it says: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.records.description import Record
from core.records.errors import Invalid
from core.records.importing.models import ImportRun
from core.records.importing.plan import Fault, Plan, Step

KEPT = timedelta(days=1)
BLOCK = 200


class ImportRefused(Exception):
    """Nothing was changed; `faults` say why."""

    def __init__(self, faults: list[Fault]) -> None:
        """Why."""
        super().__init__(f"{len(faults)} faults")
        self.faults = faults


def keep_file(record: str, organisation_id: int, person_id: int, name: str, content: bytes) -> None:
    """Keep the file for a day, for its sender alone, in place of their last one."""
    with writing() as session:
        session.execute(delete(ImportRun).where(_of(record, person_id)))
        run = ImportRun(
            organisation_id=organisation_id,
            record=record,
            person_id=person_id,
            name=name[:120],
            content=content,
            created_at=now(),
        )
        session.add(run)


def kept_file(session: Session, record: str, person_id: int) -> ImportRun | None:
    """The file that this person sent for this record within a day, if it waits."""
    fresh = ImportRun.created_at >= now() - KEPT
    return session.scalar(select(ImportRun).where(_of(record, person_id), fresh))


def _of(record: str, person_id: int) -> ColumnElement[bool]:
    return and_(ImportRun.record == record, ImportRun.person_id == person_id)


def forget_old_files() -> int:
    """Forget files that nobody confirmed within a day; gives how many. Writes only where there are some."""
    old = ImportRun.created_at < now() - KEPT
    found = db.session().scalars(select(ImportRun.id).where(old)).all()
    if found:
        with writing() as session:
            session.execute(delete(ImportRun).where(ImportRun.id.in_(found)))
    return len(found)


def forget_file(run_id: int) -> None:
    """Forget the file without doing anything."""
    with writing() as session:
        session.execute(delete(ImportRun).where(ImportRun.id == run_id))


def carry_out(
    run_id: int,
    record: Record,
    organisation_id: int,
    actor_id: int,
    replan: Callable[[], Plan],
    seen: tuple[int, int],
) -> Plan:
    """Do what was confirmed, in one transaction, and forget the file.

    `replan` checks the file anew inside it; `seen` is how many rows, new and changed, were confirmed. Raises
    `ImportRefused` with nothing changed when either has another answer, or a rule refuses a row.
    """
    with writing() as session:
        found = replan()
        if found.faults or (found.new, found.changed) != seen:
            raise ImportRefused(
                found.faults or [Fault(0, "", _("Something changed meanwhile. Look at it again."))]
            )
        faults = _do(session, record, organisation_id, actor_id, found.steps)
        if faults:
            raise ImportRefused(faults)
        session.execute(delete(ImportRun).where(ImportRun.id == run_id))
        return found


def _do(
    session: Session, record: Record, organisation_id: int, actor_id: int, steps: list[Step]
) -> list[Fault]:
    """Write each row by the record's own services; what they refuse, by row."""
    faults: list[Fault] = []
    labels = {field.key: str(field.label) for field in record.fields}
    for number, step in enumerate(steps, start=1):
        try:
            _write(record, organisation_id, actor_id, step)
        except Invalid as error:
            refused = error.errors.items()
            faults.extend(Fault(step.number, labels.get(key, ""), str(text)) for key, text in refused)
        if number % BLOCK == 0:
            session.flush()
            session.expunge_all()  # so that memory does not grow with the file
    return faults


def _write(record: Record, organisation_id: int, actor_id: int, step: Step) -> None:
    if step.row_id is None:
        assert record.create is not None  # noqa: S101  # planned only where rows can be made
        record.create(dict(step.values), organisation_id, actor_id)
    else:
        assert record.update is not None  # noqa: S101  # as above
        record.update(step.row_id, dict(step.values), actor_id)
