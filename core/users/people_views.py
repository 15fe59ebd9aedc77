"""The people of an organisation: their roles, inviting, ending a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, not_, or_, select
from werkzeug.wrappers import Response

from core.access import access
from core.database.types import now, today
from core.extensions import db
from core.log import access as access_log
from core.modules.gating.gate import current_gate
from core.organisations.models import Closure
from core.organisations.tree import OrganisationNode
from core.scope import NodeScope
from core.users import invitations, services
from core.users.blueprint import blueprint
from core.users.errors import UserError
from core.users.forms import WRONG, InviteForm, posted, sent, show
from core.users.granting import MANAGE, current, may_grant
from core.users.models import Account, Membership, Person, RoleInvitation
from core.users.permissions import ROLES, TELLING

PAGE = 50
MOST_INVITED = 200


@dataclass(frozen=True)
class Member:
    """One role of one person, as the list shows it."""

    membership: Membership
    name: str
    email: str | None
    active: bool | None
    organisation: OrganisationNode
    role: str


@dataclass(frozen=True)
class Invited:
    """A role that waits to be accepted. The address was typed here; a name is not ours to tell yet."""

    id: int
    email: str
    organisation: OrganisationNode
    role: str
    until: datetime


@blueprint.get("/o/<org>/people")
@access("node", MANAGE)
def people() -> str:
    """Everybody with a role here or below, by name, fifty at a time."""
    after = request.args.get("after")
    rows, waiting = _members(after), _invited() if after is None else []
    more = rows[PAGE - 1].membership.id if len(rows) > PAGE else None
    return render_template("users/people.html", members=rows[:PAGE], invited=waiting, more=more)


@blueprint.route("/o/<org>/people/invite", methods=["GET", "POST"])
@access("node", MANAGE)
def invite() -> str | tuple[str, int] | Response:
    """Invite somebody to a role by mail, whether they have an account or not."""
    form = _invite_form()
    if not sent(form):
        return _invite(form)
    try:
        invitations.invite(
            form.name.data or "",
            form.email.data or "",
            form.organisation.data,
            form.role.data,
            language=form.language.data,
            valid_from=form.valid_from.data,
            valid_to=form.valid_to.data,
            actor_id=g.person.person_id,
        )
    except UserError as error:
        fields = {"name": "name", "email": "email", "organisation": "organisation", "dates": "valid_to"}
        show(form, error, fields, "role")
        return _invite(form)
    flash(_("The person was told by e-mail."))
    return redirect(url_for("users.people"), 303)


@blueprint.route("/o/<org>/people/roles/<int:membership_id>/end", methods=["GET", "POST"])
@access("node", MANAGE)
def end_role(membership_id: int) -> str | Response:
    """What follows from ending a role, and the button."""
    held = member(membership_id)
    if request.method != "POST":
        return render_template("users/end_role.html", member=held)
    return _do(services.end_membership, membership_id, _("The role has ended."))


@blueprint.route("/o/<org>/people/invitations/<int:invitation_id>/withdraw", methods=["GET", "POST"])
@access("node", MANAGE)
def withdraw(invitation_id: int) -> str | Response:
    """Ask, and take an invitation back."""
    found = _invited(RoleInvitation.id == invitation_id)
    if not found:
        abort(404)
    if request.method != "POST":
        return render_template("users/withdraw.html", invited=found[0])
    return _do(invitations.withdraw, invitation_id, _("The invitation was taken back."))


def _invite(form: InviteForm) -> tuple[str, int]:
    return render_template("users/invite.html", form=form), WRONG if request.method == "POST" else 200


def _do(service: Any, row_id: int, done: str) -> Response:
    """Call a service of one row as the person, and say what came of it on the list."""
    try:
        service(row_id, actor_id=g.person.person_id)
        flash(done)
    except UserError as error:
        flash(error.text, "error")
    return redirect(url_for("users.people"), 303)


def _tops() -> tuple[int, ...]:
    """Where the permission of this page reaches from, at or below the page's organisation."""
    scope = db.session().info["scope"]
    return scope.ancestors if isinstance(scope, NodeScope) else ()


