"""What the tests of any plugin get: databases, a small region, people at their browsers, the contract.

In `conftest.py`: `pytest_plugins = ("core.testing",)`. In a test: `TestContract = contract("name")`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.testing.suite import contract as contract
    from core.testing.terms import Budget as Budget

__all__ = ["Budget", "contract"]

pytest_plugins = ("core.testing.fixtures",)


def __getattr__(name: str) -> Any:
    """Load the suite when it is asked for: parts of this package are used without it."""
    if name == "contract":
        from core.testing.suite import contract

        return contract
    if name == "Budget":
        from core.testing.terms import Budget

        return Budget
    raise AttributeError(f"core.testing has no {name!r}")
