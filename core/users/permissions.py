"""Roles as sets of permissions. Core and plugins declare permissions; a role holds those that name it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l

# Built-in roles and their names to people.
ROLES: dict[str, Any] = {
    "coordinator": _l("Coordinator"),
    "administrator": _l("Organisation administrator"),
    "orderer": _l("Orderer"),
    "verifier": _l("Verifier"),
    "approver": _l("Approver"),
    "payroll": _l("Payroll"),
    "expert": _l("Expert by experience"),
    "mentor": _l("Mentor"),
    "reader": _l("Steering group reader"),
    "researcher": _l("Researcher"),
    "auditor": _l("Auditor"),
}

# What each of them is for, in one sentence. What they may do follows from the permissions.
PURPOSES: dict[str, Any] = {
    "coordinator": _l("Keeps the register of experts and brings experts and orderers together."),
    "administrator": _l("Runs the organisation here: its people, modules and settings."),
    "orderer": _l("Orders experts for the work of a unit."),
    "verifier": _l("Confirms that a task was done as claimed."),
    "approver": _l("Approves claims to be paid."),
    "payroll": _l("Takes approved claims to be paid."),
    "expert": _l("Does tasks, and works on the own pages."),
    "mentor": _l("Guides experts in training, and works on the own pages."),
    "reader": _l("Reads summaries for the steering group, and changes nothing."),
    "researcher": _l("Gets figures without names, and sees nobody's data."),
    "auditor": _l("Checks afterwards what was done, and changes nothing."),
}
# Roles that tell what somebody has lived through: lists of staff do not offer them, reading them is logged.
TELLING = frozenset({"expert", "mentor"})
# Roles without a view of the organisation: they have their own pages, or get what a module gives them.
_OUTSIDE = {*TELLING, "researcher"}


@dataclass(frozen=True)
class Permission:
    """Something one may do in an organisation, and the built-in roles that may.

    `granters` are roles that may give the permission to others without holding it: an administrator appoints
    the payroll clerk, and cannot pay. Everybody else grants only what they hold.
    """

    key: str
    label: Any
    roles: frozenset[str]
    granters: frozenset[str] = frozenset()


def permission(key: str, label: Any, *roles: str, granters: Collection[str] = ()) -> Permission:
    """A permission held by `roles`, which `granters` may give as well; an unknown role raises."""
    unknown = {*roles, *granters} - set(ROLES)
    if unknown:
        raise ValueError(f"unknown roles: {sorted(unknown)}")
    return Permission(key, label, frozenset(roles), frozenset(granters))


CORE_PERMISSIONS = (
    permission("core.organisations.view", _l("See the organisation"), *sorted(set(ROLES) - _OUTSIDE)),
    permission("core.organisations.manage", _l("Edit the organisation"), "administrator"),
    permission("core.modules.manage", _l("Switch modules on and off"), "administrator"),
    permission("core.people.manage", _l("Invite people and give roles"), "administrator"),
    permission("core.experts.view", _l("See experts"), "administrator", "coordinator"),
    permission("core.experts.manage", _l("Edit experts"), "administrator", "coordinator"),
    permission("core.experts.areas", _l("See experience areas"), "coordinator", granters=("administrator",)),
    permission(
        "core.experts.merge", _l("Merge two records of an expert"), "coordinator", granters=("administrator",)
    ),
    permission("core.experts.export", _l("Download lists of experts"), "administrator", "coordinator"),
    permission("core.subjects.copy", _l("Make a copy of a person's data"), "administrator", "coordinator"),
    permission("core.subjects.erase", _l("Erase a person's data"), "administrator"),
    permission("core.views.share", _l("Share saved views"), "administrator", "coordinator"),
    permission("core.fields.manage", _l("Add fields to records"), "administrator"),
    permission("core.access.view", _l("See who has looked at whose data"), "administrator", "auditor"),
    permission("core.log.view", _l("See the history of records"), "administrator", "auditor", "coordinator"),
)


def all_permissions() -> dict[str, Permission]:
    """Every declared permission of the application by key."""
    found: dict[str, Permission] = current_app.extensions["kokemussilta.permissions"]
    return found


def holds(role: str, key: str) -> bool:
    """Whether the role holds the permission."""
    found = all_permissions().get(key)
    return found is not None and role in found.roles


def held_by(role: str) -> list[Permission]:
    """The permissions of a built-in role, those of the core first, each module's together."""
    found = [one for one in all_permissions().values() if role in one.roles]
    return sorted(found, key=lambda one: (not one.key.startswith("core."), one.key.partition(".")[0]))
