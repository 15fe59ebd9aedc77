"""Pages of the fee module: one's own claims and the queue under `/me`, the payer's under `/o/<org>`."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> tuple[Blueprint, ...]:
    """The module's pages, each route with its access."""
    from plugins.fees.views import (  # noqa: F401  # routes attach when imported
        away,
        claims,
        decide,
        deserted,
        draft,
        me,
        move,
        payroll,
        problem,
        queue,
        summary,
    )
    from plugins.fees.views.blueprint import mine, node

    return (mine, node)
