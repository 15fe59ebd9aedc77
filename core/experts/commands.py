"""`flask experts …`: the yearly reminder and the list of titles, for whoever runs the instance."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from core.database.session import writing
from core.database.types import Texts
from core.experts.details.models import ExpertTitle
from core.experts.own.checking import remind
from core.extensions import db
from core.modules.gating.gate import raise_epoch

expert_commands = click.Group("experts", help="The register of experts.")


@expert_commands.command("remind")
@with_appcontext
def remind_command() -> None:
    """Ask those whose details were last checked over a year ago to check them. Run it daily."""
    click.echo(f"asked: {remind()}")


@expert_commands.command("titles")
@with_appcontext
def titles_command() -> None:
    """What an expert may be called, by code."""
    for row in db.session().scalars(select(ExpertTitle).order_by(ExpertTitle.sort, ExpertTitle.code)):
        click.echo(
            f"{row.code}  {row.name.fi} | {row.name.sv} | {row.name.en}{'' if row.paid else '  (no fee)'}"
        )


@expert_commands.command("title")
@click.argument("code")
@click.option("--fi", required=True)
@click.option("--sv", default="")
@click.option("--en", default="")
@click.option("--sort", default=1000, show_default=True, help="The order in which titles are offered.")
@click.option("--no-fee", is_flag=True, help="Voluntary: never a fee.")
@with_appcontext
def title_command(code: str, fi: str, sv: str, en: str, sort: int, no_fee: bool) -> None:
    """Add the title CODE, or give it other words."""
    with writing() as session:
        row = session.get(ExpertTitle, code) or ExpertTitle(code=code)
        row.name, row.sort, row.paid = Texts(fi=fi, sv=sv, en=en), sort, not no_fee
        session.add(row)
        raise_epoch(session)
    click.echo(f"{code}: {fi}")
