"""`flask demo …`: load the demonstration region, serve it, walk the modules' main jobs."""

from __future__ import annotations

import logging
import os
import sys
from tempfile import TemporaryDirectory

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from config import Config, from_environment
from core.demo.serve import demo_config, migrated_app, port_trouble, serve
from core.extensions import db

FULL = "There is something in this database already. The demonstration loads into an empty one only."

FOREIGN = (
    "This database holds something else than this version's demonstration. Leave DATABASE_URL unset and run"
    " `make demo-reset`, or name an empty database."
)


def refuse_production(config: Config) -> None:
    """Invented people and their sign-ins never stand where the real ones do."""
    if config.environment == "production":
        raise click.ClickException("The demonstration is refused in production.")


@click.group("demo")
def demo_commands() -> None:
    """The demonstration region: invented people and sums."""


@demo_commands.command("load")
@with_appcontext
def load_command() -> None:
    """Load the region into an empty database, all of it or nothing."""
    from core.demo.load import ModuleBroken, NotEmpty, load_demo

    refuse_production(current_app.config["KOKEMUSSILTA"])
    try:
        region = load_demo()
    except NotEmpty:
        raise click.ClickException(FULL) from None
    except ModuleBroken as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"Loaded {len(region.organisations)} organisations and {len(region.people)} people.")


@demo_commands.command("serve")
@click.option("--port", type=click.IntRange(1, 65535), default=5000, envvar="PORT", show_default=True)
def serve_command(port: int) -> None:
    """Serve the region on this machine alone; load it first when the database is empty."""
    refuse_production(from_environment())
    trouble = port_trouble(port)
    if trouble is not None:
        raise click.ClickException(trouble)
    logging.disable(logging.INFO)  # of loading, in this process alone: the table is what is read here
    config = demo_config(port)
    told = introduction(migrated_app(config), config.base_url)
    sys.exit(serve(config, port, lambda: click.echo(told)))


def introduction(app: Flask, address: str) -> str:
    """Where to go and as whom; loads the region when the database is empty and makes new passwords."""
    from core.demo.accounts import fresh_passwords, is_demo, table
    from core.demo.load import ModuleBroken, is_empty, known_region, load_demo

    with app.app_context():
        try:
            region = load_demo() if is_empty() else known_region(db.session())
        except ModuleBroken as error:
            raise click.ClickException(str(error)) from None
        if not is_demo(region):
            raise click.ClickException(FOREIGN)
        lines = fresh_passwords(region)
        db.session.remove()
        db.engine.dispose()
    heading = "Demonstration. The people, sums and orders are invented."
    return f"\n{heading}\n\nOpen {address}\n\n{table(lines)}\n\nStop with Ctrl-C.\n"


@demo_commands.command("walk")
def walk_command() -> None:
    """Run each module's main job through the pages on a fresh database, and print who holds what."""
    from core.demo.walk import walk_all

    refuse_production(from_environment())
    logging.disable(logging.INFO)  # the walk itself is what is told here
    if "DATABASE_URL" in os.environ:
        walk_all(migrated_app(demo_config(80)))
        return
    with TemporaryDirectory() as folder:
        walk_all(migrated_app(demo_config(80, f"sqlite:///{folder}/walk.sqlite3")))
