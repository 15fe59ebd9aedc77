"""Which language a page is in."""

from __future__ import annotations

from flask import current_app, has_request_context, request, session

from config import LANGUAGES
from core.request import signed_in


def choose_language() -> str:
    """The person's language, else the one chosen here, else what the browser asks for, else ours."""
    default: str = current_app.config["KOKEMUSSILTA"].default_language
    if not has_request_context():
        return default
    person = signed_in()
    if person is not None:
        return person.language
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, default) or default
