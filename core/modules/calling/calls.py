"""The only way to call a hook: with the gate, and with each kind's rule for failures.

Every call says whom it asks: the modules that are on in an organisation (`on`), those reachable at a node
(`reachable`), or those it names (`modules`).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from core.database.session import WRITING
from core.extensions import db
from core.modules.calling.guarding import guarded
from core.modules.calling.listeners import Hook, Listener, Where, hook_named
from core.modules.gating.gate import current_gate
from core.modules.spec.kinds import Kind
from core.modules.spec.plugin import Plugin
from core.modules.spec.refusals import Failed, Refused
from core.modules.spec.values import Card
from core.outbox.services import enqueue

OBSERVE = "observe."
log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """One plugin's answer; `known` is False when it failed or is not called for now."""

    plugin: Plugin
    value: Any
    known: bool


def ask(
    hook: str,
    /,
    *,
    on: int | None = None,
    reachable: int | None = None,
    modules: Sequence[str] | None = None,
    **values: Any,
) -> list[Answer]:
    """Put a question to modules; it writes nothing. A failure is an unknown answer, never an error page.

    Raises `Refused` only where a hook ended the write transaction it was asked in.
    """
    found = _of_kind(hook, "ask")
    return [_answer(found, one, values, None) for one in _chosen(found, Where(on, reachable, modules))]


def render(
    hook: str,
    /,
    *,
    on: int | None = None,
    reachable: int | None = None,
    modules: Sequence[str] | None = None,
    **values: Any,
) -> list[Answer]:
    """Have modules give cards, each with its `html` drawn; an unknown answer is shown as unavailable."""
    found = _of_kind(hook, "render")
    return [_answer(found, one, values, _drawn) for one in _chosen(found, Where(on, reachable, modules))]


def decide(
    hook: str,
    /,
    *,
    on: int | None = None,
    reachable: int | None = None,
    modules: Sequence[str] | None = None,
    **values: Any,
) -> list[Any]:
    """Let modules check or add to what is being written, within `writing()`; gives what each gave.

    Raises `Refused` when one fails, or is not called for now, or cannot be used although it is on there: then
    the action must not happen. A `Refusal` that a module raises on purpose passes.
    """
    found = _of_kind(hook, "decide")
    if not db.session().info.get(WRITING):
        raise RuntimeError(f"{hook} decides within writing() alone")
    where = Where(on, reachable, modules)
    _refuse_without_all(found, where)
    return [_decision(found, one, values) for one in _chosen(found, where)]


def observe(session: Session, hook: str, /, *, on: int, key: str, **ids: Any) -> None:
    """Tell listening modules of an organisation about what this transaction does, once it has committed.

    One row of work for each, under `key`; the worker asks the gate again and calls the hook with `ids`.
    """
    found = _of_kind(hook, "observe")
    for listener in _chosen(found, Where(on=on)):
        enqueue(
            session,
            OBSERVE + hook,
            f"{key}:{listener.name}",
            payload=ids,
            module=listener.name,
            organisation_id=on,
        )


def call_observer(hook: str, module: str, ids: dict[str, Any]) -> None:
    """Tell one module, in the worker's transaction; raises `Failed`, or `LookupError` if nobody listens."""
    found = _of_kind(hook, "observe")
    listener = found.of(module)
    if listener is None:
        raise LookupError(f"{module} no longer listens to {hook}")
    guarded(found, listener, ids)


def _of_kind(name: str, kind: Kind) -> Hook:
    found = hook_named(name)
    if found.kind.kind != kind:
        raise TypeError(f"{name} is a hook of the kind {found.kind.kind}")
    return found


def _chosen(hook: Hook, where: Where) -> Sequence[Listener]:
    """Nobody listens to most hooks; then not even the gate is asked."""
    return tuple(where.chosen(hook, current_gate())) if hook.listeners else ()


def _refuse_without_all(hook: Hook, where: Where) -> None:
    """Nobody who has a say is passed over because their tables are behind."""
    held = where.held(hook, current_gate()) if hook.listeners else None
    if held is not None:
        told = {"plugin": held.name, "hook": hook.name, "reference": held.reference, "what": held.reason}
        log.warning("nobody to decide", extra=told)
        raise Refused(held.reference, held.name)


def _answer(
    hook: Hook, listener: Listener, values: dict[str, Any], finish: Callable[[Any], Any] | None
) -> Answer:
    try:
        return Answer(listener.plugin, guarded(hook, listener, values, finish), known=True)
    except Failed as failed:
        if failed.spoiled:
            raise Refused(failed.reference, failed.plugin) from failed
        return Answer(listener.plugin, None, known=False)


def _decision(hook: Hook, listener: Listener, values: dict[str, Any]) -> Any:
    try:
        return guarded(hook, listener, values)
    except Failed as failed:
        raise Refused(failed.reference, failed.plugin) from failed


def _drawn(cards: Sequence[Card]) -> tuple[Card, ...]:
    """The cards with their templates filled in: a template that fails is the card's failure, not the page's.

    A template sees its card and what Flask gives to all templates, not the page around it.
    """
    templates = current_app.jinja_env
    return tuple(
        replace(card, html=Markup(templates.get_template(card.template).render(card=card)))  # noqa: S704  # escaped by the template
        for card in cards
    )
