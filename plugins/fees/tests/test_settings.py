"""What payers and units set about fees: inherited, held fast, and obeyed by a claim's next step."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event, update

from core.database.session import writing
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.models import ModuleSettings
from core.modules.settings.services import Wanted, save_settings
from core.records.errors import Invalid
from plugins.fees import models as m
from plugins.fees import plugin
from plugins.fees.errors import FeeError
from plugins.fees.settings import contact, working_days
from plugins.fees.tests.pages import Pages
from tests.support.payers import MONDAY, Payers


def setting_at(payers: Payers, place: str, locked: bool = False, **values: Any) -> None:
    """An administrator of the place sets values of its own."""
    wanted = {key: Wanted(True, value, locked) for key, value in values.items()}
    with payers.app.app_context():
        save_settings(plugin, payers.at[place], wanted, payers.people["penni"])
        db.session.remove()


def due(payers: Payers, claim_id: int) -> datetime | None:
    with payers.anywhere() as session:
        return session.get_one(m.Claim, claim_id).due_at


def end_of(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 20, 59, 59, tzinfo=UTC)


def ward_task(payers: Payers) -> Any:
    return payers.task("ward-a", "hour", date(2026, 10, 8))


def returned(payers: Payers, claim_id: int, by: str) -> datetime | None:
    payers.move(claim_id, 1, "return", by, text="Korjaa päivä.")
    return due(payers, claim_id)


def test_a_returned_form_has_the_days_of_its_payer(payers: Payers) -> None:
    setting_at(payers, "hyvaks", returned_days=3)
    ward = payers.send(ward_task(payers), by="veikko").claim_ids[0]
    assert returned(payers, ward, "aatu") == end_of(2026, 10, 15), "Hyvaks: three working days"
    school = payers.send().claim_ids[0]
    assert returned(payers, school, "outi") == datetime(2026, 10, 26, 21, 59, 59, tzinfo=UTC), (
        "Laukaa: the default"
    )


def test_payroll_has_the_days_of_its_payer(payers: Payers) -> None:
    setting_at(payers, "laukaa", payroll_days=2)
    assert due(payers, payers.approved()) == end_of(2026, 10, 14)


def test_only_the_payer_says_how_long(payers: Payers) -> None:
    with pytest.raises(Invalid):
        setting_at(payers, "ward-a", returned_days=1)


def test_work_is_claimed_within_the_payers_days_and_completed_later_too(payers: Payers) -> None:
    old = {"day": date(2026, 9, 1)}
    first = payers.send(payers.lesson(**old), key="in-time").claim_ids[0]
    payers.move(first, 1, "return", "outi", text="Korjaa.")
    setting_at(payers, "laukaa", claim_days=30)
    with pytest.raises(FeeError) as refused:
        payers.send(payers.lesson(), payers.lesson(day=date(2026, 9, 11)), key="late")
    assert (refused.value.code, refused.value.field, refused.value.line) == ("day_too_old", "day", 1)
    assert payers.send(payers.lesson(day=date(2026, 9, 12)), key="last-day").claim_ids
    payers.move(first, 2, "resend", "aino", lines=[payers.lesson(**old)])


def test_a_unit_inherits_whom_to_ask_until_it_is_held_fast(payers: Payers) -> None:
    def asked(place: str) -> str:
        with payers.app.app_context():
            found = contact(payers.at[place])
            db.session.remove()
            return found

    setting_at(payers, "hyvaks", contact="palkat@hyvaks.example")
    setting_at(payers, "ward-b", contact="Osaston sihteeri")
    setting_at(payers, "school", contact="Koulusihteeri")
    setting_at(payers, "laukaa", contact="palkat@laukaa.example", locked=True)
    assert [asked(place) for place in ("ward-a", "ward-b", "school")] == [
        "palkat@hyvaks.example",
        "Osaston sihteeri",
        "palkat@laukaa.example",
    ]
    with pytest.raises(Invalid):
        setting_at(payers, "school", contact="Koulusihteeri")


def test_the_expert_sees_whom_to_ask(pages: Pages) -> None:
    payers = pages.payers
    setting_at(payers, "laukaa", contact="palkat@laukaa.example")
    claim_id = payers.send().claim_ids[0]
    assert "palkat@laukaa.example" in pages.of("aino").get(f"/me/fees/claims/{claim_id}")


def test_settings_that_cannot_be_read_stop_what_depends_on_them_alone(pages: Pages) -> None:
    payers = pages.payers
    setting_at(payers, "laukaa", payroll_days=2)
    claim_id = payers.send().claim_ids[0]
    with payers.app.app_context(), writing() as session:
        session.execute(update(ModuleSettings).values(version=99))
        raise_epoch(session)
    told = pages.of("outi").post(f"/me/fees/claims/{claim_id}/return", 503, version=1, text="Korjaa.")
    assert "Palkkiot ei ole nyt käytettävissä" in told
    with payers.anywhere() as session:
        assert session.get_one(m.Claim, claim_id).version == 1
    assert "LAU-2026-0001" in pages.of("aino").get(f"/me/fees/claims/{claim_id}")


def test_a_step_reads_no_setting_from_the_database(payers: Payers) -> None:
    claim_id = payers.send().claim_ids[0]
    asked: list[str] = []
    with payers.by("outi"):
        working_days("returned_days", payers.at["laukaa"])
        event.listen(db.engine, "before_cursor_execute", lambda _c, _r, sql, *_more: asked.append(sql))
    payers.move(claim_id, 1, "return", "outi", MONDAY, text="Korjaa.")
    assert asked
    assert [sql for sql in asked if "module_se" in sql] == []
