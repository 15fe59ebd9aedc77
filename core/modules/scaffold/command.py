"""`flask modules new`: the beginning of a plugin."""

from __future__ import annotations

import keyword
from importlib.util import find_spec
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from core.modules.host import host
from core.modules.startup.facts import NAME
from core.modules.startup.rehearsal import Refused, check_name

# With `<name>_entry` the longest name of a constraint is then 63 letters, the most PostgreSQL keeps.
LONGEST = 25
NEXT = """\
Written: {project}

Next, in the environment of this product:
  pip install --no-build-isolation --no-deps --editable {project}
  flask --app wsgi database upgrade
  flask --app wsgi modules list
  cd {project} && python -m pytest
"""


class BadName(ValueError):
    """A name that a new plugin cannot have; the text says why."""


@click.command("new")
@click.argument("name")
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="The folder to write the plugin's own folder into; this one, if it is not named.",
)
@with_appcontext
def new_command(name: str, into: Path) -> None:
    """Write a small plugin called NAME that works and passes its tests, to go on from."""
    from core.modules.scaffold import write_plugin

    try:
        check_new_name(current_app, name)
        project = write_plugin(name, into)
    except BadName as error:
        raise click.ClickException(str(error)) from None
    except FileExistsError as error:
        raise click.ClickException(f"nothing was written: {error.filename} is there already") from None
    click.echo(NEXT.format(project=project), nl=False)


def check_new_name(app: Flask, name: str) -> None:
    """Raise `BadName` unless a plugin, its package and all that begins with its name can be called so."""
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        raise BadName(
            f"{name!r} cannot be the name of a module: it has 2 to {LONGEST} small letters, digits and "
            "single _ between them, and begins with a letter"
        )
    for other in host().at_start:
        if other == name:
            raise BadName(f"there is a module called {name} already")
        if name.startswith(f"{other}_") or other.startswith(f"{name}_"):
            raise BadName(f"{name} and {other} are too alike: what begins with the one would belong to both")
    if keyword.iskeyword(name) or _is_imported_as(name):
        raise BadName(f"Python has something called {name} already; the package could not be imported")
    try:
        check_name(app, name)
    except Refused as error:
        raise BadName(str(error)) from None


def _is_imported_as(name: str) -> bool:
    """Whether the name is that of a package or module; a mere folder would give way to ours."""
    found = find_spec(name)
    return found is not None and found.origin is not None
