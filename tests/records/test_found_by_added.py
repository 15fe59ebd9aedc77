"""A row seen by a grant is not found by the fields that its own unit has added."""

from __future__ import annotations

from datetime import date

from core.database.session import writing
from core.database.types import Texts
from core.experts.models import Expert, ExpertGrant
from core.extensions import db
from core.organisations.services import create_organisation
from core.scope import unscoped
from core.search.models import SearchWord
from core.search.services import within
from core.trust.consents import give
from core.users.services import add_membership, create_account, create_person
from tests.records.conftest import World

WORD = "kanarialintu"


def test_a_sister_unit_finds_nobody_by_it(world: World) -> None:
    expert_id = world.experts["Koulu"]
    with world.app.app_context(), unscoped("a test"):
        sister = create_organisation(Texts(fi="Sisar"), "school", "sisar", parent_id=world.laukaa)
        person_id = create_person("Sirkka", actor_id=None)
        create_account(person_id, "sirkka@example.test", actor_id=None)
        add_membership(person_id, sister, "coordinator", actor_id=None)
        subject = db.session.get_one(Expert, expert_id).person_id
        for purpose in ("register", "matching"):
            consent_id = give(subject, purpose, actor_id=None)
        with writing() as session:
            session.add(
                ExpertGrant(
                    expert_id=expert_id, organisation_id=sister, purpose="matching", consent_id=consent_id,
                    valid_from=date(2020, 1, 1),
                )
            )  # fmt: skip
            permission = within("core.experts.view", world.laukaa)
            session.add(SearchWord(record="core.expert", word=WORD, row_id=expert_id, permission=permission))
        db.session.remove()
    world.people["Sirkka"] = person_id
    link = f"/records/core.expert/{expert_id}/"
    sirkka = world.browser("Sirkka")
    assert sirkka.get(f"/o/sisar{link}").status_code == 200
    assert link not in sirkka.post("/o/sisar/search", words=WORD).text
    assert link in world.browser("Penni").post("/o/laukaa/search", words=WORD).text
