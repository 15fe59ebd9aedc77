"""What the roles of an organisation are for and may do; roles that were, and the last day of one that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from wtforms import Form

from core.access import access
from core.database.types import today
from core.modules.gating.gate import current_gate
from core.records.inputs import DayField
from core.users.blueprint import blueprint
from core.users.errors import UserError
from core.users.forms import DAY, WRONG, posted, sent
from core.users.granting import MANAGE, may_grant
from core.users.last_days import set_last_day
from core.users.people_views import PAGE, former_members, member
from core.users.permissions import PURPOSES, ROLES, held_by

_l: Any = lazy_gettext  # WTForms' types know plain strings only; labels and messages may be lazy


@dataclass(frozen=True)
class RoleShown:
    """A built-in role as the page explains it."""

    name: str
    purpose: str
    permissions: tuple[str, ...]
    giveable: bool
    """Whether the reader may give it here."""


class LastDayForm(Form):
    """Until when somebody has a role."""

    valid_to = DayField(
        _l("Last day"),
        description=_l("Leave it empty if no end is known."),
        render_kw=DAY,
    )


@blueprint.get("/o/<org>/people/roles")
@access("node", MANAGE)
def roles() -> str:
    """Every built-in role: what it is for, and what it may do with the modules in use here."""
    return render_template("users/roles.html", roles=[_shown(role) for role in ROLES])


@blueprint.get("/o/<org>/people/past")
@access("node", MANAGE)
def past_roles() -> str:
    """The roles that have ended here or below, by name, fifty at a time."""
    rows = former_members(request.args.get("after"))
    more = rows[PAGE - 1].membership.id if len(rows) > PAGE else None
    return render_template("users/past_roles.html", members=rows[:PAGE], more=more)


@blueprint.route("/o/<org>/people/roles/<int:membership_id>/last-day", methods=["GET", "POST"])
@access("node", MANAGE)
def last_day(membership_id: int) -> ResponseReturnValue:
    """Ask until when a role is held."""
    held = member(membership_id)
    form = LastDayForm(posted(), valid_to=held.membership.valid_to)
    if sent(form):
        try:
            set_last_day(membership_id, form.valid_to.data, actor_id=g.person.person_id)
        except UserError as error:
            form.valid_to.errors = [*form.valid_to.errors, error.text]
        else:
            flash(_("Saved."))
            return redirect(url_for("users.people"), 303)
    page = render_template(
        "form.html",
        form=form,
        fields=list(form),
        title=_("Last day of a role"),
        intro=_(
            "%(name)s: %(role)s, %(place)s", name=held.name, role=held.role, place=held.organisation.name
        ),
        button=_("Save"),
        cancel=url_for("users.people"),
        trail=[(_("People"), url_for("users.people"))],
    )
    return page, WRONG if form.errors else 200


def _shown(role: str) -> RoleShown:
    labels = (str(one.label) for one in held_by(role) if _in_use(one.key.partition(".")[0]))
    giveable = may_grant(g.roles, g.node.id, role, today())
    return RoleShown(str(ROLES[role]), str(PURPOSES[role]), tuple(labels), giveable)


def _in_use(owner: str) -> bool:
    return owner == "core" or current_gate().reachable(owner, g.node.id)
