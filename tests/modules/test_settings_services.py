"""Writing and reading settings on both databases: inheritance, locks, secrets, marks, the log, no queries."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from config import new_data_key
from core.api import SettingsUnreadable, secret, setting
from core.database.session import writing
from core.extensions import db
from core.log.models import Change
from core.modules.gating.gate import raise_epoch
from core.modules.host import host
from core.modules.models import ModuleSecret, ModuleSettings
from core.modules.settings.description import Setting
from core.modules.settings.reading import kept
from core.modules.settings.rotation import rotate_secrets
from core.modules.settings.services import ChangedMeanwhile, Wanted, mark_of, save_settings
from core.modules.spec.plugin import Plugin
from core.records.errors import Invalid
from core.testing.databases import Prepared
from core.testing.fixtures import WriteRows
from tests.support.payers import Payers, write_payers

SETTINGS = (
    Setting(key="days", label="Days", type="integer", default=10, min=1, max=60),
    Setting(key="contact", label="Contact", type="email"),
    Setting(key="limit", label="Limit", type="money", by_controller=True),
    Setting(key="begins", label="Begins", type="date"),
    Setting(key="password", label="Password", type="secret", was=("token",)),
)


@pytest.fixture
def first_rows() -> WriteRows:
    return write_payers


@pytest.fixture
def world(app: Flask, monkeypatch: pytest.MonkeyPatch, prepared_database: Prepared[Any]) -> Iterator[Payers]:
    payers = prepared_database.remembered.on(app)
    with app.app_context():
        monkeypatch.setattr(type(fees()), "settings", SETTINGS)
        monkeypatch.setattr(type(fees()), "settings_version", 1)
        monkeypatch.setattr(type(fees()), "settings_steps", {})
        yield payers
        db.session.remove()


def fees() -> Plugin:
    return host().healthy["fees"].plugin


def save(world: Payers, place: str, actor: str = "penni", **wanted: Wanted) -> None:
    save_settings(fees(), world.at[place], wanted, world.people[actor])
    db.session.remove()


def value(world: Payers, place: str, key: str = "days") -> Any:
    return setting("fees", key, world.at[place])


def test_a_county_sets_its_ward_inherits_and_the_neighbour_keeps_the_default(world: Payers) -> None:
    save(world, "hyvaks", days=Wanted(True, 7))
    assert [value(world, p) for p in ("hyvaks", "ward-a", "laukaa", "region")] == [7, 7, 10, 10]
    save(world, "ward-a", days=Wanted(True, 3))
    assert [value(world, p) for p in ("hyvaks", "ward-a", "ward-b")] == [7, 3, 7]
    save(world, "ward-a", days=Wanted(False))
    assert value(world, "ward-a") == 7


def test_what_is_held_fast_above_wins_and_cannot_be_written(world: Payers) -> None:
    save(world, "school", days=Wanted(True, 3))
    save(world, "laukaa", days=Wanted(True, 5, locked=True))
    assert value(world, "school") == 5
    with pytest.raises(Invalid) as refused:
        save(world, "school", days=Wanted(True, 4))
    assert set(refused.value.errors) == {"days"}
    save(world, "laukaa", days=Wanted(True, 5))
    assert value(world, "school") == 3, "the school's own value comes back when the lock is gone"


def test_a_controllers_setting_is_read_below_and_changed_by_the_controller_alone(world: Payers) -> None:
    save(world, "hyvaks", limit=Wanted(True, 12140))
    assert value(world, "ward-a", "limit") == 12140
    with pytest.raises(Invalid):
        save(world, "ward-a", limit=Wanted(True, 1))


def test_what_is_refused_changes_nothing(world: Payers) -> None:
    with pytest.raises(Invalid) as refused:
        save(world, "laukaa", days=Wanted(True, 61), contact=Wanted(True, "nobody"), limit=Wanted(True, 1))
    assert set(refused.value.errors) == {"days", "contact"}
    assert value(world, "laukaa", "limit") is None
    assert db.session.scalars(select(ModuleSettings)).all() == []


def test_the_later_of_two_administrators_is_told(world: Payers) -> None:
    shown = mark_of(SETTINGS[0], kept().layer(fees(), world.at["laukaa"]))
    save(world, "laukaa", days=Wanted(True, 5, seen=shown))
    with pytest.raises(ChangedMeanwhile):
        save(world, "laukaa", days=Wanted(True, 6, seen=shown))
    save(world, "laukaa", contact=Wanted(True, "a@b.fi"))
    assert (value(world, "laukaa"), value(world, "laukaa", "contact")) == (5, "a@b.fi")
    shown = mark_of(SETTINGS[0], kept().layer(fees(), world.at["school"]))
    save(world, "laukaa", days=Wanted(True, 5, locked=True))
    with pytest.raises(ChangedMeanwhile):
        save(world, "school", days=Wanted(True, 6, seen=shown))


def test_each_change_is_logged_by_key_without_values(world: Payers) -> None:
    save(
        world,
        "laukaa",
        days=Wanted(True, 5, locked=True),
        contact=Wanted(True, "a@b.fi"),
        password=Wanted(True, "x"),
    )
    save(world, "laukaa", days=Wanted(False), contact=Wanted(True, "a@b.fi"), password=Wanted(True))
    rows = db.session.scalars(
        select(Change).where(Change.record == "core.module_settings").order_by(Change.id)
    )
    assert [(r.action, r.fields, r.organisation_id) for r in rows] == [
        ("set", ["contact", "days", "password"], world.at["laukaa"]),
        ("lock", ["days"], world.at["laukaa"]),
        ("inherit", ["days"], world.at["laukaa"]),
        ("unlock", ["days"], world.at["laukaa"]),
    ]


def test_a_secret_is_encrypted_inherited_and_each_reading_logged(
    world: Payers, caplog: pytest.LogCaptureFixture
) -> None:
    save(world, "hyvaks", password=Wanted(True, "hunter2"))
    row = db.session.scalars(select(ModuleSecret)).one()
    assert "hunter2" not in row.ciphertext
    with caplog.at_level(logging.INFO, "core"):
        assert secret("fees", "password", world.at["ward-a"]) == "hunter2"
        assert secret("fees", "password", world.at["laukaa"]) is None
    said = [vars(r) for r in caplog.records if r.getMessage() == "secret read"]
    assert [(s["plugin"], s["setting"], s["organisation_id"]) for s in said] == [
        ("fees", "password", world.at["ward-a"]),
        ("fees", "password", world.at["laukaa"]),
    ]
    assert "hunter2" not in repr(said)
    with pytest.raises(TypeError):
        setting("fees", "password", world.at["ward-a"])
    with pytest.raises(TypeError):
        secret("fees", "days", world.at["ward-a"])
    save(world, "hyvaks", password=Wanted(False))
    assert secret("fees", "password", world.at["ward-a"]) is None


def test_a_secret_is_found_under_an_earlier_key_and_moves_when_it_is_written_anew(
    world: Payers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(fees()), "settings", (Setting(key="token", label="Token", type="secret"),))
    save(world, "laukaa", token=Wanted(True, "old"))
    monkeypatch.setattr(type(fees()), "settings", SETTINGS)
    assert secret("fees", "password", world.at["laukaa"]) == "old"
    save(world, "laukaa", password=Wanted(True, "new"))
    assert [r.key for r in db.session.scalars(select(ModuleSecret))] == ["password"]
    assert secret("fees", "password", world.at["laukaa"]) == "new"


def test_a_secret_moved_to_another_place_does_not_open(world: Payers) -> None:
    save(world, "laukaa", password=Wanted(True, "hunter2"))
    save(world, "hyvaks", days=Wanted(True, 7))
    changed(update(ModuleSecret).values(organisation_id=world.at["hyvaks"]))
    with pytest.raises(SettingsUnreadable):
        secret("fees", "password", world.at["hyvaks"])


def test_keys_are_rotated_and_a_lost_key_is_told(world: Payers, app: Flask) -> None:
    old, new = app.config["KOKEMUSSILTA"].data_keys[0], new_data_key()
    save(world, "laukaa", password=Wanted(True, "hunter2"))
    with_keys(app, new, old)
    assert rotate_secrets().done == 1
    with_keys(app, new)
    assert secret("fees", "password", world.at["laukaa"]) == "hunter2"
    with_keys(app, new_data_key())
    found = rotate_secrets()
    assert (found.done, found.unreadable) == (0, (("fees", "laukaa", "password"),))
    result = app.test_cli_runner().invoke(args=["modules", "rotate-secrets"])
    assert result.exit_code == 1
    assert "fees laukaa password" in result.output
    with pytest.raises(SettingsUnreadable):
        secret("fees", "password", world.at["laukaa"])
    save(world, "laukaa", password=Wanted(True, "anew"))
    assert secret("fees", "password", world.at["laukaa"]) == "anew"


def with_keys(app: Flask, *keys: str) -> None:
    app.config["KOKEMUSSILTA"] = replace(app.config["KOKEMUSSILTA"], data_keys=keys)
    app.extensions.pop("kokemussilta.data_keys", None)


def changed(statement: Any) -> None:
    """Change rows behind the service's back."""
    with writing() as session:
        raise_epoch(session)
        session.execute(statement)
    db.session.remove()


