"""What a page costs: few statements, as many for many rows as for few; no mail and no network."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import func, select

from core.outbox.models import Mail, OutboxRow
from core.testing.addresses import Page
from core.testing.arguments import stored
from core.testing.checks.base import Check, Nothing, told
from core.testing.planting import plant_at
from core.testing.region import COUNTY, TOWN
from core.testing.spying import statements
from core.testing.terms import Budget
from core.testing.world import World

MOST_STATEMENTS = 12
PLANTED_AGAIN = 3


class Costs(Check):
    """Statements, mail, network."""

    def test_lists_ask_the_database_little_and_not_more_for_more_rows(
        self, own_world: World, nothing: Nothing
    ) -> None:
        """At most twelve statements, or what budgets={endpoint: Budget(…)} allows; never one per row."""
        world = own_world
        if not world.lists():
            return nothing("it has no lists")
        few = asked(world)
        rows = len_of(world)
        for _time in range(PLANTED_AGAIN):
            plant_at(world, COUNTY, TOWN)
        many = asked(world)
        wrong = [*self._too_many(many), *(self._growing(few, many) if len_of(world) > rows else ())]
        assert not wrong, told(wrong, "ask for all rows at once; or say in budgets why a page may ask more:")
        return None

    def _too_many(self, found: dict[str, int]) -> Iterator[str]:
        for endpoint, count in found.items():
            budget = self.terms.budgets.get(endpoint, Budget(most=MOST_STATEMENTS, why=""))
            if count > budget.most:
                yield f"{endpoint}: {count} statements, at most {budget.most} are allowed"

    def _growing(self, few: dict[str, int], many: dict[str, int]) -> Iterator[str]:
        for endpoint, count in many.items():
            budget = self.terms.budgets.get(endpoint)
            if count > few[endpoint] and not (budget and budget.grows):
                yield f"{endpoint}: {few[endpoint]} statements for few rows, {count} for more"

    def test_exceptions_name_pages_that_are_there_and_say_why(self, world: World) -> None:
        """What `contract()` was told in budgets, shown_to_all and kept_open is about pages of the plugin."""
        told_of = {name: budget.why for name, budget in self.terms.budgets.items()}
        told_of.update({**self.terms.shown_to_all, **self.terms.kept_open})
        unknown = sorted(set(told_of) - {page.endpoint for page in world.pages})
        assert not unknown, f"these are no pages of the plugin: {', '.join(unknown)}"
        silent = sorted(name for name, why in told_of.items() if not why.strip())
        assert not silent, f"an exception says why it is one: {', '.join(silent)}"

    def test_reading_pages_changes_nothing_sends_nothing_and_asks_no_network(
        self, world: World, network_off: list[object], nothing: Nothing
    ) -> None:
        """Only a form's button changes anything; mail waits for the worker; no page asks another server."""
        if not world.lists():
            return nothing("it has no lists")
        before, tried = (stored(world), waiting(world)), len(network_off)
        replies = [world.see(page, COUNTY) for page in world.lists()]
        assert not network_off[tried:], f"pages asked for {', '.join(map(str, network_off[tried:]))}"
        assert (stored(world), waiting(world)) == before, "a page that is only read has changed something"
        assert replies
        return None


def asked(world: World) -> dict[str, int]:
    """How many statements each list asks, once what is kept in memory is there."""
    return {page.endpoint: _cost(world, page) for page in world.lists()}


def _cost(world: World, page: Page) -> int:
    world.see(page, COUNTY)
    with statements(world.app) as found:
        reply = world.see(page, COUNTY)
    assert reply.status < 500, f"what a page costs that fails says nothing: {reply}"
    return len(found)


def len_of(world: World) -> int:
    """How many rows the plugin's tables hold."""
    return sum(map(len, stored(world).values()))


def waiting(world: World) -> list[int]:
    """How many letters and pieces of work there are."""
    with world.looking() as session:
        return [session.scalar(select(func.count(model.id))) or 0 for model in (Mail, OutboxRow)]
