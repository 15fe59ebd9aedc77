"""The application's commands: in English for whoever runs the instance, and plain about the database."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, ScriptInfo
from flask_babel import force_locale
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from core.database.lineages.pending import CORE, NotReady, pending
from core.modules.gating.conditions import folders_of
from core.modules.host import host

LANGUAGE = "en"


class CommandLine(AppGroup):
    """The group of an application: every command in it, plugins' own too, runs as `run` says."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, on a copy: a command is one object for all applications of a process."""
        found = super().get_command(ctx, cmd_name)
        if found is None:
            return None
        command = copy(found)
        command.invoke = partial(run, found)  # type: ignore[method-assign]  # as click calls it
        return command


def run(command: click.Command, ctx: click.Context) -> Any:
    """Run a command in English; a database that it cannot use is told in a sentence, and ends it with 1."""
    app: Flask = ctx.ensure_object(ScriptInfo).load_app()
    with app.app_context(), force_locale(LANGUAGE):
        try:
            return command.invoke(ctx)
        except (DBAPIError, NotReady):
            told = trouble()
            if told is None:
                raise
        raise click.ClickException(told)


def trouble() -> str | None:
    """What keeps the database of the settings from being used; None: nothing that is known of."""
    url = make_url(current_app.config["KOKEMUSSILTA"].database_url)
    shown = f"DATABASE_URL is {url.render_as_string(hide_password=True)}"
    reasons = pending(url.render_as_string(hide_password=False), folders_of(host()))
    if reasons is None:
        return f"The database does not answer. {shown}"
    said = {CORE: reasons[CORE]} if CORE in reasons else reasons  # nothing works without the core's
    behind = "; ".join(f"{name}: {reason}" for name, reason in said.items())
    return f"{behind}. {shown}" if behind else None
