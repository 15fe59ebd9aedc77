"""`flask organisations …`: the tree, for whoever runs the instance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

import click
from flask.cli import with_appcontext

from core.database.types import today
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.modules.switching.open_work import Loss
from core.organisations.creating import create_command
from core.organisations.kinds import kinds
from core.organisations.loading import BadRegion, load_region, read_region
from core.organisations.merging import merge_organisations
from core.organisations.moving import move_organisation
from core.organisations.moving_plan import MoveRefused
from core.organisations.services import close_organisation
from core.organisations.tree import OrganisationNode
from core.records.errors import Invalid

organisation_commands = click.Group("organisations", help="The tree of organisations.")
organisation_commands.add_command(create_command)
EMPTY = "There are no organisations yet. `flask organisations create` makes one."


@organisation_commands.command("list")
@with_appcontext
def list_command() -> None:
    """The tree, each organisation a step further in than the one above it."""
    tree = current_gate().tree
    for root in tree.children.get(None, ()):
        for node in tree.subtree(root.id):
            depth = len(list(tree.upwards(node.id))) - 1
            click.echo(f"{'  ' * depth}{_line(node)}")
    if not tree.by_id:
        click.echo(EMPTY)


def _line(node: OrganisationNode) -> str:
    """What an organisation is, on one line."""
    facts = [node.kind, "controller" if node.is_controller else "", node.code or ""]
    facts += [f"until {node.ended}"] if node.ended else []
    return f"{node.slug}  {node.name.get('fi')}  ({', '.join(filter(None, facts))})"


@organisation_commands.command("move")
@click.argument("slug")
@click.argument("new_parent")
@with_appcontext
def move_command(slug: str, new_parent: str) -> None:
    """Put SLUG and all below it under NEW_PARENT. Refused while work is open that would be lost by it."""
    nodes = [_node(slug), _node(new_parent)]
    with _refusals(slug, new_parent):
        move_organisation(*nodes)
    click.echo(f"{slug} now stands under {new_parent}")


DAY = click.DateTime(["%Y-%m-%d"])


@organisation_commands.command("merge")
@click.argument("slug")
@click.argument("successor")
@click.option("--first-day", type=DAY, help="The successor's first day; today if not given.")
@with_appcontext
def merge_command(slug: str, successor: str, first_day: datetime | None) -> None:
    """Close SLUG and put it under SUCCESSOR, which stands for it from the first day on.

    It keeps its name, its rows and, where it is one, its own register; nothing in it is rewritten.
    """
    old_id, successor_id = _node(slug), _node(successor)
    with _refusals(slug, successor):
        merge_organisations(old_id, successor_id, first_day.date() if first_day else today())
    click.echo(f"{current_gate().tree.by_id[old_id].slug} now stands under {successor}, closed")


@organisation_commands.command("close")
@click.argument("slug")
@click.option("--last-day", type=DAY, help="The last day of use; without it, the organisation is in use.")
@with_appcontext
def close_command(slug: str, last_day: datetime | None) -> None:
    """Give SLUG a last day, also where it keeps a register of its own. Open work runs to its end."""
    day: date | None = last_day.date() if last_day else None
    with _refusals(slug, slug):
        close_organisation(_node(slug), day, None)
    click.echo(f"{slug} is in use until {day}" if day else f"{slug} is in use")


@organisation_commands.command("kinds")
@with_appcontext
def kinds_command() -> None:
    """The kinds of organisations, by code. A file for `load` may bring more."""
    for code, name in kinds(db.session()).items():
        click.echo(f"{code}  {name.get('fi')}")


@organisation_commands.command("load")
@click.argument("name")
@click.option("--under", metavar="SLUG", help="What those belong to that name nothing else.")
@click.option("--dry-run", is_flag=True, help="Tell what would be stored, and store nothing.")
@with_appcontext
def load_command(name: str, under: str | None, dry_run: bool) -> None:
    """Store the organisations of NAME, a file that comes along or a path. What is there stays as it is."""
    try:
        report = load_region(read_region(name), under=under, dry_run=dry_run)
    except BadRegion as error:
        raise click.ClickException(str(error)) from None
    for word, found in (("kind", report.kinds), ("new", report.added), ("same", report.same)):
        for one in found:
            click.echo(f"{word}  {one}")
    for one, fields in report.different.items():
        click.echo(f"kept, though the file says otherwise  {one}: {', '.join(fields)}")
    click.echo("Nothing was stored." if dry_run else f"{len(report.added)} stored.")


@contextmanager
def _refusals(slug: str, other: str) -> Iterator[None]:
    """What the services refuse, in a sentence."""
    try:
        yield
    except Invalid as invalid:
        raise click.ClickException("; ".join(map(str, invalid.errors.values()))) from None
    except MoveRefused as refused:
        if refused.code == "circle":
            raise click.ClickException(f"{other} is {slug} or stands below it") from None
        if refused.code == "fields":
            raise click.ClickException("a field that was added below has the key of one there") from None
        if refused.code == "merged":
            raise click.ClickException(f"{slug} has a successor already") from None
        for loss in refused.losses:
            click.echo(open_line(loss))
        raise click.ClickException("work is open; start closing, and move when it is finished") from None


def _node(slug: str) -> int:
    node = current_gate().tree.by_slug.get(slug)
    if node is None:
        raise click.ClickException(f"there is no organisation {slug}")
    return node.id


def open_line(loss: Loss) -> str:
    """Where work is open and what, on one line."""
    place = current_gate().tree.by_id[loss.organisation_id].slug
    texts = [blocker.text for blocker in loss.work.blockers if blocker.count]
    if loss.work.undelivered:
        texts.append(f"undelivered messages: {loss.work.undelivered}, given up: {loss.work.given_up}")
    if loss.work.unknown:
        texts.append("the module cannot tell what is open")
    return f"{place} {loss.module}: {' '.join(texts)}"
