"""The dummy plugin, installed for the tests of a file and gone afterwards."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib.metadata import EntryPoint, entry_points

import pytest

from core.database.migrate import lineages
from core.modules.startup import discovery
from core.modules.startup.tables import Declared

DUMMY = EntryPoint("dummy", "tests.dummy:plugin", discovery.GROUP)


@pytest.fixture(scope="module")
def dummy_installed() -> Iterator[None]:
    """Found beside the bundled plugins; the process forgets its tables afterwards."""
    lineages()  # the bundled ones stay
    before, found = Declared.now(), [*entry_points(group=discovery.GROUP), DUMMY]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(discovery, "entry_points", lambda group: [e for e in found if e.group == group])
        yield
    before.undo("tests.dummy")
    for name in [name for name in sys.modules if name.startswith("tests.dummy")]:
        del sys.modules[name]
