"""A small world of two payers for the kernel's tests, on each database in turn."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from tests.support.payers import MONDAY, Payers, build


@pytest.fixture
def on_monday() -> Iterator[None]:
    """The clock stands at Monday 12.10.2026, so that who stands at a desk is the same every day."""
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def payers(app: Flask, on_monday: None) -> Payers:
    """Two payers with everything set up."""
    return build(app)
