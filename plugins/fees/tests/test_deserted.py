"""The last one at a desk leaves while claims wait there: administrators are told, and find them to move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import time_machine

from core.outbox.models import Notice
from core.outbox.worker import run_once
from plugins.fees import models as m
from plugins.fees.commands import remind_command
from plugins.fees.deserted import deserted_desks
from plugins.fees.tests.pages import Pages
from plugins.fees.tests.test_aside import join
from plugins.fees.tests.test_leaving import Leaving, leaving, lose_roles
from tests.support.payers import MONDAY, Payers

PAGE = "/o/laukaa/fees/without-handler"


def end_appointment(payers: Payers, name: str) -> None:
    """The person's days at every desk ended yesterday."""
    with payers.anywhere() as session:
        for member in session.query(m.DeskMember).filter_by(person_id=payers.people[name]):
            member.valid_to = date(2026, 10, 11)


def told(payers: Payers) -> list[tuple[str, str]]:
    """(who, where the notice leads) of what was told about desks without anybody."""
    names = {person_id: name for name, person_id in payers.people.items()}
    with payers.anywhere() as session:
        rows = session.query(Notice).order_by(Notice.id)
        return [(names[n.person_id], n.link) for n in rows if n.dedupe_key.startswith("fees.deserted:")]


def remind(pages: Pages) -> str:
    result = pages.payers.app.test_cli_runner().invoke(remind_command)
    assert result.exit_code == 0, result.output
    return result.output.strip()


@leaving
def test_who_can_move_is_told_once_a_day(pages: Pages, leave: Leaving) -> None:
    pages.sent()
    pages.sent(**pages.lesson(day="5.10.2026"))
    assert remind(pages) == "0 told."
    leave(pages.payers, "outi")
    assert [remind(pages), remind(pages)] == ["1 told.", "0 told."]
    assert told(pages.payers) == [("penni", PAGE)]
    with time_machine.travel(MONDAY + timedelta(days=1), tick=False):
        assert remind(pages) == "1 told."


def test_an_appointment_that_ended_is_noticed_at_the_next_event_of_the_payer(pages: Pages) -> None:
    first = pages.sent()
    pages.approve(first, "outi")
    pages.sent(**pages.lesson(day="5.10.2026"))
    end_appointment(pages.payers, "outi")
    assert told(pages.payers) == []
    pages.of("lauri").post(f"/me/fees/claims/{first}/approve", version=2)
    while run_once(pages.payers.app):
        pass
    assert told(pages.payers) == [("penni", PAGE)]


def test_the_page_lists_the_desk_and_leads_to_moving(pages: Pages) -> None:
    claim_id = pages.sent()
    penni, payers = pages.of("penni"), pages.payers
    assert "Jokainen lomake on jollakulla" in penni.get(PAGE)
    assert "odottaa paikassa" not in penni.get("/o/laukaa/fees/")
    lose_roles(payers, "outi")
    assert "1 lomake odottaa käsittelijällä, jolla kukaan ei voi päättää siitä." in penni.get(
        "/o/laukaa/fees/"
    )
    page = penni.get(PAGE)
    assert "Tilaaja, School" in page
    assert "LAU-2026-0001" in page
    move = f"/o/laukaa/fees/claims/{claim_id}/move"
    assert f'href="{move}"' in penni.raw
    assert f'href="/o/school/records/fees.desks/{payers.desks["school", "orderer"]}/"' in penni.raw
    penni.post(move, version=1, desk=payers.desks["laukaa", "unit_head"])
    assert "Jokainen lomake on jollakulla" in penni.get(PAGE)
    pages.of("hilma").get(PAGE, 404)
    pages.of("paula").get(PAGE, 403)


def test_a_desk_with_somebody_for_one_claim_and_nobody_for_another(payers: Payers) -> None:
    """Who approved a step of the one may not decide its next, but decides the other's."""
    join(payers, "outi")
    both = [payers.send(key=key).claim_ids[0] for key in ("k1", "k2")]
    join(payers, "saku", kind="orderer")
    for claim_id, name in zip(both, ("outi", "saku"), strict=True):
        payers.move(claim_id, 1, "approve", name)
    end_appointment(payers, "lauri")
    with payers.anywhere() as session:
        from plugins.fees.deserted import deserted_claims

        assert [claim.id for claim in deserted_claims(session)] == both[:1]
        desks = [(found.payer_id, found.desk_id) for found in deserted_desks(session)]
        assert desks == [(payers.at["laukaa"], payers.desks["school", "line_manager"])]
        assert deserted_desks(session, payers.at["hyvaks"]) == []


def test_what_is_at_the_administrators_desk_is_not_told_again(pages: Pages) -> None:
    end_appointment(pages.payers, "outi")
    pages.sent()
    assert remind(pages) == "0 told."
    assert "Jokainen lomake on jollakulla" in pages.of("penni").get(PAGE)


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
def test_without_an_administrator_nobody_is_told(payers: Payers) -> None:
    payers.send()
    lose_roles(payers, "outi")
    assert payers.app.test_cli_runner().invoke(remind_command).output.strip() == "0 told."
