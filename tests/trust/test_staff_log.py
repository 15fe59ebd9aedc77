"""Administrators and auditors read who has looked at whose data, of their own controller alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from core.database.types import today
from core.organisations.services import delegate
from core.users.services import add_membership
from tests.trust.conftest import LIST, World

PAGE = "/o/laukaa/access-log"


def test_it_tells_who_looked_and_is_itself_written_down(world: World) -> None:
    world.browser("Kerttu").get(world.page("Aino"))
    shown = world.browser("Penni").get(PAGE).text
    assert "Aino" in shown
    assert "Kerttu" in shown
    last = world.log()[-1]
    assert (last.actor_id, last.subject_id, last.record, last.why) == (
        world.people["Penni"], world.people["Aino"], "core.access_log", "core.access.view",
    )  # fmt: skip


def test_it_is_narrowed_by_person_reader_and_days(world: World) -> None:
    world.browser("Kerttu").get(LIST)
    penni, people, day = world.browser("Penni"), world.people, today()
    assert "Veikko" not in penni.get(f"{PAGE}?subject={people['Aino']}&reader={people['Kerttu']}").text
    assert "Veikko" in penni.get(f"{PAGE}?reader={people['Kerttu']}&from={day}&to={day}").text
    assert "Veikko" not in penni.get(f"{PAGE}?to={day - timedelta(days=1)}").text
    assert "Veikko" not in penni.get(f"{PAGE}?reader={people['Maija']}").text


def test_a_page_follows_the_one_before(world: World) -> None:
    kerttu = world.browser("Kerttu")
    for _each in range(26):
        kerttu.get(LIST)
    penni = world.browser("Penni")
    assert "after=" in penni.get(PAGE).text
    assert "Aino" in penni.get(f"{PAGE}?after={world.log()[2].id}").text


@pytest.mark.parametrize("query", ["after=x", "subject=-1", "from=x", "to=0001-01-01"])
def test_what_no_link_has_is_refused(world: World, query: str) -> None:
    assert world.browser("Penni").get(f"{PAGE}?{query}").status_code == 400


def test_nobody_else_reads_it_nor_by_a_delegation(world: World) -> None:
    world.browser("Kerttu").get(LIST)
    assert world.browser("Kerttu").get(PAGE).status_code == 403
    with world.app.app_context():
        delegate(world.laukaa, world.muurame, ["core.access.view"])
        add_membership(world.people["Maija"], world.muurame, "auditor", actor_id=None)
    maija = world.browser("Maija")
    assert "Aino" not in maija.get(PAGE).text
    assert "Aino" not in maija.get(PAGE.replace("laukaa", "muurame")).text
