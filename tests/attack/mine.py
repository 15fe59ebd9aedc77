"""What may stand in the addresses that no record description made. A new argument must be told here."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from core.database.session import writing
from core.database.types import now, today
from core.experts.models import Expert
from core.extensions import db
from core.files.models import StoredFile
from core.files.receiving import Received
from core.files.services import store_file
from core.modules.gating.gate import current_gate
from core.modules.health.breaker import Failure, record, row_of
from core.organisations.models import Delegation
from core.outbox.models import OutboxRow
from core.scope import PersonScope, unscoped
from core.testing.addresses import Arguments, Page, subtree
from core.testing.visitors import Visitor
from core.trust.consents import give, grants_of
from core.trust.models import Erasure
from core.users import links, sessions
from core.users.models import Account, Membership, Person, RoleInvitation
from plugins.fees.drafts import save_task
from plugins.fees.models import Batch, Claim, DeskDeputy, DeskMember
from plugins.fees.models import Desk as DeskRow
from tests.attack import claims
from tests.attack.people import KEY as ERASABLE_KEY

if TYPE_CHECKING:
    from tests.attack.world import Place, World


def _modules(_slug: str) -> Iterator[Arguments]:
    yield {"module": "fees"}


def _decisions(_slug: str) -> Iterator[Arguments]:
    """One that changes nothing for the pages that are asked for afterwards."""
    yield {"module": "fees", "decision": "unblock"}


def _memberships(slug: str) -> Iterator[Arguments]:
    wanted = select(Membership.id).where(
        Membership.organisation_id.in_(subtree(slug)), Membership.valid_to.is_(None)
    )
    yield from ({"membership_id": str(found)} for found in db.session.scalars(wanted.order_by(Membership.id)))


def _invitations(slug: str) -> Iterator[Arguments]:
    wanted = select(RoleInvitation.id).where(RoleInvitation.organisation_id.in_(subtree(slug)))
    found = db.session.scalars(wanted.order_by(RoleInvitation.id))
    yield from ({"invitation_id": str(each)} for each in found)


def _delegations(slug: str) -> Iterator[Arguments]:
    """Those that the organisation gave and that still hold."""
    own = current_gate().tree.by_slug[slug].id
    wanted = select(Delegation.id).where(
        Delegation.from_organisation_id == own, Delegation.valid_to.is_(None)
    )
    yield from ({"delegation_id": str(found)} for found in db.session.scalars(wanted.order_by(Delegation.id)))


def _claims(slug: str) -> Iterator[Arguments]:
    with unscoped("the crawler looks for claims"):
        wanted = select(Claim.id).where(Claim.organisation_id.in_(subtree(slug))).order_by(Claim.id)
        yield from ({"claim_id": str(found)} for found in db.session.scalars(wanted).all())


def _waiting_to_be_moved(slug: str) -> Iterator[Arguments]:
    """Claims whose desk has nobody who may decide them: they stand at the administrator's."""
    with unscoped("the crawler looks for claims"):
        desk = select(DeskRow.id).where(DeskRow.kind == "administrator")
        here = Claim.organisation_id.in_(subtree(slug))
        wanted = select(Claim.id).where(here, Claim.desk_id.in_(desk)).order_by(Claim.id)
        yield from ({"claim_id": str(found)} for found in db.session.scalars(wanted).all())


def _in_batches(slug: str) -> Iterator[Arguments]:
    """Claims that are in a batch, which payroll may take out of it again."""
    with unscoped("the crawler looks for claims in batches"):
        inside = Claim.state.in_(("in_batch", "sent"))
        wanted = select(Claim.id).where(Claim.organisation_id.in_(subtree(slug)), inside).order_by(Claim.id)
        yield from ({"claim_id": str(found)} for found in db.session.scalars(wanted).all())


def _batches(slug: str) -> Iterator[Arguments]:
    """A number that this organisation has and, where that can be, the one asking has not."""
    with unscoped("the crawler looks for batches"):
        wanted = (
            select(Batch.number).where(Batch.organisation_id.in_(subtree(slug))).order_by(Batch.number.desc())
        )
        yield from ({"number": str(found)} for found in db.session.scalars(wanted).all())


def _experts(slug: str) -> Iterator[Arguments]:
    """Those whose records are kept there and who were not erased."""
    with unscoped("the crawler looks for experts"):
        wanted = select(Expert.id).join(Person, Person.id == Expert.person_id)
        here = Expert.organisation_id.in_(subtree(slug)), Person.blanked_at.is_(None)
        found = db.session.scalars(wanted.where(*here).order_by(Expert.id)).all()
    yield from ({"row_id": str(each)} for each in found)


def _consents_of(slug: str) -> Iterator[Arguments]:
    """A consent that nothing hangs on."""
    yield from ({**each, "purpose": "publicity"} for each in _experts(slug))


def _erasable(slug: str) -> Iterator[Arguments]:
    """Somebody whom nobody misses afterwards."""
    with unscoped("the crawler looks for experts to erase"):
        wanted = select(Expert.id).where(
            Expert.organisation_id.in_(subtree(slug)), Expert.sort_key == ERASABLE_KEY
        )
        found = db.session.scalars(wanted.order_by(Expert.id)).all()
    yield from ({"row_id": str(each)} for each in found)


