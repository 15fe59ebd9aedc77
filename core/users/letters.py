"""What people are told by mail about their account, in their own language. Nothing of their work is in it."""

from __future__ import annotations

from datetime import datetime

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.modules.gating.gate import current_gate
from core.outbox.mail import send_mail
from core.outbox.notices import notify
from core.users import links
from core.users.sessions import token_hash


def invitation(session: Session, email: str, language: str, organisation_id: int, token: str) -> None:
    """The link that opens a new account."""
    with force_locale(language):
        send_mail(
            session,
            dedupe_key=f"invitation:{token_hash(token)}",
            recipient=email,
            subject=_("You have been invited to Kokemussilta"),
            body=_(
                "%(organisation)s has given you access to Kokemussilta. Open your account with this link. "
                "It works once, within seven days.",
                organisation=str(current_gate().tree.by_id[organisation_id].name),
            ),
            path=links.path(token),
        )


def role_offered(
    session: Session, person_id: int, email: str, language: str, organisation_id: int, invitation_id: int
) -> None:
    """Somebody who has an account is invited to a role: a letter, and a line on their own desk."""
    path, organisation = f"/me/roles/{invitation_id}", current_gate().tree.by_id[organisation_id].name
    with force_locale(language):
        text = _("%(organisation)s invites you to a new role.", organisation=str(organisation))
        notify(session, person_id=person_id, dedupe_key=f"role:{invitation_id}", text=text, link=path)
        body = _("Sign in to see and accept it, within seven days.")
        send_mail(
            session,
            dedupe_key=f"role:{invitation_id}",
            recipient=email,
            subject=_("You have been invited to a role in Kokemussilta"),
            body=f"{text} {body}",
            path=path,
        )


def sign_in_link(session: Session, email: str, language: str, token: str) -> None:
    """The link somebody asked for on the sign-in page."""
    with force_locale(language):
        send_mail(
            session,
            dedupe_key=f"sign-in:{token_hash(token)}",
            recipient=email,
            subject=_("Your sign-in link to Kokemussilta"),
            body=_(
                "Sign in with this link. It works once, within 15 minutes. "
                "If you did not ask for it, you need not do anything."
            ),
            path=links.path(token),
        )


def password_changed(session: Session, email: str, language: str, account_id: int, at: datetime) -> None:
    """A warning, for the case that it was somebody else."""
    with force_locale(language):
        send_mail(
            session,
            dedupe_key=f"password:{account_id}:{at.isoformat()}",
            recipient=email,
            subject=_("Your Kokemussilta password was changed"),
            body=_(
                "Your password was changed. If it was not you, sign in with a link, choose a new password, "
                "and tell your organisation's administrator."
            ),
            path="/sign-in",
        )
