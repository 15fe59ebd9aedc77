"""The core's hooks. Implement them as methods of a `Plugin`, marked with `hookimpl`.

register: start-up, once. If it raises, that plugin is off and the others go on.
ask: a read-only question. If it raises, the answer is unknown and shown as such.
render: while a page is built. If it raises, that card says it is unavailable and the page goes on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import click
import pluggy
from flask import Blueprint

if TYPE_CHECKING:
    from core.demo.region import Region
    from core.demo.walk import Walk
    from core.modules.values import Blocker, Card, Handler, MenuItem
    from core.records.description import Record
    from core.users.permissions import Permission

hookspec = pluggy.HookspecMarker("kokemussilta")
hookimpl = pluggy.HookimplMarker("kokemussilta")


class CoreHooks:
    """Every hook of the core, in the order of a plugin's life."""

    # --- start-up -----------------------------------------------------------------------------------------

    @hookspec
    def register_models(self) -> None:
        """register: import the plugin's tables; the host stamps them with the plugin's name."""

    @hookspec
    def register_permissions(self) -> Sequence[Permission]:  # type: ignore[empty-body]
        """register: permissions, each `<plugin>.<something>`, with the built-in roles that hold them."""

    @hookspec
    def register_pages(self) -> Sequence[Blueprint]:  # type: ignore[empty-body]
        """register: blueprints whose views each carry `access(...)`; addresses under `/o/<org>/`, `/me/`."""

    @hookspec
    def register_menu(self) -> Sequence[MenuItem]:  # type: ignore[empty-body]
        """register: menu entries; shown where the module is reachable and the permission held."""

    @hookspec
    def register_records(self) -> Sequence[Record]:  # type: ignore[empty-body]
        """register: record descriptions; each becomes list, form and detail pages."""

    @hookspec
    def register_handlers(self) -> Mapping[str, Handler]:  # type: ignore[empty-body]
        """register: what the worker calls per outbox kind, `<plugin>.<something>`: `handler(row)`."""

    @hookspec
    def register_commands(self) -> Sequence[click.Command]:  # type: ignore[empty-body]
        """register: commands of `flask`, a group named after the plugin."""

    # --- questions ----------------------------------------------------------------------------------------

    @hookspec
    def blockers(self, organisation_ids: frozenset[int]) -> Sequence[Blocker]:  # type: ignore[empty-body]
        """ask: open work of these organisations that must finish before the module can be off there."""

    @hookspec
    def holds_rows(self, person_id: int) -> bool:  # type: ignore[empty-body]
        """ask: whether the person has rows of the module anywhere, so that their `/me` pages stay open."""

    # --- pages --------------------------------------------------------------------------------------------

    @hookspec
    def desk_cards(self, person_id: int) -> Sequence[Card]:  # type: ignore[empty-body]
        """render: the module's cards on a person's own page, most urgent first."""

    # --- demonstration ------------------------------------------------------------------------------------

    @hookspec
    def demo_load(self, region: Region) -> None:
        """register: write the module's part of the demonstration region, inside its transaction."""

    @hookspec
    def demo_walk(self, walk: Walk) -> None:
        """register: run the module's main job through the pages, telling each step."""
