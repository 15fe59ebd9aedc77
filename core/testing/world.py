"""The small region with one module in it: who asks for which page, and where the module is on."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.database.session import writing
from core.database.types import now
from core.experts.services import create_expert
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.models import ModuleState
from core.modules.spec.plugin import Plugin
from core.scope import unscoped
from core.testing.addresses import Arguments, Page, pages
from core.testing.region import COUNTY, OFF, OPERATOR, OUTSIDER, TOWN, SmallRegion
from core.testing.terms import Terms
from core.testing.visitors import CSRF, Visitor
from core.users.permissions import ROLES, all_permissions

AT = (COUNTY, TOWN, OFF)


class Faults(logging.Handler):
    """Remembers what an error page hides."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the error and where it was raised."""
        error = record.exc_info[1] if record.exc_info else None
        frames = traceback.extract_tb(error.__traceback__) if error else []
        place = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
        self.told.append(f"{type(error).__name__}: {str(error)[:200]}{place}")


@dataclass(frozen=True)
class Reply:
    """What the application answered to whom; `fault` is what an error page hides."""

    who: Visitor
    method: str
    address: str
    status: int
    body: str
    location: str
    fault: str = ""

    @property
    def what(self) -> str:
        """What was asked."""
        return f"{self.method} {self.address} as {self.who.name}"

    def __str__(self) -> str:
        """For a message: what was asked, and the answer."""
        more = (part for part in (self.location, self.fault) if part)
        return " ".join((f"{self.what}: {self.status}", *more))


