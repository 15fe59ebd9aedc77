"""Commands for whoever runs the instance."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask.cli import AppGroup
from sqlalchemy import select

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.users import invitations, links, services
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


@operator_commands.command("appoint")
@click.argument("name")
@click.argument("email")
@click.argument("slug")
def appoint_administrator(name: str, email: str, slug: str) -> None:
    """Print a one-time link that makes EMAIL the administrator of the organisation at /o/SLUG.

    An organisation's first administrator comes this way; the next ones are invited in the browser.
    """
    node = current_gate().tree.by_slug.get(slug)
    if node is None:
        raise click.ClickException(f"no organisation at /o/{slug}")
    try:
        token = invitations.appoint(name, email, node.id, "administrator")
    except UserError as error:
        raise click.ClickException(error.text) from None
    click.echo(links.address(token))


@operator_commands.command("disable")
@click.argument("email")
def disable(email: str) -> None:
    """Keep whoever signs in as EMAIL out, and sign them out everywhere. Their roles stay."""
    _change(services.disable_account, email)


@operator_commands.command("enable")
@click.argument("email")
def enable(email: str) -> None:
    """Let a disabled EMAIL sign in again."""
    _change(services.enable_account, email)


def _change(service: Callable[..., None], email: str) -> None:
    """Do something to the account of an address."""
    try:
        person_id = db.session.scalar(select(Account.person_id).where(Account.email == clean_email(email)))
        if person_id is None:
            raise UserError("unknown")
        service(person_id, actor_id=None)
    except UserError as error:
        raise click.ClickException(error.text) from None


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
