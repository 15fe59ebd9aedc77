"""An unfinished form: written in two windows at once it loses nothing, and it goes with what it was for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from plugins.fees.drafts import MOST_TASKS, Answer, drafts_of, save_task, start_answer
from plugins.fees.errors import FeeError
from tests.support.payers import Payers

WINDOWS = 6


def at_once(payers: Payers, write: Callable[[int, int], object]) -> None:
    """Six windows of one person."""
    ready = Barrier(WINDOWS)

    def window(number: int) -> None:
        ready.wait(timeout=30)
        with payers.by("aino"):
            write(payers.people["aino"], number)

    with ThreadPoolExecutor(WINDOWS) as pool:
        list(pool.map(window, range(WINDOWS)))


def tasks(payers: Payers) -> list[list[str]]:
    """What stands on each of the person's forms."""
    with payers.by("aino") as session:
        found = drafts_of(session, payers.people["aino"])
        return [sorted(task["message"] for task in form.tasks) for form in found]


@pytest.mark.parametrize("begun", [False, True], ids=["a new form", "one more task"])
def test_what_six_windows_write_at_once_is_all_kept(payers: Payers, begun: bool) -> None:
    if begun:
        with payers.by("aino"):
            save_task(payers.people["aino"], "key", None, {"message": "0"})
    at_once(payers, lambda person, n: save_task(person, "key", None, {"message": f"{n + begun}"}))
    assert tasks(payers) == [[str(n) for n in range(WINDOWS + begun)]]


def test_a_double_click_adds_one_task(payers: Payers) -> None:
    at_once(payers, lambda person, _: save_task(person, "key", None, {"message": "once"}))
    assert tasks(payers) == [["once"]]


def test_an_answer_is_begun_once(payers: Payers) -> None:
    typed = [{"message": "as it was sent"}]
    at_once(payers, lambda person, _: start_answer(person, Answer(1, 2), typed))
    assert tasks(payers) == [["as it was sent"]]


def test_a_task_too_many_is_refused_not_dropped(payers: Payers) -> None:
    aino = payers.people["aino"]
    with payers.by("aino"):
        for n in range(MOST_TASKS):
            save_task(aino, "key", n, {"message": str(n)})
        with pytest.raises(FeeError, match="too_many_tasks"):
            save_task(aino, "key", MOST_TASKS, {"message": "more"})
        save_task(aino, "key", 0, {"message": "changed"})
    assert len(tasks(payers)[0]) == MOST_TASKS


@pytest.mark.parametrize("action", ["withdraw", "resend"])
def test_an_answer_goes_with_its_return(payers: Payers, action: str) -> None:
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "return", "outi", text="Wrong day")
    with payers.by("aino"):
        start_answer(payers.people["aino"], Answer(claim_id, 2), [{"message": "corrected"}])
        save_task(payers.people["aino"], "another", None, {"message": "stays"})
    lines = [payers.lesson()] if action == "resend" else ()
    payers.move(claim_id, 2, action, "aino", lines=lines)
    assert tasks(payers) == [["stays"]]
