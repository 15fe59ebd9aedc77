"""The core's hooks. Implement them as methods of a `Plugin`, marked with `hookimpl`.

`core.modules.spec.kinds.hookspec` says what each kind promises and what happens when a hook fails.
Hooks take keyword arguments: ids and plain values, never the request or a live object of another owner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

import click
from flask import Blueprint

from core.modules.spec.kinds import hookspec
from core.modules.spec.values import (
    Blocker,
    Card,
    Expired,
    Handler,
    MenuItem,
    SetupChange,
    SetupStep,
    SubjectData,
    SubjectErasure,
)
from core.records.description import Record
from core.users.permissions import Permission

if TYPE_CHECKING:
    from core.demo.region import Region
    from core.demo.walk import Walk


class CoreHooks:
    """Every hook of the core, in the order of a plugin's life."""

    # --- start-up -----------------------------------------------------------------------------------------

    @hookspec("register")
    def register_models(self) -> None:
        """Import the plugin's tables; the host stamps them with the plugin's name."""

    @hookspec("register", many=Permission)
    def register_permissions(self) -> Sequence[Permission]:  # type: ignore[empty-body]
        """Give permissions, each `<plugin>.<something>`, with the built-in roles that hold them."""

    @hookspec("register", many=Blueprint)
    def register_pages(self) -> Sequence[Blueprint]:  # type: ignore[empty-body]
        """Give blueprints whose views carry `access(...)`, under `/o/<org>/<plugin>` or `/me/<plugin>`."""

    @hookspec("register", many=MenuItem)
    def register_menu(self) -> Sequence[MenuItem]:  # type: ignore[empty-body]
        """Give menu entries; shown where the module is reachable and the permission held."""

    @hookspec("register", many=Record)
    def register_records(self) -> Sequence[Record]:  # type: ignore[empty-body]
        """Give record descriptions; each becomes list, form and detail pages."""

    @hookspec("register", one=Mapping)
    def register_handlers(self) -> Mapping[str, Handler]:  # type: ignore[empty-body]
        """Give what the worker calls per kind of work, `<plugin>.<something>`: `handler(row)`."""

    @hookspec("register", many=click.Command)
    def register_commands(self) -> Sequence[click.Command]:  # type: ignore[empty-body]
        """Give commands of `flask`, in a group named after the plugin."""

    # --- switching on and off, set-up ---------------------------------------------------------------------

    @hookspec("ask", many=Blocker)
    def blockers(self, organisation_ids: frozenset[int]) -> Sequence[Blocker]:  # type: ignore[empty-body]
        """Tell the open work of these organisations that must finish before the module can be off there."""

    @hookspec("ask", many=SetupStep)
    def setup_steps(self, organisation_id: int) -> Sequence[SetupStep]:  # type: ignore[empty-body]
        """Tell what an organisation sets up before first use, in order, and which steps are done."""

    @hookspec("ask", one=dict)
    def setup_export(self, organisation_id: int) -> dict[str, Any]:  # type: ignore[empty-body]
        """Give the organisation's own set-up as plain values for a file: no people, no secrets."""

    @hookspec("ask", many=SetupChange)
    def setup_preview(self, organisation_id: int, setup: dict[str, Any]) -> Sequence[SetupChange]:  # type: ignore[empty-body]
        """Tell what `setup_import` of the same values would change, faults included.

        Asked within a transaction; what it writes in order to find out is taken back.
        """

    @hookspec("decide")
    def setup_import(self, organisation_id: int, setup: dict[str, Any], actor_id: int) -> None:
        """Write a set-up that was previewed without a fault, inside the caller's transaction."""

    # --- pages --------------------------------------------------------------------------------------------

    @hookspec("ask", one=bool)
    def holds_rows(self, person_id: int) -> bool:  # type: ignore[empty-body]
        """Tell whether the person has rows of the module anywhere, so that their `/me` pages stay open."""

    @hookspec("render", many=Card)
    def desk_cards(self, person_id: int) -> Sequence[Card]:  # type: ignore[empty-body]
        """Give the module's cards on a person's own page, most urgent first."""

    @hookspec("render", many=Card)
    def node_cards(self, node_id: int) -> Sequence[Card]:  # type: ignore[empty-body]
        """Give the module's cards on the front page of an organisation, for rows in it and below it."""

    @hookspec("render", many=Card)
    def slot_cards(self, slot: str, organisation_id: int, subject_id: int) -> Sequence[Card]:  # type: ignore[empty-body]
        """Give cards for a named place of a core page about one row; see `core.modules.spec.values.SLOTS`.

        `organisation_id` is the organisation whose page it is, not the row's.
        """

    # --- people's data ------------------------------------------------------------------------------------

    @hookspec("ask", many=SubjectData)
    def subject_data(self, person_id: int) -> Sequence[SubjectData]:  # type: ignore[empty-body]
        """Give what the module keeps about the person; read within the person's own scope."""

    @hookspec("ask", many=SubjectErasure)
    def subject_erasure(self, person_id: int) -> Sequence[SubjectErasure]:  # type: ignore[empty-body]
        """Tell what `erase_subject` would erase about the person, and what must stay and why."""

    @hookspec("decide")
    def erase_subject(self, person_id: int) -> None:
        """Erase what the module keeps about the person, but for what `subject_erasure` said must stay."""

    @hookspec("ask", many=Expired)
    def expired(self, organisation_id: int, day: date) -> Sequence[Expired]:  # type: ignore[empty-body]
        """Tell what of a controller's rows is over its time on the day, records with `kept` aside."""

    @hookspec("decide")
    def remove_expired(self, organisation_id: int, day: date) -> None:
        """Remove or blank exactly what `expired` told of."""

    # --- demonstration ------------------------------------------------------------------------------------

    @hookspec("decide")
    def demo_load(self, region: Region) -> None:
        """Write the module's part of the demonstration region, inside its transaction."""

    @hookspec("decide")
    def demo_walk(self, walk: Walk) -> None:
        """Run the module's main job through the pages, telling each step."""
