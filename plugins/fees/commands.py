"""`flask fees …`: what an operator asks of the fee module."""

from __future__ import annotations

import json
from typing import TextIO

import click
from flask.cli import with_appcontext

from core.api import db, writing
from plugins.fees.errors import FeeError
from plugins.fees.setup.commands import yearly_table_command

fees_commands = click.Group("fees", help="Fees.")
fees_commands.add_command(yearly_table_command)


@fees_commands.command("verify")
@click.option("--payer", type=int, help="Only this payer, by its organisation id.")
@with_appcontext
def verify_command(payer: int | None) -> None:
    """Run the ten invariants. Ends with 1 and a line for each violation when one does not hold."""
    from plugins.fees.verify import undelivered, verify

    session = db.session()
    found = verify(session, payer)
    for violation in found:
        click.echo(f"{violation.number}: payer {violation.payer_id}: {violation.what}")
    late = undelivered(session)
    if late:
        click.echo(f"warning: {late} events have waited too long to be told to anybody", err=True)
    if found:
        raise SystemExit(1)
    click.echo("All ten invariants hold.")


@fees_commands.command("quote")
@click.option("--input", "source", type=click.File(encoding="utf-8"), required=True, help="JSON; - is stdin.")
@with_appcontext
def quote_command(source: TextIO) -> None:
    """Print what one task would pay, as JSON. Ends with 2 and a message when the input cannot be priced."""
    from plugins.fees.dry_run import BadInput, dry_run

    try:
        found = dry_run(db.session(), json.load(source))
    except FeeError as error:
        raise _Refused(f"{error.field or 'input'}: {error.code} {error.params or ''}".strip()) from None
    except (BadInput, ValueError) as error:
        raise _Refused(str(error)) from None
    click.echo(json.dumps(found, ensure_ascii=False))


class _Refused(click.ClickException):
    """The input is at fault, not the command."""

    exit_code = 2


@fees_commands.command("remind")
@with_appcontext
def remind_command() -> None:
    """Tell administrators of claims that nobody may decide any more; again today tells nothing twice."""
    from plugins.fees.deserted import tell_administrators

    with writing() as session:
        told = tell_administrators(session)
    click.echo(f"{told} told.")
