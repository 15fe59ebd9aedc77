"""`flask fees yearly-table`: the operator adds a year's statutory amount."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from core.api import Invalid
from plugins.fees.setup.yearly_tables import KINDS, create


@click.command("yearly-table")
@click.argument("year", type=click.IntRange(2020, 2100))
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("cents", type=click.IntRange(0, 20_000))
@click.argument("source")
@with_appcontext
def yearly_table_command(year: int, kind: str, cents: int, source: str) -> None:
    """Add what a kilometre or a day of travel pays in YEAR, in cents.

    SOURCE says where the amount is published.

    An amount is never changed afterwards, because claims are counted with it.
    """
    try:
        create(year, kind, cents, source)
    except Invalid as error:
        raise click.ClickException(" ".join(map(str, error.errors.values()))) from None
    click.echo(f"{year} {kind}: {cents} cents")
