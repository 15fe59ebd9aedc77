"""A plugin that uses every hook there is, so that each of them is tried by somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click
from flask_babel import lazy_gettext as _l

from core.api import (
    Blocker,
    Card,
    Expired,
    MenuItem,
    Permission,
    Plugin,
    Retained,
    SetupChange,
    SetupStep,
    SubjectData,
    SubjectErasure,
    hookimpl,
    permission,
)
from tests.dummy.settings import SETTINGS, STEPS

if TYPE_CHECKING:
    from datetime import date

    from flask import Blueprint

    from core.api import Handler, Record, Region, Walk
    from plugins.fees.hooks import ClaimMove, WorkOffer


class Dummy(Plugin):
    """Notes of an organisation."""

    name = "dummy"
    version = "1.1"
    label = _l("Notes")
    description = _l("Notes that people of an organisation write down.")
    category = "work"
    personal_data = _l("Who wrote a note.")
    settings = SETTINGS
    settings_version = 2
    settings_steps = STEPS
    hooks = "tests.dummy.hooks:DummyHooks"
    public_tables = ("dummy_note",)
    retained = (Retained(table="dummy_note", since="day", years=1, why="so that the fact is tried"),)

    @hookimpl
    def register_models(self) -> None:
        from tests.dummy import models  # noqa: F401  # the import itself declares the tables

    @hookimpl
    def register_permissions(self) -> Sequence[Permission]:
        return (
            permission("dummy.view", _l("See notes"), "administrator", "coordinator", "auditor"),
            permission("dummy.write", _l("Write notes"), "administrator"),
            permission("dummy.price", _l("Say what a sheet costs"), "administrator"),
            permission("dummy.contact", _l("See contacts on sheets"), "administrator", "coordinator"),
        )

    @hookimpl
    def register_pages(self) -> Sequence[Blueprint]:
        from tests.dummy.views import front, mine, node

        return (node, mine, front)

    @hookimpl
    def register_menu(self) -> Sequence[MenuItem]:
        from tests.dummy.notes import count_open

        return (
            MenuItem("dummy.notes", _l("Notes"), permission="dummy.view"),
            MenuItem("dummy_mine.mine_all", _l("My notes"), where="me", count=count_open),
        )

    @hookimpl
    def register_records(self) -> Sequence[Record]:
        from tests.dummy.records import NOTES, SHEETS

        return (NOTES, SHEETS)

    @hookimpl
    def register_handlers(self) -> Mapping[str, Handler]:
        return {"dummy.tidy": lambda row: None}

    @hookimpl
    def register_commands(self) -> Sequence[click.Command]:
        return (click.Group("dummy", help="Notes."),)

    @hookimpl
    def blockers(self, organisation_ids: frozenset[int]) -> Sequence[Blocker]:
        from tests.dummy.notes import blockers

        return blockers(organisation_ids)

    @hookimpl
    def setup_steps(self, organisation_id: int) -> Sequence[SetupStep]:
        from tests.dummy.notes import count_at

        return (SetupStep(_l("The first note"), bool(count_at(organisation_id)), "dummy.notes"),)

    @hookimpl
    def setup_export(self, organisation_id: int) -> dict[str, Any]:
        return {"greeting": "hello"}

    @hookimpl
    def setup_preview(self, organisation_id: int, setup: dict[str, Any]) -> Sequence[SetupChange]:
        fault = "" if set(setup) <= {"greeting"} else "only a greeting is read"
        return (SetupChange("greeting", after=str(setup.get("greeting", "")), fault=fault),)

    @hookimpl
    def setup_import(self, organisation_id: int, setup: dict[str, Any], actor_id: int) -> None:
        """There is nothing to write."""

    @hookimpl
    def holds_rows(self, person_id: int) -> bool:
        from tests.dummy.notes import holds_rows

        return holds_rows(person_id)

    @hookimpl
    def subject_data(self, person_id: int) -> Sequence[SubjectData]:
        from tests.dummy.people import subject_data

        return subject_data(person_id)

    @hookimpl
    def subject_erasure(self, person_id: int) -> Sequence[SubjectErasure]:
        from tests.dummy.people import subject_erasure

        return subject_erasure(person_id)

    @hookimpl
    def erase_subject(self, person_id: int) -> None:
        from tests.dummy.people import erase_subject

        erase_subject(person_id)

    @hookimpl
    def expired(self, organisation_id: int, day: date) -> Sequence[Expired]:
        return (Expired(_l("Notes"), 0),)

    @hookimpl
    def remove_expired(self, organisation_id: int, day: date) -> None:
        """Notes are kept as long as the test."""

    @hookimpl
    def desk_cards(self, person_id: int) -> Sequence[Card]:
        from tests.dummy.notes import count_open

        return (Card("dummy/card.html", {"count": count_open(person_id)}),)

    @hookimpl
    def node_cards(self, node_id: int) -> Sequence[Card]:
        from tests.dummy.notes import count_at

        return (Card("dummy/card.html", {"count": count_at(node_id)}, permission="dummy.view"),)

    @hookimpl
    def slot_cards(self, slot: str, organisation_id: int, subject_id: int) -> Sequence[Card]:
        from tests.dummy.notes import count_at

        return (Card("dummy/card.html", {"count": count_at(organisation_id)}, permission="dummy.view"),)

    @hookimpl
    def demo_load(self, region: Region) -> None:
        from tests.dummy.notes import write_note

        write_note("Demo", region.organisations["laukaa"], region.people["aino.aamutahti"])

    @hookimpl
    def demo_walk(self, walk: Walk) -> None:
        walk.tell("Notes are read")

    # --- hooks of others, which may not be installed, and its own -----------------------------------------

    @hookimpl(optionalhook=True)
    def fees_claimable_work(self, person_id: int) -> Sequence[WorkOffer]:
        return ()

    @hookimpl(optionalhook=True)
    def fees_may_move(self, move: ClaimMove) -> None:
        """No objection."""

    @hookimpl(optionalhook=True)
    def fees_claim_moved(self, claim_id: int, organisation_id: int, seq: int, action: str) -> None:
        """Taken notice of."""

    @hookimpl
    def dummy_may_write(self, text: str) -> None:
        """No objection."""

    @hookimpl
    def dummy_titles(self, organisation_id: int) -> Sequence[str]:
        return ("A note",)

    @hookimpl
    def dummy_written(self, note_id: int) -> None:
        """Taken notice of."""

    @hookimpl
    def dummy_cards(self, note_id: int) -> Sequence[Card]:
        return (Card("dummy/card.html", {"count": note_id}),)


plugin = Dummy()
