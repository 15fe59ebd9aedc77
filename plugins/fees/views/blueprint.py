"""The module's two blueprints, and how a refusal of the rules becomes a page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from core.api import db, moment
from plugins.fees.errors import AlreadySent, BatchNotFound, ClaimNotFound, Conflict, FeeError, NotAllowed
from plugins.fees.models import Claim
from plugins.fees.past import step_decided
from plugins.fees.reading import claim_of
from plugins.fees.states import APPROVED
from plugins.fees.words import DECISION, approving, refusal

Page = str | Response | tuple[str, int]

mine = Blueprint("fees", __name__, url_prefix="/me/fees", template_folder="../templates")
node = Blueprint("fees_org", __name__, url_prefix="/o/<org>/fees", template_folder="../templates")


@dataclass(frozen=True)
class Action:
    """Something the reader may do with a claim: a button that acts, or a link to a page that asks."""

    label: Any
    url: str
    post: bool = False
    primary: bool = False


def a_claim(claim_id: int) -> Claim:
    """A claim that the page's scope shows; 404 otherwise."""
    found = claim_of(db.session(), claim_id)
    if found is None:
        abort(404)
    return found


def shown_before() -> int | None:
    """The id before which a list goes on, newest first; None from the start, and for what is no id."""
    return _id_of(request.args.get("before", ""))


def shown_after() -> int | None:
    """The id after which a list goes on, oldest first; None from the start, and for what is no id."""
    return _id_of(request.args.get("after", ""))


def _id_of(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def shown_version() -> int:
    """The claim's version as the page with the button showed it."""
    version = request.form.get("version", "")
    return int(version) if version.isascii() and version.isdigit() and len(version) < 10 else -1


def conflict_text(error: Conflict, own: bool) -> str:
    """Who was first, when, and what they decided; the reader's own earlier click is theirs."""
    told = {"when": moment(error.when), "decision": _decision(error)}
    if own:
        return _("You have already handled this %(when)s. Decision: %(decision)s.", **told)
    return _("%(name)s has already handled this %(when)s. Decision: %(decision)s.", name=error.who, **told)


def _decision(error: Conflict) -> Any:
    """What was decided; an approval by the word of its step."""
    if error.decision != "approve":
        return DECISION[error.decision]
    kind = step_decided(db.session(), error.claim_id, error.version)
    return approving(kind, last=error.state == APPROVED).decided


def _conflict(error: Conflict) -> Page:
    """409: somebody was first; what holds now."""
    own = error.who_id == g.person.person_id
    page = render_template(
        "fees/conflict.html",
        text=conflict_text(error, own),
        own=own,
        error=error,
        at_node=g.get("node") is not None,
    )
    return page, 409


def _already_sent(error: AlreadySent) -> Page:
    """A used key: its receipt, and what to do instead, so that nobody waits for what was never sent."""
    flash(_("This form has already been sent. For another task, fill in a new form."), "error")
    return redirect(url_for("fees.receipt", number=error.number))


def _not_found(_error: LookupError) -> Any:
    """404: missing and foreign look alike."""
    return current_app.handle_user_exception(NotFound())


def _not_allowed(error: NotAllowed) -> Page:
    """403: the claim is visible, the action is not this person's."""
    return _refusal_page(error), 403


def _refused(error: FeeError) -> Page:
    """422: a rule refused what was asked, and no field stands beside it."""
    return _refusal_page(error), 422


def _refusal_page(error: FeeError) -> str:
    back = url_for("pages.organisation") if g.get("node") else url_for("fees.mine")
    return render_template(
        "message.html", title=_("This cannot be done"), text=refusal(error), links=[(_("Back"), back)]
    )


for _blueprint in (mine, node):
    _blueprint.register_error_handler(Conflict, _conflict)
    _blueprint.register_error_handler(AlreadySent, _already_sent)
    _blueprint.register_error_handler(ClaimNotFound, _not_found)
    _blueprint.register_error_handler(BatchNotFound, _not_found)
    _blueprint.register_error_handler(NotAllowed, _not_allowed)
    _blueprint.register_error_handler(FeeError, _refused)
