"""Tenancy: which rows a session may read and write. Here and only here.

A scope is fixed for a database session's life: `NodeScope` for `/o/<organisation>`, `PersonScope` for `/me`,
`JobScope` for the worker. A query on a scoped model without one raises.
"""

from core.scope.enforcement import (
    ScopeError,
    related,
    reviewed,
    scope_in_force,
    set_scope,
    stand_in_turn,
    unscoped,
    visible,
)
from core.scope.model import Scoped
from core.scope.scopes import JobScope, NodeScope, PersonScope, Scope

__all__ = [
    "JobScope",
    "NodeScope",
    "PersonScope",
    "Scope",
    "ScopeError",
    "Scoped",
    "related",
    "reviewed",
    "scope_in_force",
    "set_scope",
    "stand_in_turn",
    "unscoped",
    "visible",
]
