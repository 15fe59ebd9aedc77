"""Old and new values in the change log: plain, sealed, left out; erased with the person's key."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import delete, select

from core.database.session import writing
from core.experts.models import Expert
from core.extensions import db
from core.log.keys import cipher_for, forget_key
from core.log.models import Change, PersonKey
from core.log.services import record_change
from core.log.values import opened
from core.modules.settings.rotation import rotate_secrets
from core.records.description import Field, Record
from core.records.writing import store
from core.scope import unscoped
from core.testing.databases import DatabaseUrls
from tests.migrations.frozen import connected
from tests.records.conftest import World

WHY: dict[str, Any] = {"personal": True, "purpose": "to try", "retention": "a day"}
RECORD = Record(
    key="core.tried",
    label="Tried",
    plural="Tried",
    model=Expert,
    read="core.experts.view",
    write="core.experts.manage",
    subject="person_id",
    fields=(
        Field(key="name", label="Name", required=True, **WHY),
        Field(key="municipality", label="Place", log_values=False, **WHY),
        Field(key="status", label="Status"),
    ),
)
CANARY = "Kanarialintu-7Q"


def change(expert_id: int, record: Record = RECORD, **values: Any) -> list[str]:
    with unscoped("a test"), writing() as session:
        return store(session, record, session.get_one(Expert, expert_id), values, actor_id=None)


def lines() -> list[Change]:
    changes = (Change.record == RECORD.key, Change.action != "create")
    query = select(Change).where(*changes).order_by(Change.id)
    return list(db.session().scalars(query))


def dump(database: DatabaseUrls) -> str:
    """Every value of every table, as it lies in the database."""
    from sqlalchemy import MetaData

    with connected(database.owner) as connection:
        tables = MetaData()
        tables.reflect(connection)
        return "\n".join(
            str(tuple(row)) for t in tables.sorted_tables for row in connection.execute(select(t))
        )


def test_each_value_is_kept_as_its_field_says(world: World) -> None:
    with world.app.app_context():
        changed = change(world.experts["Aino"], name=CANARY, municipality="Hankasalmi", status="paused")
        assert changed == ["municipality", "name", "status"]
        (line,) = lines()
        assert line.fields == ["municipality", "name", "status"]
        assert line.values_plain is None, "every value of a record about somebody tells something about them"
        assert opened(db.session(), [line]) == [{"name": ["Aino", CANARY], "status": ["active", "paused"]}]
        assert line.values_sealed is not None
        assert CANARY not in line.values_sealed


def test_what_is_the_same_leaves_no_line(world: World) -> None:
    with world.app.app_context():
        assert change(world.experts["Aino"], name="Aino", unknown="x") == []
        assert lines() == []


def test_personal_values_of_nobody_are_not_kept(world: World) -> None:
    with world.app.app_context():
        change(world.experts["Aino"], replace(RECORD, subject=""), name=CANARY, status="paused")
        (line,) = lines()
        plain = {"status": ["active", "paused"]}
        assert (line.fields, line.values_plain, line.values_sealed) == (["name", "status"], plain, None)


def test_a_dump_holds_nothing_once_the_key_is_gone(world: World, database: DatabaseUrls) -> None:
    """Neither plainly nor for somebody who has every key of the environment."""
    aino = world.experts["Aino"]
    with world.app.app_context():
        change(aino, name=CANARY)
        change(aino, name="Aino")
        assert CANARY not in dump(database)
        assert [found["name"] for found in opened(db.session(), lines()) if found] == [
            ["Aino", CANARY],
            [CANARY, "Aino"],
        ]
        person_id = lines()[0].person_id
        assert person_id is not None
        with writing() as session:
            forget_key(session, person_id)
        assert opened(db.session(), lines()) == [None, None]
        held = dump(database)
        assert CANARY not in held
        keys = [Fernet(key) for key in world.app.config["KOKEMUSSILTA"].data_keys]
        assert not any(_opens(cipher, line.values_sealed) for cipher in keys for line in lines())
        change(aino, name="Toinen")  # a new key opens only what came after it
        assert [found is None for found in opened(db.session(), lines())] == [True, True, False]


def _opens(cipher: Fernet, sealed: str | None) -> bool:
    try:
        cipher.decrypt((sealed or "").encode())
    except Exception:  # whatever it says, it does not open
        return False
    return True


def test_somebody_erased_gets_no_new_key(world: World) -> None:
    from core.database.types import now
    from core.users.models import Person

    with world.app.app_context():
        with unscoped("a test"), writing() as session:
            person = session.get_one(Person, session.get_one(Expert, world.experts["Aino"]).person_id)
            person.blanked_at = now()
            session.execute(delete(PersonKey))  # as erasing does
        change(world.experts["Aino"], name=CANARY)
        assert lines()[0].values_sealed is None
        assert db.session().scalars(select(PersonKey)).all() == []


def test_a_line_moved_to_another_row_does_not_open(world: World) -> None:
    with world.app.app_context():
        change(world.experts["Aino"], name=CANARY)
        (line,) = lines()
        moved = Change(
            record=line.record,
            row_id=line.row_id + 1,
            values_sealed=line.values_sealed,
            person_id=line.person_id,
        )
        assert opened(db.session(), [moved]) == [None]


def test_keys_are_resealed_and_a_lost_one_is_told(world: World) -> None:
    with world.app.app_context():
        change(world.experts["Aino"], name=CANARY)
        person_id = lines()[0].person_id
        config = world.app.config["KOKEMUSSILTA"]
        new = Fernet.generate_key().decode()
        _use_keys(world, (new, *config.data_keys))
        assert rotate_secrets().unreadable == ()
        _use_keys(world, (new,))
        assert opened(db.session(), lines()) == [{"name": ["Aino", CANARY]}]
        _use_keys(world, (Fernet.generate_key().decode(),))
        assert ("core", "person", str(person_id)) in rotate_secrets().unreadable
        assert opened(db.session(), lines()) == [None]
        change(world.experts["Aino"], name="Aino")  # is not held up by it
        assert lines()[-1].values_sealed is None


def _use_keys(world: World, keys: tuple[str, ...]) -> None:
    world.app.config["KOKEMUSSILTA"] = replace(world.app.config["KOKEMUSSILTA"], data_keys=keys)
    world.app.extensions.pop("kokemussilta.data_keys", None)


def test_two_at_once_get_the_same_key(world: World) -> None:
    with world.app.app_context():
        person_id = _person(world)
        db.session.remove()
    together, texts = threading.Barrier(2), []

    def seal() -> None:
        with world.app.app_context():
            together.wait(10)
            with writing() as session:
                cipher = cipher_for(session, person_id)
                assert cipher is not None
                texts.append(cipher.encrypt(b"x"))
            db.session.remove()

    both = [threading.Thread(target=seal) for _ in range(2)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(30)
    with world.app.app_context(), writing() as session:
        cipher = cipher_for(session, person_id)
        assert cipher is not None
        assert [cipher.decrypt(text) for text in texts] == [b"x", b"x"]


def _person(world: World) -> int:
    with unscoped("a test"):
        return db.session().get_one(Expert, world.experts["Aino"]).person_id


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
def test_app_role_deletes_keys_and_not_the_log(world: World) -> None:
    from sqlalchemy import delete
    from sqlalchemy.exc import ProgrammingError

    with world.app.app_context():
        change(world.experts["Aino"], name=CANARY)
        with pytest.raises(ProgrammingError), writing() as session:
            session.execute(delete(Change))
        with writing() as session:
            forget_key(session, _person(world))


def test_keys_alone_are_taken_as_before(world: World) -> None:
    with world.app.app_context(), writing() as session:
        record_change(session, record="core.tried", row_id=1, action="x", fields=["b", "a"], actor_id=None)
        session.flush()
        (line,) = lines()
        assert (line.fields, line.values_plain, line.values_sealed, line.person_id) == (
            ["a", "b"],
            None,
            None,
            None,
        )
