"""Where the module is off nothing of it is there; switched on again, it is back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from core.database.session import writing
from core.extensions import db
from core.modules.setup.exporting import export
from core.outbox.services import enqueue
from core.scope import NodeScope, set_scope
from core.testing.addresses import Page
from core.testing.arguments import arguments_at, changes, example, stored
from core.testing.checks.base import Check, Nothing, told
from core.testing.checks.closing import let_worker_run
from core.testing.region import COUNTY, OFF, TOWN
from core.testing.spying import called
from core.testing.visitors import Visitor
from core.testing.world import AT, Reply, World

EVERYWHERE = dict.fromkeys(AT, "off")
# Asked about a module by name: whether a person's rows keep their desk open, what is open before it goes, and
# what is over its time, which the law wants gone whether the module is on or not.
ASKED_BY_NAME = ("holds_rows", "blockers", "expired")
TOKEN = re.compile(r'name="csrf_token" value="[^"]*"')
NO_PAGES = "it has no pages"


class Absence(Check):
    """Off means absent."""

    def test_its_addresses_are_unknown_where_it_is_off(self, world: World, nothing: Nothing) -> None:
        """Each page, with real ids and made-up ones, answers as an address that never was."""
        pages = world.of_kind("node")
        if not pages:
            return nothing("it has no pages of organisations")
        wrong = [said for page in pages for said in known(world, page, world.who_may(page, OFF))]
        assert not wrong, told(wrong, "where the module is off these must answer like an unknown address:")
        return None

    def test_its_own_desk_and_public_pages_are_unknown_where_it_is_off_everywhere(
        self, world: World, nothing: Nothing
    ) -> None:
        """Off in every organisation, /me and public pages are gone for whoever has no rows of their own."""
        pages = world.of_kind("me", "public", "signed_in")
        if not pages:
            return nothing("it has no pages under /me and no public ones")
        with world.switched(EVERYWHERE):
            wrong = [said for page in pages for said in known(world, page, world.outsider())]
        assert not wrong, told(wrong, "off everywhere, these must answer like an unknown address:")
        return None

    def test_who_has_rows_of_their_own_reads_them_and_changes_nothing(
        self, world: World, nothing: Nothing
    ) -> None:
        """Off everywhere, a person's own rows stay readable under /me, and nothing is begun or changed."""
        pages = [page for page in world.of_kind("me") if page.endpoint not in self.terms.kept_open]
        if not pages:
            return nothing("it has no pages under /me")
        before, wrong = stored(world), []
        with world.switched(EVERYWHERE):
            for page in pages:
                replies = list(answers(world, page, world.who("expert", OFF)))
                wrong += [str(reply) for reply in replies if page.access.start and reply.status != 404]
                wrong += [str(reply) for reply in replies if reply.status >= 500]
        assert not wrong, told(wrong, "off everywhere, these must answer 404:")
        wrong = changes(world, before)
        assert not wrong, told(wrong, "off everywhere, nothing may be changed:")
        return None

    def test_no_core_page_leads_to_it_where_it_is_off(self, world: World) -> None:
        """Menu, cards, slots and registers of the core's pages hold no link to it and none of its rows."""
        expert_id = world.expert_of(OFF)
        wrong = []
        for reply in core_replies(world, OFF, expert_id):
            links = re.findall(rf'"(/o/{OFF}/(?:records/)?{world.module}[./"][^"]*)', reply.body)
            wrong += [f"{reply.what} links to {link}" for link in links]
            wrong += [f"{reply.what} shows {word}" for word in world.planted[OFF] if word in reply.body]
        assert not wrong, told(wrong, "where the module is off, these must not be there:")

    def test_no_hook_is_called_where_it_is_off(self, world: World) -> None:
        """No question, card or decision reaches it from the core's pages of that organisation."""
        expert_id = world.expert_of(OFF)
        with called(world.app, world.plugin) as names:
            list(core_replies(world, OFF, expert_id))
        wrong = sorted(set(names) - {*ASKED_BY_NAME})
        assert not wrong, f"these hooks were called where the module is off: {', '.join(wrong)}"

    def test_no_set_up_is_exported_where_it_is_off(self, world: World) -> None:
        """The set-up file of an organisation tells of its modules that are on."""
        assert f"[modules.{world.module}" not in self._exported(world, OFF)

    def _exported(self, world: World, place: str) -> str:
        here, actor = world.at[place], world.region.person("administrator", place)
        with world.app.test_request_context():
            set_scope(db.session(), NodeScope(here, actor, "core.modules.manage", (here,)))
            text = export(here)
            db.session.remove()
        return text

    def test_no_work_is_done_where_it_is_off(self, world: World, nothing: Nothing) -> None:
        """What waits for the worker is kept there until the module is on again."""
        handlers = world.app.extensions["kokemussilta.host"].healthy[world.module].handlers
        if not handlers:
            return nothing("it has no work for the worker")
        done: list[tuple[str, int | None]] = []
        kept = dict(handlers)
        handlers.update({kind: (lambda row: done.append((row.kind, row.organisation_id))) for kind in kept})
        try:
            self._enqueue(world, kept, OFF, COUNTY)
            let_worker_run(world)
        finally:
            handlers.update(kept)
        wrong = [kind for kind, place in done if place == world.at[OFF]]
        assert not wrong, f"work was done where the module is off: {', '.join(wrong)}"
        assert {kind for kind, _place in done} >= set(kept), "work was not done where the module is on"
        return None

    def _enqueue(self, world: World, kinds: Iterable[str], *places: str) -> None:
        with world.app.app_context(), writing() as session:
            for place in places:
                for kind in kinds:
                    here = world.at[place]
                    key = f"contract:{kind}:{place}"
                    enqueue(session, kind, key, payload={}, module=world.module, organisation_id=here)

    def test_switched_on_again_it_is_back(self, world: World, nothing: Nothing) -> None:
        """Pages, menu and hooks are there as they were in organisations where it was on all the time."""
        pages = [page for page in world.lists() if page.access.kind == "node"]
        if not pages:
            return nothing("it has no lists of organisations")
        before = {page.endpoint: world.see(page, TOWN).status for page in pages}
        with world.switched({TOWN: "off"}):
            gone = {page.endpoint: world.see(page, TOWN).status for page in pages}
        after = {page.endpoint: world.see(page, TOWN).status for page in pages}
        assert set(gone.values()) == {404}, gone
        assert after == before
        return None


