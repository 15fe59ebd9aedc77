"""Filling in a claim form: one task at a time, as often as it takes. What was typed is kept at each step."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from core.api import access, clock, current_gate, db, duration, now, today
from plugins.fees import drafts
from plugins.fees.drafts import Answer, Unfinished
from plugins.fees.errors import FeeError
from plugins.fees.forms import TaskForm
from plugins.fees.kernel.earlier import check_against_earlier
from plugins.fees.offers import Offers, load_offers, preparation_limits
from plugins.fees.price_reading import load_rules
from plugins.fees.reading import claim_of
from plugins.fees.views.blueprint import Page, mine
from plugins.fees.views.claimable import Claimable, claimable, mark_of
from plugins.fees.views.story import reason_of

TYPED = (
    "work_type",
    "unit",
    "day",
    "start",
    "end",
    "overlap",
    "lessons",
    "preparation_hours",
    "preparation_minutes",
    "travel",
    "kilometres",
    "passengers",
    "message",
)
NAMED = 20  # letters of a day that need not be one
_KEY = re.compile(r"[0-9a-f]{32}")


@mine.get("/new")
@access("me", start=True)
def new() -> Page:
    """An empty form with a key of its own: sending it twice gives one claim. Or one begun from work done."""
    offers = load_offers(db.session())
    found = claimable(g.person.person_id, offers)
    begun = found.typed(request.args.get("work", ""))
    return _task_page(task_form(offers, begun, secrets.token_hex(16)), None, 0, found)


@mine.post("/new")
@access("me", start=True)
def create() -> Page:
    """Keep the first task and go on, or say what to correct."""
    key = request.form.get("submit_key", "")
    if not _KEY.fullmatch(key):
        abort(400)
    return _store(key, drafts.begun(db.session(), g.person.person_id, key), 0)


@mine.get("/drafts/<key>")
@access("me")
def draft(key: str) -> Page:
    """One task of an unfinished form, as it was typed."""
    unfinished = opened(key)
    task = _task_number(unfinished)
    typed = unfinished.tasks[task] if task < len(unfinished.tasks) else None
    return _task_page(task_form(offers_of(unfinished), typed, key), unfinished, task)


@mine.post("/drafts/<key>")
@access("me")
def change(key: str) -> Page:
    """Keep a changed or added task."""
    unfinished = opened(key)
    return _store(key, unfinished, _task_number(unfinished))


@mine.post("/drafts/<key>/tasks/<int:task>/remove")
@access("me")
def drop_task(key: str, task: int) -> Response:
    """Take one task off the form."""
    if task >= len(opened(key).tasks):
        abort(404)
    drafts.drop_task(g.person.person_id, key, task)
    return redirect(url_for("fees.summary", key=key))


@mine.get("/drafts/<key>/remove")
@access("me")
def ask_drop(key: str) -> Page:
    """Ask before deleting an unfinished form."""
    found = opened(key)
    return render_template(
        "confirm.html",
        title=_("Delete this unfinished form"),
        button=_("Delete"),
        danger=True,
        texts=[draft_name(found), _("What you wrote does not come back.")],
        cancel=url_for("fees.mine"),
        back=_("Back"),
    )


@mine.post("/drafts/<key>/remove")
@access("me")
def drop(key: str) -> Response:
    """Delete an unfinished form."""
    opened(key)
    drafts.drop_draft(g.person.person_id, key)
    flash(_("The unfinished form has been deleted."))
    return redirect(url_for("fees.mine"))


def draft_name(found: Unfinished) -> str:
    """What an unfinished form is called: the day and place of its first task, as far as they are typed."""
    first = found.tasks[0] if found.tasks else {}
    node = current_gate().tree.by_id.get(int(first["unit"])) if first.get("unit", "").isdecimal() else None
    parts = [first.get("day", "").strip()[:NAMED], str(node.name) if node else ""]
    return ", ".join(filter(None, parts)) or _("Claim form")


def opened(key: str) -> Unfinished:
    """The person's own draft; its receipt when it has been sent, 404 otherwise."""
    return still_open(drafts.begun(db.session(), g.person.person_id, key))


