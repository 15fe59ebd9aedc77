"""Each invariant notices its own breach and no other does. A check that was never red proves nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256

import pytest
from sqlalchemy import Connection, create_engine, text

from core.testing.databases import DatabaseUrls
from plugins.fees.commands import verify_command
from plugins.fees.errors import FeeError
from plugins.fees.migrations import triggers
from plugins.fees.payroll.batches import batches_of, download, seal
from plugins.fees.verify import verify
from tests.support.payers import Payers


@contextmanager
def as_owner(database: DatabaseUrls) -> Iterator[Connection]:
    """The owner's connection with the triggers off: what no application can do."""
    engine = create_engine(database.owner)
    with engine.begin() as connection:
        for statement in triggers.drop(connection.dialect.name):
            connection.execute(text(statement))
        yield connection
    engine.dispose()


BREACHES: dict[int, tuple[str, ...]] = {
    1: ("DELETE FROM fees_receipt WHERE number = 2",),
    2: (
        "DELETE FROM fees_desk_member WHERE desk_id IN"
        " (SELECT id FROM fees_desk WHERE kind IN ('orderer', 'administrator'))",
    ),
    3: ("UPDATE fees_claim SET version = version + 1 WHERE id = :claim",),
    4: ("DELETE FROM fees_approval WHERE claim_id = :claim AND step_no = 2",),
    5: ("UPDATE fees_approval SET person_id = :submitter WHERE claim_id = :claim AND step_no = 2",),
    6: ("UPDATE fees_claim_line SET cents = cents + 1 WHERE claim_id = :claim AND no = 1",),
    7: ("UPDATE fees_payout SET status = 'rejected' WHERE claim_id = :claim",),
    8: ("UPDATE fees_batch_chunk SET data = :bytes",),
    9: ("UPDATE fees_claim_event SET total_cents = total_cents + 1 WHERE claim_id = :claim AND seq = 1",),
    10: ("DELETE FROM outbox WHERE dedupe_key = :key",),
}


@pytest.fixture
def sealed(payers: Payers) -> int:
    """One claim in a sealed batch, another at its first desk."""
    claim_id = payers.approved()
    payers.send(key="k2")
    with payers.payroll("paula", "laukaa"):
        seal(payers.at["laukaa"], payers.people["paula"])
    with payers.anywhere() as session:
        assert verify(session) == []
    return claim_id


@pytest.mark.parametrize("number", BREACHES)
def test_exactly_the_broken_invariant_is_named(
    number: int, sealed: int, payers: Payers, database: DatabaseUrls
) -> None:
    values = {
        "claim": sealed,
        "submitter": payers.people["aino"],
        "bytes": b"batch;cents\r\n",
        "key": f"claim:{sealed}:2",
    }
    with as_owner(database) as connection:
        for statement in BREACHES[number]:
            names = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(text(statement), names)
    with payers.anywhere() as session:
        found = verify(session)
        assert {violation.number for violation in found} == {number}
        assert {violation.payer_id for violation in found} == {payers.at["laukaa"]}
        assert verify(session, payers.at["hyvaks"]) == []


def test_a_broken_payer_seals_nothing_another_does(
    sealed: int, payers: Payers, database: DatabaseUrls
) -> None:
    payers.approved(key="k3")
    with as_owner(database) as connection:
        connection.execute(text(BREACHES[6][0]), {"claim": sealed})
    with payers.payroll("paula", "laukaa"), pytest.raises(FeeError) as error:
        seal(payers.at["laukaa"], payers.people["paula"])
    assert (error.value.code, error.value.params) == ("invariants_broken", {"numbers": [6]})


def test_command_says_what_is_broken(sealed: int, payers: Payers, database: DatabaseUrls) -> None:
    runner = payers.app.test_cli_runner()
    assert runner.invoke(verify_command).exit_code == 0
    with as_owner(database) as connection:
        connection.execute(text(BREACHES[10][0]), {"key": f"claim:{sealed}:1"})
    result = runner.invoke(verify_command)
    assert (result.exit_code, result.output[:3]) == (1, "10:")


REWRITES: list[tuple[str, Callable[[int], str]]] = [
    (table, lambda claim_id, table=table: f"DELETE FROM {table}") for table in triggers.NEVER_DELETED
] + [
    (f"{table} {column}", lambda claim_id, t=table, c=column: f"UPDATE {t} SET {c}")
    for table, column in (
        ("fees_sheet", "submit_key = 'x'"),
        ("fees_receipt", "number = number + 100"),
        ("fees_claim_line", "cents = cents + 1"),
        ("fees_claim_step", "due_days = 9"),
        ("fees_claim_event", "action = 'x'"),
        ("fees_batch_chunk", "no = no + 1"),
        ("fees_claim", "submitter_id = submitter_id + 1, version = version + 1"),
        ("fees_claim", "organisation_id = organisation_id + 1, version = version + 1"),
        ("fees_claim", "total_cents = total_cents + 1, version = version + 1"),
        ("fees_claim", "state = 'sent'"),
        ("fees_payout", "cents = cents + 1"),
        ("fees_payout", "claim_id = claim_id + 1"),
        ("fees_approval", "person_id = person_id + 1"),
        ("fees_batch", "total_cents = 1"),
    )
]


@pytest.mark.parametrize(("name", "statement"), REWRITES, ids=[name for name, _ in REWRITES])
def test_even_the_owner_cannot_rewrite(
    name: str, statement: Callable[[int], str], sealed: int, database: DatabaseUrls
) -> None:
    engine = create_engine(database.owner)
    with pytest.raises(Exception, match="is refused"), engine.begin() as connection:
        connection.execute(text(statement(sealed)))
    engine.dispose()


def test_a_finished_claim_never_changes(payers: Payers, database: DatabaseUrls) -> None:
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "withdraw", "aino")
    engine = create_engine(database.owner)
    with pytest.raises(Exception, match="is refused"), engine.begin() as connection:
        connection.execute(text("UPDATE fees_claim SET version = version + 1"))
    engine.dispose()


def test_download_is_what_was_hashed(sealed: int, payers: Payers) -> None:
    with payers.payroll("paula", "laukaa") as session:
        batch = batches_of(session, payers.at["laukaa"])[0]
        assert sha256(download(batch.id, payers.people["paula"])).hexdigest() == batch.sha256
