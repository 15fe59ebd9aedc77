"""The pages of modules share one name: `module_pages`."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("module_pages", __name__)
