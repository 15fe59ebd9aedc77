"""The gate's answers on small trees, from memory alone."""

from __future__ import annotations

import pytest

from core.database.types import Texts
from core.modules.gating.gate import Gate, State
from core.organisations.tree import OrganisationNode, Tree

REGION, COUNTY, WARD, TOWN = 1, 2, 3, 4
ON, OFF, CLOSING = State("on", False, False), State("off", False, False), State("closing", False, False)
REQUIRED, BLOCKED = State(None, True, False), State(None, False, True)


def node(node_id: int, parent: int | None, controller: int | None) -> OrganisationNode:
    return OrganisationNode(
        node_id,
        parent,
        controller,
        f"n{node_id}",
        Texts(fi=str(node_id)),
        str(node_id),
        "unit",
        controller == node_id,
        None,
        None,
        True,
    )


TREE = Tree(
    [
        node(REGION, None, None),
        node(COUNTY, REGION, COUNTY),
        node(WARD, COUNTY, COUNTY),
        node(TOWN, REGION, TOWN),
    ]
)


def gate(**states: State) -> Gate:
    """fees_2=ON means: organisation 2 says on about fees."""
    rows = {(key.split("_")[0], int(key.split("_")[1])): state for key, state in states.items()}
    return Gate(TREE, rows, {"fees": (), "orders": (), "plus": ("fees",)})


@pytest.mark.parametrize(
    ("states", "on_county", "on_ward", "on_town"),
    [
        ({}, False, False, False),
        ({"fees_2": ON}, True, True, False),
        ({"fees_3": ON}, False, True, False),
        ({"fees_2": ON, "fees_3": OFF}, True, False, False),
        ({"fees_1": ON, "fees_4": OFF}, True, True, False),
        ({"fees_2": CLOSING}, True, True, False),
        ({"fees_1": REQUIRED, "fees_3": OFF}, True, True, True),
        ({"fees_1": BLOCKED, "fees_2": ON}, False, False, False),
        ({"fees_2": BLOCKED, "fees_1": ON}, False, False, True),
        ({"fees_1": REQUIRED, "fees_3": BLOCKED}, True, False, True),
    ],
)
def test_on(states: dict[str, State], on_county: bool, on_ward: bool, on_town: bool) -> None:
    found = gate(**states)
    assert [found.on("fees", n) for n in (COUNTY, WARD, TOWN)] == [on_county, on_ward, on_town]


def test_closing_is_off_for_new_work_only() -> None:
    found = gate(fees_2=CLOSING)
    assert found.on("fees", WARD)
    assert not found.on("fees", WARD, start=True)


def test_a_needed_module_must_be_on_too() -> None:
    assert not gate(plus_2=ON).on("plus", COUNTY)
    assert gate(plus_2=ON).effective("plus", COUNTY).state == "needs"
    assert gate(plus_2=ON, fees_2=ON).on("plus", COUNTY)


def test_reachable_is_on_there_or_anywhere_below() -> None:
    found = gate(fees_3=ON)
    assert [found.reachable("fees", n) for n in (REGION, COUNTY, WARD, TOWN)] == [True, True, True, False]


def test_an_unknown_or_broken_module_is_off_everywhere() -> None:
    assert gate(ghost_2=ON).effective("ghost", COUNTY).state == "broken"
    assert not gate(ghost_2=ON).on("ghost", COUNTY)


def test_off_below_names_what_lists_leave_out() -> None:
    found = gate(fees_2=ON, fees_3=OFF)
    assert found.off_below("fees", (COUNTY,)) == {WARD}
    assert found.off_below("fees", (TOWN,)) == {TOWN}


def test_who_decided() -> None:
    assert gate(fees_2=ON).effective("fees", WARD).decided_by == COUNTY
    assert gate().effective("fees", WARD).decided_by is None