def _files(slug: str) -> Iterator[Arguments]:
    """Files that everybody of the organisation may read."""
    with unscoped("the crawler looks for files"):
        found = db.session.scalars(
            select(StoredFile.token).where(StoredFile.organisation_id.in_(subtree(slug)))
        ).all()
    yield from ({"token": each} for each in found)


def _receipts(slug: str) -> Iterator[Arguments]:
    """Erasures that were done there."""
    found = db.session.scalars(select(Erasure.id).where(Erasure.organisation_id.in_(subtree(slug))))
    yield from ({"erasure_id": str(each)} for each in found)


OTHER_ARGUMENTS: dict[str, Callable[[str], Iterator[Arguments]]] = {
    **dict.fromkeys((f"module_pages.{do}_{to}" for do in ("ask", "turn") for to in ("on", "off")), _modules),
    **dict.fromkeys(("module_pages.ask_below", "module_pages.turn_below"), _decisions),
    "module_settings.settings": _modules,
    "users.end_role": _memberships,
    "users.last_day": _memberships,
    "users.withdraw": _invitations,
    "delegations.end": _delegations,
    "files.of_organisation": _files,
    **dict.fromkeys(
        ("trust.of_expert", "trust.restriction", "trust.copy", "trust.copy_file"), _experts
    ),
    "trust.record_consent": _consents_of,
    "trust.erase": _erasable,
    "trust.erased": _receipts,
    "fees_org.claim": _claims,
    **dict.fromkeys(("fees_org.move", "fees_org.do_move"), _waiting_to_be_moved),
    **dict.fromkeys(("fees_org.ask_problem", "fees_org.problem", "fees_org.requeue"), _in_batches),
    **dict.fromkeys(("fees_org.batch", "fees_org.file", "fees_org.ask_paid", "fees_org.paid"), _batches),
}  # fmt: skip
# What stands in these is counted anew in each organisation, or is the same in all.
OF_EACH = ("module", "decision", "number")
# Pages of a claim that are for whoever decides it now, and those for its submitter.
DECIDING = (
    "fees.approve",
    "fees.undo",
    "fees.ask_send_back",
    "fees.send_back",
    "fees.ask_reject",
    "fees.reject",
    "fees.aside",
    "fees.step_aside",
)
MOVING = ("fees.move", "fees.do_move")
AT_A_DESK = ("fees.away", "fees.go_away", "fees.end_absence")
SUBMITTING = ("fees.ask_withdraw", "fees.withdraw", "fees.edit")


