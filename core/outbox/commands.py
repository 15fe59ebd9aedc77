"""Commands of work after commit: the worker itself, and what it has given up."""

from __future__ import annotations

import resource
import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select

from core.database.lineages.pending import refuse_to_serve
from core.extensions import db
from core.outbox.models import OutboxRow
from core.outbox.services import drop, failed, retry, waiting_since
from core.outbox.smtp import check
from core.outbox.worker import run_forever, run_once, tidy

BYTES_PER_MEBIBYTE = 1024 * 1024


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@with_appcontext
def worker_command(once: bool) -> None:
    """Send mail and run what follows from people's actions. Any number of workers may run."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # the object behind the proxy outlives the command's context
    config = app.config["KOKEMUSSILTA"]
    check(config)
    refuse_to_serve(config.database_url)
    limit_memory(config.worker_memory_mib)
    stop = stop_on_signals()
    if not once:
        run_forever(app, stop=stop)
        return
    while not stop.is_set() and run_once(app, stop=stop):
        pass
    tidy(app)


def limit_memory(mebibytes: int) -> None:
    """Let this process have no more address space than that: a job that wants more fails, and is named."""
    if mebibytes > 0:
        _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        wanted = mebibytes * BYTES_PER_MEBIBYTE
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set: the row in hand is finished and the rest given back."""
    stop = threading.Event()

    def ask(number: int, _frame: object) -> None:
        signal.signal(number, signal.SIG_DFL)  # asked twice, it ends at once
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask)
    return stop


@click.group("outbox")
def outbox_commands() -> None:
    """What waits to be delivered, and what was given up."""


@outbox_commands.command("list")
@with_appcontext
def list_command() -> None:
    """Count the rows by state, tell how long the oldest waits, and list those given up."""
    session = db.session()
    for state, count in session.execute(select(OutboxRow.state, func.count()).group_by(OutboxRow.state)):
        click.echo(f"{state}: {count}")
    if (since := waiting_since(session)) is not None:
        click.echo(f"oldest undelivered: {since:%Y-%m-%d %H:%M} UTC")
    for row in failed(session):
        click.echo(f"{row.id}  {row.kind}  {row.dedupe_key}  attempts {row.attempts}  {row.last_error}")


@outbox_commands.command("retry")
@click.argument("row_ids", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every row that was given up.")
@with_appcontext
def retry_command(row_ids: tuple[int, ...], everything: bool) -> None:
    """Try rows again, by their number in the list."""
    wanted = [row.id for row in failed(db.session())] if everything else list(row_ids)
    for row_id in wanted:
        click.echo(f"{row_id}: {'will be tried again' if retry(row_id) else 'no such undelivered row'}")


@outbox_commands.command("drop")
@click.argument("row_ids", type=int, nargs=-1, required=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def drop_command(row_ids: tuple[int, ...], yes: bool) -> None:
    """Put rows that were given up aside, by their number in the list: what they promised is not done."""
    if not yes:
        click.confirm(f"Rows put aside are never done: {len(row_ids)}. Go on?", abort=True)
    for row_id in row_ids:
        click.echo(f"{row_id}: {'put aside' if drop(row_id) else 'no such row given up'}")
