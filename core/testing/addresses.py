"""Every page of the application as the address map names it, and real ids to put into its address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule

from core.access import Access, access_of
from core.application import CORE_RECORDS
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.modules.host import host
from core.organisations.models import Organisation
from core.records.description import Record, endpoint
from core.scope import unscoped

ARGUMENT = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?([a-z_0-9]+)>")
ORGANISATION = "org"
MALFORMED = ("abc", "-1", "0", "1,2", str(10**20), "1%00")
METHODS = ("GET", "POST", "PUT", "DELETE", "TRACE")
Arguments = Mapping[str, str]


@dataclass(frozen=True)
class Page:
    """One rule of the address map."""

    endpoint: str
    rule: str
    methods: frozenset[str]
    access: Access
    others: frozenset[str] = frozenset()
    """Methods of the same address that another rule takes."""

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of the address, the organisation aside."""
        return tuple(name for name in ARGUMENT.findall(self.rule) if name != ORGANISATION)

    def address(self, org: str, arguments: Arguments) -> str:
        """The address with its arguments filled in, as they are."""
        values = {ORGANISATION: org, **arguments}
        return ARGUMENT.sub(lambda found: values[found[1]], self.rule)


def pages(app: Flask) -> list[Page]:
    """Every rule there is."""
    taken: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        taken.setdefault(rule.rule, set()).update(rule.methods or ())
    with app.app_context():
        return [_page(rule, frozenset(taken[rule.rule])) for rule in app.url_map.iter_rules()]


def _page(rule: Rule, taken: frozenset[str]) -> Page:
    methods = frozenset(rule.methods or ()) & {*METHODS}
    return Page(rule.endpoint, rule.rule, methods, access_of(rule.endpoint), taken)


@dataclass(frozen=True)
class Row:
    """A row of a record: the arguments that lead to it and the organisation it belongs to."""

    arguments: dict[str, str]
    row_id: int
    organisation_id: int | None


class Records:
    """The rows behind the pages that are made from record descriptions."""

    def __init__(self) -> None:
        """Inside an application context."""
        self._by_blueprint: dict[str, tuple[Record, tuple[Record, ...]]] = {}
        for record in [*CORE_RECORDS, *(r for found in host().healthy.values() for r in found.records)]:
            self._note(record, ())

    def _note(self, record: Record, over: tuple[Record, ...]) -> None:
        self._by_blueprint[endpoint(record.key).partition(".")[0]] = (record, over)
        for child in record.children:
            self._note(child, (*over, record))

    def knows(self, page: Page) -> bool:
        """Whether a description made the page."""
        return page.endpoint.partition(".")[0] in self._by_blueprint

    def rows(self, page: Page) -> list[Row]:
        """What may stand in the page's address; for a list or a new row below a parent, the parents."""
        record, over = self._by_blueprint[page.endpoint.partition(".")[0]]
        if "row_id" in page.arguments:
            return [
                Row({**row.arguments, "row_id": str(row.row_id)}, row.row_id, row.organisation_id)
                for row in _rows(record, over)
            ]
        above = [_lifted(row, len(over) - 1) for row in _rows(over[-1], over[:-1])] if over else []
        return [Row(row.arguments, row.row_id, row.organisation_id) for row in above]


def _rows(record: Record, over: tuple[Record, ...]) -> Iterator[Row]:
    """Every row of the record, with the ids of its parents as arguments."""
    table: Any = record.model.__table__
    columns = [table.c[name] for name in ("id", "organisation_id", record.parent) if name and name in table.c]
    with unscoped("the crawler looks for ids"):
        found = db.session.execute(select(*columns).order_by(table.c.id)).mappings().all()
    if not over:
        own = "id" if record.model is Organisation else "organisation_id"
        yield from (Row({}, row["id"], row.get(own)) for row in found)
        return
    parents = {row.row_id: row for row in _rows(over[-1], over[:-1])}
    for row in found:
        above = parents.get(row[record.parent])
        if above is not None:
            lifted = _lifted(above, len(over) - 1)
            yield Row(lifted.arguments, row["id"], row.get("organisation_id", above.organisation_id))


def _lifted(row: Row, number: int) -> Row:
    """A parent's row as the start of its child's arguments."""
    return Row({**row.arguments, f"above_{number}": str(row.row_id)}, row.row_id, row.organisation_id)


def subtree(slug: str) -> frozenset[int]:
    """The organisations that a role at this one reaches."""
    tree = current_gate().tree
    return frozenset(tree.reached([tree.by_slug[slug].id]))
