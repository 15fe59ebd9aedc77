"""Error pages: plain words, a reference for the support, never a bare 500."""

from __future__ import annotations

import logging
import secrets
from typing import Any

from flask import Flask, g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    NotFound,
    SecurityError,
    ServiceUnavailable,
)

from core.extensions import db
from core.log.access import NotLogged
from core.modules.pages import unavailable
from core.modules.spec.refusals import Refusal, Refused

log = logging.getLogger(__name__)

# Code: (title, what happened and what to do).
TEXTS: dict[int, tuple[Any, Any]] = {
    400: (_l("The page could not be understood"), _l("Go back, load the page again and try once more.")),
    403: (_l("You may not see this page"), _l("Ask your organisation's administrator for access.")),
    404: (_l("There is no such page"), _l("Check the address, or start from your own page.")),
    405: (_l("This page cannot be used that way"), _l("Go back and use the page's own buttons.")),
    409: (_l("Somebody else was first"), _l("Load the page again to see what holds now.")),
    413: (_l("The file is too large"), _l("Files may be at most 10 MB.")),
    429: (_l("Too many tries"), _l("Wait a while and try again.")),
    500: (_l("Something went wrong"), _l("Nothing was changed. Try again, or tell us the reference below.")),
    503: (_l("The service is busy"), _l("Nothing was changed. Try again in a moment.")),
}
NOT_DECIDED = (
    _l("This could not be done right now"),
    _l(
        "A part of the service that has a say in this did not answer. Nothing was changed."
        " Try again in a few minutes, or tell us the reference below."
    ),
)

NOT_LOGGED = (
    _l("This cannot be shown right now"),
    _l(
        "Whoever looks at people's data is written down first, and that did not work."
        " So nothing is shown. Try again in a moment, or tell us the reference below."
    ),
)


def install(app: Flask) -> None:
    """Give every request a reference and every error a page of ours."""
    app.before_request(_reference)
    app.register_error_handler(HTTPException, _page)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(PoolTimeout, _busy)
    app.register_error_handler(Exception, _failed)
    app.register_error_handler(NotLogged, _not_logged)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(Refusal, _refusal)
    app.register_error_handler(unavailable.Stored, unavailable.page)


def _reference() -> None:
    g.reference = secrets.token_hex(4)


def _page(error: HTTPException) -> tuple[str, int] | HTTPException:
    """Our own page for an HTTP error; redirects pass."""
    code = error.code or 500
    if code < 400:
        return error
    if code not in TEXTS:
        code = 400 if code < 500 else 500
    title, text = TEXTS[code]
    if isinstance(error, SecurityError):  # a Host header of somebody else's: no address can be built for it
        return f"{title}. {text}", code
    try:
        page = render_template(
            "error.html", code=code, title=title, text=text, reference=g.get("reference", "")
        )
    except OperationalError:  # the layout asks the database too; without it the words alone must do
        db.session.rollback()
        return f"{title}. {text}", code
    return page, code


def _busy(error: OperationalError | PoolTimeout) -> Any:
    """The database does not answer, is full, or has no connection free: nothing was changed, say so."""
    db.session.rollback()  # the page of the error asks the database too
    log.error("database unavailable", exc_info=error)
    return _page(ServiceUnavailable())


def _failed(error: Exception) -> Any:
    """A defect of ours: logged with its reference; told in plain words."""
    db.session.rollback()  # the page of the error asks the database too
    if isinstance(error, OverflowError | DataError):  # a number in an address too large for the database
        return _page(NotFound())
    log.error("unexpected error", exc_info=error)
    return _page(InternalServerError())


def _not_logged(_error: NotLogged) -> tuple[str, int]:
    """Without its line in the log nobody's data is shown."""
    db.session.rollback()  # as above
    title, text = NOT_LOGGED
    try:
        page = render_template("error.html", code=503, title=title, text=text, reference=g.reference)
    except OperationalError:
        db.session.rollback()
        return f"{title}. {text}", 503
    return page, 503


def _refused(error: Refused) -> tuple[str, int]:
    """A module that has a say did not answer, so nothing was done."""
    db.session.rollback()  # as above
    title, text = NOT_DECIDED
    page = render_template("error.html", code=503, title=title, text=text, reference=error.reference)
    return page, 503


def _refusal(error: Refusal) -> tuple[str, int]:
    """A module said no, in words of its own."""
    db.session.rollback()  # as above
    links = [(_("To my own page"), url_for("pages.front"))]
    title = _("This cannot be done")
    return render_template("message.html", title=title, text=error.text, links=links), 422
