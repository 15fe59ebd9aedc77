"""`flask modules …`: for whoever runs the instance."""

from __future__ import annotations

import click
from flask import current_app
from flask.cli import with_appcontext

from core.extensions import db
from core.modules.gating.gate import current_gate
from core.modules.host import Condition, host
from core.modules.removal.purge_commands import orphans_command, purge_command
from core.modules.scaffold.command import new_command
from core.modules.settings.rotation import rotate_secrets
from core.modules.switching.instance import disable, enable
from core.modules.switching.open_work import open_work
from core.modules.switching.services import switch_off, switch_on
from core.modules.switching.states import ModuleError
from core.scope import JobScope, set_scope


@click.group("modules")
def module_commands() -> None:
    """Modules of the instance and what they keep."""


module_commands.add_command(new_command)
module_commands.add_command(orphans_command)
module_commands.add_command(purge_command)


@module_commands.command("list")
@with_appcontext
def list_command() -> None:
    """Every module: version, how it is doing, and where it is on."""
    for name, condition in sorted(host().conditions.items()):
        found = host().healthy.get(name)
        version = found.plugin.version if found else "-"
        reason = f" ({condition.reason})" if condition.reason else ""
        where = ", ".join(_where_on(name)) or "nowhere"
        click.echo(f"{name} {version} {condition.state}{reason}; on: {where}")


def _where_on(module: str) -> list[str]:
    """Organisations that say on, closing or required themselves."""
    gate, said = current_gate(), []
    for node in sorted(gate.tree.by_id.values(), key=lambda n: n.slug):
        own = gate.own(module, node.id)
        if own is not None and (own.required or own.state in ("on", "closing")):
            said.append(f"{node.slug} {'required' if own.required else own.state}")
    return said


@module_commands.command("check")
@click.option("--strict", is_flag=True, help="Disabled and missing modules count too.")
@with_appcontext
def check_command(strict: bool) -> None:
    """End with 1, and name them, unless every module is ok; somebody's decision to do without one is fine."""
    decided = () if strict else ("disabled", "missing")
    bad = [c for c in host().conditions.values() if c.state not in ("ok", *decided)]
    for condition in bad:
        click.echo(str(condition))
    if bad:
        raise SystemExit(1)
    click.echo("ok")


@module_commands.command("enable")
@click.argument("name")
@click.option("--organisation", help="Only there: switch it on.")
@with_appcontext
def enable_command(name: str, organisation: str | None) -> None:
    """Let NAME be used in the instance again; with --organisation switch it on there."""
    _known(name)
    if organisation is None:
        enable(name, None)
        click.echo(f"{name} is enabled")
        return
    try:
        switch_on(name, _node(organisation), None)
    except ModuleError as error:
        raise _refused(name, error) from None
    click.echo(f"{name} is on at {organisation}")


@module_commands.command("disable")
@click.argument("name")
@click.option("--organisation", help="Only there: switch it off, or to closing while work is open.")
@with_appcontext
def disable_command(name: str, organisation: str | None) -> None:
    """Turn NAME off in the whole instance, whatever is open; with --organisation switch it off there."""
    _known(name)
    if organisation is None:
        disable(name, None)
        click.echo(f"{name} is disabled in the whole instance")
        return
    node_id = _node(organisation)
    try:
        state = switch_off(name, node_id, None)
    except ModuleError as error:
        raise _refused(name, error) from None
    click.echo(f"{name} is {state} at {organisation}")
    if state == "closing":
        for blocker in open_work(name, node_id).blockers:
            click.echo(f"open: {blocker.text}")


def _known(name: str) -> Condition:
    found = host().conditions.get(name)
    if found is None:
        raise click.ClickException(f"there is no module {name}")
    if name not in host().healthy:
        raise click.ClickException(str(found))
    return found


def _node(slug: str) -> int:
    """The organisation, which becomes what the session may see."""
    node = current_gate().tree.by_slug.get(slug)
    if node is None:
        raise click.ClickException(f"there is no organisation {slug}")
    set_scope(db.session(), JobScope(node.id))
    return node.id


def _refused(name: str, error: ModuleError) -> click.ClickException:
    by = current_gate().tree.by_id.get(error.organisation_id or 0)
    about = [*error.names, *([by.slug] if by else [])]
    return click.ClickException(f"{name}: {error.code} {', '.join(n for n in about if n != name)}".rstrip())


@module_commands.command("upgrade")
@click.argument("name", required=False)
@with_appcontext
def upgrade_command(name: str | None) -> None:
    """Bring the tables of NAME, and of what it requires, or of every module, to the newest."""
    from core.database.migrate import upgrade_as_configured, upgrade_module

    config = current_app.config["KOKEMUSSILTA"]
    failed = upgrade_module(config, name) if name else upgrade_as_configured(config)
    for condition in failed.values():
        click.echo(str(condition), err=True)
    if failed:
        raise SystemExit(1)
    click.echo("at the newest")


@module_commands.command("rotate-secrets")
@with_appcontext
def rotate_secrets_command() -> None:
    """Encrypt every stored secret with the first of DATA_KEYS."""
    found = rotate_secrets()
    click.echo(f"encrypted with the newest key: {found.done}")
    for module, slug, key in found.unreadable:
        click.echo(f"cannot be opened: {module} {slug} {key}")
    if found.unreadable:
        raise click.ClickException("some secrets open with none of DATA_KEYS")
