"""What is over its time goes, once; a dry run tells the same and changes nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DatabaseError

from core.database.session import writing
from core.database.types import now, today
from core.experts.models import Expert
from core.extensions import db
from core.files.models import StoredFile
from core.files.receiving import Received
from core.files.services import store_file
from core.log.models import AccessRow
from core.organisations.contacts.models import OrganisationContact
from core.organisations.contacts.services import create_contact
from core.outbox.worker import tidy
from core.retention.models import RetentionRun
from core.retention.runs import NIGHT, due, run
from core.scope import unscoped
from core.trust.models import Consent, Erasure
from core.users.models import Person
from core.users.services import add_membership
from tests.trust.conftest import World

YEAR = timedelta(days=366)
PAGE = "/o/laukaa/retention"


@pytest.fixture
def old(world: World) -> World:
    """One of each kind that is over its time, and one of each that is not."""
    penni = world.browser("Penni")
    assert penni.post(PAGE, expert_years="2", log_years="3").status_code == 303
    with world.app.app_context(), unscoped("a test"), writing() as session:
        for years in (1, 4):
            first, last = today() - (years + 1) * YEAR, today() - years * YEAR
            values = {"name": f"Contact {years}", "valid_from": first, "valid_to": last}
            create_contact(values, world.laukaa, None)
            _file(world, today() - timedelta(days=1) if years == 4 else today())
            line = {
                "at": now() - years * YEAR, "controller_id": world.laukaa, "organisation_id": world.laukaa,
                "record": "core.expert", "how": "page", "why": "", "subject_id": world.people["Aino"],
            }  # fmt: skip
            session.execute(insert(AccessRow), line)
        expert = session.get_one(Expert, world.experts["Aino"])
        expert.withdrawn_at = now() - 3 * YEAR
        session.get_one(Expert, world.experts["Veikko"]).status = "ended"
        consent = session.scalars(select(Consent).where(Consent.person_id == expert.person_id)).one()
        consent.withdrawn_at = now() - 6 * YEAR
    return world


def _file(world: World, keep_until: date) -> None:
    received = Received("a.pdf", "application/pdf", b"%PDF-")
    store_file(
        received, owner="core", organisation_id=world.laukaa, permission="core.experts.view",
        keep_until=keep_until, actor_id=None,
    )  # fmt: skip


def told(world: World, *, dry: bool) -> dict[str, tuple[int, int]]:
    with world.app.app_context():
        return {line.what["en"]: (line.count, line.waits) for line in run(dry=dry)}


def test_what_is_over_goes_once_and_a_dry_run_tells_the_same(old: World) -> None:
    before = _rows(old)
    planned = told(old, dry=True)
    assert _rows(old) == before
    assert planned == {
        "Contact persons": (1, 0),
        "Files whose last day has passed": (1, 0),
        "Lines of the access log": (1, 0),
        "Consents that were withdrawn": (1, 0),
        "Experts who left the register: erased": (1, 0),
    }
    assert told(old, dry=False) == planned
    assert told(old, dry=False) == {}
    with old.looking() as session:
        assert session.get_one(Person, old.people["Aino"]).blanked_at is not None
        assert session.get_one(Person, old.people["Veikko"]).blanked_at is None
        assert [row.name for row in session.scalars(select(OrganisationContact))] == ["Contact 1"]
        files = session.scalars(select(StoredFile.removed_at).order_by(StoredFile.id)).all()
        assert [each is None for each in files] == [True, False]
        assert [row.actor_id for row in session.scalars(select(Erasure))] == [None]
        assert session.scalar(select(func.count(RetentionRun.id))) == 2


def _rows(world: World) -> list[int]:
    with world.looking() as session:
        models = (OrganisationContact, AccessRow, Consent, Erasure, RetentionRun)
        people = session.scalars(select(Person.name).order_by(Person.id)).all()
        return [
            *(session.scalar(select(func.count()).select_from(m)) or 0 for m in models),
            hash(tuple(people)),
        ]


def test_who_has_a_role_waits_and_goes_later(old: World) -> None:
    with old.app.app_context():
        add_membership(old.people["Aino"], old.laukaa, "orderer", actor_id=None)
        db.session.remove()
    assert told(old, dry=True)["Experts who left the register: erased"] == (0, 1)
    assert told(old, dry=False)["Experts who left the register: erased"] == (0, 1)
    with old.looking() as session:
        assert session.get_one(Person, old.people["Aino"]).blanked_at is None


def test_nobody_is_erased_while_it_is_undecided(old: World) -> None:
    old.browser("Penni").post(PAGE, expert_years="", log_years="3")
    assert "Experts who left the register: erased" not in told(old, dry=True)


def test_young_lines_of_the_log_stay_whoever_asks(old: World) -> None:
    with old.app.app_context():
        with pytest.raises(DatabaseError), writing() as session:
            session.execute(text("DELETE FROM access_log WHERE id = (SELECT min(id) FROM access_log)"))
        db.session.remove()


def test_the_worker_runs_once_a_night(old: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.retention import runs

    monkeypatch.setattr(runs, "HOUR", 0)
    for _each in range(2):
        tidy(old.app)
        old.app.extensions.pop(NIGHT)  # as another worker
    with old.looking() as session:
        assert [row.night for row in session.scalars(select(RetentionRun))] == [today()]


def test_the_page_tells_what_goes_and_what_went(old: World) -> None:
    penni = old.browser("Penni")
    with old.app.test_request_context():
        lines = {line.what["en"]: line.count for line in due(old.laukaa, today())}
    assert lines == {
        "Contact persons": 1, "Files whose last day has passed": 1, "Lines of the access log": 1,
        "Experts who left the register: erased": 1,
    }  # fmt: skip
    assert "Rekisteristä lähteneet asiantuntijat" in penni.get(PAGE).text
    told(old, dry=False)
    shown = penni.get(PAGE).text
    assert "Rekisteristä lähteneet asiantuntijat" in shown.partition("Aiemmat ajot")[2]
    assert "Perutut suostumukset" not in shown
    assert "Aino" not in shown


@pytest.mark.parametrize("typed", [("0", "5"), ("x", "5"), ("", "1"), ("2", "51")])
def test_years_that_are_none_are_refused(world: World, typed: tuple[str, str]) -> None:
    answer = world.browser("Penni").post(PAGE, expert_years=typed[0], log_years=typed[1])
    assert answer.status_code == 422
    assert "aria-invalid" in answer.text


def test_it_is_for_the_controllers_own_administrators(world: World) -> None:
    assert world.browser("Kerttu").get(PAGE).status_code == 403
    assert world.browser("Maija").get(PAGE).status_code == 404


def test_the_command(old: World) -> None:
    runner = old.app.test_cli_runner()
    planned = runner.invoke(args=["retention", "run", "--dry-run"]).output
    assert "would go: 5" in planned
    assert runner.invoke(args=["retention", "run"]).output == planned.replace("would go", "gone")
