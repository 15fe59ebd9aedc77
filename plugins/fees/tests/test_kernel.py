"""The kernel's promises: one desk at a time, different people, nothing twice, nothing lost."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from plugins.fees import models as m
from plugins.fees.errors import BatchNotFound, ClaimNotFound, Conflict, FeeError, NotAllowed
from plugins.fees.kernel.transition import transition, transition_many
from plugins.fees.payroll.batches import batches_of, download, mark_paid, seal
from plugins.fees.verify import verify
from tests.support.payers import ALWAYS, Payers, chain

NAMES = ("outi", "lauri", "ylva")


def clean(payers: Payers) -> None:
    with payers.anywhere() as session:
        assert verify(session) == []


def claim(payers: Payers, claim_id: int) -> m.Claim:
    with payers.anywhere() as session:
        found = session.get_one(m.Claim, claim_id)
        session.expunge(found)
        return found


def events(payers: Payers, claim_id: int) -> list[tuple[str, str]]:
    with payers.anywhere() as session:
        rows = session.scalars(select(m.ClaimEvent).filter_by(claim_id=claim_id).order_by(m.ClaimEvent.seq))
        return [(row.action, row.to_state) for row in rows]


def absent(payers: Payers, place: str, kind: str, who: str, deputy: str) -> None:
    with payers.anywhere() as session:
        session.add(
            m.DeskDeputy(
                organisation_id=payers.at[place],
                desk_id=payers.desks[place, kind],
                for_person_id=payers.people[who],
                deputy_person_id=payers.people[deputy],
                valid_from=date(2026, 10, 12),
                valid_to=date(2026, 10, 23),
            )
        )


def test_school_lesson_is_121_40(payers: Payers) -> None:
    sent = payers.send()
    assert sent.number == "LAU-2026-0001"
    found = claim(payers, sent.claim_ids[0])
    assert (found.total_cents, found.state, found.version) == (12140, "submitted", 1)
    assert found.desk_id == payers.desks["school", "orderer"]
    assert found.due_at == datetime(2026, 10, 15, 20, 59, 59, tzinfo=UTC)
    clean(payers)


def test_wards_pay_by_half_hours_with_a_minimum(payers: Payers) -> None:
    day = date(2026, 10, 8)
    times = [
        ("ward-a", time(10), time(11, 30)),
        ("ward-b", time(10), time(11, 30)),
        ("ward-a", time(13), time(14, 10)),
        ("ward-b", time(13), time(13, 45)),
    ]
    tasks = [payers.task(unit, "hour", day, start=start, end=end) for unit, start, end in times]
    sent = payers.send(*tasks, by="veikko")
    sums = [claim(payers, i).total_cents for i in sent.claim_ids]
    assert (sent.number, sums, sum(sums)) == ("HYV-2026-0001", [7500, 6250], 13750)
    clean(payers)


def test_a_sheet_for_two_payers_has_two_numbers(payers: Payers) -> None:
    sent = payers.send(payers.lesson(), payers.task("ward-a", "hour"))
    assert [receipt.number for receipt in sent.receipts] == ["LAU-2026-0001", "HYV-2026-0001"]
    clean(payers)


def test_sending_twice_is_one_sheet(payers: Payers) -> None:
    first = payers.send()
    again = payers.send(payers.lesson(lessons=4))
    assert (again.number, again.claim_ids, again.repeated) == (first.number, first.claim_ids, True)
    assert payers.send(key="k2").number == "LAU-2026-0002"


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"day": date(2026, 10, 13)}, "day_in_future", "day"),
        ({"end": time(9)}, "end_before_start", "end"),
        ({"lessons": 0}, "lessons_missing", "lessons"),
        ({"lessons": -1}, "number_too_large", "lessons"),
        ({"preparation_minutes": 61}, "preparation_over_cap", "preparation_minutes"),
        ({"day": date(2025, 12, 31)}, "rate_missing", "work_type_id"),
        ({"metres": 0, "passengers": 1}, "passengers_without_travel", "metres"),
    ],
)
def test_what_is_wrong_is_named(payers: Payers, values: dict[str, object], code: str, field: str) -> None:
    with pytest.raises(FeeError) as error:
        payers.send(payers.lesson(), payers.lesson(**{"metres": 0, "preparation_minutes": 0, **values}))
    assert (error.value.code, error.value.field, error.value.line) == (code, field, 1)
    with payers.anywhere() as session:
        assert session.scalar(select(func.count(m.Sheet.id))) == 0


def test_preparation_is_capped_over_a_days_tasks(payers: Payers) -> None:
    with pytest.raises(FeeError, match="preparation_over_cap"):
        payers.send(payers.lesson(preparation_minutes=40), payers.lesson(preparation_minutes=40))


def test_a_unit_without_the_module_takes_nothing_new(payers: Payers) -> None:
    with pytest.raises(FeeError, match="module_off"):
        payers.send(payers.task("muurame", "lesson", lessons=1))


def test_year_without_a_kilometre_table_is_not_paid_at_last_years(payers: Payers) -> None:
    with payers.anywhere() as session:
        session.query(m.YearlyTable).delete()
    with pytest.raises(FeeError, match="yearly_table_missing"):
        payers.send()


def test_whole_chain_to_paid(payers: Payers) -> None:
    claim_id = payers.approved()
    found = claim(payers, claim_id)
    assert (found.state, found.desk_id) == ("approved", payers.desks["laukaa", "payroll"])
    with payers.payroll("paula", "laukaa"):
        batch = seal(payers.at["laukaa"], payers.people["paula"])
    assert (batch.text, batch.state, batch.rows, batch.total_cents) == ("LAU-E0001", "sealed", 3, 12140)
    with payers.payroll("paula", "laukaa"):
        first = download(batch.id, payers.people["paula"])
    assert claim(payers, claim_id).state == "sent"
    with payers.payroll("paula", "laukaa"):
        assert download(batch.id, payers.people["paula"]) == first
        assert mark_paid(batch.id, payers.people["paula"]).state == "settled"
    assert [e[1] for e in events(payers, claim_id)] == [
        "submitted", "in_approval", "in_approval", "approved", "in_batch", "sent", "paid",
    ]  # fmt: skip
    assert claim(payers, claim_id).desk_id is None
    clean(payers)


def test_sealed_file_has_the_promised_columns(payers: Payers) -> None:
    payers.approved()
    with payers.payroll("paula", "laukaa"):
        batch = seal(payers.at["laukaa"], payers.people["paula"])
        data = download(batch.id, payers.people["paula"])
    assert data.startswith(b"\xef\xbb\xbfbatch;number;part;line;payee;payee number;unit;cost centre;day;")
    assert data.decode("utf-8-sig").splitlines()[1] == (
        "LAU-E0001;LAU-2026-0001;1;1;Aino;;School;4310;2026-10-06;lesson;wage;210;2;3500;7000"
    )


def test_nothing_to_seal_and_no_other_payers_batch(payers: Payers) -> None:
    with payers.payroll("paula", "laukaa"), pytest.raises(FeeError, match="nothing_to_seal"):
        seal(payers.at["laukaa"], payers.people["paula"])
    payers.approved()
    with payers.payroll("paula", "laukaa"):
        batch = seal(payers.at["laukaa"], payers.people["paula"])
    with payers.payroll("pirkko", "hyvaks") as session:
        assert batches_of(session, payers.at["laukaa"]) == []
        with pytest.raises(BatchNotFound):
            download(batch.id, payers.people["pirkko"])


def test_marking_paid_records_sending_first(payers: Payers) -> None:
    claim_id = payers.approved()
    with payers.payroll("paula", "laukaa"):
        mark_paid(seal(payers.at["laukaa"], payers.people["paula"]).id, payers.people["paula"])
    assert [e[0] for e in events(payers, claim_id)][-3:] == ["seal", "send", "pay"]
    clean(payers)


def test_payroll_problem_frees_the_claim_for_a_later_batch(payers: Payers) -> None:
    claim_id = payers.approved()
    with payers.payroll("paula", "laukaa"):
        batch = seal(payers.at["laukaa"], payers.people["paula"])
        download(batch.id, payers.people["paula"])
        transition(claim_id, 6, "payroll_problem", payers.people["paula"], text="No tax number")
    clean(payers)
    with payers.payroll("paula", "laukaa"):
        transition(claim_id, 7, "requeue", payers.people["paula"])
        second = seal(payers.at["laukaa"], payers.people["paula"])
        assert second.number == 2
        mark_paid(batch.id, payers.people["paula"])
        mark_paid(second.id, payers.people["paula"])
    clean(payers)


def test_second_decider_learns_who_was_first(payers: Payers) -> None:
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "approve", "outi")
    with pytest.raises(Conflict) as error:
        payers.move(claim_id, 1, "approve", "outi")
    assert (error.value.who, error.value.decision, error.value.state) == ("Outi", "approve", "in_approval")


def test_strangers_find_no_claim(payers: Payers) -> None:
    claim_id = payers.send().claim_ids[0]
    for name in ("veikko", "arvo", "ylva"):
        with pytest.raises(ClaimNotFound):
            payers.move(claim_id, 1, "approve", name)
    with pytest.raises(ClaimNotFound):
        payers.move(claim_id + 1, 1, "approve", "outi")


def test_nobody_decides_their_own_claim_nor_twice(payers: Payers) -> None:
    with payers.anywhere() as session:
        for name in ("aino", "outi"):
            session.add(
                m.DeskMember(
                    organisation_id=payers.at["school"],
                    desk_id=payers.desks["school", "line_manager"],
                    person_id=payers.people[name],
                    valid_from=ALWAYS,
                )
            )
    claim_id = payers.send().claim_ids[0]
    with pytest.raises(NotAllowed, match="own_claim"):
        payers.move(claim_id, 1, "approve", "aino")
    payers.move(claim_id, 1, "approve", "outi")
    with pytest.raises(NotAllowed, match="approved_before"):
        payers.move(claim_id, 2, "approve", "outi")


def test_deputy_acts_for_the_absent_member(payers: Payers) -> None:
    absent(payers, "school", "line_manager", "lauri", "saku")
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "approve", "outi")
    payers.move(claim_id, 2, "approve", "saku")
    with payers.anywhere() as session:
        event = session.get_one(m.ClaimEvent, (claim_id, 3))
        assert event.actor_id == payers.people["saku"]
        assert event.acting_for_id == payers.people["lauri"]
    clean(payers)


def test_step_without_an_eligible_member_goes_to_the_administrator(payers: Payers) -> None:
    absent(payers, "school", "line_manager", "lauri", "aino")
    claim_id = payers.send().claim_ids[0]
    moved = payers.move(claim_id, 1, "approve", "outi")
    assert (moved.desk_id, moved.note) == (payers.desks["laukaa", "administrator"], "no_eligible_member")
    with pytest.raises(NotAllowed, match="administrator_only_moves"):
        payers.move(claim_id, 2, "approve", "penni")
    with pytest.raises(FeeError, match="no_eligible_member"):
        payers.move(claim_id, 2, "move", "penni", desk_id=payers.desks["school", "orderer"])
    payers.move(claim_id, 2, "move", "penni", desk_id=payers.desks["laukaa", "unit_head"])
    payers.move(claim_id, 3, "approve", "ylva")
    assert claim(payers, claim_id).desk_id == payers.desks["laukaa", "administrator"]
    clean(payers)


def test_return_and_resend_void_approvals(payers: Payers) -> None:
    claim_id = payers.send().claim_ids[0]
    payers.move(claim_id, 1, "approve", "outi")
    with pytest.raises(FeeError, match="text_missing"):
        payers.move(claim_id, 2, "return", "lauri", text="  ")
    payers.move(claim_id, 2, "return", "lauri", text="Wrong kilometres")
    assert claim(payers, claim_id).due_at == datetime(2026, 10, 26, 21, 59, 59, tzinfo=UTC)
    payers.move(claim_id, 3, "resend", "aino", lines=[payers.lesson(metres=40000)])
    found = claim(payers, claim_id)
    assert (found.revision, found.total_cents, found.state) == (2, 11700, "submitted")
    assert found.desk_id == payers.desks["school", "orderer"]
    for version, name in enumerate(NAMES, 4):
        payers.move(claim_id, version, "approve", name)
    assert claim(payers, claim_id).state == "approved"
    clean(payers)


def test_resend_as_it_was_follows_the_chain_of_today(payers: Payers) -> None:
    lesson = payers.lesson(passengers=2, message="Bus was late")
    sent = payers.send(lesson)
    claim_id = sent.claim_ids[0]
    total = claim(payers, claim_id).total_cents
    assert total == 12140 + 384
    payers.move(claim_id, 1, "return", "outi", text="Which bus?")
    with payers.anywhere() as session:
        chain(session, payers, "laukaa", "unit_head")
    payers.move(claim_id, 2, "resend", "aino", lines=[lesson], text="Number 4")
    found = claim(payers, claim_id)
    assert (found.total_cents, found.desk_id) == (total, payers.desks["laukaa", "unit_head"])
    assert payers.move(claim_id, 3, "approve", "ylva").state == "approved"
    clean(payers)


def test_withdraw_and_reject_finish(payers: Payers) -> None:
    first, second = payers.send().claim_ids[0], payers.send(key="k2").claim_ids[0]
    with pytest.raises(NotAllowed, match="not_the_submitter"):
        payers.move(first, 1, "withdraw", "outi")
    assert payers.move(first, 1, "withdraw", "aino").desk_id is None
    payers.move(second, 1, "reject", "outi", text="Not our lesson")
    with pytest.raises(Conflict):
        payers.move(second, 2, "approve", "outi")
    clean(payers)


def test_many_or_none(payers: Payers) -> None:
    ids = [payers.send(key=f"k{n}").claim_ids[0] for n in range(4)]
    with payers.by("outi"), pytest.raises(Conflict):
        transition_many([(ids[0], 1), (ids[1], 2)], "approve", payers.people["outi"])
    assert claim(payers, ids[0]).state == "submitted"
    with payers.by("outi"):
        moved = transition_many([(i, 1) for i in ids], "approve", payers.people["outi"])
    assert [(one.claim_id, one.state) for one in moved] == [(i, "in_approval") for i in ids]
    clean(payers)


def statements_of(session: Session, step: Callable[[], object]) -> int:
    """How many statements a step runs, begin and settings aside."""
    seen: list[str] = []

    def listen(_connection: object, _cursor: object, sql: str, *_rest: object) -> None:
        seen.append(sql)

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", listen)
    step()
    event.remove(engine, "before_cursor_execute", listen)
    return len([sql for sql in seen if not sql.startswith(("BEGIN", "PRAGMA"))])


def test_queries_of_a_move_do_not_grow_with_the_claims(payers: Payers) -> None:
    ids = [payers.send(key=f"k{n}").claim_ids[0] for n in range(6)]
    outi = payers.people["outi"]
    with payers.by("outi") as session:
        one = statements_of(session, lambda: transition(ids[0], 1, "approve", outi))
        five = statements_of(session, lambda: transition_many([(i, 1) for i in ids[1:]], "approve", outi))
    assert one == five <= 8


def test_a_large_batch_is_sealed_in_pieces(payers: Payers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plugins.fees.payroll.batch_file.PIECE", 2)
    ids = [payers.approved(key=f"k{n}") for n in range(5)]
    with payers.payroll("paula", "laukaa"):
        batch = seal(payers.at["laukaa"], payers.people["paula"])
        data = download(batch.id, payers.people["paula"]).decode("utf-8-sig").splitlines()
    assert (batch.rows, batch.total_cents) == (15, 5 * 12140)
    assert [row.split(";")[1] for row in data[1::3]] == [f"LAU-2026-000{n}" for n in range(1, 6)]
    assert {claim(payers, i).state for i in ids} == {"sent"}
    clean(payers)
