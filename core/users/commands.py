"""Commands for whoever runs the instance."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from core.database.session import writing
from core.database.types import now
from core.users import links, services
from core.users.errors import UserError
from core.users.models import Account
from core.users.words import clean_email

operator_commands = AppGroup("operator", help="People who run the instance.")


@operator_commands.command("invite")
@click.argument("name")
@click.argument("email")
def invite_operator(name: str, email: str) -> None:
    """Print a one-time link that makes EMAIL an operator of the instance. It holds for seven days."""
    try:
        token = make_operator(name, email)
    except UserError as error:
        raise click.ClickException(error.text) from None
    click.echo(links.address(token))


def make_operator(name: str, email: str) -> str:
    """The operator's account, made where there is none yet, and a new invitation's token."""
    at, email = now(), clean_email(email)
    with writing() as session:
        account = session.scalar(select(Account).where(Account.email == email))
        if account is None:
            person_id = services.create_person(name, email=email, actor_id=None, at=at)
            account_id = services.create_account(person_id, email, is_operator=True, actor_id=None, at=at)
        else:
            account_id = services.make_operator(account.id, at=at)
        return links.issue(session, account_id, links.INVITATION, at)
