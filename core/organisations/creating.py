"""`flask organisations create`: an instance begins with its organisations, and nobody can sign in before."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from core.database.types import Texts
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.kinds import kinds
from core.organisations.rules import CODE, SLUG
from core.organisations.services import create_organisation
from core.organisations.tree import Tree
from core.users.errors import UserError
from core.users.words import clean_name


@click.command("create")
@click.argument("slug")
@click.option("--name-fi", required=True, help="Its name in Finnish.")
@click.option("--name-sv", default="", help="In Swedish; where it is missing, the Finnish one is shown.")
@click.option("--name-en", default="", help="In English; where it is missing, the Finnish one is shown.")
@click.option("--kind", required=True, help="A code of `flask organisations kinds`.")
@click.option("--under", metavar="SLUG", help="What it belongs to; without it, it stands at the top.")
@click.option("--controller", is_flag=True, help="It keeps a register of its own, and pays. Needs --code.")
@click.option("--code", help="Begins the numbers of a controller's claims: LAU gives LAU-2026-0001.")
@click.option("--cost-centre", help="For the payroll file.")
@with_appcontext
def create_command(
    slug: str,
    name_fi: str,
    name_sv: str,
    name_en: str,
    kind: str,
    under: str | None,
    controller: bool,
    code: str | None,
    cost_centre: str | None,
) -> None:
    """Make an organisation whose pages stand at /o/SLUG. The code stays for good."""
    tree = current_gate().tree
    create_organisation(
        Texts(fi=_name(name_fi), sv=name_sv and _name(name_sv), en=name_en and _name(name_en)),
        _kind(kind),
        _free(tree, slug),
        parent_id=_parent(tree, under),
        is_controller=controller,
        code=_code(tree, code, controller),
        cost_centre=_cost_centre(cost_centre),
    )
    click.echo(f"/o/{slug}")


def _free(tree: Tree, slug: str) -> str:
    """The address name, if it can stand in an address and is nobody's yet."""
    if not SLUG.fullmatch(slug):
        raise click.ClickException(f"{slug}: write it in small letters a-z, digits and single hyphens")
    if slug in tree.by_slug or slug in tree.old_slugs:
        raise click.ClickException(f"there is an organisation {slug} already, or was")
    return slug


def _kind(code: str) -> str:
    known = kinds(db.session())
    if code not in known:
        raise click.ClickException(f"--kind: {code} is none of {', '.join(known)}")
    return code


def _parent(tree: Tree, slug: str | None) -> int | None:
    if slug is None:
        return None
    if slug not in tree.by_slug:
        raise click.ClickException(f"there is no organisation {slug}")
    return tree.by_slug[slug].id


def _code(tree: Tree, text: str | None, controller: bool) -> str | None:
    """A controller's code, in capitals; two that are alike would give two claims one number."""
    if (text is not None) != controller:
        raise click.ClickException("--controller and --code go together: the code begins its claims' numbers")
    if text is None:
        return None
    code = text.upper()
    if not CODE.fullmatch(code):
        raise click.ClickException(f"the code {text}: write two to eight letters A-Z and digits")
    holder = next((node.slug for node in tree.by_id.values() if node.code == code), None)
    if holder is not None:
        raise click.ClickException(f"the code {code} is that of {holder}")
    return code


def _name(text: str) -> str:
    try:
        return clean_name(text)
    except UserError:
        raise click.ClickException("a name is one line of 1 to 200 characters") from None


def _cost_centre(text: str | None) -> str | None:
    if text is None:
        return None
    if len(text) > 40:
        raise click.ClickException("a cost centre has at most 40 characters")
    return _name(text)
