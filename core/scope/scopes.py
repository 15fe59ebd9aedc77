"""The three scopes, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NodeScope:
    """Standing at `/o/<root>`: the rows under `ancestors`, each within its own controller.

    `ancestors` are the tops of what `permission` reaches under the root: by membership or by delegation.
    """

    root: int
    person: int
    permission: str
    ancestors: tuple[int, ...]


@dataclass(frozen=True)
class PersonScope:
    """Standing at `/me`: only rows that are the person's own, in any organisation."""

    person: int


@dataclass(frozen=True)
class JobScope:
    """A job run for one organisation: its rows and those below it, within its controller."""

    organisation: int


Scope = NodeScope | PersonScope | JobScope