def known(world: World, page: Page, who: Visitor) -> list[str]:
    """Replies that are not the page of an unknown address."""
    return [str(reply) for reply in answers(world, page, who) if not is_unknown(world, reply)]


def answers(world: World, page: Page, who: Visitor) -> Iterator[Reply]:
    """What the page answers in the association, with rows of it and others in its address."""
    made_up = example(world, page)
    for each in [*arguments_at(world, page, OFF), *([made_up] if made_up else [])] or [{}]:
        for method in sorted(page.methods & {"GET", "POST"}):
            yield world.ask(who, method, page.address(OFF, each))


def is_unknown(world: World, reply: Reply) -> bool:
    """Whether the reply is the very page that an address gets which never was."""
    place = next((start for start in ("/me", f"/o/{OFF}") if reply.address.startswith(start)), "")
    key, never = (reply.who.name, reply.method, place), f"{place}/there-never-was"
    if key not in world.unknown:
        world.unknown[key] = plain(world.ask(reply.who, reply.method, never).body, never)
    return reply.status == 404 and plain(reply.body, reply.address) == world.unknown[key]


def plain(body: str, address: str) -> str:
    """The page without what is another each time: the form's token, and the address asked for."""
    return TOKEN.sub("", body).replace(f'value="{address}"', "")


def core_replies(world: World, place: str, expert_id: int) -> Iterator[Reply]:
    """The core's pages of an organisation, as its administrator sees them; the page about modules aside."""
    who = world.who("administrator", place)
    for page in world.core_pages:
        if page.access.kind == "node" and not page.endpoint.startswith("module_"):
            yield world.ask(who, "GET", page.address(place, {}))
    yield world.ask(who, "GET", f"/o/{place}/records/core.expert/{expert_id}/")
