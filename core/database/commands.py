"""`flask database …`. Alembic is loaded by the command that needs it, not at every start."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import make_url


@click.group("database")
def database_commands() -> None:
    """Migrations."""


@database_commands.command("upgrade")
@with_appcontext
def upgrade_command() -> None:
    """Bring the database to the newest schema, as the owner role."""
    from core.database.migrate import upgrade

    config = current_app.config["KOKEMUSSILTA"]
    upgrade(config.owner_url, make_url(config.database_url).username or "")


@database_commands.command("revision")
@click.argument("lineage")
@click.argument("message")
@with_appcontext
def revision_command(lineage: str, message: str) -> None:
    """Write a migration of LINEAGE (core or a plugin's name) from the models."""
    from core.database.migrate import revision

    revision(current_app.config["KOKEMUSSILTA"].owner_url, lineage, message)
