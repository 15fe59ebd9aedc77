"""Nothing goes to payroll while the payer's books do not add up, and looking at them holds nobody up."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import event, text

from core.api import db
from core.testing.databases import DatabaseUrls
from plugins.fees.errors import FeeError
from plugins.fees.payroll import batches
from plugins.fees.payroll.batches import download, mark_paid, seal
from plugins.fees.tests.test_verify import BREACHES, as_owner
from tests.support.payers import Payers


@pytest.fixture
def batch_id(payers: Payers) -> int:
    """A sealed batch of one claim."""
    payers.approved()
    with payers.payroll("paula", "laukaa"):
        return seal(payers.at["laukaa"], payers.people["paula"]).id


@pytest.mark.parametrize("export", [download, mark_paid])
@pytest.mark.parametrize("number", [6, 8, 9])
def test_a_sealed_batch_goes_out_only_when_its_payer_verifies(
    batch_id: int, number: int, export: Callable[[int, int], object], payers: Payers, database: DatabaseUrls
) -> None:
    values = {"claim": 1, "bytes": b"batch;cents\r\n"}
    with as_owner(database) as connection:
        statement = BREACHES[number][0]
        connection.execute(
            text(statement), {name: value for name, value in values.items() if f":{name}" in statement}
        )
    with payers.payroll("paula", "laukaa") as session, pytest.raises(FeeError) as error:
        export(batch_id, payers.people["paula"])
    assert error.value.params == {"numbers": [number]}
    with payers.payroll("paula", "laukaa") as session:
        assert [batch.state for batch in batches.batches_of(session, payers.at["laukaa"])] == ["sealed"]


def test_what_was_sent_can_always_be_fetched_again(
    batch_id: int, payers: Payers, database: DatabaseUrls
) -> None:
    with payers.payroll("paula", "laukaa"):
        first = download(batch_id, payers.people["paula"])
    with as_owner(database) as connection:
        connection.execute(text(BREACHES[6][0]), {"claim": 1})
    with payers.payroll("paula", "laukaa"):
        assert download(batch_id, payers.people["paula"]) == first


def test_old_files_and_events_are_not_read_under_the_lock(batch_id: int, payers: Payers) -> None:
    payers.approved(key="k2")
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    with payers.payroll("paula", "laukaa"):
        event.listen(db.engine, "before_cursor_execute", listen)
        seal(payers.at["laukaa"], payers.people["paula"])
        event.remove(db.engine, "before_cursor_execute", listen)
    locked = next(n for n, sql in enumerate(seen) if n and "FROM organisation" in sql and "WHERE" in sql)
    assert any("FROM fees_batch_chunk" in sql for sql in seen[:locked])
    assert not any("FROM fees_batch_chunk" in sql for sql in seen[locked:])


def test_a_claim_that_broke_meanwhile_is_not_sealed(
    payers: Payers, monkeypatch: pytest.MonkeyPatch, database: DatabaseUrls
) -> None:
    claim_id = payers.approved()
    verify = batches.verify

    def late(*arguments: object) -> object:
        found = verify(*arguments)  # type: ignore[arg-type]  # the same ones
        db.session.rollback()
        with as_owner(database) as connection:
            connection.execute(text(BREACHES[6][0]), {"claim": claim_id})
        return found

    monkeypatch.setattr(batches, "verify", late)
    with payers.payroll("paula", "laukaa"), pytest.raises(FeeError, match="invariants_broken"):
        seal(payers.at["laukaa"], payers.people["paula"])
