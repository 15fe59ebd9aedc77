"""`flask database …`. Alembic is loaded by the command that needs it, not at every start."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from core.database.lineages.pending import standing


@click.group("database")
def database_commands() -> None:
    """Migrations."""


@database_commands.command("upgrade")
@with_appcontext
def upgrade_command() -> None:
    """Bring the core and every module to the newest schema, as the owner role. Ends with 1 if one failed."""
    from core.database.migrate import upgrade_as_configured

    config = current_app.config["KOKEMUSSILTA"]
    failed = upgrade_as_configured(config)
    for name, at in sorted((standing(config.owner_url) or {}).items()):
        click.echo(f"{name}: {at}")
    for name, condition in sorted(failed.items()):
        click.echo(f"{name}: not migrated: {condition.reason.splitlines()[0]}", err=True)
    if failed:
        raise SystemExit(1)


@database_commands.command("revision")
@click.argument("lineage")
@click.argument("message")
@with_appcontext
def revision_command(lineage: str, message: str) -> None:
    """Write a migration of LINEAGE (core or a plugin's name) from the models."""
    from core.database.migrate import revision

    try:
        revision(current_app.config["KOKEMUSSILTA"].owner_url, lineage, message)
    except LookupError as error:
        raise click.ClickException(str(error)) from None
