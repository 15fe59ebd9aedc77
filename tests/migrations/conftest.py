"""Plugins of a test's own, with tables and migrations."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.migrations.shelf import Shelf, installed_in


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """Where a test's plugins lie; gone afterwards."""
    with installed_in(tmp_path) as found:
        yield found
