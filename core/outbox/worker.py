"""The worker: takes due rows, restores their scope, asks the gate, runs the handler. Any number may run."""

from __future__ import annotations

import logging
import threading

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from core.database.session import writing
from core.extensions import db
from core.modules.calling.calls import OBSERVE, call_observer
from core.modules.calling.guarding import is_open
from core.modules.gating.gate import current_gate
from core.modules.health.recording import described, health
from core.modules.health.watchdog import watched
from core.modules.host import host
from core.modules.spec.refusals import Failed
from core.modules.spec.values import Handler
from core.modules.switching.services import finish_all
from core.outbox import mail
from core.outbox.models import OutboxRow
from core.outbox.services import Job, held_row, keep_for_later, mark_done, record_failure, release, take
from core.outbox.smtp import Undelivered
from core.records.importing.services import forget_old_files
from core.retention.runs import nightly
from core.scope import JobScope, set_scope

DATABASE_PAUSE_SECONDS = 5.0
log = logging.getLogger(__name__)


def run_forever(app: Flask, idle_seconds: float = 1.0, stop: threading.Event | None = None) -> None:
    """Work until `stop` is set; the row in hand is finished first. A database that is away is waited for."""
    stop = stop or threading.Event()
    while not stop.is_set():
        try:
            if run_once(app, stop=stop) == 0:
                tidy(app)
                stop.wait(idle_seconds)
        except SQLAlchemyError:
            log.exception("database not available to the worker")
            stop.wait(DATABASE_PAUSE_SECONDS)


def finish_closing(app: Flask) -> None:
    """Turn closing modules off where nothing is open any more; they are asked, and watched meanwhile."""
    config = app.config["KOKEMUSSILTA"]
    with watched("finishing closing modules", config.job_max_seconds, config.database_url):
        finish_all(app)


def tidy(app: Flask) -> None:
    """What the worker does when there is nothing to do: what has ended ends, what was left lying goes."""
    finish_closing(app)
    with app.app_context():
        forget_old_files()
    nightly(app)


def run_once(app: Flask, limit: int = 20, stop: threading.Event | None = None) -> int:
    """Take up to `limit` due rows and handle each in a session of its own; how many were taken."""
    with app.app_context():
        jobs = take(db.session(), limit)
    for position, job in enumerate(jobs):
        if stop is not None and stop.is_set():
            with app.app_context():
                release(jobs[position:])
            break
        _handle(app, job)
    return len(jobs)


def _handle(app: Flask, job: Job) -> None:
    """Do one job; whatever it raises is counted and the next one goes on."""
    config = app.config["KOKEMUSSILTA"]
    key = (job.module, _hook_of(job.kind)) if job.module else None
    try:
        watch = watched(f"job {job.kind}", config.job_max_seconds, config.database_url, hook=key)
        with watch, app.app_context():
            _do(job)
    except Failed as failed:  # the guard has noted it
        _count(app, job, described(failed.error or failed))
    except KeyboardInterrupt:  # ends the worker; the row counts an attempt when its lease has run out
        raise
    except BaseException as error:  # a module may raise anything, even SystemExit: no end of the worker
        more = _limit(config.worker_memory_mib) if isinstance(error, MemoryError) else ""
        log.warning("job failed", extra={"row": job.id, "kind": job.kind}, exc_info=True)
        _count(app, job, _described(error) + more)
        if key is not None:
            with app.app_context():
                health().failed(key, error, counts=False, more=more)


def _count(app: Flask, job: Job, text: str) -> None:
    with app.app_context():
        record_failure(job.id, text)


def _limit(mebibytes: int) -> str:
    return f", the worker's limit is {mebibytes} MiB" if mebibytes else ""


def _hook_of(kind: str) -> str:
    """What the operator reads and the breaker goes by: the hook, or the kind of a module's own work."""
    return kind.removeprefix(OBSERVE)


def _do(job: Job) -> None:
    if job.kind == mail.KIND:
        mail.deliver(job)
    else:
        _run(job)


def _run(job: Job) -> None:
    """Run a handler and mark its row done in the transaction of what the handler wrote."""
    if job.organisation_id is not None:
        set_scope(db.session(), JobScope(job.organisation_id))
    with writing() as session:
        row = held_row(session, job)
        if row is None:
            return
        if not _is_on(row) or _waits(row):
            keep_for_later(row)
            return
        _call(row)
        mark_done(row)


def _waits(row: OutboxRow) -> bool:
    """Whether the breaker of the row's hook or kind is open."""
    return row.module is not None and is_open((row.module, _hook_of(row.kind)))


def _call(row: OutboxRow) -> None:
    """Call the hook that observes, or the module's handler."""
    if row.kind.startswith(OBSERVE):
        call_observer(_hook_of(row.kind), row.module or "", row.payload)
        return
    _handler_of(row)(row)
    key = (row.module or "", row.kind)
    if key in current_gate().breakers:
        health().recovered(key)


def _is_on(row: OutboxRow) -> bool:
    """Whether the row's module works in its organisation, asked in the transaction of the run."""
    if row.module is None:
        return True
    if row.organisation_id is None:
        return row.module in current_gate().modules
    return current_gate().on(row.module, row.organisation_id)


def _handler_of(row: OutboxRow) -> Handler:
    handlers = host().healthy[row.module].handlers if row.module else {}
    if row.kind not in handlers:
        raise LookupError(f"no handler for {row.kind}")
    return handlers[row.kind]


def _described(error: BaseException) -> str:
    """What failed and where, without the values of an error's text: those may be personal."""
    return str(error) if isinstance(error, Undelivered) else described(error)
