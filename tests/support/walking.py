"""The demonstration region in a test's own database, and its people at their browsers."""

from __future__ import annotations

from flask import Flask

from core.demo.load import load_demo
from core.demo.walk import Walk
from core.extensions import db


def walk_of(app: Flask) -> Walk:
    """Load the region and give what the modules' walks get; what they tell is dropped."""
    with app.app_context():
        region = load_demo()
        db.session.remove()
    return Walk(app, region, lambda _line: None)