def test_a_value_that_no_longer_validates_counts_as_not_set(world: Payers) -> None:
    save(world, "hyvaks", days=Wanted(True, 7))
    save(world, "ward-a", days=Wanted(True, 3))
    changed(
        update(ModuleSettings)
        .where(ModuleSettings.organisation_id == world.at["ward-a"])
        .values(values={"days": 999})
    )
    assert value(world, "ward-a") == 7
    layer = kept().layer(fees(), world.at["ward-a"])
    assert layer is not None
    assert layer.faults == {"days": 999}


def test_older_values_are_read_through_the_steps_and_written_at_the_new_version(
    world: Payers, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed_row(world, 1, {"weeks": 2, "gone": "kept"}, ["weeks", "gone"])
    newer = (replace(SETTINGS[0], was=("weeks",)), *SETTINGS[1:])
    monkeypatch.setattr(type(fees()), "settings", newer)
    monkeypatch.setattr(type(fees()), "settings_version", 2)
    monkeypatch.setattr(type(fees()), "settings_steps", {1: from_weeks})
    assert value(world, "school") == 14
    save(world, "laukaa", contact=Wanted(True, "a@b.fi"))
    row = db.session.scalars(select(ModuleSettings)).one()
    assert (row.version, row.values) == (2, {"days": 14, "gone": "kept", "contact": "a@b.fi"})
    assert row.locked == ["days", "gone"]


def from_weeks(old: dict[str, Any]) -> dict[str, Any]:
    return {"days": old["weeks"] * 7, "gone": old["gone"]}


def changed_row(world: Payers, version: int, values: dict[str, Any], locked: list[str]) -> None:
    save(world, "laukaa", days=Wanted(True, 5))
    changed(update(ModuleSettings).values(version=version, values=values, locked=locked))


def test_what_cannot_be_read_is_no_guess_and_is_not_written_over(world: Payers) -> None:
    changed_row(world, 3, {"days": 5}, [])
    for act in (
        lambda: value(world, "laukaa"),
        lambda: value(world, "school", "contact"),
        lambda: save(world, "laukaa", days=Wanted(True, 6)),
        lambda: save(world, "school", days=Wanted(True, 6)),
    ):
        with pytest.raises(SettingsUnreadable):
            act()
    assert value(world, "hyvaks") == 10, "others are not touched by it"
    assert db.session.scalars(select(ModuleSettings.values)).one() == {"days": 5}


def test_reading_asks_the_database_nothing_after_the_first_time(world: Payers) -> None:
    save(world, "hyvaks", days=Wanted(True, 7))
    assert value(world, "ward-a") == 7
    asked: list[str] = []
    event.listen(
        db.engine, "before_cursor_execute", lambda _c, _r, statement, *_more: asked.append(statement)
    )
    places = ("ward-a", "ward-b", "hyvaks", "laukaa", "school")
    found = [value(world, place, key) for place in places for key in ("days", "limit", "begins")]
    assert len(found) == 15
    assert asked == []
    db.session.remove()
    assert value(world, "ward-a") == 7
    reads = [statement for statement in asked if statement.startswith("SELECT")]
    assert len(reads) == 1, "a new session asks for the epoch, as every request does"


def test_what_a_transaction_changed_it_reads_and_nobody_else_does_before_it_commits(world: Payers) -> None:
    with suppress(KeyboardInterrupt), writing():
        assert value(world, "laukaa") == 10
        save_settings(fees(), world.at["laukaa"], {"days": Wanted(True, 5)}, world.people["penni"])
        assert value(world, "laukaa") == 5
        raise KeyboardInterrupt
    db.session.remove()
    assert value(world, "laukaa") == 10


def test_unknown_keys_organisations_and_modules_are_errors(world: Payers) -> None:
    for module, key, place, error in (
        ("fees", "nothing", world.at["laukaa"], LookupError),
        ("fees", "days", 999_999, LookupError),
        ("ghost", "days", world.at["laukaa"], SettingsUnreadable),
    ):
        with pytest.raises(error):
            setting(module, key, place)
