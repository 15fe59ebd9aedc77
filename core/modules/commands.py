"""`flask modules …`: for whoever runs the instance."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from core.modules.settings.rotation import rotate_secrets


@click.group("modules")
def module_commands() -> None:
    """Modules of the instance and what they keep."""


@module_commands.command("rotate-secrets")
@with_appcontext
def rotate_secrets_command() -> None:
    """Encrypt every stored secret with the first of DATA_KEYS."""
    found = rotate_secrets()
    click.echo(f"encrypted with the newest key: {found.done}")
    for module, slug, key in found.unreadable:
        click.echo(f"cannot be opened: {module} {slug} {key}")
    if found.unreadable:
        raise click.ClickException("some secrets open with none of DATA_KEYS")
