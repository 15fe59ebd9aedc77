"""What the operator decides for the whole instance: a hook is called again, a module is off everywhere."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.database.lineages.installed import in_all_languages
from core.database.session import writing
from core.database.types import now
from core.log.services import record_change
from core.modules.gating.gate import raise_epoch
from core.modules.health.breaker import close, row_of
from core.modules.health.running import Key
from core.modules.host import host
from core.modules.models import InstalledModule


def call_again(key: Key, actor_id: int | None) -> None:
    """Close a hook's breaker."""
    with writing() as session:
        row = row_of(session, key)
        close(row)
        _log(session, key[0], "retry_hook", actor_id, row.id)
        raise_epoch(session)


def disable(module: str, actor_id: int | None) -> None:
    """Off in every organisation from each process's next request on; what they decided is kept."""
    with writing() as session:
        row = _installed(session, module)
        if row.disabled_at is None:
            row.disabled_at, row.disabled_by = now(), actor_id
            _log(session, module, "disable", actor_id)
            raise_epoch(session)


def enable(module: str, actor_id: int | None) -> None:
    """As the organisations decided again."""
    with writing() as session:
        row = _installed(session, module)
        if row.disabled_at is not None:
            row.disabled_at, row.disabled_by = None, None
            _log(session, module, "enable", actor_id)
            raise_epoch(session)


def _installed(session: Session, module: str) -> InstalledModule:
    """The module's row; a new one for a module that came after the last migration and has no tables."""
    row = session.get(InstalledModule, module, with_for_update=True)
    if row is None:
        plugin = host().healthy[module].plugin
        label = in_all_languages(plugin)
        row = InstalledModule(name=module, version=plugin.version, label=label, tables=[], retained=[])
        row.seen_at = now()
        session.add(row)
        session.flush()
    return row


def _log(session: Session, module: str, action: str, actor_id: int | None, row_id: int = 0) -> None:
    record_change(session, record=f"core.module.{module}", row_id=row_id, action=action, actor_id=actor_id)