def still_open(found: Unfinished | None) -> Unfinished:
    """The draft, or 404. It is kept where nothing new is taken too: its summary says why it stays."""
    if found is None:
        abort(404)
    return found


def offers_of(unfinished: Unfinished | None) -> Offers:
    """What the form may choose from; an answer also where the module is closing."""
    return load_offers(db.session(), start=unfinished is None or unfinished.answer is None)


def task_form(offers: Offers, typed: Mapping[str, str] | None, key: str) -> TaskForm:
    """The form of one task, filled in as it was typed."""
    form = TaskForm(MultiDict(typed) if typed else None, submit_key=key)
    form.submit_key.data = key
    form.offers = offers
    return form


def _task_number(unfinished: Unfinished) -> int:
    """Which task of the form the address means; one past the end is a new one."""
    return max(0, min(request.args.get("task", 0, type=int), len(unfinished.tasks)))


def _store(key: str, unfinished: Unfinished | None, task: int) -> Page:
    typed = {name: request.form.get(name, "") for name in TYPED}
    person_id: int = g.person.person_id
    kept = task if unfinished is not None and task < len(unfinished.tasks) else None
    if request.form.get("do") == "later":
        drafts.save_task(person_id, key, kept, typed)
        flash(_("Saved %(time)s.", time=clock(now())))
        return redirect(url_for("fees.mine"))
    form = task_form(offers_of(unfinished), typed, key)
    if not (form.validate() and _priced(form, unfinished)):
        return _task_page(form, unfinished, task), 422
    try:
        drafts.save_task(person_id, key, kept, typed)
    except FeeError as error:
        form.refuse(error)
        return _task_page(form, unfinished, task), 422
    return redirect(url_for("fees.summary", key=key))


def _priced(form: TaskForm, unfinished: Unfinished | None) -> bool:
    """Whether the rules can price the task; what they refuse stands beside its field."""
    answer = unfinished.answer if unfinished else None
    try:
        line = form.line()
        line.check(today())
        rules = load_rules(db.session(), [line])
        rules.quote(line)
        check_against_earlier(
            db.session(), rules, [line], g.person.person_id, answer.claim_id if answer else None
        )
    except FeeError as error:
        if error.code == "yearly_table_missing":
            return True  # the form is kept and waits; the summary says so
        form.refuse(error)
        return False
    return True


def _task_page(
    form: TaskForm, unfinished: Unfinished | None, task: int, found: Claimable | None = None
) -> str:
    form.show_choices()
    many = unfinished is not None and (len(unfinished.tasks) > 1 or task > 0)
    return render_template(
        "fees/task.html",
        form=form,
        many=many,
        position=task + 1,
        unfinished=unfinished,
        returned=_returned(unfinished.answer if unfinished else None),
        preparation_help=_preparation_help(form.offers),
        claimable=found,
        mark_of=mark_of,
        ask_times="times" in request.args,
    )


def _preparation_help(offers: Offers) -> list[str]:
    """The most preparation that is paid, by payer."""
    limits: dict[str, int] = {}
    for organisation_id, minutes in preparation_limits(db.session(), today()):
        node = offers.tree.by_id[organisation_id]
        if any(node.id in {n.id for n in offers.tree.upwards(unit.id)} for unit in offers.open_units):
            limits[str(node.name)] = minutes
    return [
        _("%(payer)s: at most %(time)s a day", payer=p, time=duration(m)) for p, m in sorted(limits.items())
    ]


def _returned(answer: Answer | None) -> Any:
    """Why the claim came back."""
    claim = claim_of(db.session(), answer.claim_id) if answer else None
    return reason_of(db.session(), claim) if claim else None
