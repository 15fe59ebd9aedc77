"""Closing keeps its promise: nothing new, the rest works, and off comes by itself when nothing is open."""

from __future__ import annotations

from core.extensions import db
from core.modules.calling.calls import ask
from core.modules.switching.services import finish_all
from core.outbox.worker import run_once
from core.testing.addresses import Page
from core.testing.arguments import example
from core.testing.checks.base import Check, Nothing, told
from core.testing.region import COUNTY, TOWN
from core.testing.world import World

BOTH = {COUNTY: "closing", TOWN: "closing"}


class Closing(Check):
    """A module that is closing."""

    def test_nothing_new_begins_while_it_is_closing(self, world: World, nothing: Nothing) -> None:
        """Pages that begin new work say `start=True` in `access`; closing, they answer 404."""
        pages = [page for page in world.pages if page.access.start]
        if not pages:
            return nothing("none of its pages begins new work")
        with world.switched(BOTH):
            wrong = [said for page in pages for said in _answers(world, page) if not said.endswith(": 404")]
        assert not wrong, told(wrong, "closing, these must answer 404:")
        return None

    def test_what_has_begun_goes_on_while_it_is_closing(self, world: World, nothing: Nothing) -> None:
        """Every other page answers as it did before."""
        pages = [page for page in world.lists() if not page.access.start and _stays(world, page)]
        if not pages:
            return nothing("it has no lists that stay")
        before = {page.endpoint: world.see(page, COUNTY).status for page in pages}
        with world.switched(BOTH):
            after = {page.endpoint: world.see(page, COUNTY).status for page in pages}
        assert after == before, "closing, pages that begin nothing new must go on working"
        return None

    def test_it_goes_off_by_itself_when_nothing_is_open(self, own_world: World) -> None:
        """Closing lasts as long as `blockers` counts open work there; then the worker switches off."""
        world = own_world
        if self.terms.finish is None and open_at(world, COUNTY):
            expected = "closing"
        else:
            expected = "off"
            self._finish(world)
        world.set_states({COUNTY: "closing"})
        let_worker_run(world)
        advice = "blockers() must count what is open, and nothing else"
        assert world.state(COUNTY) == expected, advice

    def _finish(self, world: World) -> None:
        """Let the author's function finish what is open there."""
        if not open_at(world, COUNTY) or self.terms.finish is None:
            return
        world.set_states({COUNTY: "closing"})
        let_worker_run(world)
        assert world.state(COUNTY) == "closing", "it went off although blockers() counts open work"
        with world.looking():
            self.terms.finish(world.at[COUNTY])
        assert not open_at(world, COUNTY), "finish() was called, and blockers() still counts open work"


def let_worker_run(world: World) -> None:
    """Let the worker do what waits, and look whether modules that are closing may go off."""
    while run_once(world.app):
        pass
    finish_all(world.app)


def _stays(world: World, page: Page) -> bool:
    """A person's own desk stays while rows of theirs are there; without any it goes with the new work."""
    return page.access.kind != "me" or holds_rows(world, world.region.person("expert", COUNTY))


def holds_rows(world: World, person_id: int) -> bool:
    """Whether the module says that the person has rows."""
    with world.app.test_request_context():
        answers = ask("holds_rows", modules=(world.module,), person_id=person_id)
        db.session.remove()
    return any(answer.known and answer.value for answer in answers)


def open_at(world: World, place: str) -> int:
    """How much work blockers() counts at a place."""
    with world.app.test_request_context():
        answers = ask("blockers", modules=(world.module,), organisation_ids=frozenset({world.at[place]}))
        assert all(answer.known for answer in answers), "blockers() failed"
        found = sum(int(blocker.count) for answer in answers for blocker in answer.value)
        db.session.remove()
    return found


def _answers(world: World, page: Page) -> list[str]:
    arguments = example(world, page)
    assert arguments is not None, f"say in addresses={{'{page.endpoint}': …}} what may stand in {page.rule}"
    who, address = world.who_may(page, COUNTY), page.address(COUNTY, arguments)
    return [str(world.ask(who, method, address)) for method in sorted(page.methods & {"GET", "POST"})]
