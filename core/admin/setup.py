"""Flask-Admin under `/o/<organisation>`, with nothing of its own to be seen: no stock page or file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Flask, g, render_template
from flask.typing import ResponseReturnValue
from flask_admin.base import Admin, BaseView, expose
from flask_babel import gettext as _

from core.access import Access
from core.admin.views import RecordView
from core.database.types import today
from core.modules.gating.gate import current_gate
from core.records.description import BadDescription, Record, endpoint
from core.users.reach import below, tops

Owned = tuple[str | None, Record]


class RecordsView(BaseView):
    """The index view Flask-Admin insists on: the records of an organisation that the reader may see."""

    def __init__(self, records: list[Owned]) -> None:
        """`records` are those with a list of their own; modules add theirs."""
        self.records = records
        super().__init__(name="records", endpoint="records", url="/o/<org>/records")

    def access_for(self, _name: str) -> Access:
        """Whoever sees the organisation; each list asks for its own permission."""
        return Access("node", "core.organisations.view")

    @expose("/")
    def index(self) -> ResponseReturnValue:
        """The records, by name."""
        shown = [(r.plural, endpoint(r.key)) for module, r in self.records if _shown(module, r)]
        return render_template("records.html", title=_("Records"), records=shown)


def _shown(module: str | None, record: Record) -> bool:
    gate = current_gate()
    if module is not None and not gate.reachable(module, g.node.id):
        return False
    return bool(below(gate.tree, g.node.id, tops(gate.tree, g.roles, record.read, today())))


def init_admin(app: Flask, records: Iterable[Record]) -> None:
    """Give the core's records their pages, and make room for those of modules."""
    shown: list[Owned] = []
    app.extensions["kokemussilta.records"] = shown
    Admin(app, url="/o/<org>", index_view=RecordsView(shown))
    add_records(app, None, records)


def add_records(app: Flask, module: str | None, records: Iterable[Record]) -> None:
    """Give every record of a module (None: of the core) its pages."""
    admin: Admin = app.extensions["admin"][0]
    for record in records:
        _check_owner(module, record)
        app.extensions["kokemussilta.records"].append((module, record))
        for view in _views(module, record, ()):
            admin.add_view(view)


def _views(module: str | None, record: Record, over: tuple[Record, ...]) -> Iterator[RecordView]:
    """The record's own view, then those of its children, below it."""
    yield RecordView(record, module, over)
    for child in record.children:
        yield from _views(module, child, (*over, record))


def _check_owner(module: str | None, record: Record) -> None:
    if record.key.partition(".")[0] != (module or "core"):
        raise BadDescription(f"{record.key} does not belong to {module or 'core'}")
    for child in record.children:
        _check_owner(module, child)
