"""`flask modules orphans` and `flask modules purge`: what is left of modules, and dropping it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from core.database.types import now
from core.modules.gating.gate import current_gate
from core.modules.removal.purge import Impact, PurgeRefused, impact, purge, refusals


@click.command("orphans")
@with_appcontext
def orphans_command() -> None:
    """Tell what the database still holds of modules whose package is gone."""
    from core.database.lineages.owner import owner_engine
    from core.modules.removal.orphans import nobodys, orphans

    with owner_engine(_owner_url()) as engine, engine.connect() as connection:
        for remains in orphans(connection):
            rows = ", ".join(f"{what}: {count}" for what, count in remains.rows.items() if count)
            tables = f"tables: {', '.join(remains.tables) or 'none'}"
            click.echo(f"{remains.name} {remains.version or '-'}; {tables}; {rows or 'no rows in the core'}")
        for table in nobodys(connection):
            click.echo(f"nobody's table: {table}")


@click.command("purge")
@click.argument("name")
@click.option("--yes", metavar="NAME", help="The name again, for scripts that cannot be asked.")
@click.option("--to", type=click.Path(path_type=Path), help="A new folder to write the data to.")
@with_appcontext
def purge_command(name: str, yes: str | None, to: Path | None) -> None:
    """Write all data of NAME to files, then drop it. Shows it first, and asks for the name."""
    from core.database.lineages.owner import owner_engine, transaction

    folder = to or Path(f"purged-{name}-{now():%Y%m%dT%H%M%SZ}")
    with owner_engine(_owner_url()) as engine:
        with engine.connect() as connection:
            found = impact(connection, name)
            reasons = refusals(connection, name) if found else [f"there is nothing of {name}"]
        _show(found)
        _stop(reasons)
        _ask(name, yes)
        try:
            with transaction(engine) as connection:
                written = purge(connection, name, folder)
        except PurgeRefused as error:
            _stop(error.reasons)
        except FileExistsError:
            raise click.ClickException(f"nothing was done: {folder} is there already") from None
    click.echo(f"{sum(written.values())} rows written to {folder}, and dropped")


def _owner_url() -> str:
    url: str = current_app.config["KOKEMUSSILTA"].owner_url
    return url


def _show(found: Impact) -> None:
    """Rows of each table by organisation, and the core's rows about the module."""
    places = current_gate().tree.by_id
    for name, rows in found.rows.items():
        parts = [f"{places[o].slug if o in places else '-'} {count}" for o, count in rows.items()]
        click.echo(f"{name}: {', '.join(sorted(parts)) or 'empty'}")
    for what, count in found.kept.items():
        if count:
            click.echo(f"{what}: {count}")


def _stop(reasons: Sequence[str]) -> None:
    if reasons:
        raise click.ClickException("\n".join(["nothing was done", *reasons]))


def _ask(name: str, yes: str | None) -> None:
    """The name, typed: whoever purges has read which module it is."""
    asked = f"All of this is dropped. Type {name} to go on"
    typed = yes if yes is not None else click.prompt(asked, default="", show_default=False)
    if typed != name:
        raise click.ClickException("nothing was done: that is not the name")
