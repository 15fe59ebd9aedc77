"""Flask-Login's part: who the cookie's token belongs to."""

from __future__ import annotations

from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from core.database.session import writing
from core.database.types import now
from core.extensions import db, login_manager
from core.modules.gating.gate import GATE, gate_for
from core.users import sessions
from core.users.signed_in import SignedIn


def init_login(app: Flask) -> None:
    """Have Flask-Login ask our own table at each request."""
    # Its protection signs people out when a phone changes its network, and stops no thief who copies the
    # browser's name along with the cookie. Ours is the table: a session that has ended is gone everywhere.
    login_manager.session_protection = None  # type: ignore[assignment]  # annotated by its default
    login_manager.user_loader(load_user)
    login_manager.init_app(app)


def load_user(token: str) -> SignedIn | None:
    """The person of a live session, with the gate of its epoch put in place by the same query."""
    if g.get("session_unreadable"):
        return None
    try:
        return _load(token)
    except SQLAlchemyError:
        # The page that says so shows who is signed in, and must not fail again.
        g.session_unreadable = True
        raise


def _load(token: str) -> SignedIn | None:
    at = now()
    found = sessions.load(db.session(), token, at)
    if found is None:
        return None
    if at - found.seen_at >= sessions.TOUCH_EVERY:
        with writing() as session:
            sessions.touch(session, token, at)
    db.session().info[GATE] = gate_for(db.session(), found.epoch)
    return found.person
