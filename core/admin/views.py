"""The one base view: list, form, detail and confirmation of a record, from its description.

It builds on `BaseView`, not on `BaseModelView`: that one brings routes, a form and templates of its own which
would all have to be switched off again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_admin.base import BaseView, expose
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import CombinedMultiDict

from core.access import Access
from core.admin import bulk, downloads, lists, past, saving, uploads
from core.admin.place import Place, address
from core.admin.rights import may_at, may_change
from core.cards import slot_cards
from core.extensions import db
from core.modules.gating.gate import current_gate
from core.organisations.tree import OrganisationNode
from core.records import listing, rights
from core.records.choices import organisations
from core.records.custom.extending import extended
from core.records.description import Field, Record, endpoint
from core.records.display import Cell, cells, sections
from core.records.errors import Invalid
from core.records.forms import RecordForm, record_form

ROW = listing.number_rule("row_id")
BOTH = ("GET", "POST")
WRITING = frozenset({"new", "edit", "remove"})
STARTING = frozenset({"new", "import_rows", "import_look"})
IMPORT = ("import_rows", "import_look", "import_faults", "import_cancel")


class RecordView(BaseView):
    """Pages of one record. A child's address carries the ids of its parents: `above_0`, `above_1`, …"""

    def __init__(self, record: Record, module: str | None, over: tuple[Record, ...] = ()) -> None:
        """`module` owns the record, None for the core; `over` leads from the outermost parent down to it."""
        self.record, self.module, self.over = record, module, over
        offers = {
            "new": record.create,
            "edit": record.update,
            "remove": record.remove,
            "act": record.actions,
            "views": not over,
            **dict.fromkeys(IMPORT, bool(record.create and record.same and not over)),
        }
        # Flask-Admin makes a route of each entry; what the record does not offer has no address at all.
        self._urls = [url for url in type(self)._urls if url[1] not in offers or offers[url[1]]]
        blueprint = endpoint(record.key).partition(".")[0]
        super().__init__(name=record.key, endpoint=blueprint, url=address(record, over))

    def access_for(self, name: str) -> Access:
        """Writing pages ask for the record's write permission, files and history for theirs, others to read.

        An action asks for its own permission when it is known which one it is.
        """
        if name == "export":
            return Access("node", downloads.permission_of(self.record))
        if name == "history":
            return Access("node", past.LOG)
        if name not in WRITING and name not in IMPORT:
            return Access("node", self.record.read)
        return Access("node", self.record.write, start=name in STARTING and self.record.starts)

    def _run_view(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call the page once: Flask-Admin would call it again after a TypeError, and so write twice."""
        return fn(self, *args, **kwargs)

    def _place(self, above: dict[str, int]) -> Place:
        return Place.reached(self.record, self.module, self.over, above)

    def _listed(self, above: dict[str, int]) -> Place:
        """The place with the fields that its organisation has added."""
        return self._place(above).extended()

    @expose("/")
    def index(self, **above: int) -> ResponseReturnValue:
        """A page of the list."""
        place = self._listed(above)
        trail = place.trail() if place.parents else []
        shown, status = lists.whole_page(place)
        return render_template("list.html", title=self.record.plural, trail=trail, **shown), status

    @expose("/export")
    def export(self, **above: int) -> ResponseReturnValue:
        """The list as a file."""
        return downloads.export(self._listed(above))

    @expose("/views", methods=BOTH)
    def views(self, **above: int) -> ResponseReturnValue:
        """Saved views: what one keeps, renames, shares or removes."""
        place = self._listed(above)
        return saving.post(place) if request.method == "POST" else saving.page(place)

    @expose("/act", methods=("POST",))
    def act(self, **above: int) -> ResponseReturnValue:
        """Do something to the chosen rows, after asking."""
        return bulk.act(self._listed(above))

    @expose("/import", methods=BOTH)
    def import_rows(self, **above: int) -> ResponseReturnValue:
        """Choose a file with rows."""
        return uploads.choose(self._listed(above))

    @expose("/import/look", methods=BOTH)
    def import_look(self, **above: int) -> ResponseReturnValue:
        """What a file would do; does it when one confirms."""
        return uploads.look(self._listed(above))

    @expose("/import/faults")
    def import_faults(self, **above: int) -> ResponseReturnValue:
        """What is wrong with a file, as a file."""
        return uploads.faults(self._listed(above))

    @expose("/import/cancel", methods=("POST",))
    def import_cancel(self, **above: int) -> ResponseReturnValue:
        """Forget a file."""
        return uploads.cancel(self._listed(above))

    @expose("/new", methods=BOTH)
    def new(self, **above: int) -> ResponseReturnValue:
        """The form of a new row; saves it and shows it."""
        place = self._place(above)
        nodes = place.homes()
        if not nodes:
            abort(404)
        home = g.node.id if g.node in nodes else nodes[0].id
        choices = organisations(nodes, current_gate().tree)
        place = place.extended(home)
        mine = _mine(self.record, home, nodes)
        form = record_form(place.record, home, _posted(), offered=choices, fields=mine)
        if request.method == "POST" and form.validate():
            row_id = _stored(form, lambda values: _create(place, values, form.organisation_id or home))
            if row_id is not None:
                return _saved(place, row_id)
        title = _("Add %(name)s", name=lists.noun_of(self.record))
        return _form_page(place, form, title, place.parent_url())

    @expose(f"/{ROW}/")
    def detail(self, row_id: int, **above: int) -> ResponseReturnValue:
        """One row with its children."""
        place = self._place(above)
        row = place.row(row_id)
        organisation_id = place.organisation_of(row)
        full = place.extended(organisation_id)
        changeable = place.open(row) and may_change(self.record, self.module, organisation_id)
        return render_template(
            "detail.html",
            title=place.title_of(row),
            sections=_sections(full.record, row, organisation_id),
            edit=place.url("edit", row_id=row_id) if self.record.update and changeable else None,
            remove=place.url("remove", row_id=row_id) if self.record.remove and changeable else None,
            more=[(words, url_for(page, row_id=row_id)) for words, page in self.record.more if changeable],
            past=place.url("history", row_id=row_id) if past.may_look_back(place, organisation_id) else None,
            children=[
                lists.part_of_page(place.under(child, row).extended(), changeable)
                for child in self.record.children
                if may_at(organisation_id)(child.read)
            ],
            cards=slot_cards(f"{self.record.key}.detail", row_id),
            trail=place.trail(),
        )

    @expose(f"/{ROW}/history")
    def history(self, row_id: int, **above: int) -> ResponseReturnValue:
        """What happened to a row."""
        return past.history(self._place(above), row_id)

    @expose(f"/{ROW}/edit", methods=BOTH)
    def edit(self, row_id: int, **above: int) -> ResponseReturnValue:
        """The form of a row; its organisation never changes."""
        place = self._place(above)
        row = self._changeable(place, row_id)
        home = place.organisation_of(row)
        record = place.extended(home).record
        mine = rights.writable(record, may_at(home))
        form = record_form(record, home, _posted(), row=row, fields=mine)
        title = _("Edit: %(name)s", name=place.title_of(row))
        posted = request.method == "POST" and form.validate()
        if posted and _stored(form, lambda values: _update(record, row_id, values)):
            return _saved(place, row_id)
        return _form_page(place, form, title, place.url("detail", row_id=row_id))

    @expose(f"/{ROW}/remove", methods=BOTH)
    def remove(self, row_id: int, **above: int) -> ResponseReturnValue:
        """Ask before removing a row; nothing happens without the button."""
        place = self._place(above)
        row = self._changeable(place, row_id)
        title = _("Remove: %(name)s", name=place.title_of(row))
        record = place.extended(place.organisation_of(row)).record
        refusals = _removed(record, row_id) if request.method == "POST" else None
        if refusals is not None and not refusals:
            flash(_("Removed."))
            return redirect(place.parent_url(), 303)
        return render_template(
            "confirm.html",
            title=title,
            text=self.record.remove_text or _("What is removed does not come back."),
            refusals=refusals or (),
            button=_("Remove"),
            danger=True,
            cancel=place.url("detail", row_id=row_id),
            trail=place.trail(),
        )

    def _changeable(self, place: Place, row_id: int) -> Any:
        """A row one may see because somebody granted it may still not be changed."""
        row = place.row(row_id)
        if not may_change(self.record, self.module, place.organisation_of(row)):
            abort(404)
        return row


def _sections(record: Record, row: Any, organisation_id: int) -> list[tuple[str, list[Cell]]]:
    """The lines of a row's page that the reader may see, under their headings."""
    shown = rights.detailed(record, may_at(organisation_id))
    parts = sections(record, shown, row)
    return [(heading, cells(fields, [row], organisation_id)[0]) for heading, fields in parts]


def _mine(record: Record, home: int, nodes: list[OrganisationNode]) -> list[Field]:
    """The fields the reader may write wherever the new row may come to belong."""
    mine = [{f.key for f in rights.writable(extended(record, n.id), may_at(n.id))} for n in nodes]
    return [field for field in extended(record, home).fields if all(field.key in each for each in mine)]


def _posted() -> Any:
    """What was sent: words and files."""
    return CombinedMultiDict([request.files, request.form]) if request.method == "POST" else None


def _create(place: Place, values: dict[str, Any], organisation_id: int) -> int:
    create: Any = place.record.create
    if place.parents:
        values[place.record.parent] = place.parent_id
    return int(create(values, organisation_id, g.person.person_id))


def _update(record: Record, row_id: int, values: dict[str, Any]) -> int:
    update: Any = record.update
    update(row_id, values, g.person.person_id)
    return row_id


def _removed(record: Record, row_id: int) -> list[str]:
    """Let the service remove; gives what it refuses, in words."""
    remove: Any = record.remove
    try:
        remove(row_id, g.person.person_id)
    except Invalid as error:
        return [str(message) for message in error.errors.values()]
    except IntegrityError:
        return [_("It is in use, so it cannot be removed.")]
    return []


def _stored(form: RecordForm, write: Callable[[dict[str, Any]], int]) -> int | None:
    """Let the service write; None when it refused, with its messages in the form."""
    try:
        return write(form.values())
    except Invalid as error:
        form.refuse(error.errors)
    except IntegrityError:
        db.session.rollback()
        form.refuse({"": _("Somebody saved the same just now. Check and try again.")})
    return None


def _saved(place: Place, row_id: int) -> ResponseReturnValue:
    """On to the row; a child without children of its own has nothing more to show than its parent's page."""
    flash(_("Saved."))
    if place.parents and not place.record.children:
        return redirect(place.parent_url(), 303)
    return redirect(place.url("detail", row_id=row_id), 303)


def _form_page(place: Place, form: RecordForm, title: str, cancel: str) -> ResponseReturnValue:
    page = render_template(
        "form.html",
        title=title,
        intro=place.record.intro,
        form=form,
        sections=form.sections,
        button=_("Save"),
        cancel=cancel,
        trail=place.trail(),
    )
    return page, 422 if form.errors or form.general_errors else 200
