"""Faults that a plugin or the host could have, each with the check of the contract that must find it."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from flask import abort, g, request
from sqlalchemy import select, text

import core.request
from core import pages
from core.database.session import writing
from core.extensions import db
from core.modules.calling import calls
from core.modules.calling.listeners import Where
from core.modules.gating.gate import current_gate
from core.modules.health.recording import Health
from core.modules.setup import exporting
from core.modules.spec.values import Blocker
from core.outbox import worker
from core.outbox.services import enqueue
from core.scope import unscoped
from core.testing.suite import Contract
from core.testing.world import World

Fault = Callable[[World, pytest.MonkeyPatch], object]
SHELF, OWN = "dummy.notes", "dummy_mine.mine_all"


def view(endpoint: str, function: Callable[..., Any]) -> Fault:
    """The page is made by this function instead."""
    return lambda world, patch: patch.setitem(world.app.view_functions, endpoint, function)


def put(place: object, name: str, value: Any) -> Fault:
    """Something of the host or the plugin is another thing."""
    return lambda _world, patch: patch.setattr(place, name, value)


def notes_of_all(**_arguments: Any) -> str:
    from tests.dummy.models import Note

    with unscoped("a fault"):
        return " ".join(note.text for note in db.session().scalars(select(Note)))


def one_of_all(note_id: int) -> str:
    from tests.dummy.models import Note

    with unscoped("a fault"):
        return db.session().scalars(select(Note.text).where(Note.id == note_id)).one()


def finish_any(note_id: int) -> str:
    from tests.dummy.models import Note

    with unscoped("a fault"), writing() as session:
        session.get_one(Note, note_id).open = False
    return ""


def one_by_one() -> str:
    from tests.dummy.models import Note

    ids = db.session().scalars(select(Note.id)).all()
    return " ".join(db.session().scalars(select(Note.text).where(Note.id == each)).one() for each in ids)


def many_statements() -> str:
    for number in range(13):
        db.session().execute(text(f"SELECT {number}"))
    return ""


def trusting() -> str:
    return str(int(request.args.get("after", "1")))


def writing_page() -> str:
    from tests.dummy.notes import write_note

    write_note("x", g.node.id, g.person.person_id)
    return ""


def sending_page() -> str:
    with writing() as session:
        enqueue(session, "dummy.tidy", "x", payload={}, module="dummy", organisation_id=g.node.id)
    return ""


def calling_home() -> str:
    with suppress(Exception):
        socket.create_connection(("example.test", 443), 1)
    return ""


def only_where_new_work_starts() -> str:
    if not current_gate().on("dummy", g.node.id, start=True):
        abort(404)
    return ""


class Once:
    """A page that can be seen once."""

    def __init__(self) -> None:
        self.seen = 0

    def __call__(self) -> str:
        self.seen += 1
        if self.seen > 1:
            abort(404)
        return ""


def empty_lists(world: World, patch: pytest.MonkeyPatch) -> None:
    for page in world.lists():
        view(page.endpoint, lambda **_arguments: "")(world, patch)


class Open:
    """A gate where everything is on."""

    def __init__(self) -> None:
        self.tree = current_gate().tree

    def on(self, *_where: object) -> bool:
        return True


def unguarded(hook: Any, listener: Any, values: dict[str, Any], finish: Any = None) -> Any:
    found = listener.call(**values)[0]
    return found if finish is None else finish(found)


def always_open(_organisation_ids: object) -> Any:
    return (Blocker(1, "One"),)


def blockers_lie(_world: World, patch: pytest.MonkeyPatch) -> None:
    from tests.dummy import notes

    patch.setattr(notes, "blockers", always_open)


def nothing_open(_world: World, patch: pytest.MonkeyPatch) -> None:
    from tests.dummy import notes

    patch.setattr(notes, "blockers", lambda _ids: 1)


def no_guard(*_arguments: object) -> None:
    """Let everybody pass."""


def no_copy(_world: World, patch: pytest.MonkeyPatch) -> None:
    """What the plugin keeps about somebody cannot be told."""
    from tests.dummy import people

    patch.setattr(people, "subject_data", lambda _person_id: 1 / 0)


def no_erasure(_world: World, patch: pytest.MonkeyPatch) -> None:
    """The plugin says that it erased somebody, and did not."""
    from tests.dummy import people

    patch.setattr(people, "erase_subject", lambda _person_id: None)


AT_WORK: dict[str, tuple[Fault, Any]] = {
    "a copy that fails": (no_copy, Contract.test_it_answers_for_the_people_it_keeps_rows_about),
    "an erasure that leaves everything": (
        no_erasure,
        Contract.test_what_stood_about_somebody_is_gone_when_they_are_erased,
    ),
    "a list of everybody's rows": (
        view(SHELF, notes_of_all),
        Contract.test_no_page_shows_rows_of_another_organisation,
    ),
    "a desk of everybody's rows": (
        view(OWN, notes_of_all),
        Contract.test_no_page_shows_rows_of_another_organisation,
    ),
    "a foreign row by its id": (
        view("dummy.note", one_of_all),
        Contract.test_no_page_shows_rows_of_another_organisation,
    ),
    "a foreign row changed": (
        view("dummy.finish_note", finish_any),
        Contract.test_no_page_shows_rows_of_another_organisation,
    ),
    "rows that nobody sees": (empty_lists, Contract.test_planted_words_are_seen_by_those_whose_they_are),
    "no permission asked": (
        put(core.request, "_refuse", no_guard),
        Contract.test_each_page_refuses_who_lacks_its_permission,
    ),
    "nobody asked to sign in": (
        put(core.request, "_ask_to_sign_in", no_guard),
        Contract.test_who_is_not_signed_in_is_asked_to_sign_in,
    ),
    "a page that fails": (view(SHELF, lambda: 1 / 0), Contract.test_who_may_opens_each_list),
    "trusting what is typed": (view(SHELF, trusting), Contract.test_malformed_addresses_break_nothing),
    "there though off": (
        put(core.request, "_gate_address", no_guard),
        Contract.test_its_addresses_are_unknown_where_it_is_off,
    ),
    "a desk though off": (
        put(core.request, "desk_open", lambda *_a, **_k: True),
        Contract.test_its_own_desk_and_public_pages_are_unknown_where_it_is_off_everywhere,
    ),
    "a window though off": (
        put(core.request, "_gate_public", no_guard),
        Contract.test_its_own_desk_and_public_pages_are_unknown_where_it_is_off_everywhere,
    ),
    "a menu though off": (
        put(pages, "_module_shown", lambda _module: True),
        Contract.test_no_core_page_leads_to_it_where_it_is_off,
    ),
    "asked though off": (
        put(Where, "_includes", lambda *_a: True),
        Contract.test_no_hook_is_called_where_it_is_off,
    ),
    "told though off": (
        put(exporting, "current_gate", Open),
        Contract.test_no_set_up_is_exported_where_it_is_off,
    ),
    "work done though off": (
        put(worker, "_is_on", lambda _row: True),
        Contract.test_no_work_is_done_where_it_is_off,
    ),
    "new work though off": (
        put(core.request, "desk_open", lambda *_a, **_k: True),
        Contract.test_who_has_rows_of_their_own_reads_them_and_changes_nothing,
    ),
    "new work while closing": (
        put(core.request, "desk_open", lambda *_a, **_k: True),
        Contract.test_nothing_new_begins_while_it_is_closing,
    ),
    "gone for good": (view(SHELF, Once()), Contract.test_switched_on_again_it_is_back),
    "gone while closing": (
        view(SHELF, only_where_new_work_starts),
        Contract.test_what_has_begun_goes_on_while_it_is_closing,
    ),
    "always something open": (blockers_lie, Contract.test_it_goes_off_by_itself_when_nothing_is_open),
    "blockers of a wrong type": (nothing_open, Contract.test_it_goes_off_by_itself_when_nothing_is_open),
    "a statement for each row": (
        view(SHELF, one_by_one),
        Contract.test_lists_ask_the_database_little_and_not_more_for_more_rows,
    ),
    "too many statements": (
        view(SHELF, many_statements),
        Contract.test_lists_ask_the_database_little_and_not_more_for_more_rows,
    ),
    "a page that writes": (
        view(SHELF, writing_page),
        Contract.test_reading_pages_changes_nothing_sends_nothing_and_asks_no_network,
    ),
    "a page that sends": (
        view(SHELF, sending_page),
        Contract.test_reading_pages_changes_nothing_sends_nothing_and_asks_no_network,
    ),
    "a page that calls home": (
        view(SHELF, calling_home),
        Contract.test_reading_pages_changes_nothing_sends_nothing_and_asks_no_network,
    ),
    "hooks without a guard": (
        put(calls, "guarded", unguarded),
        Contract.test_core_pages_go_on_when_its_hooks_fail,
    ),
    "failures that nobody hears of": (
        put(Health, "failed", lambda *_a, **_k: "reference"),
        Contract.test_the_operator_reads_which_hook_fails,
    ),
}
