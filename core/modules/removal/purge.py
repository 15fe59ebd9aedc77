"""Dropping all data of a module: shown first, written to files, and refused where somebody needs it still."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    TextClause,
    column,
    delete,
    func,
    insert,
    inspect,
    or_,
    select,
    table,
    text,
    update,
)

from core.database.types import now, today
from core.extensions import db
from core.log.models import Change
from core.modules.gating.gate import GATE, Gate, current_gate
from core.modules.host import host
from core.modules.models import Epoch, InstalledModule
from core.modules.removal.dumping import dump, make_folder
from core.modules.removal.orphans import KEPT, kept_rows, package_is_there, table_of, tables_of
from core.modules.switching.open_work import open_work_of

INSTALLED = table_of(InstalledModule)
# What is never written to a file: it can be opened nowhere else.
NOT_WRITTEN = ("secrets",)


class PurgeRefused(Exception):
    """The module's data may not be dropped; each line of `reasons` says why."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True)
class Impact:
    """What purging drops: rows by table and organisation (None: rows of no organisation), tables in order."""

    module: str
    tables: tuple[str, ...]
    rows: Mapping[str, Mapping[int | None, int]] = field(default_factory=dict)
    kept: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether there is anything to purge."""
        return bool(self.tables) or any(self.kept.values())


def impact(connection: Connection, module: str) -> Impact:
    """What is there of the module, counted."""
    names = tables_of(connection, module)
    kept = kept_rows(connection, module)
    kept["what was installed"] = (
        connection.scalar(select(func.count()).select_from(INSTALLED).where(INSTALLED.c.name == module)) or 0
    )
    return Impact(module, tuple(names), {name: _by_organisation(connection, name) for name in names}, kept)


def _by_organisation(connection: Connection, name: str) -> dict[int | None, int]:
    found = table(name)
    if "organisation_id" not in _columns(connection, name):
        return {None: connection.scalar(select(func.count()).select_from(found)) or 0}
    place: Any = column("organisation_id")
    rows = connection.execute(select(place, func.count()).select_from(found).group_by(place))
    return {row[0]: row[1] for row in rows}


def _columns(connection: Connection, name: str) -> set[str]:
    return {found["name"] for found in inspect(connection).get_columns(name)}


def refusals(connection: Connection, module: str) -> list[str]:
    """Why the data may not be dropped now; empty when it may. Asks the gate and, where it can, the module.

    What it asks on the application's session is asked anew, and that session holds nothing afterwards.
    """
    try:
        db.session.rollback()
        db.session.info.pop(GATE, None)
        used = list(_still_used(module))
    finally:
        db.session.rollback()
    return [
        *used,
        *_needed_by(module),
        *_referred_to(connection, module),
        *_under_retention(connection, module),
    ]


def _still_used(module: str) -> Iterator[str]:
    """On or closing anywhere, or work is open. Where the package is gone nobody can finish anything."""
    if not package_is_there(module):
        return
    gate = current_gate().mended()
    places = [node for node in gate.tree.by_id.values() if gate.on(module, node.id)]
    said = [node.slug for node in places if _says(gate, module, node.id)]
    if places:
        yield f"it is on or closing at {', '.join(sorted(said))}: switch it off there first"
    work = open_work_of(module, frozenset(gate.tree.by_id))
    yield from (f"open: {blocker.text}" for blocker in work.blockers if blocker.count)
    if work.undelivered:
        given_up = f", {work.given_up} of them given up" if work.given_up else ""
        yield f"{work.undelivered} pieces of its work after commit are not done{given_up}"
    if work.unknown:
        yield "it cannot tell whether work is open: mend it or uninstall its package first"


def _says(gate: Gate, module: str, organisation_id: int) -> bool:
    own = gate.own(module, organisation_id)
    return own is not None and (own.required or own.state in ("on", "closing"))


def _needed_by(module: str) -> Iterator[str]:
    for name, found in host().healthy.items():
        if module in found.plugin.requires:
            yield f"{name} requires it"


def _referred_to(connection: Connection, module: str) -> Iterator[str]:
    """Rows of others that point at its tables."""
    own, inspector = set(tables_of(connection, module)), inspect(connection)
    for name in inspector.get_table_names():
        for key in inspector.get_foreign_keys(name) if name not in own else ():
            if key["referred_table"] in own:
                yield f"the table {name} refers to {key['referred_table']}"


def _under_retention(connection: Connection, module: str) -> Iterator[str]:
    facts = _retained(connection, module)
    if facts is None:
        yield "what must be kept is not known: install the package and run `flask database upgrade` once"
        return
    there = set(inspect(connection).get_table_names())
    for fact in facts:
        if fact["table"] not in there:
            continue
        if fact["since"] not in _columns(connection, fact["table"]):
            yield f"{fact['table']} has no {fact['since']}, so nobody knows what must be kept"
        else:
            yield from _kept_still(connection, fact)


def _kept_still(connection: Connection, fact: Mapping[str, Any]) -> Iterator[str]:
    """Rows whose years are not over; a row without the day has not even begun."""
    since: Any = column(fact["since"])
    limit = _years_before(today(), fact["years"])
    at_least = limit.isoformat() if _is_text(connection) else limit
    count, newest = connection.execute(
        select(func.count(), func.max(since))
        .select_from(table(fact["table"]))
        .where(or_(since.is_(None), since >= at_least))
    ).one()
    if count:
        until = _years_before(_day(newest), -fact["years"]).isoformat() if newest is not None else "later"
        yield f"{count} rows of {fact['table']} are kept until {until}: {fact['why']}"


def _is_text(connection: Connection) -> bool:
    """SQLite keeps days and instants as text, which compares like them."""
    return connection.dialect.name == "sqlite"


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


def _years_before(day: date, years: int) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - years, day=28 if leap_day else day.day)


def _retained(connection: Connection, module: str) -> list[dict[str, Any]] | None:
    """The facts of the package and of the last migration; None when neither is there but tables are."""
    stored = connection.scalar(select(INSTALLED.c.retained).where(INSTALLED.c.name == module))
    found = host().healthy.get(module)
    now_said = [vars(fact) | {"why": str(fact.why)} for fact in found.plugin.retained] if found else []
    if stored is None and found is None and tables_of(connection, module):
        return None
    return [*now_said, *(fact for fact in stored or [] if fact not in now_said)]


def purge(connection: Connection, module: str, folder: Path) -> dict[str, int]:
    """Write all data to files and drop it, in the connection's transaction; raises `PurgeRefused`.

    As the owner of the tables. Gives the rows written by table. The module's lines in the logs stay.
    """
    # Whoever writes finishes first, and nobody begins: all writers hold the epoch.
    connection.execute(update(table_of(Epoch)).values(value=Epoch.value + 1))
    reasons = refusals(connection, module)
    if reasons:
        raise PurgeRefused(reasons)
    _lock(connection, tables_of(connection, module))
    found = impact(connection, module)
    written = _write(connection, found, folder)
    _drop(connection, found)
    _note(connection, module)
    return written


def _lock(connection: Connection, names: Sequence[str]) -> None:
    """Nobody reads any more. An SQLite transaction that writes is alone already."""
    if connection.dialect.name == "postgresql" and names:
        quoted = ", ".join(_quoted(connection, name) for name in names)
        connection.execute(text(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE"))


def _write(connection: Connection, found: Impact, folder: Path) -> dict[str, int]:
    make_folder(folder)
    statements = {name: select(text("*")).select_from(table(name)) for name in found.tables}
    for what, of in KEPT.items():
        if what not in NOT_WRITTEN:
            statements[of.name] = select(of).where(of.c.module == found.module)
    written = {name: dump(connection, folder, name, statement) for name, statement in statements.items()}
    _check_whole(found, written)
    facts = {"module": found.module, "written_at": now().isoformat(), "rows": written}
    (folder / "about.json").write_text(json.dumps(facts, indent=2), encoding="utf-8")
    return written


def _check_whole(found: Impact, written: Mapping[str, int]) -> None:
    short = [name for name in found.tables if written[name] != sum(found.rows[name].values())]
    if short:
        raise RuntimeError(f"not every row was written: {', '.join(short)}")


def _drop(connection: Connection, found: Impact) -> None:
    for name in found.tables:
        connection.execute(text(f"DROP TABLE {_quoted(connection, name)}"))
    for statement in _functions(connection, found.module):
        connection.execute(statement)
    for of in KEPT.values():
        connection.execute(delete(of).where(of.c.module == found.module))
    connection.execute(delete(INSTALLED).where(INSTALLED.c.name == found.module))


def _functions(connection: Connection, module: str) -> list[TextClause]:
    """Functions of its triggers, which PostgreSQL keeps when the tables go."""
    if connection.dialect.name != "postgresql":
        return []
    wanted = text(
        "SELECT oid::regprocedure::text FROM pg_proc"
        " WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, :prefix)"
    )
    return [text(f"DROP FUNCTION {name}") for name in connection.scalars(wanted, {"prefix": f"{module}_"})]


def _note(connection: Connection, module: str) -> None:
    line = {"at": now(), "record": f"core.module.{module}", "row_id": 0, "action": "purge", "fields": []}
    connection.execute(insert(table_of(Change)).values(line))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote(name)
