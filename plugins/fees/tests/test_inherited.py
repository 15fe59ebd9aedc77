"""What an organisation publishes is read below it and by whoever claims; its own people alone change it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.api import NodeScope, Texts, current_gate, db, set_scope
from core.users.services import add_membership
from plugins.fees.models import Rate, RateVersion, WorkType
from plugins.fees.setup import rates, work_types
from plugins.fees.tests.pages import Pages
from plugins.fees.tests.test_setup_records import refused
from tests.support.payers import Payers, rate

PRICE = {"unit_cents": 9900, "step_minutes": 30, "minimum_minutes": 0, "valid_from": date(2027, 1, 1)}
WORK = {"code": "OWN", "name": Texts(fi="Oma"), "unit": "hour", "payment_class": "wage"}


@contextmanager
def at(payers: Payers, place: str, permission: str = "fees.rates.manage") -> Iterator[Session]:
    """A page of an organisation, opened by somebody of that organisation."""
    with payers.app.app_context():
        top = payers.at[place]
        set_scope(db.session(), NodeScope(top, payers.people["saku"], permission, (top,)))
        yield db.session()
        db.session.remove()


def seen(session: Session) -> set[str]:
    """Where the prices come from that the session shows, by the work type's own code."""
    wanted = select(WorkType.code).join(Rate, Rate.work_type_id == WorkType.id)
    return set(session.scalars(wanted.join(RateVersion, RateVersion.rate_id == Rate.id)))


@pytest.mark.parametrize(
    ("place", "codes"),
    [
        ("school", {"lesson"}),
        ("education", {"lesson"}),
        ("laukaa", {"lesson"}),
        ("ward-a", {"hour"}),
        ("muurame", set()),
        ("region", set()),
    ],
)
def test_an_organisation_reads_what_counts_there(payers: Payers, place: str, codes: set[str]) -> None:
    for _ in range(2):
        with at(payers, place, "fees.rates.view") as session:
            assert seen(session) == codes


def test_whoever_claims_reads_all_that_is_published(payers: Payers) -> None:
    with payers.anywhere() as session:
        kind = WorkType(
            organisation_id=payers.at["hyvaks"], code="later", name=Texts(fi="later"), unit="hour"
        )
        session.add(kind)
        session.flush()
        version_id = rate(session, payers, "hyvaks", kind.id, "hour", unit_cents=1)
        session.get_one(RateVersion, version_id).published_at = None
    for _ in range(2):
        with payers.by("veikko") as session:
            assert seen(session) == {"lesson", "hour"}
    with at(payers, "hyvaks") as session:
        assert seen(session) == {"hour", "later"}
    with at(payers, "ward-a") as session:
        assert seen(session) == {"hour"}


def change_price(version: RateVersion) -> None:
    rates.update_version(version.id, {**PRICE, "valid_to": None}, None)


WRITES: list[Callable[[RateVersion], object]] = [
    change_price,
    lambda version: rates.remove_version(version.id, None),
    lambda version: rates.create_version({**PRICE, "rate_id": version.rate_id}, 0, None),
    lambda version: rates.remove(version.rate_id, None),
    lambda _: work_types.update(db.session.scalars(select(WorkType.id)).one(), WORK, None),
    lambda _: work_types.remove(db.session.scalars(select(WorkType.id)).one(), None),
]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("place", ["school", "education"])
def test_a_unit_does_not_change_the_municipalitys(
    payers: Payers, place: str, write: Callable[[RateVersion], object]
) -> None:
    with at(payers, place) as session:
        version = session.scalars(select(RateVersion)).one()
        session.expunge(version)
        assert set(refused(write, version)) == {""}
    with at(payers, "laukaa") as session:
        assert session.scalars(select(RateVersion.unit_cents)).all() == [3500]
        assert session.scalars(select(WorkType.code)).all() == ["lesson"]


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_pages_of_a_unit_show_the_rate_without_its_buttons(pages: Pages) -> None:
    payers = pages.payers
    with payers.app.app_context():
        add_membership(payers.people["outi"], payers.at["school"], "administrator", actor_id=None)
        slug = current_gate().tree.by_id[payers.at["school"]].slug
        db.session.remove()
    with at(payers, "laukaa") as session:
        version = session.scalars(select(RateVersion)).one()
        rate_id, version_id = version.rate_id, version.id
    outi, start = pages.of("outi"), f"/o/{slug}/records/fees.rates"
    outi.get(f"{start}/")
    assert f"{start}/{rate_id}/" in outi.raw
    assert "35,00" in outi.get(f"{start}/{rate_id}/")
    assert "/edit" not in outi.raw
    assert "/remove" not in outi.raw
    assert "rate_versions/new" not in outi.raw
    outi.get(f"{start}/{rate_id}/rate_versions/{version_id}/edit", 404)
    outi.post(f"{start}/{rate_id}/rate_versions/{version_id}/remove", 404)
    outi.post(f"{start}/{rate_id}/rate_versions/new", 404, unit_cents="1")
