"""All pages of trust, for the application to take in."""

from __future__ import annotations

from core.trust import controller_views, log_views, own_views, staff_views  # noqa: F401  # register on the blueprint
from core.trust.blueprint import blueprint as blueprint
