"""`flask search rebuild`: the words of every row, read anew."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import AppGroup

from core.database.session import writing
from core.scope import unscoped
from core.search.services import rebuild

search_commands = AppGroup("search", help="Words of the search.")


@search_commands.command("rebuild")
def rebuild_command() -> None:
    """Read the words of every row anew: after an upgrade, or when a field became searchable."""
    for _module, record in current_app.extensions["kokemussilta.records"]:
        with writing() as session, unscoped("rebuilding the words of the search"):
            count = rebuild(session, record)
        if count:
            click.echo(f"{record.key}: {count}")
