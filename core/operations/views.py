"""The operator's page: modules, work after commit, mail that was not sent. No organisation's rows."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from config import Config
from core.access import access
from core.extensions import db
from core.operations.blueprint import blueprint
from core.operations.modules import module_lines, troubles
from core.outbox.models import Mail
from core.outbox.services import drop as put_aside
from core.outbox.services import failed, waiting_since
from core.outbox.services import retry as try_again

__all__ = ["blueprint"]
MOST_LETTERS = 100


@blueprint.get("/operator")
@access("operator")
def overview() -> str:
    """How the instance is doing."""
    session = db.session()
    return render_template(
        "operations/overview.html",
        modules=module_lines(),
        troubles=troubles(session),
        since=waiting_since(session),
        given_up=failed(session),
        letters=_unsent(),
        unsent=session.scalar(select(func.count(Mail.id)).where(Mail.sent_at.is_(None))),
        mail_server=_config().smtp_host,
    )


@blueprint.post("/operator/outbox/<int:row_id>/retry")
@access("operator")
def retry(row_id: int) -> Response:
    """Try work that was given up again."""
    if not try_again(row_id):
        abort(404)
    flash(_("It will be tried again in a moment."))
    return redirect(url_for("operations.overview"), 303)


@blueprint.post("/operator/outbox/<int:row_id>/drop")
@access("operator")
def drop(row_id: int) -> Response:
    """Put work that was given up aside: it is never done, and holds its module no more."""
    if not put_aside(row_id):
        abort(404)
    flash(_("It was put aside and is never done."))
    return redirect(url_for("operations.overview"), 303)


def _unsent() -> Any:
    """Letters that have not gone out, newest first: to whom and about what.

    Texts hold one-time links, so only the demonstration shows them: there nobody else could read them.
    """
    wanted = select(Mail.recipient, Mail.subject, Mail.created_at).where(Mail.sent_at.is_(None))
    if _config().demo:
        wanted = wanted.add_columns(Mail.body)
    return db.session.execute(wanted.order_by(Mail.id.desc()).limit(MOST_LETTERS)).all()


def _config() -> Config:
    found: Config = current_app.config["KOKEMUSSILTA"]
    return found
