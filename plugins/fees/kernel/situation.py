"""A claim with everything its next move depends on, read inside the move's own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, literal_column, or_, select
from sqlalchemy.orm import Session

from core.api import PersonScope, scope_in_force, today, visible
from plugins.fees.errors import ClaimNotFound, Conflict, FeeError
from plugins.fees.kernel.people import DeskPeople, desks_statement, read_desks
from plugins.fees.kernel.tables import APPROVAL, CLAIM, DESK, EVENT, PERSON, SHEET, STEP
from plugins.fees.models import Claim
from plugins.fees.states import ADMINISTRATOR, OWN, PAYROLL, STEP_ASIDE

NO_ELIGIBLE_MEMBER = "no_eligible_member"


@dataclass(frozen=True)
class ClaimRow:
    """A claim as it stands, with its last event."""

    id: int
    organisation_id: int
    payer_id: int
    submitter_id: int
    beneficiary_id: int
    state: str
    desk_id: int | None
    since: datetime
    due_at: datetime | None
    step_no: int
    total_cents: int
    revision: int
    chain_version_id: int
    version: int
    last_hash: str
    last_action: str
    last_actor_id: int
    last_at: datetime
    last_from: str | None
    last_step: int
    has_aside: bool


@dataclass(frozen=True)
class Step:
    """A required step of the claim's revision, and who approved it."""

    no: int
    desk_id: int
    due_days: int
    kind: str
    approver_id: int | None


@dataclass(frozen=True)
class Situation:
    """One claim, its steps, the desks that matter to it, and who stepped aside from it."""

    claim: ClaimRow
    steps: Sequence[Step]
    desks: dict[int, DeskPeople]
    aside: frozenset[int] = frozenset()

    @property
    def approvers(self) -> set[int]:
        """Who approved this revision."""
        return {step.approver_id for step in self.steps if step.approver_id is not None}

    @property
    def own_people(self) -> set[int]:
        """Those the claim is about: they never decide it, nor does anybody for them."""
        return {self.claim.submitter_id, self.claim.beneficiary_id}

    @property
    def shut(self) -> set[int]:
        """Those who may not decide it now, whichever desk they stand at."""
        return self.own_people | self.approvers | self.aside

    @property
    def step(self) -> Step:
        """The step that waits."""
        return next(step for step in self.steps if step.no == self.claim.step_no)

    def next_step(self) -> Step | None:
        """The first step after the waiting one, or None after the last."""
        return next((step for step in self.steps if step.no > self.claim.step_no), None)

    def payer_desk(self, kind: str) -> DeskPeople:
        """The payer's own payroll or administrator desk."""
        return payer_desk(self.desks, self.claim.payer_id, kind)

    def own_desk(self) -> DeskPeople:
        """The submitter's own desk."""
        wanted = (self.claim.payer_id, self.claim.submitter_id)
        for desk in self.desks.values():
            if (desk.organisation_id, desk.person_id) == wanted:
                return desk
        raise FeeError("desk_missing", kind=OWN, organisation_id=self.claim.payer_id)

    def has_handler(self) -> bool:
        """Whether somebody present at its desk may decide; the administrator's desk only moves."""
        desk = self.desks[self.claim.desk_id or 0]
        return desk.kind != ADMINISTRATOR and desk.counted_on(self.shut, self.own_people)

    def place(self, desk_id: int, also: int | None = None) -> tuple[int, str | None]:
        """The desk, or the administrator's when nobody present there may decide; and a note saying so.

        `also` is who is just deciding, and so cannot decide again.
        """
        shut = self.shut | ({also} if also is not None else set())
        return place(self.desks, desk_id, self.claim.payer_id, shut, self.own_people)


def payer_desk(desks: dict[int, DeskPeople], payer_id: int, kind: str) -> DeskPeople:
    """The payer's desk of a kind; raises when it has none."""
    for desk in desks.values():
        if desk.organisation_id == payer_id and desk.kind == kind:
            return desk
    raise FeeError("desk_missing", kind=kind, organisation_id=payer_id)


def place(
    desks: dict[int, DeskPeople], desk_id: int, payer_id: int, shut: set[int], silent: set[int]
) -> tuple[int, str | None]:
    """The desk if somebody present there may decide, else the payer's administrator's, with the note."""
    if desks[desk_id].kind != ADMINISTRATOR and desks[desk_id].counted_on(shut, silent):
        return desk_id, None
    return payer_desk(desks, payer_id, ADMINISTRATOR).id, NO_ELIGIBLE_MEMBER