class Desk:
    """People with something on their own desk, and people with nothing to do with it."""

    def __init__(self, world: World) -> None:
        self._world, region = world, world.region
        self.expert, self.orderer = region.sign_in("Aino Aamutähti"), region.sign_in("Outi Omenapolku")
        self.mover = region.sign_in("Penni Puronvarsi")
        self.strangers = [
            world.who("laukaa", "administrator"), world.who("laukaa", "expert"),
            world.who("hyvaks", "administrator"),
        ]  # fmt: skip
        self._operator, self._anonymous = world.operator, world.anonymous
        self._waiting = claims.send_claim(region, "Aino Aamutähti", "sydan-laukaan-koulu", hour=6)
        self._ended = claims.send_claim(region, "Aino Aamutähti", "sydan-laukaan-koulu", hour=18)
        claims.act(region, "Aino Aamutähti", self._ended.claim_id, "withdraw")
        # The only orderer does not decide on a claim of her own.
        self._stuck = claims.send_claim(region, "Outi Omenapolku", "sydan-laukaan-koulu", hour=12)

    def owner(self, page: Page) -> Visitor:
        """Whose page it is."""
        if page.access.kind == "operator":
            return self._operator
        if page.access.kind == "public":
            return self._anonymous
        if page.endpoint == "users.sign_out":
            # They must not sign anybody out whom the crawler needs later.
            return self._world.region.sign_in("Outi Omenapolku")
        if page.endpoint in MOVING:
            return self.mover
        return self.orderer if page.endpoint in (*DECIDING, *AT_A_DESK) else self.expert

    def own(self, page: Page) -> list[Place]:
        """The owner's own rows."""
        if not page.arguments:
            return [("laukaa", {})]
        if page.endpoint not in OWN_ARGUMENTS and page.access.kind == "node":
            return self._world.own(page)
        with self._world.looking():
            return [("laukaa", OWN_ARGUMENTS[page.endpoint](self))]

    def ended(self, page: Page) -> list[Place]:
        """The owner's rows that are over."""
        return (
            [("laukaa", {"claim_id": str(self._ended.claim_id)})] if page.arguments == ("claim_id",) else []
        )

    def claim(self) -> Arguments:
        """A claim that waits at its first desk."""
        return {"claim_id": str(self._waiting.claim_id)}

    def stuck_claim(self) -> Arguments:
        """A claim at the administrator's desk: nobody at its step may decide it."""
        return {"claim_id": str(self._stuck.claim_id)}

    def receipt(self) -> Arguments:
        """The number of the claim that waits."""
        return {"number": self._waiting.number}

    def draft(self) -> Arguments:
        """An unfinished form of two tasks."""
        key, day = secrets.token_hex(16), claims.recent(20)
        for task in range(2):
            with claims.standing(self._world.region, PersonScope(self.expert.person_id)):
                save_task(
                    self.expert.person_id,
                    key,
                    task,
                    claims.typed_lesson(self._world.region, "sydan-laukaan-koulu", day),
                )
        return {"key": key, "task": "1"}

    def session(self) -> Arguments:
        """Another browser of the expert's."""
        with writing() as session:
            return {"key": sessions.token_hash(sessions.start(session, self._account(), now()))}

    def link(self) -> Arguments:
        """A one-time link."""
        with writing() as session:
            return {"token": links.issue(session, self._account(), links.SIGN_IN, now())}

    def role(self) -> Arguments:
        """A role the expert is invited to."""
        found = db.session.scalar(
            select(RoleInvitation.id).where(RoleInvitation.person_id == self.expert.person_id)
        )
        assert found is not None
        return {"invitation_id": str(found)}

    def given_up(self) -> Arguments:
        """Work that was given up, for the operator to try again."""
        with writing() as session:
            key = f"given up:{secrets.token_hex(8)}"
            row = OutboxRow(dedupe_key=key, kind="core.odd", payload={}, state="failed", attempts=12,
                            last_error="Undelivered 451", created_at=now(), next_at=now())  # fmt: skip
            session.add(row)
            session.flush()
            return {"row_id": str(row.id)}

    def a_module(self) -> Arguments:
        """A module to the operator."""
        return {"name": "fees"}

    def failing_call(self) -> Arguments:
        """A call to a module that failed too often, for the operator to make again."""
        with writing() as session:
            failure = Failure(("odd", "odd_call"), now(), "ValueError at odd.py:1", "ab12cd34", hang=True)
            record(session, [failure], {})
            return {"row_id": str(row_of(session, failure.key).id)}

    def absence(self) -> Arguments:
        """A coming absence of the orderer's."""
        with writing() as session, unscoped("an absence for the crawler"):
            member = session.scalars(
                select(DeskMember).where(DeskMember.person_id == self.orderer.person_id).limit(1)
            ).one()
            day = today() + timedelta(days=300)
            row = DeskDeputy(
                organisation_id=member.organisation_id, desk_id=member.desk_id, valid_from=day, valid_to=day,
                for_person_id=self.orderer.person_id, deputy_person_id=self.mover.person_id,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return {"absence_id": str(row.id)}

    def purpose(self) -> Arguments:
        """A consent that nothing hangs on."""
        return {"purpose": "publicity"}

    def grant(self) -> Arguments:
        """An organisation that may see the expert."""
        person_id, county = self.expert.person_id, current_gate().tree.by_slug["hyvaks"].id
        give(person_id, "matching", actor_id=person_id, organisation_ids=[county])
        return {"grant_id": str(grants_of(db.session(), person_id)[-1].id)}

    def own_file(self) -> Arguments:
        """A file about the expert."""
        home = current_gate().tree.by_slug["laukaa"].id
        with writing() as session, unscoped("a file for the crawler"):
            received = Received("own.txt", "text/plain", b"")
            file_id = store_file(
                received, owner="core", organisation_id=home, permission="core.experts.view",
                subject_id=self.expert.person_id, actor_id=None,
            )  # fmt: skip
            return {"token": session.get_one(StoredFile, file_id).token}

    def file(self) -> Arguments:
        """One of our own files."""
        return {"filename": "kokemussilta.css"}

    def _account(self) -> int:
        found = db.session.scalar(select(Account.id).where(Account.person_id == self.expert.person_id))
        assert found is not None
        return int(found)


OWN_ARGUMENTS: dict[str, Callable[[Desk], Arguments]] = {
    "static": Desk.file,
    "users.link": Desk.link,
    "users.end_session": Desk.session,
    "users.role": Desk.role,
    **dict.fromkeys(("trust.give", "trust.withdraw"), Desk.purpose),
    "trust.end_grant": Desk.grant,
    "files.my_own": Desk.own_file,
    **dict.fromkeys(("operations.retry", "operations.drop"), Desk.given_up),
    "operations.call_again": Desk.failing_call,
    **dict.fromkeys(
        ("operations.module", "operations.ask_disable", "operations.disable", "operations.enable"),
        Desk.a_module,
    ),
    "fees.receipt": Desk.receipt,
    "fees.end_absence": Desk.absence,
    **dict.fromkeys(
        (
            "fees.draft",
            "fees.change",
            "fees.ask_drop",
            "fees.drop",
            "fees.drop_task",
            "fees.summary",
            "fees.send",
        ),
        Desk.draft,
    ),
    **dict.fromkeys(("fees.claim", *DECIDING, *SUBMITTING), Desk.claim),
    **dict.fromkeys(MOVING, Desk.stuck_claim),
}
