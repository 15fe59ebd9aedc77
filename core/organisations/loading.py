"""Organisations from a file: a region's tree with one command, as often as one likes.

The file is TOML: `[[organisation]]` tables, each after the one it stands under, and `[[kind]]` tables for
kinds of a region's own. What is there already stays as it is; the report tells where it differs.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import config
from core.database.session import writing
from core.database.types import Texts
from core.extensions import db
from core.modules.gating.gate import current_gate, raise_epoch
from core.organisations.kinds import kinds, put_kind
from core.organisations.models import Organisation
from core.organisations.rules import checked
from core.organisations.services import create_organisation
from core.records.errors import Invalid

SHIPPED = Path(str(config.__file__)).parent / "organisations"
WORDS = ("slug", "kind", "under", "code", "cost_centre", "business_id", "municipality_code", "successor")
DAYS = ("started", "ended", "succeeded_on")
KEYS = {"name", "controller", *WORDS, *DAYS}
KIND_KEYS = {"code", "name", "sort"}
NEEDED = {"kind": {"code", "name"}, "organisation": {"slug", "name", "kind"}}


class BadRegion(ValueError):
    """The file is no such file, or an organisation in it cannot be; nothing was stored."""


class _TakenBack(Exception):
    """Rolls a dry run back."""


@dataclass
class Report:
    """What loading did, or would do: address names, and per name the fields that differ and were kept."""

    added: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    different: dict[str, list[str]] = field(default_factory=dict)
    kinds: list[str] = field(default_factory=list)


def shipped() -> list[str]:
    """Names of the files that come along."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def read_region(name: str) -> dict[str, Any]:
    """The tables of a shipped file by its name, else of the file at that path; raises `BadRegion`."""
    path = SHIPPED / f"{name}.toml" if name in shipped() else Path(name)
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise BadRegion(f"no such file; shipped are {', '.join(shipped())}") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadRegion(f"the file cannot be read: {error}") from None


def load_region(tables: Mapping[str, Any], *, under: str | None = None, dry_run: bool = False) -> Report:
    """Store what is not there yet, all or nothing; raises `BadRegion`.

    `under`: the address name below which those stand that name no other. A dry run does the very thing and
    takes it back, so that what it reports is what would happen.
    """
    report = Report()
    with suppress(_TakenBack), writing() as session:
        raise_epoch(session)
        for table in _tables(tables, "kind", KIND_KEYS):
            if table["code"] not in kinds(session):
                report.kinds.append(table["code"])
                put_kind(session, table["code"], _texts(table), int(table.get("sort", 1000)))
        for table in _tables(tables, "organisation", KEYS):
            _load(table, under, report)
        if dry_run:
            raise _TakenBack
    return report


def _tables(tables: Mapping[str, Any], name: str, keys: set[str]) -> Iterator[dict[str, Any]]:
    """The tables of one kind, each with nothing but known keys."""
    found = tables.get(name, [])
    if not isinstance(found, list) or set(tables) - {"kind", "organisation"}:
        raise BadRegion("a file has [[organisation]] and [[kind]] tables and nothing else")
    for number, table in enumerate(found, 1):
        missing = sorted(NEEDED[name] - set(table))
        unknown = sorted(set(table) - keys)
        if missing or unknown or not isinstance(table["name"], dict):
            told = f"without {', '.join(missing)}" if missing else f"unknown: {', '.join(unknown) or 'name'}"
            raise BadRegion(f"{name} {number}: {told}")
        yield table


def _texts(table: Mapping[str, Any]) -> Texts:
    words = {key: str(text) for key, text in table["name"].items() if key in ("fi", "sv", "en")}
    return Texts(**words)


def _load(table: Mapping[str, Any], under: str | None, report: Report) -> None:
    """Add one organisation, or compare it with the one that has its address name."""
    slug, tree = str(table["slug"]), current_gate().tree
    values = _values(table)
    present = tree.by_slug.get(slug)
    if present is not None:
        different = _differences(present.id, values)
        if different:
            report.different[slug] = different
        else:
            report.same.append(slug)
        return
    above = table.get("under", under)
    if above is not None and above not in tree.by_slug:
        raise BadRegion(f"{slug}: there is no organisation {above}; put it first")
    _add(slug, values, tree.by_slug[above].id if above else None, bool(table.get("controller")))
    report.added.append(slug)


def _values(table: Mapping[str, Any]) -> dict[str, Any]:
    """The columns an organisation's table gives."""
    found: dict[str, Any] = {"name": _texts(table), "kind": table.get("kind")}
    found |= {key: str(table[key]) for key in WORDS if key in table and key not in ("under", "successor")}
    for key in DAYS:
        if key in table:
            if not isinstance(table[key], date):
                raise BadRegion(f"{table['slug']}: {key} is a day, written 2023-01-01")
            found[key] = table[key]
    if "successor" in table:
        node = current_gate().tree.by_slug.get(str(table["successor"]))
        if node is None:
            raise BadRegion(f"{table['slug']}: there is no organisation {table['successor']}; put it first")
        found["successor_id"] = node.id
    return found


def _differences(organisation_id: int, values: Mapping[str, Any]) -> list[str]:
    row = db.session().get_one(Organisation, organisation_id)
    return sorted(key for key, value in values.items() if getattr(row, key) != value)


def _add(slug: str, values: dict[str, Any], parent_id: int | None, controller: bool) -> None:
    if controller != ("code" in values):
        raise BadRegion(f"{slug}: controller and code go together: the code begins its forms' numbers")
    try:
        found = checked(db.session(), current_gate().tree, values)
    except Invalid as error:
        told = "; ".join(f"{key}: {message}" for key, message in error.errors.items())
        raise BadRegion(f"{slug}: {told}") from None
    create_organisation(**found, parent_id=parent_id, is_controller=controller)
