"""Hooks of its own, one of each kind that is called while somebody waits or afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from core.api import Card, hookspec


class DummyHooks:
    @hookspec("decide")
    def dummy_may_write(self, text: str) -> None:
        """Have a say in a note."""

    @hookspec("ask", many=str)
    def dummy_titles(self, organisation_id: int) -> Sequence[str]:
        """Offer titles."""

    @hookspec("observe")
    def dummy_written(self, note_id: int) -> None:
        """Take notice of a note."""

    @hookspec("render", many=Card)
    def dummy_cards(self, note_id: int) -> Sequence[Card]:
        """Give cards on a note's page."""
