"""Pages of signing in and out, one-time links, the own account and its sessions, and the language."""

from __future__ import annotations

from flask import abort, flash, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from werkzeug.wrappers import Response

from core.access import access
from core.database.types import now
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.request import signed_in
from core.users import (
    invitations,
    people_views,  # noqa: F401  # registers its pages on the same blueprint
    role_views,  # noqa: F401  # registers its pages on the same blueprint
    services,
    sessions,
    signing_in,
    throttle,
)
from core.users.blueprint import blueprint as blueprint
from core.users.errors import UserError
from core.users.forms import (
    WRONG,
    AccountForm,
    InvitationForm,
    LinkForm,
    PasswordForm,
    SignInForm,
    posted,
    sent,
    show,
)
from core.users.links import INVITATION, Link, look
from core.users.paths import safe_path
from core.users.permissions import ROLES
from core.users.signed_in import SignedIn

Page = str | tuple[str, int] | tuple[str, int, dict[str, str]] | Response


@blueprint.route("/sign-in", methods=["GET", "POST"])
@access("public")
def sign_in() -> Page:
    """E-mail and password, or the way to a link."""
    if signed_in() is not None and request.method != "POST":
        return redirect(url_for("pages.desk"))
    form = SignInForm(posted())
    if not sent(form):
        return _form("users/sign_in.html", form)
    try:
        return _enter(signing_in.sign_in(form.email.data or "", form.password.data or "", _network()))
    except UserError as error:
        return _refused("users/sign_in.html", form, error, "password")


@blueprint.route("/sign-in/link", methods=["GET", "POST"])
@access("public")
def send_link() -> Page:
    """Ask for a sign-in link; the answer is the same whoever asks."""
    form = LinkForm(posted())
    if not sent(form):
        return _form("users/send_link.html", form)
    try:
        signing_in.request_link(form.email.data or "", _network())
    except UserError as error:
        return _refused("users/send_link.html", form, error, "email")
    return redirect(url_for("users.link_sent"), 303)


@blueprint.get("/sign-in/link-sent")
@access("public")
def link_sent() -> str:
    """What to do next."""
    return render_template("users/link_sent.html")


@blueprint.route("/link/<token>", methods=["GET", "POST"])
@access("public")
def link(token: str) -> Page:
    """A link shows one button and is used up by pressing it."""
    found = look(db.session(), token, now())
    if found is None:
        return render_template("users/link_gone.html"), 404
    form = InvitationForm(posted())
    asks = found.purpose == INVITATION and "without_password" not in request.form
    if request.method != "POST" or (asks and not form.validate()):
        return _link(found, form)
    try:
        return _enter(signing_in.use_link(token, password=form.password.data if asks else None))
    except UserError as error:
        if error.code == "link":  # somebody else was faster with it
            return render_template("users/link_gone.html"), 404
        show(form, error, {}, "password")
        return _link(found, form)


@blueprint.post("/sign-out")
@access("signed_in")
def sign_out() -> Response:
    """End this session, here and in the table."""
    person = signed_in()
    if person is not None:
        signing_in.sign_out(person)
    _forget()
    answer = redirect(url_for("users.sign_in"), 303)
    # No page of ours is ever cached (no-store): clearing the cache too would only take seconds.
    answer.headers["Clear-Site-Data"] = '"cookies", "storage"'
    return answer


@blueprint.post("/language")
@access("public")
def language() -> Response:
    """Change the language and go back to the page one was on."""
    person, chosen = signed_in(), request.form.get("language", "")
    try:
        if person is not None:
            services.set_language(person.person_id, chosen)
        else:
            session["language"] = services.check_language(chosen)
    except UserError:
        abort(400)
    return redirect(safe_path(request.form.get("next")) or url_for("pages.front"), 303)


@blueprint.route("/me/account", methods=["GET", "POST"])
@access("me")
def account() -> Page:
    """One's name and language, and the ways to the password and the sessions."""
    form = AccountForm(posted(), data=_details())
    if not sent(form):
        return _account(form, PasswordForm())
    try:
        services.update_person(
            g.person.person_id,
            name=form.name.data or "",
            language=form.language.data or "",
            actor_id=g.person.person_id,
        )
    except UserError as error:
        show(form, error, {"language": "language"}, "name")
        return _account(form, PasswordForm())
    flash(_("Saved."))
    return redirect(url_for("users.account"), 303)