@dataclass
class World:
    """The application, the plugin in it and the people around.

    `planted`: words by place; `unplanted`: why a record's service made no row. `arguments` and `unknown` keep
    what was found out about addresses.
    """

    region: SmallRegion
    plugin: Plugin
    terms: Terms
    planted: dict[str, set[str]] = field(default_factory=dict)
    unplanted: dict[str, str] = field(default_factory=dict)
    faults: Faults = field(default_factory=Faults)
    arguments: dict[tuple[str, str], list[Arguments]] = field(default_factory=dict)
    unknown: dict[tuple[str, str, str], str] = field(default_factory=dict)
    _visitors: dict[tuple[str, str], Visitor] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        """The application."""
        return self.region.app

    @property
    def module(self) -> str:
        """The plugin's name."""
        return self.plugin.name

    @cached_property
    def at(self) -> dict[str, int]:
        """The ids of the organisations the module is tried in."""
        return {place: self.region.organisation(place) for place in AT}

    # --- pages --------------------------------------------------------------------------------------------

    @cached_property
    def pages(self) -> list[Page]:
        """The plugin's own."""
        owners = self.app.extensions["kokemussilta.owners"]
        return [page for page in pages(self.app) if owners.get(page.endpoint) == self.module]

    @cached_property
    def core_pages(self) -> list[Page]:
        """The core's own that are only read, and whose address needs nothing but the organisation."""
        owners = self.app.extensions["kokemussilta.owners"]
        own = (page for page in pages(self.app) if owners.get(page.endpoint) is None)
        return [page for page in own if "GET" in page.methods and not page.arguments]

    def of_kind(self, *kinds: str) -> list[Page]:
        """The plugin's pages of some kinds of access."""
        return [page for page in self.pages if page.access.kind in kinds]

    def lists(self) -> list[Page]:
        """The plugin's pages that are only read, and whose address needs nothing but the organisation."""
        return [page for page in self.pages if "GET" in page.methods and not page.arguments]

    # --- people -------------------------------------------------------------------------------------------

    def who(self, role: str, place: str = "") -> Visitor:
        """Somebody of the region, signed in."""
        key = (role, place)
        if key not in self._visitors:
            self._visitors[key] = self.region.visitor(role, place)
        return self._visitors[key]

    def who_may(self, page: Page, place: str) -> Visitor:
        """Somebody who may open the page there, with no more rights than needed."""
        if page.access.kind == "operator":
            return self.who(OPERATOR)
        if page.access.kind in ("me", "signed_in", "public"):
            return self.who("expert", place)
        return self.who(min(self.holders(page.access.permission or ""), key=self._power), place)

    def who_may_not(self, page: Page, place: str) -> list[Visitor]:
        """Each role there that lacks the permission."""
        lacking = set(ROLES) - self.holders(page.access.permission or "")
        return [self.who(role, place) for role in sorted(lacking)]

    def stranger(self) -> Visitor:
        """Somebody who is not signed in."""
        return self.region.stranger()

    def outsider(self) -> Visitor:
        """Somebody with an account and without a role."""
        return self.who(OUTSIDER)

    def holders(self, permission: str) -> frozenset[str]:
        """The roles that hold the permission."""
        return self._holders.get(permission, frozenset())

    def _power(self, role: str) -> tuple[int, str]:
        return sum(role in roles for roles in self._holders.values()), role

    @cached_property
    def _holders(self) -> dict[str, frozenset[str]]:
        with self.app.app_context():
            return {key: found.roles for key, found in all_permissions().items()}

    # --- asking -------------------------------------------------------------------------------------------

    def ask(self, who: Visitor, method: str, address: str, **form: str) -> Reply:
        """One request; a POST carries the form's token."""
        client = who.client(self.app)
        data = {**form, CSRF: who.csrf} if method == "POST" else None
        self.faults.told.clear()
        with listening(self.faults):
            answer = client.open(address, method=method, data=data)
        body = answer.get_data(as_text=True)
        answer.close()
        fault = self.faults.told[-1] if answer.status_code >= 500 and self.faults.told else ""
        to = answer.headers.get("Location", "")
        return Reply(who, method, address, answer.status_code, body, to, fault)

    def see(self, page: Page, place: str, **arguments: str) -> Reply:
        """The page as somebody who may open it."""
        return self.ask(self.who_may(page, place), "GET", page.address(place, arguments))

    # --- looking and changing past the pages ---------------------------------------------------------------

    @contextmanager
    def looking(self) -> Iterator[Session]:
        """A session that sees every organisation's rows."""
        with self.app.app_context(), unscoped("the contract looks at rows"):
            try:
                yield db.session()
            finally:
                db.session.remove()

    @contextmanager
    def switched(self, states: Mapping[str, str]) -> Iterator[None]:
        """Inside, the module is in these states at these places; afterwards as before."""
        before = {place: self.state(place) for place in states}
        self.set_states(states)
        try:
            yield
        finally:
            self.set_states({place: state or "off" for place, state in before.items()})

    def set_states(self, states: Mapping[str, str]) -> None:
        """Write what places say about the module and all it requires, whatever is open there."""
        with self.app.app_context(), writing() as session:
            for place, state in states.items():
                for module in (*self.plugin.requires, self.module):
                    _say(session, module, self.at[place], state)
            raise_epoch(session)
        self._forget_session()

    def state(self, place: str) -> str | None:
        """What the place itself says about the module now."""
        with self.looking() as session:
            wanted = select(ModuleState.state).where(
                ModuleState.module == self.module, ModuleState.organisation_id == self.at[place]
            )
            return session.scalar(wanted)

    def expert_of(self, place: str) -> int:
        """A new expert in the register of the place."""
        actor = self.region.person("administrator", place)
        with self.app.app_context(), unscoped("the contract adds an expert"):
            found = create_expert({"name": f"Expert {place}", "status": "active"}, self.at[place], actor)
            db.session.remove()
        return found

    def forget_arguments(self) -> None:
        """Find out anew what may stand in addresses."""
        self.arguments.clear()

    def _forget_session(self) -> None:
        with self.app.app_context():
            db.session.remove()


def _say(session: Session, module: str, organisation_id: int, state: str) -> None:
    wanted = select(ModuleState).where(
        ModuleState.module == module, ModuleState.organisation_id == organisation_id
    )
    row = session.scalar(wanted)
    if row is None:
        row = ModuleState(module=module, organisation_id=organisation_id, required=False, blocked=False)
        session.add(row)
    row.state, row.changed_at = state, now()


@contextmanager
def listening(faults: Faults) -> Iterator[None]:
    """Hear what the error page hides."""
    logger = logging.getLogger("core.errors")
    logger.addHandler(faults)
    try:
        yield
    finally:
        logger.removeHandler(faults)
