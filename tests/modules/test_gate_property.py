"""The gate against a reference of ten lines, written from the rule and not from the code.

The rule: `on(module, organisation)` holds when the module is healthy, no ancestor-or-self blocks it, the
nearest ancestor-or-self with a word says on (or an ancestor-or-self requires it), and every module it
requires is on there too. A closing module is off for new work and on for all else. `reachable(module, node)`:
on there or anywhere below.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from core.database.types import Texts
from core.modules.gating.gate import Gate, State
from core.organisations.tree import OrganisationNode, Tree

MODULES = ("base", "middle", "top", "broken")
# Each may need those before it, so that nothing needs itself; "broken" is not healthy.
HEALTHY = MODULES[:3]


@dataclass(frozen=True)
class World:
    """Organisations by number with their parents, who controls, what each says, what modules need."""

    parents: tuple[int | None, ...]
    controllers: frozenset[int]
    states: dict[tuple[str, int], State]
    requires: dict[str, tuple[str, ...]]

    def gate(self) -> Gate:
        return Gate(
            Tree([self._node(number) for number in range(len(self.parents))]), self.states, self.requires
        )

    def above(self, number: int) -> list[int]:
        """The organisation and those above it, nearest first."""
        parent = self.parents[number]
        return [number, *([] if parent is None else self.above(parent))]

    def moved(self, number: int, under: int) -> World:
        """The same world with an organisation moved, unless that would make a circle."""
        if number in self.above(under):
            return self
        parents = [under if n == number else p for n, p in enumerate(self.parents)]
        return replace(self, parents=tuple(parents))

    def _node(self, number: int) -> OrganisationNode:
        controller = next((n for n in self.above(number) if n in self.controllers), None)
        name, key = Texts(fi=str(number)), f"{number:03}"
        mine = number in self.controllers
        return OrganisationNode(
            number, self.parents[number], controller, f"n{number}", name, key, "unit", mine, None, None, True
        )


def reference(world: World, module: str, organisation: int, start: bool) -> bool:
    if module not in world.requires:
        return False
    said = [world.states[module, n] for n in world.above(organisation) if (module, n) in world.states]
    if any(row.blocked for row in said):
        return False
    word = next((row.state for row in said if row.state is not None), "off")
    required = any(row.required for row in said)
    if not (required or word == "on" or (word == "closing" and not start)):
        return False
    return all(reference(world, needed, organisation, start=False) for needed in world.requires[module])


STATES = st.builds(State, st.sampled_from([None, "on", "off", "closing"]), st.booleans(), st.booleans())
# Blocks and requirements are rare in life; a world full of them would prove little about words.
WORDS = st.builds(State, st.sampled_from(["on", "off", "closing"]), st.just(False), st.just(False))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    size = draw(st.integers(1, 12))
    parents: list[int | None] = [None, *(draw(st.none() | st.integers(0, n - 1)) for n in range(1, size))]
    numbers = st.integers(0, size - 1)
    keys = st.tuples(st.sampled_from(MODULES), numbers)
    requires = {
        name: tuple(draw(st.sets(st.sampled_from(HEALTHY[:place])))) if place else ()
        for place, name in enumerate(HEALTHY)
    }
    states = draw(st.dictionaries(keys, WORDS | WORDS | STATES, max_size=size * 2))
    return World(tuple(parents), frozenset(draw(st.sets(numbers))), states, requires)


def agree(world: World) -> None:
    gate, places = world.gate(), range(len(world.parents))
    for module in MODULES:
        for place in places:
            for start in (False, True):
                assert gate.on(module, place, start=start) == reference(world, module, place, start)
            below = [n for n in places if place in world.above(n)]
            expected = any(reference(world, module, n, start=False) for n in below)
            assert gate.reachable(module, place) == expected


@given(worlds())
def test_on_and_reachable_are_what_the_rule_says(world: World) -> None:
    agree(world)


@given(worlds(), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=4))
def test_they_are_after_moves_too(world: World, moves: list[tuple[int, int]]) -> None:
    for number, under in moves:
        if max(number, under) < len(world.parents):
            world = world.moved(number, under)
    agree(world)


@given(worlds(), st.data())
def test_a_word_rules_its_own_place_and_those_that_say_nothing(world: World, data: st.DataObject) -> None:
    """Turning one organisation's word changes the answer only where the gate says that it rules."""
    place = data.draw(st.integers(0, len(world.parents) - 1))
    module = data.draw(st.sampled_from(HEALTHY))
    key, ruled = (module, place), world.gate().governed(module, place)
    old = world.states.get(key, State(None, False, False))
    turned = replace(world, states={**world.states, key: replace(old, state=data.draw(STATES).state or "on")})
    before, after = world.gate(), turned.gate()
    changed = {n for n in range(len(world.parents)) if before.on(module, n) != after.on(module, n)}
    assert changed <= ruled
