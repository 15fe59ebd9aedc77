"""On PostgreSQL what pages ask again and again stays planned from one page to the next."""

import pytest
from flask import Flask
from sqlalchemy import NullPool, create_engine, select, text
from sqlalchemy.exc import DataError, OperationalError

from core.database.session import writing
from core.extensions import db
from core.modules.gating.gate import raise_epoch
from core.modules.models import Epoch
from core.testing.databases import DatabaseUrls

pytestmark = pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
PAGES = 10  # more than psycopg waits for before it prepares a statement


def prepared() -> int:
    """How many statements on epochs the connection holds."""
    found = text("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%epoch.value%'")
    return int(db.session().execute(found).scalar_one())


def ask() -> int | None:
    """What each page asks, in a session of its own."""
    found: int | None = db.session().scalar(select(Epoch.value))
    db.session.remove()
    return found


def test_the_end_of_a_page_forgets_no_plan(app: Flask) -> None:
    """A ROLLBACK would: psycopg then lets go of everything it has prepared."""
    with app.app_context():
        for _ in range(PAGES):
            ask()
        assert prepared() == 1


def test_a_page_that_failed_leaves_nothing_behind(app: Flask) -> None:
    """Its transaction can only be rolled back; the next page finds the connection as new."""
    with app.app_context():
        for _ in range(PAGES):
            ask()
        with pytest.raises(DataError):
            db.session().execute(text("SELECT 1 / 0"))
        db.session.remove()
        assert prepared() == 0


def give_up() -> None:
    """A write transaction that changes something and then fails."""
    with writing() as session:
        session.execute(text("UPDATE epoch SET value = value + 1"))
        raise ZeroDivisionError


def test_a_writer_that_gave_up_has_written_nothing(app: Flask) -> None:
    """What may have been written is rolled back, never committed."""
    with app.app_context():
        with writing() as session:
            raise_epoch(session)
        before = ask()
        with pytest.raises(ZeroDivisionError):
            give_up()
        assert ask() == before


def cut(database: DatabaseUrls) -> None:
    """End the server's side of every connection of the application, as a restart does."""
    engine = create_engine(database.app, poolclass=NullPool)
    others = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
    )
    with engine.connect() as connection:
        connection.execute(others)
    engine.dispose()


def test_a_page_that_was_read_whole_ends_well_though_the_server_is_gone(
    app: Flask, database: DatabaseUrls
) -> None:
    with app.app_context():
        db.session().scalar(select(Epoch.value))
        cut(database)
        db.session.remove()
        ask()


def test_a_writer_is_told_that_the_server_is_gone(app: Flask, database: DatabaseUrls) -> None:
    def write() -> None:
        with writing() as session:
            raise_epoch(session)
            cut(database)

    with app.app_context():
        with pytest.raises(OperationalError):
            write()
        db.session.remove()
        ask()
