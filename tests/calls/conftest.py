"""An application with two plugins whose hooks do what a test tells them."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.calls.probing import Probed, add_organisation, add_probes


@pytest.fixture
def probed(app: Flask) -> Probed:
    probes = add_probes(app)
    return Probed(app, probes, add_organisation(app))
