"""Tables of the host: what is installed, what is on where, what is set, how hooks are doing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.database.base import Model, WithId
from core.database.types import Texts, TextsType, UtcDateTime


class InstalledModule(Model):
    """What the last migration saw of a plugin, so that it can be spoken of when its package is gone."""

    __tablename__ = "installed_module"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[str] = mapped_column(String(40))
    label: Mapped[Texts] = mapped_column(TextsType)
    tables: Mapped[list[str]] = mapped_column(JSON, doc="in the order in which they can be dropped")
    retained: Mapped[list[dict[str, Any]]] = mapped_column(JSON, doc="`Retained` facts as dictionaries")
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime, doc="off in the whole instance since")
    disabled_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class ModuleState(WithId, Model):
    """What one organisation says about one module. No row: it inherits from its parent."""

    __tablename__ = "module_state"
    __table_args__ = (UniqueConstraint("module", "organisation_id"),)

    module: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    state: Mapped[str | None] = mapped_column(String(10), doc="on, closing, off; None inherits")
    required: Mapped[bool] = mapped_column(default=False, doc="on here and everywhere below")
    blocked: Mapped[bool] = mapped_column(default=False, doc="off here and everywhere below")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class ModuleSettings(WithId, Model):
    """What one organisation has set for one module, and what it holds fast for those below."""

    __tablename__ = "module_settings"
    __table_args__ = (UniqueConstraint("module", "organisation_id"),)

    module: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    version: Mapped[int] = mapped_column(doc="the plugin's settings_version when this was written")
    values: Mapped[dict[str, Any]] = mapped_column(JSON, doc="only what is set here; the rest is inherited")
    locked: Mapped[list[str]] = mapped_column(JSON, doc="keys that those below may not change")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class ModuleSecret(WithId, Model):
    """A secret setting, encrypted with a key from the environment."""

    __tablename__ = "module_secret"
    __table_args__ = (UniqueConstraint("module", "organisation_id", "key"),)

    module: Mapped[str] = mapped_column(String(40))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", ondelete="RESTRICT"))
    key: Mapped[str] = mapped_column(String(40))
    ciphertext: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id", ondelete="RESTRICT"))


class HookHealth(WithId, Model):
    """How one hook of one plugin is doing, over all processes. Until `open_until` it is not called."""

    __tablename__ = "hook_health"
    __table_args__ = (UniqueConstraint("module", "hook"),)

    module: Mapped[str] = mapped_column(String(40))
    hook: Mapped[str] = mapped_column(String(80))
    calls: Mapped[int] = mapped_column(BigInteger, default=0)
    total_us: Mapped[int] = mapped_column(BigInteger, default=0, doc="microseconds of all calls")
    slowest_us: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(default=0, doc="ever")
    recent: Mapped[int] = mapped_column(default=0, doc="failures since `recent_since`")
    recent_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    open_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text, doc="what and where, without values")
    last_reference: Mapped[str | None] = mapped_column(String(40))
    last_failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Epoch(Model):
    """One row: a number raised by every change of what the gate answers from, in its transaction."""

    __tablename__ = "epoch"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    value: Mapped[int] = mapped_column(default=0)
