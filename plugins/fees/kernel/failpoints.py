"""Named places where a test may kill the process, to prove that nothing acknowledged is ever lost."""

from __future__ import annotations

import os
import signal
from collections import Counter
from typing import Literal

from flask import current_app

Place = Literal["before_update", "after_update", "before_commit", "after_commit"]
VARIABLE = "KOKEMUSSILTA_FAILPOINT"
_passes: Counter[str] = Counter()


def failpoint(name: Place) -> None:
    """Nothing, unless a test configuration's environment says `name` or `name:n`: then the n-th pass dies."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None or not current_app.config["KOKEMUSSILTA"].testing:
        return
    place, _, count = wanted.partition(":")
    if place == name:
        _passes[name] += 1
        if _passes[name] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