def _below() -> Select[int]:
    """The organisations this page is about."""
    return select(Closure.descendant_id).where(Closure.ancestor_id.in_(_tops()), Closure.same_controller)


def _within(ended: bool = False) -> ColumnElement[bool]:
    """Criterion of the roles this page is about: those that hold or begin later, or those that have ended."""
    days = not_(current(today())) if ended else current(today())
    return and_(Membership.organisation_id.in_(_below()), days)


def _invited(*criteria: ColumnElement[bool]) -> list[Invited]:
    """Invitations that wait to be accepted, by address. They end in a week, so there are never many."""
    is_open = (RoleInvitation.organisation_id.in_(_below()), RoleInvitation.expires_at > now())
    wanted = select(RoleInvitation).where(*is_open, *criteria)
    rows = db.session.scalars(wanted.order_by(RoleInvitation.email, RoleInvitation.id).limit(MOST_INVITED))
    tree = current_gate().tree
    return [
        Invited(row.id, row.email, tree.by_id[row.organisation_id], str(ROLES[row.role]), row.expires_at)
        for row in rows
    ]


def _select(*criteria: ColumnElement[bool], ended: bool = False) -> Any:
    return (
        select(Membership, Person.name, Person.email, Account.email, Account.active)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .where(_within(ended), *criteria)
        .order_by(Person.sort_key, Membership.id)
    )


def former_members(after: str | None) -> list[Member]:
    """One page of ended roles and one row more, beginning behind a membership."""
    return _members(after, ended=True)


def _members(after: str | None, *, ended: bool = False) -> list[Member]:
    """One page of roles and one row more, beginning behind a membership."""
    wanted = _select(*([_behind(after, ended)] if after is not None else []), ended=ended)
    found = [_member(row) for row in db.session.execute(wanted.limit(PAGE + 1))]
    # That somebody is an expert tells of their health: whoever reads it here has looked at them.
    telling = {one.membership.person_id for one in found[:PAGE] if one.membership.role in TELLING}
    access_log.seen(telling, record="core.expert", how="list")
    return found


def _behind(after: str, ended: bool) -> ColumnElement[bool]:
    if not after.isascii() or not after.isdigit() or len(after) > 9:
        abort(404)
    row = db.session.execute(
        select(Person.sort_key, Membership.id)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.id == int(after), _within(ended))
    ).first()
    if row is None:
        abort(404)
    later = and_(Person.sort_key == row.sort_key, Membership.id > row.id)
    return or_(Person.sort_key > row.sort_key, later)


def member(membership_id: int) -> Member:
    """One role within reach that has not ended; else the page is unknown."""
    return _one(Membership.id == membership_id)


def _one(criterion: ColumnElement[bool]) -> Member:
    """One role within reach; anybody else's is as unknown as one that does not exist."""
    row = db.session.execute(_select(criterion).limit(1)).first()
    if row is None:
        abort(404)
    return _member(row)


def _member(row: Any) -> Member:
    membership, name, own_email, email, active = row
    node = current_gate().tree.by_id[membership.organisation_id]
    return Member(membership, name, email or own_email, active, node, str(ROLES[membership.role]))


def _invite_form() -> InviteForm:
    """The form with the organisations within reach and the roles one may give in some of them."""
    tree, tops = current_gate().tree, _tops()
    reached = tree.reached(tops)
    form = InviteForm(posted())
    offered: Any = {n.id: str(n.name) for n in tree.subtree(g.node.id) if n.id in reached}
    form.organisation.choices = offered
    form.role.choices = {
        role: str(label)
        for role, label in ROLES.items()
        if any(may_grant(g.roles, top, role, today()) for top in tops)
    }
    return form
