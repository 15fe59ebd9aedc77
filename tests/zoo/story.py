"""What must go on whatever a plugin does: signing in, a new claim, approving it, seeing where it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import Client

from core.database.session import writing
from core.database.types import now, today
from core.demo.browser import Browser, Page
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.models import ModuleState
from core.scope import unscoped
from core.users.models import Account
from core.users.signing_in import reset_password
from plugins.fees.demo.walk import NEW
from plugins.fees.models import Claim, Receipt
from tests.support.region import LoadedRegion

EXPERT, ORDERER, ADMINISTRATOR, OPERATOR = (
    "Aino Aamutähti",
    "Outi Omenapolku",
    "Penni Puronvarsi",
    "Oona Operaattori",
)
PASSWORD = "kuusi-rannikko-4217"
PAYER, UNIT = "laukaa", "sydan-laukaan-koulu"
SECONDS = 60.0
REFUSED = 503
# At an hour at which the region has no work of its own.
WORK = {"work_type": "OPPITUNTI", "start": "6.10", "end": "7.40", "lessons": "2", "travel": "none"}


@dataclass
class Story:
    """The region with one more plugin in it, and its people at their browsers; `client` makes one."""

    region: LoadedRegion
    name: str
    base_url: str = "http://127.0.0.1:5000"
    port: int = 0
    _sent: int = 0
    _browsers: dict[str, Browser] = field(default_factory=dict)

    @property
    def app(self) -> Flask:
        """The application."""
        return self.region.app

    def prepare(self) -> None:
        """Passwords for its people; the plugin is on in the municipality whether or not it works."""
        self.region.newcomer(OPERATOR, operator=True)
        for person in (EXPERT, ORDERER, OPERATOR):
            person_id = self.region.person(person)
            with self.app.app_context():
                reset_password(person_id, PASSWORD)
                db.session.remove()
        payer = self.region.organisation(PAYER)
        with self.app.app_context(), writing() as session:
            row = ModuleState(module=self.name, organisation_id=payer, required=False, blocked=False)
            row.state, row.changed_at = "on", now()
            session.add(row)
            raise_epoch(session)

    # --- people -------------------------------------------------------------------------------------------

    def client(self) -> Client:
        """A browser without cookies."""
        return self.app.test_client()

    def who(self, person: str) -> Browser:
        """Somebody who has signed in with their password, at the same browser each time."""
        if person not in self._browsers:
            self._browsers[person] = self.sign_in(person)
        return self._browsers[person]

    def sign_in(self, person: str) -> Browser:
        """Sign in at a new browser."""
        browser = Browser(self.client(), self.base_url)
        form = browser.open("/sign-in")
        desk = browser.send(form, {"email": self._email(person), "password": PASSWORD})
        assert desk.path == "/me", desk.text
        return browser

    def _email(self, person: str) -> str:
        person_id = self.region.person(person)
        with self.app.app_context():
            return db.session.scalars(select(Account.email).where(Account.person_id == person_id)).one()

    # --- the job ------------------------------------------------------------------------------------------

    def whole(self) -> None:
        """Sign in, claim, approve, look: everything that must work."""
        self.sign_in(EXPERT)
        claim_id = self.claim()
        self.approve(claim_id)
        assert self.state_of(claim_id) == "in_approval"
        shown = self.who(EXPERT).open(f"/me/fees/claims/{claim_id}")
        assert "Lauri Lumikontio" in shown.text or "Saku Salamapuro" in shown.text, shown.text

    def summary(self) -> Page:
        """The form filled in, as far as its summary; each time for a day of its own."""
        self._sent += 1
        day = today() - timedelta(days=20 + self._sent)
        typed = {"unit": str(self.region.organisation(UNIT)), "day": f"{day.day}.{day.month}.{day.year}"}
        browser = self.who(EXPERT)
        return browser.send(browser.open(NEW), {**WORK, **typed}, button="continue")

    def claim(self) -> int:
        """Send a claim; gives its id."""
        receipt = self.who(EXPERT).send(self.summary(), action="/send")
        with self._looking():
            newest = db.session.execute(
                select(Claim.id, Receipt)
                .join(Receipt, Receipt.sheet_id == Claim.sheet_id)
                .order_by(Claim.id.desc())
            ).first()
        assert newest is not None
        assert newest[1].text in receipt.text, receipt.text
        return int(newest[0])

    def approve(self, claim_id: int, status: int = 200) -> Page:
        """The orderer approves."""
        browser = self.who(ORDERER)
        return browser.send(browser.open(f"/me/fees/claims/{claim_id}"), action="/approve", status=status)

    def refused(self) -> Page:
        """Sending is refused, and nothing of it stays."""
        before = self.claims()
        page = self.who(EXPERT).send(self.summary(), action="/send", status=REFUSED)
        assert self.claims() == before
        return page

    # --- the operator -------------------------------------------------------------------------------------

    def operators_page(self) -> str:
        """What the operator reads."""
        return self.who(OPERATOR).open("/operator").text

    def disable(self) -> None:
        """The operator switches the plugin off everywhere."""
        browser = self.who(OPERATOR)
        browser.send(browser.open(f"/operator/modules/{self.name}/disable"))

    # --- past the pages -----------------------------------------------------------------------------------

    def state_of(self, claim_id: int) -> str:
        """The claim's state as it is stored."""
        with self._looking():
            return db.session.scalars(select(Claim.state).where(Claim.id == claim_id)).one()

    def claims(self) -> int:
        """How many claims there are."""
        with self._looking():
            return db.session.scalar(select(func.count(Claim.id))) or 0

    @contextmanager
    def _looking(self) -> Iterator[None]:
        with self.app.app_context(), unscoped("a test looks at claims"):
            yield
            db.session.remove()