@blueprint.route("/me/password", methods=["GET", "POST"])
@access("me")
def password() -> Page:
    """Set a new password; every other browser is signed out. The form itself stands on the account's page."""
    if request.method != "POST":
        return redirect(url_for("users.account"))
    form, details = PasswordForm(request.form), AccountForm(data=_details())
    if not signing_in.ways_in(g.person.account_id)[1]:
        form.current.validators = ()
    if not form.validate():
        return _account(details, form)
    try:
        person = signing_in.change_password(g.person, form.current.data or "", form.new.data or "")
    except UserError as error:
        show(form, error, {"wrong_password": "current", "throttled": "current"}, "new")
        return _account(details, form, 429 if error.code == "throttled" else None)
    answer = _enter(person, url_for("users.account"))
    flash(_("The password was changed. Other browsers were signed out."))
    return answer


@blueprint.route("/me/roles/<int:invitation_id>", methods=["GET", "POST"])
@access("me")
def role(invitation_id: int) -> Page:
    """A role one is invited to, and the button that accepts it."""
    offered = invitations.open_to(db.session(), invitation_id, g.person.person_id, now())
    if offered is None:
        return render_template("users/role_gone.html"), 404
    if request.method != "POST":
        node = current_gate().tree.by_id[offered.organisation_id]
        return render_template("users/role.html", organisation=node, role=ROLES[offered.role])
    try:
        invitations.accept(invitation_id, g.person.person_id)
    except UserError:
        return render_template("users/role_gone.html"), 404
    flash(_("The role is yours now."))
    return redirect(url_for("pages.desk"), 303)


@blueprint.get("/me/sessions")
@access("me")
def own_sessions() -> str:
    """Where one is signed in."""
    rows = sessions.own(db.session(), g.person.account_id, now())
    this = sessions.token_hash(g.person.token)
    return render_template("users/sessions.html", sessions=rows, this=this)


@blueprint.post("/me/sessions/<key>/end")
@access("me")
def end_session(key: str) -> Response:
    """Sign one other browser out."""
    try:
        signing_in.end_session(g.person, key)
    except UserError:
        abort(404)
    flash(_("That browser was signed out."))
    return redirect(url_for("users.own_sessions"), 303)


@blueprint.post("/me/sessions/end-others")
@access("me")
def end_other_sessions() -> Response:
    """Sign every other browser out."""
    signing_in.end_other_sessions(g.person)
    flash(_("Other browsers were signed out."))
    return redirect(url_for("users.own_sessions"), 303)


def _enter(person: SignedIn, goal: str | None = None) -> Response:
    """Let the person in with a fresh cookie, to where they were going."""
    before = signed_in()
    if before is not None:
        signing_in.sign_out(before)
    goal = goal or safe_path(session.get("next")) or url_for("pages.desk")
    _forget()
    login_user(person)
    return redirect(goal, 303)


def _forget() -> None:
    """Nothing of an earlier visitor of this browser lives on, the token against forged forms included."""
    logout_user()
    session.clear()
    g.pop("csrf_token", None)


def _details() -> dict[str, str]:
    return {"name": g.person.name, "language": g.person.language}


def _link(found: Link, form: InvitationForm) -> Page:
    page = render_template("users/link.html", link=found, form=form, asks=found.purpose == INVITATION)
    return page, WRONG if request.method == "POST" else 200


def _form(template: str, form: SignInForm | LinkForm) -> Page:
    """The page of a form, as asked for or with what is missing."""
    return render_template(template, form=form), WRONG if request.method == "POST" else 200


def _refused(template: str, form: SignInForm | LinkForm, error: UserError, field: str) -> Page:
    """The same page with what was refused; 429 says when to come back."""
    show(form, error, {}, field)
    if "throttled" in error.code:
        return render_template(template, form=form), 429, {"Retry-After": "900"}
    return render_template(template, form=form), WRONG


def _account(form: AccountForm, password_form: PasswordForm, status: int | None = None) -> Page:
    email, has_password = signing_in.ways_in(g.person.account_id)
    page = render_template(
        "users/account.html", form=form, password_form=password_form, email=email, has_password=has_password
    )
    return page, status or (WRONG if request.method == "POST" else 200)


def _network() -> str:
    return throttle.network(request.remote_addr)
