"""Delegations between controllers: what is offered, what both sides see, and when it ends."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.database.types import today
from core.extensions import db
from core.log.models import Change
from core.organisations.models import Delegation
from core.organisations.services import delegate
from tests.organisations.conftest import Town, signed_in
from tests.users.conftest import Browser

PAGE, NEW = "/o/laukaa/delegations", "/o/laukaa/delegations/new"
VIEW = "core.organisations.view"


def written(day: date) -> str:
    return f"{day.day}.{day.month}.{day.year}"


def send(browser: Browser, town: Town, **changed: str) -> int:
    form = {"to": str(town.centre), "permissions": VIEW, "valid_from": written(today()), **changed}
    return browser.post(NEW, NEW, **form).status_code


def test_given_seen_by_both_sides_and_ended(app: Flask, town: Town, penni: Browser) -> None:
    kerttu = signed_in(app, "Kerttu Kuusikello")
    assert kerttu.get("/o/koulu/").status_code == 404
    assert send(penni, town) == 303
    assert kerttu.get("/o/koulu/").status_code == 200
    with app.app_context():
        delegation_id = db.session.scalars(select(Delegation.id)).one()
        give(app, town)
        db.session.remove()
    keeper = signed_in(app, "Anni Alahelmi")
    for page in (penni.get(PAGE).text, keeper.get("/o/keskus/delegations").text):
        assert "Penni Puronvarsi" in page
        assert "Nähdä organisaatio" in page
    end = f"{PAGE}/{delegation_id}/end"
    assert keeper.get(f"/o/keskus/delegations/{delegation_id}/end").status_code == 404  # the giver's to end
    assert penni.post(end, end).status_code == 303
    assert kerttu.get("/o/koulu/").status_code == 404
    assert penni.get(end).status_code == 404
    with app.app_context():
        logged = db.session.scalars(select(Change).where(Change.record == "core.delegation")).all()
        assert [(c.action, c.actor_id) for c in logged] == [("create", town.penni), ("end", town.penni)]
        db.session.remove()


def give(app: Flask, town: Town) -> None:
    """An administrator of the centre."""
    from core.users.passwords import hash_password
    from tests.users.conftest import PASSWORD

    with app.app_context():
        town._person("Anni Alahelmi", hash_password(PASSWORD), "administrator", town.centre)
        db.session.remove()


@pytest.mark.parametrize(
    "changed",
    [
        {"permissions": "fees.payroll"},
        {"permissions": "made.up"},
        {"permissions": ""},
        {"to": "school"},
        {"to": "0"},
        {"valid_from": written(today() - timedelta(days=1))},
        {"valid_from": ""},
        {"valid_to": written(today() - timedelta(days=1))},
    ],
)
def test_only_what_one_holds_to_others_from_today(
    app: Flask, town: Town, penni: Browser, changed: dict[str, str]
) -> None:
    changed = {key: str(town.school) if value == "school" else value for key, value in changed.items()}
    assert send(penni, town, **changed) == 422
    with app.app_context():
        assert db.session.scalars(select(Delegation)).all() == []
        db.session.remove()


def test_what_was_delegated_is_not_handed_on(app: Flask, town: Town) -> None:
    """Muurame lets Laukaa's administrators manage it; they still neither make nor end its delegations."""
    with app.app_context():
        lent = delegate(town.muurame, town.laukaa, [VIEW, "core.organisations.manage"])
        third = delegate(town.muurame, town.centre, [VIEW])
        db.session.remove()
    penni = signed_in(app, "Penni Puronvarsi")
    seen = penni.get("/o/muurame/delegations")
    assert seen.status_code == 200
    assert "/delegations/new" not in seen.text
    assert f"/delegations/{third}/end" not in seen.text
    page = "/o/muurame/delegations/new"
    assert penni.get(page).status_code == 403
    form = {"to": str(town.centre), "permissions": VIEW, "valid_from": written(today())}
    assert penni.post(page, NEW, **form).status_code == 403
    for number in (lent, third):
        assert penni.get(f"/o/muurame/delegations/{number}/end").status_code == 403
        assert penni.post(f"/o/muurame/delegations/{number}/end", NEW).status_code == 403
    with app.app_context():
        assert db.session.scalars(select(Delegation.valid_to)).all() == [None, None]
        db.session.remove()


def test_units_have_none(penni: Browser) -> None:
    assert penni.get("/o/sivistys/delegations").status_code == 404
    assert penni.get("/o/sivistys/delegations/new").status_code == 404
