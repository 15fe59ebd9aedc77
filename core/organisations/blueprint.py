"""The tree editor's pages share one name: `organisations`; those of delegations `delegations`."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("organisations", __name__)
delegations = Blueprint("delegations", __name__)
