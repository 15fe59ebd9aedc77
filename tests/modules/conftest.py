"""What the tests of the host share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.plugins import Packages, packages_in


@pytest.fixture
def packages(tmp_path: Path) -> Iterator[Packages]:
    """Plugins to install; the bundled ones are there."""
    with packages_in(tmp_path) as found:
        yield found
