"""What a person is told when somebody else writes down a consent for them: they can then take it back."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from core.outbox.mail import send_mail
from core.outbox.notices import in_language_of, notify

PATH = "/me/consents"


def tell(session: Session, person_id: int, *, key: str, actor_id: int | None) -> None:
    """A notice and a letter, of which neither says what was agreed to; nothing where nobody else wrote it."""
    if actor_id is None or actor_id == person_id:
        return
    with in_language_of(session, person_id):
        text = _("A consent was written down for you. Check that it is right.")
        notify(session, person_id=person_id, dedupe_key=key, text=text, link=PATH)
        body = _("If it is not, you can withdraw it at once.")
        send_mail(session, dedupe_key=key, subject=text, body=body, person_id=person_id, path=PATH)
