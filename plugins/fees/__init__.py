"""Fees: from a claim on the expert's phone to a sealed payroll file, without ever being nowhere."""

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
from plugins.fees.settings import SETTINGS

if TYPE_CHECKING:
    from datetime import date

    from flask import Blueprint

    from core.api import Handler, Record, Region, Walk


# Six years from the end of the year, so up to seven from the day itself.
VOUCHERS = "vouchers of payments, Accounting Act (1336/1997) 2:10"


class Fees(Plugin):
    """The fee module: rates, chains, desks, claims and payroll batches of each payer."""

    name = "fees"
    version = "0.1.0"
    label = _l("Fees")
    description = _l("Claims, approvals and payroll batches: always at one named desk, paid at most once.")
    category = "money"
    personal_data = _l("Names, work done and sums of experts by experience.")
    settings = SETTINGS
    hooks = "plugins.fees.hooks:FeesHooks"

    retained = (
        Retained(table="fees_claim", since="created_at", years=7, why=VOUCHERS),
        Retained(table="fees_batch", since="sealed_at", years=7, why=VOUCHERS),
    )

    @hookimpl
    def register_models(self) -> None:
        """Import the tables."""
        from plugins.fees import models  # noqa: F401  # the import itself declares the tables

    @hookimpl
    def register_permissions(self) -> Sequence[Permission]:
        """Who may see, move, set up and pay."""
        return (
            permission(
                "fees.claims.view", _l("See fee claims"), "administrator", "coordinator", "payroll", "auditor"
            ),
            permission("fees.claims.move", _l("Move claims between desks"), "administrator"),
            permission(
                "fees.rates.view", _l("See rates"), "administrator", "coordinator", "payroll", "auditor"
            ),
            permission("fees.rates.manage", _l("Edit rates"), "administrator"),
            permission(
                "fees.chains.view",
                _l("See approval chains and desks"),
                "administrator",
                "coordinator",
                "auditor",
            ),
            permission("fees.chains.manage", _l("Edit approval chains and desks"), "administrator"),
            permission(
                "fees.payroll",
                _l("Seal and pay payroll batches"),
                "payroll",
                granters=("administrator",),
            ),
        )

    @hookimpl
    def register_pages(self) -> Sequence[Blueprint]:
        """The expert's pages, the approvers' queue and payroll's batches."""
        from plugins.fees.views import blueprints

        return blueprints()

    @hookimpl
    def register_menu(self) -> Sequence[MenuItem]:
        """Entries of the expert's and the organisation's menus."""
        from plugins.fees.views.menu import MENU

        return MENU

    @hookimpl
    def register_records(self) -> Sequence[Record]:
        """Work types, rates, yearly tables, chains and desks."""
        from plugins.fees.records import RECORDS

        return RECORDS

    @hookimpl
    def register_handlers(self) -> Mapping[str, Handler]:
        """What the worker does with a claim's event."""
        from plugins.fees.messages import HANDLERS

        return HANDLERS

    @hookimpl
    def register_commands(self) -> Sequence[click.Command]:
        """`flask fees …`."""
        from plugins.fees.commands import fees_commands

        return (fees_commands,)

    @hookimpl
    def blockers(self, organisation_ids: frozenset[int]) -> Sequence[Blocker]:
        """Claims and batches that are not finished."""
        from plugins.fees.lifecycle import blockers

        return blockers(organisation_ids)

    @hookimpl
    def setup_steps(self, organisation_id: int) -> Sequence[SetupStep]:
        """Rates, chain, desks and payroll, and which of them are there."""
        from plugins.fees.setup.steps import setup_steps

        return setup_steps(organisation_id)

    @hookimpl
    def setup_export(self, organisation_id: int) -> dict[str, Any]:
        """Work types, rates, chain and desks, without people."""
        from plugins.fees.setup.file_writing import export

        return export(organisation_id)

    @hookimpl
    def setup_preview(self, organisation_id: int, setup: dict[str, Any]) -> Sequence[SetupChange]:
        """What reading such values in would change."""
        from plugins.fees.setup.file_reading import preview

        return preview(organisation_id, setup)

    @hookimpl
    def setup_import(self, organisation_id: int, setup: dict[str, Any], actor_id: int) -> None:
        """Write them."""
        from plugins.fees.setup.file_reading import read_in

        read_in(organisation_id, setup, actor_id)

    @hookimpl
    def holds_rows(self, person_id: int) -> bool:
        """Whether the person has claims, or stands at a desk."""
        from plugins.fees.lifecycle import holds_rows

        return holds_rows(person_id)

    @hookimpl
    def desk_cards(self, person_id: int) -> Sequence[Card]:
        """What waits for the person, and where their own claims are."""
        from plugins.fees.views.cards import desk_cards

        return desk_cards(person_id)

    @hookimpl
    def node_cards(self, node_id: int) -> Sequence[Card]:
        """What is open at the organisation and below it, and what waits longest."""
        from plugins.fees.views.org_cards import node_cards

        return node_cards(node_id)

    @hookimpl
    def slot_cards(self, slot: str, subject_id: int) -> Sequence[Card]:
        """An expert's open claims, on the expert's page."""
        from plugins.fees.views.org_cards import slot_cards

        return slot_cards(slot, subject_id)

    @hookimpl
    def subject_data(self, person_id: int) -> Sequence[SubjectData]:
        """The person's claims and what was typed for them."""
        from plugins.fees.people import subject_data

        return subject_data(person_id)

    @hookimpl
    def subject_erasure(self, person_id: int) -> Sequence[SubjectErasure]:
        """What goes, and the vouchers that stay."""
        from plugins.fees.people import subject_erasure

        return subject_erasure(person_id)

    @hookimpl
    def erase_subject(self, person_id: int) -> None:
        """Everything but the vouchers."""
        from plugins.fees.people import erase_subject

        erase_subject(person_id)

    @hookimpl
    def expired(self, day: date) -> Sequence[Expired]:
        """Payees whose vouchers need not be kept any more."""
        from plugins.fees.retention import expired

        return expired(day)

    @hookimpl
    def remove_expired(self, day: date) -> None:
        """Blank them; sums stay."""
        from plugins.fees.retention import remove_expired

        remove_expired(day)

    @hookimpl
    def demo_load(self, region: Region) -> None:
        """Rates, chains, desks and claims of the demonstration region."""
        from plugins.fees.demo.load import load

        load(region)

    @hookimpl
    def demo_walk(self, walk: Walk) -> None:
        """The main job, through the pages."""
        from plugins.fees.demo.walk import run

        run(walk)


plugin = Fees()
