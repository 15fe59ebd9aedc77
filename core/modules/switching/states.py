"""What one organisation says about one module: reading, comparing and writing its row."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.types import now
from core.log.services import record_change
from core.modules.gating.gate import Effective, current_gate, raise_epoch
from core.modules.models import ModuleState

FIELDS = ("state", "required", "blocked")


class ModuleError(Exception):
    """A module cannot be changed so; `code` says why, `names` which modules it is about.

    blocked, required: an organisation above decided otherwise; `organisation_id` is that one. needs: modules
    that are off. needed: modules that would stop. open: open work, in `losses`. changed: by somebody just
    now. broken: the module has a fault.
    """

    def __init__(self, code: str, *names: str, organisation_id: int | None = None, losses: Any = ()) -> None:
        super().__init__(code)
        self.code, self.names = code, names
        self.organisation_id, self.losses = organisation_id, tuple(losses)


def seen_now(session: Session, module: str, organisation_id: int) -> str:
    """A mark of what holds for a module there; another one means that somebody has changed it since."""
    effective = current_gate().effective(module, organisation_id)
    return seen_of(effective, _row(session, module, organisation_id))


def seen_of(effective: Effective, row: ModuleState | None) -> str:
    """The same from what is known already: what holds, and the organisation's own row."""
    return f"{effective.state}.{effective.decided_by or ''}.{row.changed_at.isoformat() if row else ''}"


def begin_change(session: Session, module: str, organisation_id: int, seen: str | None) -> None:
    """Raise the epoch, so that whoever is writing finishes first; refuse who looked at something older."""
    raise_epoch(session)
    if seen is not None and seen != seen_now(session, module, organisation_id):
        raise ModuleError("changed", module)


def write_word(
    session: Session, module: str, organisation_id: int, action: str, actor_id: int | None, **values: Any
) -> None:
    """Write `values` (state, required, blocked) into the organisation's row, with a line in the log."""
    row = _row(session, module, organisation_id)
    if row is None:
        row = ModuleState(module=module, organisation_id=organisation_id, required=False, blocked=False)
        session.add(row)
    fields = [name for name in FIELDS if name in values]
    for name in fields:
        setattr(row, name, values[name])
    row.changed_at, row.changed_by = now(), actor_id
    session.flush()
    record_change(
        session,
        actor_id=actor_id,
        organisation_id=organisation_id,
        record="core.module_state",
        row_id=row.id,
        action=action,
        fields=fields,
    )
    raise_epoch(session)  # what was asked so far in this transaction is forgotten


def _row(session: Session, module: str, organisation_id: int) -> ModuleState | None:
    wanted = select(ModuleState).where(
        ModuleState.module == module, ModuleState.organisation_id == organisation_id
    )
    return session.scalar(wanted)
