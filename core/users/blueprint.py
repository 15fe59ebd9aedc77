"""The pages of people and sign-in share one name: `users`."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("users", __name__)
