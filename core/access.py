"""Access declarations. Every route carries one; a route without stops start-up."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from flask import Flask, current_app

F = TypeVar("F", bound=Callable[..., Any])
Kind = Literal["public", "signed_in", "me", "node", "operator"]


class UndeclaredAccess(RuntimeError):
    """A route, or a permission it names, that nobody declared."""


@dataclass(frozen=True)
class Access:
    """Who may use a route.

    public: anybody. signed_in: anybody with an account. me: one's own desk under `/me`.
    node: `permission` at the organisation in the address, or below it; with `here`, at that very one.
    operator: the instance's own operator. `start`: the route begins new work, so a closing module refuses it.
    """

    kind: Kind
    permission: str | None = None
    start: bool = False
    here: bool = False


def access(
    kind: Kind, permission: str | None = None, *, start: bool = False, here: bool = False
) -> Callable[[F], F]:
    """Declare a view's access."""

    def mark(view: F) -> F:
        view.__access__ = Access(kind, permission, start, here)  # type: ignore[attr-defined]  # a mark on the function
        return view

    return mark


def access_of(endpoint: str) -> Access:
    """The declared access of an endpoint."""
    declared: dict[str, Access] = current_app.extensions["kokemussilta.access"]
    return declared[endpoint]


def collect_access(app: Flask) -> None:
    """Read the declaration of every route; raise with names where one is missing or unknown."""
    app.extensions["kokemussilta.access"] = declarations(app, app.extensions["kokemussilta.permissions"])


def declarations(app: Flask, permissions: Collection[str]) -> dict[str, Access]:
    """The declared access of every route by endpoint; raises `UndeclaredAccess` for the first without."""
    declared: dict[str, Access] = {}
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        found = getattr(view, "__access__", None) or _of_instance(view)
        if not isinstance(found, Access):
            raise UndeclaredAccess(f"{rule.rule} ({rule.endpoint}) declares no access")
        _check(rule.rule, found, permissions)
        declared[rule.endpoint] = found
    return declared


def _of_instance(view: Any) -> object:
    """Views that are methods may compute their access from their instance."""
    owner = getattr(view, "__self__", None)
    return owner.access_for(view.__name__) if owner is not None and hasattr(owner, "access_for") else None


def _check(rule: str, found: Access, permissions: Collection[str]) -> None:
    if (found.kind == "node") != rule.startswith("/o/<org>"):
        raise UndeclaredAccess(f"{rule}: node pages and only they stand under /o/<org>")
    if found.kind == "me" and not rule.startswith("/me"):
        raise UndeclaredAccess(f"{rule}: a person's own pages stand under /me")
    if found.kind == "node" and found.permission not in permissions:
        raise UndeclaredAccess(f"{rule}: unknown permission {found.permission!r}")
