"""The one blueprint of what people are promised about their data; two modules of views register on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("trust", __name__)
