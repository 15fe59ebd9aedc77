"""Writing settings: checked, one row for each module and organisation, every change in the log by key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.ciphers import seal
from core.database.session import writing
from core.database.types import now
from core.log.services import record_change
from core.modules.gating.gate import current_gate, raise_epoch
from core.modules.models import ModuleSecret, ModuleSettings
from core.modules.settings.description import Setting
from core.modules.settings.reading import Kept, forget, load_rows
from core.modules.settings.resolving import Layer
from core.modules.settings.values import BadValue, checked, to_json
from core.modules.spec.plugin import Plugin
from core.records.errors import Invalid

NOBODY = Layer(0, {}, frozenset(), {})
Action = Literal["set", "inherit", "lock", "unlock"]


class ChangedMeanwhile(Exception):
    """Somebody else changed some of the same settings after they were shown; nothing was written."""


@dataclass(frozen=True)
class Wanted:
    """What an organisation should say about one setting: a value of its own or not, held fast or not.

    A secret of None with `own` is the one that is stored already. `seen` is the mark of what was shown when
    this was asked for.
    """

    own: bool
    value: Any = None
    locked: bool = False
    seen: str | None = None


@dataclass
class _Writing:
    """One save: what stood there, what will, and what changed."""

    plugin: Plugin
    organisation_id: int
    kept: Kept
    values: dict[str, Any]
    secrets: dict[str, str | None] = field(default_factory=dict)
    locked: set[str] = field(default_factory=set)
    changes: dict[Action, list[str]] = field(default_factory=dict)

    @property
    def before(self) -> Layer:
        """What the organisation said until now."""
        return self.kept.layer(self.plugin, self.organisation_id) or NOBODY

    def note(self, action: Action, key: str) -> None:
        """Remember a change for the log."""
        self.changes.setdefault(action, []).append(key)


def mark_of(setting: Setting, layer: Layer | None) -> str:
    """A mark of what an organisation says about one setting; another one whenever it says something else."""
    said = layer or NOBODY
    stored = said.values if setting.key in said.values else said.faults
    own = setting.key in stored
    return mark(own, to_json(stored[setting.key]) if own else None, setting.key in said.locked)


def mark(own: bool, raw: Any, locked: bool) -> str:
    """The mark of a stored value, or of none."""
    return hashlib.sha256(json.dumps([own, raw, locked]).encode("utf-8")).hexdigest()[:16]


def save_settings(plugin: Plugin, organisation_id: int, wanted: Mapping[str, Wanted], actor_id: int) -> None:
    """Write what an organisation says about the settings named; the others stay as they are.

    Raises `Invalid` with a message by key, `ChangedMeanwhile`, or `SettingsUnreadable` when what is stored
    cannot be read and so must not be written over.
    """
    with writing() as session:
        raise_epoch(session)  # first: two who save at once do it one after the other
        doing = _begin(session, plugin, organisation_id)
        errors: dict[str, Any] = {}
        for setting in plugin.settings:
            if (asked := wanted.get(setting.key)) is not None:
                _take(doing, setting, asked, errors)
        if errors:
            raise Invalid(errors)
        if doing.changes:
            _store(session, doing, actor_id)
            forget()


def _begin(session: Session, plugin: Plugin, organisation_id: int) -> _Writing:
    """What is stored now, read past what other questions may have kept."""
    found = Kept(current_gate().tree, load_rows(session))
    for setting in plugin.settings:
        found.resolved(plugin, setting, organisation_id)  # nobody writes below what cannot be read
    doing = _Writing(plugin, organisation_id, found, found.raw(plugin, organisation_id))
    row = found.rows.get((plugin.name, organisation_id))
    known = {key for setting in plugin.settings for key in setting.keys}
    # A lock of a setting the plugin no longer has is kept, like its value.
    doing.locked = set(doing.before.locked) | ({*row.locked} - known if row else set())
    return doing


def _take(doing: _Writing, setting: Setting, asked: Wanted, errors: dict[str, Any]) -> None:
    """Note one setting's change, or why there can be none."""
    if asked.seen is not None and asked.seen != mark_of(setting, doing.before):
        raise ChangedMeanwhile(setting.key)
    if not may_set(doing.kept, doing.plugin, setting, doing.organisation_id):
        if asked.seen is not None:  # it was open to change when it was shown
            raise ChangedMeanwhile(setting.key)
        errors[setting.key] = _("This is decided by an organisation above.")
        return
    try:
        _take_value(doing, setting, asked)
    except BadValue as error:
        errors[setting.key] = error.message
    _take_lock(doing, setting, asked.locked)


def may_set(kept: Kept, plugin: Plugin, setting: Setting, organisation_id: int) -> bool:
    """Whether an organisation may say anything about the setting: not locked above, nor its controller's."""
    node = kept.tree.by_id[organisation_id]
    if setting.by_controller and node.controller_id not in (None, node.id):
        return False
    return kept.resolved(plugin, setting, organisation_id).source != "locked"


def _take_value(doing: _Writing, setting: Setting, asked: Wanted) -> None:
    key, before = setting.key, doing.before
    if not asked.own:
        if key in before.values or key in before.faults:
            doing.note("inherit", key)
        doing.values.pop(key, None)
        doing.secrets.update({name: None for name in setting.keys if setting.type == "secret"})
    elif setting.type == "secret":
        _take_secret(doing, setting, asked.value)
    else:
        value = checked(setting, asked.value)
        if key not in before.values or before.values[key] != value:
            doing.note("set", key)
        doing.values[key] = to_json(value)


def _take_secret(doing: _Writing, setting: Setting, text: Any) -> None:
    """A new secret; nothing written means the one that is stored stays."""
    if text in (None, ""):
        if setting.key not in doing.before.values:
            raise BadValue(_("Fill in this field."))
        return
    place = (doing.plugin.name, doing.organisation_id, setting.key)
    doing.secrets.update(dict.fromkeys(setting.was))
    doing.secrets[setting.key] = seal(place, checked(setting, text))
    doing.note("set", setting.key)


def _take_lock(doing: _Writing, setting: Setting, locked: bool) -> None:
    if locked != (setting.key in doing.locked):
        doing.note("lock" if locked else "unlock", setting.key)
    doing.locked.difference_update(setting.keys)
    doing.locked.update([setting.key] if locked else [])


def _store(session: Session, doing: _Writing, actor_id: int) -> None:
    here = {"module": doing.plugin.name, "organisation_id": doing.organisation_id}
    at = now()
    row = session.scalar(select(ModuleSettings).filter_by(**here))
    if row is None:
        row = ModuleSettings(**here)
        session.add(row)
    row.version, row.values = doing.plugin.settings_version, doing.values
    row.locked, row.changed_at, row.changed_by = sorted(doing.locked), at, actor_id
    for key, sealed in doing.secrets.items():
        _store_secret(session, {**here, "key": key}, sealed, {"changed_at": at, "changed_by": actor_id})
    session.flush()
    for action, keys in doing.changes.items():
        record_change(
            session,
            record="core.module_settings",
            row_id=row.id,
            action=action,
            fields=keys,
            actor_id=actor_id,
            organisation_id=doing.organisation_id,
            at=at,
        )


def _store_secret(session: Session, here: dict[str, Any], sealed: str | None, who: dict[str, Any]) -> None:
    row = session.scalar(select(ModuleSecret).filter_by(**here))
    if sealed is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = ModuleSecret(**here)
        session.add(row)
    row.ciphertext, row.changed_at, row.changed_by = sealed, who["changed_at"], who["changed_by"]
