"""Seeing which hooks of a plugin are called and what is asked of the database, and making hooks fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

from flask import Flask
from sqlalchemy import event

from core.extensions import db
from core.modules.host import Host
from core.modules.spec.kinds import Kind, kind_of
from core.modules.spec.plugin import Plugin

ASKING = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


class MadeToFail(RuntimeError):
    """What a hook raises that the contract has made to fail."""


@dataclass(frozen=True)
class Implemented:
    """A hook that the plugin implements, with the arguments of its specification."""

    name: str
    kind: Kind
    arguments: Sequence[str]


def implemented(app: Flask, plugin: Plugin) -> list[Implemented]:
    """The plugin's hooks whose specification is there, its own and others' included, by name."""
    found = []
    for caller in _host(app).pm.get_hookcallers(plugin) or ():
        if caller.spec is not None:
            kind = kind_of(caller.spec.function).kind
            found.append(Implemented(caller.name, kind, tuple(caller.spec.argnames)))
    return sorted(found, key=lambda hook: hook.name)


def _host(app: Flask) -> Host:
    found: Host = app.extensions["kokemussilta.host"]
    return found


@contextmanager
def called(app: Flask, plugin: Plugin) -> Iterator[list[str]]:
    """The names of the plugin's hooks that are called inside, in order."""
    names: list[str] = []

    def before(name: str, implementations: Sequence[Any], _values: Any) -> None:
        names.extend(name for each in implementations if each.plugin is plugin)

    undo = _host(app).pm.add_hookcall_monitoring(before, lambda *_: None)
    try:
        yield names
    finally:
        undo()


@contextmanager
def made_to_fail(app: Flask, plugin: Plugin) -> Iterator[None]:
    """Inside, every hook of the plugin raises."""
    kept: list[tuple[Any, Callable[..., Any]]] = []
    for caller in _host(app).pm.get_hookcallers(plugin) or ():
        for each in caller.get_hookimpls():
            if each.plugin is plugin:
                kept.append((each, each.function))
                _set(each, _fail)
    try:
        yield
    finally:
        for each, function in kept:
            _set(each, function)


def _set(implementation: Any, function: Callable[..., Any]) -> None:
    implementation.function = function


def _fail(*_arguments: Any) -> NoReturn:
    raise MadeToFail


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """What is asked of the database inside."""
    asked: list[str] = []

    def note(
        _connection: Any, _cursor: Any, statement: str, _values: Any, _context: Any, _many: bool
    ) -> None:
        if statement.lstrip().upper().startswith(ASKING):
            asked.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
