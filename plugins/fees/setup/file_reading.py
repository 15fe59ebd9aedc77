"""Reading an organisation's set-up of fees from a file: only what differs is written, nothing is removed.

A chain is read in as a draft: publishing it needs people at its desks, and people are in no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import (
    Invalid,
    Refusal,
    SetupChange,
    current_gate,
    from_plain,
    related,
    scope_for,
    writing,
)
from plugins.fees.models import Chain, ChainStep, ChainVersion, Desk, Rate, RateVersion, WorkType
from plugins.fees.price_reading import path_to_payer
from plugins.fees.records.common import asked
from plugins.fees.records.deciding import CHAINS_MANAGE, STEPS
from plugins.fees.records.prices import PRICES, RATES_MANAGE, UNITS, WORK_TYPES
from plugins.fees.setup import chains, desks, rates, work_types
from plugins.fees.setup.common import Values
from plugins.fees.setup.file_words import chain_words, price_words, work_words
from plugins.fees.states import ADMINISTRATOR, PAYROLL, STEP_KINDS
from plugins.fees.words import DESK_KIND

MOST_LETTERS = 120
# Each price is checked against the rate's others while the write lock is held; one a year is usual.
MOST_PRICES = 50
PARTS = ("work_types", "rates", "chain", "desks")


def preview(organisation_id: int, setup: dict[str, Any]) -> Sequence[SetupChange]:
    """What reading the set-up in changes; the host takes back what is written to find out."""
    return _read(organisation_id, setup, None)


def read_in(organisation_id: int, setup: dict[str, Any], actor_id: int) -> None:
    """Write the set-up; refused whole when anything of it cannot be."""
    faults = [change for change in _read(organisation_id, setup, actor_id) if change.fault]
    if faults:
        raise Refusal(" ".join(f"{change.what}: {change.fault}" for change in faults))


def _read(organisation_id: int, setup: dict[str, Any], actor_id: int | None) -> list[SetupChange]:
    with writing() as session:
        reader = _Reader(session, organisation_id, actor_id)
        reader.unknown(setup)
        reader.part(RATES_MANAGE, _("Work types"), setup.get("work_types"), reader.work_type)
        reader.part(RATES_MANAGE, _("Rates"), setup.get("rates"), reader.rate)
        reader.part(CHAINS_MANAGE, _("Desks"), setup.get("desks"), reader.desk)
        reader.desks_noted()
        reader.part(CHAINS_MANAGE, _("Approval chain"), _only(setup.get("chain")), reader.chain)
        return reader.changes


def _only(part: Any) -> Any:
    return None if part is None else [part]


@dataclass
class _Reader:
    """Reads part by part; each item whose rule refuses becomes a fault, and the others go on."""

    session: Session
    organisation_id: int
    actor_id: int | None
    changes: list[SetupChange] = field(default_factory=list)
    new_desks: list[str] = field(default_factory=list)
    priced: dict[int, set[date]] = field(default_factory=dict)

    def unknown(self, setup: dict[str, Any]) -> None:
        """Nothing in a file is passed over in silence."""
        self.changes += [
            SetupChange(str(key), fault=_("Nobody knows this key.")) for key in setup if key not in PARTS
        ]

    def part(self, permission: str, what: str, items: Any, read: Callable[[Any], None]) -> None:
        """Read a list's items, if the person may write such rows here."""
        if items is None:
            return
        if not isinstance(items, list):
            self.changes.append(SetupChange(what, fault=_("Something else stands here than a list.")))
        elif not self._may(permission):
            self.changes.append(SetupChange(what, fault=_("You may not change this here.")))
        else:
            for item in items:
                self._guarded(what, item, read)

    def _may(self, permission: str) -> bool:
        scope, tree = scope_for(self.session, permission), current_gate().tree
        return scope is not None and any(tree.reaches(top, self.organisation_id) for top in scope.ancestors)

    def _guarded(self, what: str, item: Any, read: Callable[[Any], None]) -> None:
        known = len(self.changes)
        try:
            with self.session.begin_nested():
                read(item)
        except Invalid as error:
            del self.changes[known:]
            text = " ".join(
                f"{key}: {message}" if key else str(message) for key, message in error.errors.items()
            )
            self.changes.append(SetupChange(f"{what} {_named(item)}".strip(), fault=text))

    def _note(self, what: str, before: str, after: str) -> None:
        self.changes.append(SetupChange(what, before, after))

    # --- work types ---------------------------------------------------------------------------------------

    def work_type(self, item: Any) -> None:
        """A work type by its code."""
        values = from_plain(asked(WORK_TYPES), item, self.organisation_id)
        row = self._own_work_type(values["code"])
        what = _("Work type %(code)s", code=values["code"])
        before = "" if row is None else work_words({f.key: getattr(row, f.key) for f in asked(WORK_TYPES)})
        after = work_words(values)
        if row is None:
            work_types.create(values, self.organisation_id, self.actor_id)
        elif _differs(row, {**values, "income_type": values["income_type"] or ""}):
            work_types.update(row.id, values, self.actor_id)
        else:
            return
        self._note(what, before, after)

    def _own_work_type(self, code: str) -> WorkType | None:
        wanted = select(WorkType).where(
            WorkType.organisation_id == self.organisation_id, WorkType.code == code.strip().upper()
        )
        return self.session.scalar(wanted)

    # --- rates --------------------------------------------------------------------------------------------

    def rate(self, item: Any) -> None:
        """A rate by its work type or unit, with its prices by their first day."""
        if not isinstance(item, dict) or not isinstance(item.get("prices"), list):
            raise Invalid({"prices": _("Something else stands here than a list.")})
        code, unit = item.get("work_type"), item.get("unit")
        if not isinstance(unit, str) or unit not in UNITS or not isinstance(code, str | None):
            raise Invalid({"unit": _("Choose one from the list.")})
        if unknown := set(item) - {"work_type", "unit", "prices"}:
            raise Invalid({min(unknown): _("Nobody knows this key.")})
        work_type_id = self._work_type_id(code) if code else None
        rate_id = self._rate_id(work_type_id, unit)
        prices = [from_plain(asked(PRICES), price, self.organisation_id) for price in item["prices"]]
        what = _("Rate %(what)s", what=code or str(UNITS[unit]))
        self._check_days(rate_id, [price["valid_from"] for price in prices])
        for price in sorted(prices, key=lambda each: each["valid_from"]):
            self._price(rate_id, price, what)

    def _check_days(self, rate_id: int, days: Sequence[date]) -> None:
        """Not too many prices of one rate, wherever they stand; two of one day leave open which is meant."""
        known = self.priced.setdefault(rate_id, set())
        if len(known) + len(days) > MOST_PRICES:
            text = _("A rate in the file may have at most %(number)s prices.", number=MOST_PRICES)
            raise Invalid({"prices": text})
        if len(known | set(days)) < len(known) + len(days):
            raise Invalid({"valid_from": _("Two prices begin on the same day.")})
        known.update(days)

    def _work_type_id(self, code: str) -> int:
        """The organisation's own, else the nearest above it."""
        path = path_to_payer(current_gate().tree, self.organisation_id)
        wanted = select(WorkType).where(WorkType.organisation_id.in_(path))
        with related("work types of the organisations above"):
            found = {(w.organisation_id, w.code.upper()): w.id for w in self.session.scalars(wanted)}
        for place in path:
            if (place, code.strip().upper()) in found:
                return found[place, code.strip().upper()]
        raise Invalid({"work_type": _("This organisation does not use the work type. Choose another.")})

    def _rate_id(self, work_type_id: int | None, unit: str) -> int:
        wanted = select(Rate.id).where(
            Rate.organisation_id == self.organisation_id, Rate.work_type_id == work_type_id, Rate.unit == unit
        )
        found = self.session.scalar(wanted)
        if found is not None:
            return found
        values = {"work_type_id": work_type_id, "unit": unit if work_type_id is None else None}
        return rates.create(values, self.organisation_id, self.actor_id)

    def _price(self, rate_id: int, values: Values, what: str) -> None:
        wanted = select(RateVersion).where(
            RateVersion.rate_id == rate_id, RateVersion.valid_from == values["valid_from"]
        )
        row = self.session.scalar(wanted)
        before = "" if row is None else price_words({f.key: getattr(row, f.key) for f in asked(PRICES)})
        values = rates.filled(values)
        if row is None:
            rates.create_version({**values, "rate_id": rate_id}, self.organisation_id, self.actor_id)
        elif _differs(row, values):
            rates.update_version(row.id, values, self.actor_id)
        else:
            return
        self._note(what, before, price_words(values))

    # --- desks and the chain ------------------------------------------------------------------------------

    def desk(self, kind: Any) -> None:
        """A desk of a kind, without people."""
        if kind not in (*STEP_KINDS, PAYROLL, ADMINISTRATOR):
            raise Invalid({"": _("Choose one from the list.")})
        wanted = select(Desk.id).where(Desk.organisation_id == self.organisation_id, Desk.kind == kind)
        if self.session.scalar(wanted) is None:
            desks.create({"kind": kind}, self.organisation_id, self.actor_id)
            self.new_desks.append(str(DESK_KIND[kind]))

    def desks_noted(self) -> None:
        """All new desks are one change: they are empty, and their kinds say it all."""
        if self.new_desks:
            self._note(_("New desks"), "", ", ".join(self.new_desks))

    def chain(self, item: Any) -> None:
        """The chain's steps, as a draft where they differ from the newest version's."""
        steps = self._steps_in(item)
        after = [_step(values) for values in steps]
        wanted = select(Chain).where(Chain.organisation_id == self.organisation_id)
        chain = self.session.scalar(wanted)
        if chain is None:
            chains.create({"name": item["name"]}, self.organisation_id, self.actor_id)
            chain = self.session.scalars(wanted).one()
        version = chains.newest(self.session, chain.id)
        before = [] if version is None else _steps_of(self.session, version)
        if after == before and chain.name == item["name"]:
            return
        chains.update(chain.id, {"name": item["name"]}, self.actor_id)
        if after != before:
            self._write_steps(chain.id, version, steps)
        self._note(
            _("Approval chain, as a draft"),
            chain_words(before),
            chain_words([_step(values) for values in steps]),
        )

    def _steps_in(self, item: Any) -> list[Values]:
        named = isinstance(item, dict) and set(item) == {"name", "steps"} and isinstance(item["steps"], list)
        if not named or not isinstance(item["name"], str) or len(item["name"]) > MOST_LETTERS:
            raise Invalid({"name": _("Fill in this field.")})
        return [from_plain(asked(STEPS), step, self.organisation_id) for step in item["steps"]]

    def _write_steps(self, chain_id: int, version: ChainVersion | None, steps: Iterable[Values]) -> None:
        if version is None or version.published_at is not None:
            values = {"chain_id": chain_id}
            version_id = chains.create_version(values, self.organisation_id, self.actor_id)
        else:
            version_id = version.id
        old = select(ChainStep.id).where(ChainStep.chain_version_id == version_id)
        for step_id in self.session.scalars(old.order_by(ChainStep.no.desc())).all():
            chains.remove_step(step_id, self.actor_id)
        for step in steps:
            values = {**step, "chain_version_id": version_id}
            chains.create_step(values, self.organisation_id, self.actor_id)


def _differs(row: Any, values: Values) -> bool:
    return any(getattr(row, key) != value for key, value in values.items())


def _step(values: Values) -> tuple[str, int]:
    return values["desk_kind"], values["due_days"]


def _steps_of(session: Session, version: ChainVersion) -> list[tuple[str, int]]:
    wanted = select(ChainStep).where(ChainStep.chain_version_id == version.id).order_by(ChainStep.no)
    return [(step.desk_kind, step.due_days) for step in session.scalars(wanted)]


def _named(item: Any) -> str:
    """What an item of a file is called, for its faults."""
    if isinstance(item, dict):
        item = next((item[key] for key in ("code", "work_type", "unit", "name") if key in item), "")
    return item[:40] if isinstance(item, str) else ""