_LAST = and_(EVENT.c.claim_id == CLAIM.c.id, EVENT.c.seq == CLAIM.c.version)
_AN_ASIDE: Any = EVENT.alias()
# Put together once: that costs several times what running them does. Parameters: ids.
_CLAIMS = (
    select(
        CLAIM.c.id,
        CLAIM.c.organisation_id,
        SHEET.c.organisation_id,
        CLAIM.c.submitter_id,
        CLAIM.c.beneficiary_id,
        CLAIM.c.state,
        CLAIM.c.desk_id,
        CLAIM.c.since,
        CLAIM.c.due_at,
        CLAIM.c.step_no,
        CLAIM.c.total_cents,
        CLAIM.c.revision,
        CLAIM.c.chain_version_id,
        CLAIM.c.version,
        EVENT.c.hash,
        EVENT.c.action,
        EVENT.c.actor_id,
        EVENT.c.at,
        EVENT.c.from_state,
        EVENT.c.step_no,
        exists().where(_AN_ASIDE.c.claim_id == CLAIM.c.id, _AN_ASIDE.c.action == STEP_ASIDE),
    )
    .select_from(CLAIM.join(SHEET, SHEET.c.id == CLAIM.c.sheet_id).join(EVENT, _LAST))
    .where(CLAIM.c.id.in_(bindparam("ids", expanding=True)))
)
_STEPS = (
    select(
        STEP.c.claim_id, STEP.c.no, STEP.c.desk_id, STEP.c.due_days, STEP.c.desk_kind, APPROVAL.c.person_id
    )
    .select_from(
        STEP.join(CLAIM, and_(CLAIM.c.id == STEP.c.claim_id, CLAIM.c.revision == STEP.c.revision)).outerjoin(
            APPROVAL,
            and_(
                APPROVAL.c.claim_id == STEP.c.claim_id,
                APPROVAL.c.revision == STEP.c.revision,
                APPROVAL.c.step_no == STEP.c.no,
                APPROVAL.c.undone_seq.is_(None),
            ),
        )
    )
    .where(STEP.c.claim_id.in_(bindparam("ids", expanding=True)), STEP.c.required)
    .order_by(STEP.c.claim_id, STEP.c.no)
)
_ASIDE = select(EVENT.c.claim_id, EVENT.c.actor_id).where(
    EVENT.c.claim_id.in_(bindparam("ids", expanding=True)), EVENT.c.action == STEP_ASIDE
)
# Words of the statement, not parameters: a plan made for all values knows only then how few desks these are.
_OF_PAYERS: list[Any] = [literal_column(f"'{kind}'") for kind in (PAYROLL, ADMINISTRATOR)]
_DESKS = desks_statement(
    or_(
        DESK.c.id.in_(bindparam("desks", expanding=True)),
        and_(
            DESK.c.organisation_id.in_(bindparam("payers", expanding=True)),
            or_(
                DESK.c.kind.in_(_OF_PAYERS),
                DESK.c.person_id.in_(bindparam("submitters", expanding=True)),
            ),
        ),
    )
)


def read_claims(session: Session, ids: Sequence[int]) -> list[ClaimRow]:
    """The claims the session's scope shows, with their last events; a missing or foreign one raises."""
    rows = session.connection().execute(_visible_claims(session), {"ids": list(ids)})
    found = {row[0]: ClaimRow(*tuple(row)) for row in rows}
    if len(found) != len(set(ids)):
        raise ClaimNotFound(sorted(set(ids) - set(found)))
    return [found[i] for i in ids]


def _visible_claims(session: Session) -> Select[Any]:
    scope = scope_in_force(session)
    if isinstance(scope, PersonScope):
        return _claims_of(scope, today())
    return _CLAIMS.where(visible(Claim, session))


@lru_cache(maxsize=512)
def _claims_of(scope: PersonScope, _day: date) -> Select[Any]:
    """One person's, kept for the day: putting it together costs several times what running it does."""
    return _CLAIMS.where(Claim.criterion(scope))


def situations(
    connection: Connection, claims: Sequence[ClaimRow], day: date, also_desk: int | None = None
) -> list[Situation]:
    """What each claim's move depends on: two queries whatever their number, one more if somebody left it."""
    steps = _steps(connection, claims)
    wanted = {step.desk_id for found in steps.values() for step in found}
    wanted |= {claim.desk_id for claim in claims if claim.desk_id is not None}
    wanted |= {also_desk} if also_desk is not None else set()
    parameters = {
        "desks": sorted(wanted),
        "payers": sorted({claim.payer_id for claim in claims}),
        "submitters": sorted({claim.submitter_id for claim in claims}),
        "day": day,
    }
    desks = read_desks(connection, _DESKS, parameters)
    aside = stepped_aside(connection, [claim.id for claim in claims if claim.has_aside])
    return [
        Situation(claim, steps.get(claim.id, []), desks, aside.get(claim.id, frozenset())) for claim in claims
    ]


def stepped_aside(connection: Connection, ids: Sequence[int]) -> dict[int, frozenset[int]]:
    """Who stepped aside from each claim, in whichever revision: a relation does not end with a correction.

    Claims from which nobody did are left out; no query without claims.
    """
    found: dict[int, frozenset[int]] = {}
    for claim_id, person_id in connection.execute(_ASIDE, {"ids": list(ids)}) if ids else ():
        found[claim_id] = found.get(claim_id, frozenset()) | {person_id}
    return found


def _steps(connection: Connection, claims: Sequence[ClaimRow]) -> dict[int, list[Step]]:
    """The required steps of each claim's revision with their live approvals."""
    found: dict[int, list[Step]] = {}
    for claim_id, *rest in connection.execute(_STEPS, {"ids": [claim.id for claim in claims]}):
        found.setdefault(claim_id, []).append(Step(*rest))
    return found


def conflict(session: Session, claim: ClaimRow) -> Conflict:
    """Who made the claim what it is now, and when."""
    name = (
        session.connection().execute(select(PERSON.c.name).where(PERSON.c.id == claim.last_actor_id)).scalar()
    )
    return Conflict(
        claim_id=claim.id,
        who_id=claim.last_actor_id,
        who=name or "",
        when=claim.last_at,
        state=claim.state,
        decision=claim.last_action,
        version=claim.version,
    )
