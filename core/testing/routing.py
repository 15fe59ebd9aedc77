"""Routes compiled once for all applications of a test run.

Werkzeug writes and compiles two functions for each route, which is most of what making an application takes.
They depend on the route's text and defaults alone, so the next application of the run takes the same ones.
"""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.routing import Rule

_compile = Rule._compile_builder
_made: dict[tuple[Any, ...], Any] = {}


def _remembered(rule: Rule, append_unknown: bool = True) -> Any:
    """The builder of a route's addresses, made at the first call for such a route."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (tuple(rule._trace), tuple(sorted(rule.arguments)), defaults, append_unknown)
    if key not in _made:
        _made[key] = _compile(rule, append_unknown)
    return _made[key]


def remember(patch: pytest.MonkeyPatch) -> None:
    """Let all applications made from now on share what is compiled."""
    patch.setattr(Rule, "_compile_builder", _remembered)
