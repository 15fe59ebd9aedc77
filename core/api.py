"""The only import path promised to plugins. Heavy parts load when first asked for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.access import access as access
    from core.database.base import Model as Model
    from core.database.base import WithId as WithId
    from core.database.session import writing as writing
    from core.database.types import HELSINKI as HELSINKI
    from core.database.types import NumberType as NumberType
    from core.database.types import SeveralType as SeveralType
    from core.database.types import Texts as Texts
    from core.database.types import TextsType as TextsType
    from core.database.types import UtcDateTime as UtcDateTime
    from core.database.types import now as now
    from core.database.types import sort_key as sort_key
    from core.database.types import today as today
    from core.demo.region import Region as Region
    from core.demo.walk import Walk as Walk
    from core.experts.models import Expert as Expert
    from core.extensions import db as db
    from core.formats import clock as clock
    from core.formats import day as day
    from core.formats import duration as duration
    from core.formats import kilometres as kilometres
    from core.formats import language as language
    from core.formats import moment as moment
    from core.formats import money as money
    from core.formats import short_day as short_day
    from core.log.services import record_change as record_change
    from core.modules.calling.calls import Answer as Answer
    from core.modules.calling.calls import ask as ask
    from core.modules.calling.calls import decide as decide
    from core.modules.calling.calls import observe as observe
    from core.modules.calling.calls import render as render
    from core.modules.gating.gate import Gate as Gate
    from core.modules.gating.gate import current_gate as current_gate
    from core.modules.settings.description import Setting as Setting
    from core.modules.settings.reading import secret as secret
    from core.modules.settings.reading import setting as setting
    from core.modules.settings.versions import SettingsUnreadable as SettingsUnreadable
    from core.modules.spec.kinds import hookimpl as hookimpl
    from core.modules.spec.kinds import hookspec as hookspec
    from core.modules.spec.plugin import API_VERSION as API_VERSION
    from core.modules.spec.plugin import Plugin as Plugin
    from core.modules.spec.plugin import Retained as Retained
    from core.modules.spec.refusals import Refusal as Refusal
    from core.modules.spec.refusals import Refused as Refused
    from core.modules.spec.values import Blocker as Blocker
    from core.modules.spec.values import Card as Card
    from core.modules.spec.values import Expired as Expired
    from core.modules.spec.values import Handler as Handler
    from core.modules.spec.values import MenuItem as MenuItem
    from core.modules.spec.values import SetupChange as SetupChange
    from core.modules.spec.values import SetupStep as SetupStep
    from core.modules.spec.values import SubjectData as SubjectData
    from core.modules.spec.values import SubjectErasure as SubjectErasure
    from core.organisations.models import Organisation as Organisation
    from core.organisations.services import delegate as delegate
    from core.organisations.tree import OrganisationNode as OrganisationNode
    from core.organisations.tree import Tree as Tree
    from core.outbox.mail import send_mail as send_mail
    from core.outbox.models import OutboxRow as OutboxRow
    from core.outbox.notices import in_language_of as in_language_of
    from core.outbox.notices import notify as notify
    from core.outbox.services import enqueue as enqueue
    from core.records.acting import Action as Action
    from core.records.acting import row_by_row as row_by_row
    from core.records.checking import checked as checked
    from core.records.conditions import All as All
    from core.records.conditions import AnyOf as AnyOf
    from core.records.conditions import Where as Where
    from core.records.description import Field as Field
    from core.records.description import Kept as Kept
    from core.records.description import Record as Record
    from core.records.description import Reference as Reference
    from core.records.description import endpoint as endpoint
    from core.records.errors import Invalid as Invalid
    from core.records.inputs import DayField as DayField
    from core.records.inputs import Filled as Filled
    from core.records.inputs import TypedField as TypedField
    from core.records.inputs import WholeField as WholeField
    from core.records.inputs import Within as Within
    from core.records.plain import from_plain as from_plain
    from core.records.plain import to_plain as to_plain
    from core.records.reading import BadValue as BadValue
    from core.records.writing import store as store
    from core.scope import JobScope as JobScope
    from core.scope import NodeScope as NodeScope
    from core.scope import PersonScope as PersonScope
    from core.scope import Scoped as Scoped
    from core.scope import related as related
    from core.scope import reviewed as reviewed
    from core.scope import scope_in_force as scope_in_force
    from core.scope import set_scope as set_scope
    from core.scope import unscoped as unscoped
    from core.scope import visible as visible
    from core.users.criteria import works_under as works_under
    from core.users.models import Membership as Membership
    from core.users.models import Person as Person
    from core.users.permissions import Permission as Permission
    from core.users.permissions import permission as permission
    from core.users.reach import roles_of as roles_of
    from core.users.reach import scope_for as scope_for
    from core.users.reach import tops as tops

_WHERE = {
    "core.access": ("access",),
    "core.database.base": ("Model", "WithId"),
    "core.database.session": ("writing",),
    "core.database.types": (
        "HELSINKI",
        "NumberType",
        "SeveralType",
        "Texts",
        "TextsType",
        "UtcDateTime",
        "now",
        "sort_key",
        "today",
    ),
    "core.demo.region": ("Region",),
    "core.demo.walk": ("Walk",),
    "core.experts.models": ("Expert",),
    "core.extensions": ("db",),
    "core.formats": ("clock", "day", "duration", "kilometres", "language", "moment", "money", "short_day"),
    "core.log.services": ("record_change",),
    "core.modules.calling.calls": ("Answer", "ask", "decide", "observe", "render"),
    "core.modules.gating.gate": ("Gate", "current_gate"),
    "core.modules.spec.kinds": ("hookimpl", "hookspec"),
    "core.modules.spec.plugin": ("API_VERSION", "Plugin", "Retained"),
    "core.modules.spec.refusals": ("Refusal", "Refused"),
    "core.modules.settings.description": ("Setting",),
    "core.modules.settings.reading": ("secret", "setting"),
    "core.modules.settings.versions": ("SettingsUnreadable",),
    "core.modules.spec.values": (
        "Blocker",
        "Card",
        "Expired",
        "Handler",
        "MenuItem",
        "SetupChange",
        "SetupStep",
        "SubjectData",
        "SubjectErasure",
    ),
    "core.organisations.models": ("Organisation",),
    "core.organisations.services": ("delegate",),
    "core.organisations.tree": ("OrganisationNode", "Tree"),
    "core.outbox.mail": ("send_mail",),
    "core.outbox.models": ("OutboxRow",),
    "core.outbox.notices": ("in_language_of", "notify"),
    "core.outbox.services": ("enqueue",),
    "core.records.acting": ("Action", "row_by_row"),
    "core.records.checking": ("checked",),
    "core.records.conditions": ("All", "AnyOf", "Where"),
    "core.records.description": ("Field", "Kept", "Record", "Reference", "endpoint"),
    "core.records.errors": ("Invalid",),
    "core.records.inputs": ("DayField", "Filled", "TypedField", "WholeField", "Within"),
    "core.records.plain": ("from_plain", "to_plain"),
    "core.records.reading": ("BadValue",),
    "core.records.writing": ("store",),
    "core.scope": (
        "JobScope",
        "NodeScope",
        "PersonScope",
        "Scoped",
        "related",
        "reviewed",
        "scope_in_force",
        "set_scope",
        "unscoped",
        "visible",
    ),
    "core.users.criteria": ("works_under",),
    "core.users.models": ("Membership", "Person"),
    "core.users.permissions": ("Permission", "permission"),
    "core.users.reach": ("roles_of", "scope_for", "tops"),
}
_HOME = {name: module for module, names in _WHERE.items() for name in names}
__all__ = sorted(_HOME)  # names are data here, and mypy reads them above


def __getattr__(name: str) -> Any:
    """Load the part of the core that holds `name`."""
    if name not in _HOME:
        raise AttributeError(f"core.api promises no {name!r}")
    return getattr(import_module(_HOME[name]), name)
