"""`flask organisations …`: the tree, for whoever runs the instance."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from core.modules.gating.gate import current_gate
from core.modules.switching.open_work import Loss
from core.organisations.creating import create_command
from core.organisations.moving import MoveRefused, move_organisation
from core.organisations.tree import OrganisationNode

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
    facts += [] if node.active else ["not active"]
    return f"{node.slug}  {node.name.get('fi')}  ({', '.join(filter(None, facts))})"


@organisation_commands.command("move")
@click.argument("slug")
@click.argument("new_parent")
@with_appcontext
def move_command(slug: str, new_parent: str) -> None:
    """Put SLUG and all below it under NEW_PARENT. Refused while work is open that would be lost by it."""
    nodes = [_node(slug), _node(new_parent)]
    try:
        move_organisation(*nodes)
    except MoveRefused as refused:
        if refused.code == "circle":
            raise click.ClickException(f"{new_parent} is {slug} or stands below it") from None
        for loss in refused.losses:
            click.echo(open_line(loss))
        raise click.ClickException("work is open; start closing, and move when it is finished") from None
    click.echo(f"{slug} now stands under {new_parent}")


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
        texts.append(f"undelivered messages: {loss.work.undelivered}")
    if loss.work.unknown:
        texts.append("the module cannot tell what is open")
    return f"{place} {loss.module}: {' '.join(texts)}"
