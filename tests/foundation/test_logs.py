"""What technical logs tell of an error: its type and where, and nothing that it says."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError, OperationalError

from core.database.session import writing
from core.logs import JsonFormatter
from core.modules.calling.calls import decide
from core.modules.spec.refusals import Refused
from core.outbox.worker import run_once
from tests.calls.probing import Probed, add_organisation, add_probes
from tests.calls.test_observe import handler, put

CANARY = "Sari Salainen 010190-999X"


def directly() -> None:
    raise ValueError(CANARY)


def with_a_cause() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError as error:
        raise RuntimeError("worse") from error


def while_handling() -> None:
    try:
        raise KeyError(CANARY)
    except KeyError:
        int(CANARY)


def with_a_note() -> None:
    error = ValueError()
    error.add_note(CANARY)
    raise error


def together() -> None:
    raise ExceptionGroup(CANARY, [ValueError(CANARY), ExceptionGroup("more", [TypeError(CANARY)])])


def from_the_database() -> None:
    raise IntegrityError("INSERT", {"name": CANARY}, Exception(f"Key (name)=({CANARY}) already exists"))


def of_itself() -> None:
    error = ValueError(CANARY)
    error.__context__ = error.__cause__ = error
    raise error


def line_of(raises: Callable[[], Any]) -> str:
    stream = io.StringIO()
    log = logging.getLogger("tests.lines")
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    log.addHandler(handler)
    try:
        raises()
    except Exception:
        log.exception("it failed")
    finally:
        log.removeHandler(handler)
    return stream.getvalue()


WAYS = (directly, with_a_cause, while_handling, with_a_note, together, from_the_database, of_itself)


@pytest.mark.parametrize("raises", WAYS)
def test_an_error_is_told_without_its_values(raises: Callable[[], None]) -> None:
    line = line_of(raises)
    assert "Salainen" not in line
    assert "010190" not in line
    error = json.loads(line)["error"]
    assert f"in {raises.__name__}" in error
    assert "test_logs.py" in error


def test_the_causes_and_the_parts_are_told_by_their_types() -> None:
    assert [name in json.loads(line_of(with_a_cause))["error"] for name in ("KeyError", "RuntimeError")] == [
        True,
        True,
    ]
    told = json.loads(line_of(together))["error"]
    assert all(name in told for name in ("ExceptionGroup", "ValueError", "TypeError"))


def test_a_database_that_is_away_says_why() -> None:
    def away() -> None:
        raise OperationalError("SELECT", {"name": CANARY}, Exception("connection refused"))

    line = line_of(away)
    assert "connection refused" in line
    assert CANARY not in line


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the product logs, as it stands on standard error."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    logging.getLogger("core").addHandler(handler)
    yield stream
    logging.getLogger("core").removeHandler(handler)


def test_what_a_module_raises_stands_in_no_log(app: Flask, lines: io.StringIO) -> None:
    probed = Probed(app, add_probes(app), add_organisation(app))

    def fails(_given: object) -> None:
        raise ValueError(CANARY)

    probed.first.does["may"] = fails
    with app.app_context(), writing(), pytest.raises(Refused):
        decide("probe_may", on=probed.here, number=1)
    handler(probed, fails)
    put(probed)
    run_once(app)
    told = lines.getvalue()
    assert CANARY not in told
    assert [message in told for message in ("hook failed", "job failed")] == [True, True]
    assert "in fails" in told
