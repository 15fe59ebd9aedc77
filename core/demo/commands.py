"""`flask demo …`: load the demonstration region, serve it, walk the modules' main jobs."""

from __future__ import annotations

import logging
import os
import sys
from tempfile import TemporaryDirectory

import click
from flask import Flask
from flask.cli import with_appcontext

from core.demo.serve import demo_config, migrated_app, port_is_free, serve
from core.extensions import db

FULL = "There is something in this database already. The demonstration loads into an empty one only."


@click.group("demo")
def demo_commands() -> None:
    """The demonstration region: invented people and sums."""


@demo_commands.command("load")
@with_appcontext
def load_command() -> None:
    """Load the region into an empty database, all of it or nothing."""
    from core.demo.load import ModuleBroken, NotEmpty, load_demo

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
    if not port_is_free(port):
        raise click.ClickException(f"Port {port} is in use. Choose another: make demo PORT={port + 1}")
    logging.disable(logging.INFO)  # of loading, in this process alone: the table is what is read here
    config = demo_config(port)
    app = migrated_app(config)
    click.echo(introduction(app, config.base_url))
    sys.exit(serve(config, port))


def introduction(app: Flask, address: str) -> str:
    """Where to go and as whom; loads the region when the database is empty and makes new passwords."""
    from core.demo.accounts import fresh_passwords, table
    from core.demo.load import is_empty, known_region, load_demo

    with app.app_context():
        if is_empty():
            load_demo()
        region = known_region(db.session())
        lines = fresh_passwords(region)
        db.session.remove()
        db.engine.dispose()
    heading = "Demonstration. The people, sums and orders are invented."
    return f"\n{heading}\n\nOpen {address}\n\n{table(lines)}\n\nStop with Ctrl-C.\n"


@demo_commands.command("walk")
def walk_command() -> None:
    """Run each module's main job through the pages on a fresh database, and print who holds what."""
    from core.demo.walk import walk_all

    logging.disable(logging.INFO)  # the walk itself is what is told here
    if "DATABASE_URL" in os.environ:
        walk_all(migrated_app(demo_config(80)))
        return
    with TemporaryDirectory() as folder:
        walk_all(migrated_app(demo_config(80, f"sqlite:///{folder}/walk.sqlite3")))
