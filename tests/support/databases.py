"""Moved to `core.testing`; the names are kept until every test has followed."""

from core.testing.databases import *  # noqa: F403
