"""Lines and steps of one revision as rows: frozen from the moment they are written."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from plugins.fees.kernel.plan import Part, PlannedLine
from plugins.fees.kernel.tables import LINE, STEP

# Put together once.
_ADD_LINE, _ADD_STEP = LINE.insert(), STEP.insert()


def add_lines_and_steps(connection: Connection, claim_id: int, revision: int, part: Part) -> None:
    """Write what the revision consists of and who decides it."""
    base = {"claim_id": claim_id, "organisation_id": part.unit_id, "revision": revision}
    lines = [{**base, "no": no, **_line(line)} for no, line in enumerate(part.lines, 1)]
    connection.execute(_ADD_LINE, lines)
    steps = [
        {**base, "no": s.no, "desk_id": s.desk_id, "desk_kind": s.desk_kind, "due_days": s.due_days}
        for s in part.steps
    ]
    connection.execute(_ADD_STEP, steps)


def _line(line: PlannedLine) -> dict[str, Any]:
    found, task = line.sum, line.task
    return {
        "task": line.task_no,
        "kind": found.kind,
        "work_type_id": found.work_type_id,
        "work_type_code": found.work_type,
        "day": task.day,
        "start": task.start,
        "end": task.end,
        "quantity": found.quantity,
        "unit": found.unit,
        "unit_cents": found.unit_cents,
        "cents": found.cents,
        "rate_version_id": found.rate_version_id,
        "yearly_table_id": found.yearly_table_id,
        "source_organisation_id": found.from_organisation_id,
        "payment_class": found.payment_class,
        "income_type": found.income_type,
    }
