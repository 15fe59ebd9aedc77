"""The only way to call a hook: with the gate, and with each kind's rule for failures."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any, NamedTuple

from core.modules.manager import caller, host
from core.modules.plugin import Plugin

log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """One plugin's answer; `known` is False when it failed."""

    plugin: Plugin
    value: Any
    known: bool


def ask(hook: str, *, modules: tuple[str, ...] | None = None, **kwargs: Any) -> list[Answer]:
    """Ask the named modules, or every healthy one. The caller names those that are on where it matters."""
    return list(_answers(hook, modules, kwargs))


def _answers(hook: str, modules: tuple[str, ...] | None, kwargs: dict[str, Any]) -> Iterator[Answer]:
    for name, registered in host().healthy.items():
        if modules is not None and name not in modules:
            continue
        try:
            results = caller(host(), registered.plugin)(hook, **kwargs)
        except Exception:  # an ask or render hook that fails is unknown, never an error page
            log.exception("hook failed", extra={"plugin": name, "hook": hook})
            yield Answer(registered.plugin, None, known=False)
        else:
            yield from (Answer(registered.plugin, value, known=True) for value in results)
