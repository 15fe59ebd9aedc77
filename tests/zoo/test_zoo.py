"""With each bad plugin people sign in, claim, approve, see where it is; the operator reads what is wrong."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from core.outbox.worker import run_once
from tests.zoo.animals import KEEPER, LEFT_OUT, REFUSING, SET_ASIDE, Animal
from tests.zoo.conftest import Cage
from tests.zoo.story import SECONDS, Story


def each(animals: Mapping[str, Animal]) -> pytest.MarkDecorator:
    cases = [pytest.param(kind, name, id=f"{name}-{kind}") for name, a in animals.items() for kind in a.kinds]
    return pytest.mark.parametrize(("kind", "name"), cases, indirect=["kind"])


def tells(story: Story, animal: Animal) -> None:
    page = story.operators_page()
    missing = [words for words in ("Bad", *animal.tells) if words.lower() not in page.lower()]
    assert not missing, (missing, page)


@each(SET_ASIDE)
def test_set_aside(cage: Cage, name: str) -> None:
    animal, begun = SET_ASIDE[name], time.monotonic()
    story = cage(animal)
    story.whole()
    tells(story, animal)
    assert time.monotonic() - begun < SECONDS


@each(LEFT_OUT)
def test_left_out(cage: Cage, name: str) -> None:
    animal, begun = LEFT_OUT[name], time.monotonic()
    story = cage(animal)
    story.whole()
    for _time in range(0 if animal.works else 2):  # until its breaker opens
        story.claim()
    while animal.works and run_once(story.app):
        pass
    tells(story, animal)
    story.whole()
    assert time.monotonic() - begun < SECONDS


@each(REFUSING)
def test_refused_until_the_operator_switches_it_off(cage: Cage, name: str) -> None:
    animal, begun = REFUSING[name], time.monotonic()
    story = cage(animal)
    story.refused()
    tells(story, animal)
    story.disable()
    story.whole()
    assert time.monotonic() - begun < SECONDS


@each({"a decision that keeps connections": KEEPER})
def test_done_until_it_failed_too_often(cage: Cage, name: str) -> None:
    story, begun = cage(KEEPER), time.monotonic()
    story.whole()
    story.claim()
    story.refused()
    tells(story, KEEPER)
    story.disable()
    story.whole()
    assert time.monotonic() - begun < SECONDS
