"""`flask retention …`, for whoever runs the instance; the worker does the same by itself every night."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from core.modules.gating.gate import current_gate
from core.retention.runs import run

retention_commands = click.Group("retention", help="What is over its time.")


@retention_commands.command("run")
@click.option("--dry-run", is_flag=True, help="Count and change nothing.")
@with_appcontext
def run_command(dry_run: bool) -> None:
    """Remove what is over its time, and store a report; the worker does it every night."""
    lines = run(dry=dry_run)
    nodes = current_gate().tree.by_id
    for line in lines:
        whose = nodes[line.controller_id].slug if line.controller_id else "everywhere"
        waits = f", must wait: {line.waits}" if line.waits else ""
        click.echo(f"{whose}  {line.what['en']}: {line.count}{waits}")
    click.echo(f"{'would go' if dry_run else 'gone'}: {sum(line.count for line in lines)}")
