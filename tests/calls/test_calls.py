"""Each kind's rule for failures: what a bad hook cannot do to the page, the transaction and the process."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import func, select, text

from core.database.session import writing
from core.database.types import now
from core.extensions import db
from core.modules.calling.calls import Answer, ask, decide
from core.modules.health.recording import health
from core.modules.models import HookHealth, ModuleState
from core.modules.spec.refusals import HookFault, Refusal, Refused
from core.modules.spec.values import Blocker
from core.users.models import Person
from tests.calls.probing import Act, Probed, act_between, add_person, names, raises


def bad_sql(_number: int) -> None:
    db.session.execute(text("SELECT nothing FROM nowhere"))


def commits(_number: int) -> None:
    add_person("half")
    db.session.commit()


def commits_the_connection(_number: int) -> None:
    db.session.connection().commit()


def commits_in_sql(_number: int) -> None:
    db.session.connection().exec_driver_sql("COMMIT")


def rolls_back(_number: int) -> None:
    db.session.rollback()


def rolls_back_in_sql(_number: int) -> None:
    db.session.connection().exec_driver_sql("ROLLBACK")


def leaves_one_open(_number: int) -> None:
    db.session.begin_nested()


def closes_what_is_not_its_own(_number: int) -> None:
    nested = db.session.get_nested_transaction()
    assert nested is not None
    nested.rollback()


def adds_a_bad_row(_number: int) -> None:
    db.session.add(Person(name=None, sort_key="x", created_at=now()))


BAD: list[Act] = [
    raises(ValueError("Sari Virtanen")),
    raises(SystemExit(3)),
    raises(GeneratorExit()),
    bad_sql,
    commits,
    commits_in_sql,
    rolls_back_in_sql,
    leaves_one_open,
    adds_a_bad_row,
    lambda _number: "wrong",
]
SPOILING: list[Act] = [rolls_back, commits_the_connection]


@pytest.mark.parametrize("act", BAD)
def test_a_decide_hook_that_fails_refuses_the_action_and_nothing_changes(probed: Probed, act: Act) -> None:
    probed.first.does["may"] = act
    with probed.app.app_context():
        with pytest.raises(Refused) as refused:
            act_between(probed)
        assert refused.value.plugin == "probe"
        assert refused.value.reference
        assert names() == []
        with writing():
            add_person("after")
        assert names() == ["after"]


@pytest.mark.parametrize("act", BAD)
def test_within_the_transaction_only_the_hooks_own_part_is_undone(probed: Probed, act: Act) -> None:
    """Who catches the refusal may go on: what was written before the hook stands."""
    probed.first.does["may"] = act
    with probed.app.app_context():
        with writing():
            add_person("before")
            with pytest.raises(Refused):
                decide("probe_may", on=probed.here, number=1)
            add_person("after")
        assert names() == ["after", "before"]


@pytest.mark.parametrize("act", SPOILING)
def test_who_ends_the_transaction_refuses_all_of_it(probed: Probed, act: Act) -> None:
    probed.first.does["may"] = act
    with probed.app.app_context():
        with pytest.raises(Refused):
            act_between(probed, after=True)
        assert names() == []
        with writing():
            add_person("later")
        assert "later" in names()


@pytest.mark.parametrize("act", SPOILING)
def test_nor_does_it_help_to_catch_the_refusal(probed: Probed, act: Act) -> None:
    def stubborn() -> None:
        with writing():
            with suppress(Refused):
                decide("probe_may", on=probed.here, number=1)
            add_person("after")

    probed.first.does["may"] = act
    with probed.app.app_context():
        with pytest.raises(HookFault, match="ended by a hook"):
            stubborn()
        assert names() == []


def test_what_a_decide_hook_writes_stands_with_the_action(probed: Probed) -> None:
    probed.first.does["may"] = lambda number: add_person(f"hook {number}")
    with probed.app.app_context():
        with writing():
            decide("probe_may", on=probed.here, number=7)
        assert names() == ["hook 7"]


def test_a_decide_hook_may_use_savepoints_of_its_own(probed: Probed) -> None:
    def act(_number: int) -> None:
        with db.session.begin_nested():
            add_person("kept")
        other = db.session.begin_nested()
        add_person("undone")
        other.rollback()

    probed.first.does["may"] = act
    with probed.app.app_context():
        with writing():
            decide("probe_may", on=probed.here, number=1)
        assert names() == ["kept"]


def test_a_refusal_on_purpose_passes_and_is_no_failure(probed: Probed) -> None:
    probed.first.does["may"] = raises(Refusal("Too much for this year."))
    for _ in range(4):
        with probed.app.app_context(), pytest.raises(Refusal, match="Too much"):
            act_between(probed)
    with probed.app.app_context():
        assert names() == []


def test_decide_needs_the_transaction(probed: Probed) -> None:
    with probed.app.app_context(), pytest.raises(RuntimeError, match="writing"):
        decide("probe_may", on=probed.here, number=1)


def test_nothing_is_sent_to_the_database_when_nobody_implements_a_hook(probed: Probed) -> None:
    from core.modules.spec.kinds import hookspec

    class Quiet:
        @hookspec("decide")
        def probe_quiet(self, number: int) -> None: ...

    probed.app.extensions["kokemussilta.host"].pm.add_hookspecs(Quiet)
    with probed.app.app_context(), writing() as session:
        decide("probe_quiet", on=probed.here, number=1)
        assert "gate" not in session.info


@pytest.mark.parametrize("act", [*BAD, rolls_back, commits_the_connection])
def test_a_question_that_fails_is_unknown_and_the_page_goes_on(probed: Probed, act: Act) -> None:
    probed.first.does["asked"] = act
    probed.probes["second"].does["asked"] = lambda number: [Blocker(number, "second")]
    with probed.app.app_context():
        db.session.scalar(select(func.count()).select_from(Person))
        answers = ask("probe_asked", on=probed.here, number=2)
        assert [(a.plugin.name, a.value, a.known) for a in answers] == [
            ("probe", None, False),
            ("second", (Blocker(2, "second"),), True),
        ]
        assert names() == []


@pytest.mark.parametrize("act", BAD)
def test_a_question_that_fails_within_writing_is_unknown_too(probed: Probed, act: Act) -> None:
    probed.first.does["asked"] = act
    with probed.app.app_context():
        with writing():
            add_person("before")
            answers = ask("probe_asked", modules=("probe",), number=2)
            assert [a.known for a in answers] == [False]
            add_person("after")
        assert names() == ["after", "before"]


@pytest.mark.parametrize("act", SPOILING)
def test_a_question_that_ends_the_transaction_refuses_the_action(probed: Probed, act: Act) -> None:
    probed.first.does["asked"] = act
    with probed.app.app_context():
        with pytest.raises(Refused), writing():
            ask("probe_asked", on=probed.here, number=2)
        assert names() == []


def test_a_question_writes_nothing(probed: Probed) -> None:
    def act(_number: int) -> list[Blocker]:
        add_person("sneaked in")
        db.session.flush()
        return [Blocker(1, "x")]

    probed.first.does["asked"] = act
    with probed.app.app_context():
        with writing():
            assert ask("probe_asked", modules=("probe",), number=2)[0].known
        assert names() == []
        assert not ask("probe_asked", modules=("probe",), number=2)[0].known
        assert names() == []


def test_within_a_page_no_hook_begins_to_write(probed: Probed) -> None:
    def act(_number: int) -> list[Blocker]:
        with writing():
            add_person("sneaked in")
        return []

    probed.first.does["asked"] = act
    with probed.app.app_context():
        assert not ask("probe_asked", modules=("probe",), number=2)[0].known
        assert names() == []


@pytest.mark.parametrize(
    ("hook", "does", "value"),
    [
        ("probe_asked", "asked", None),
        ("probe_asked", "asked", [Blocker(1, "x"), None]),
        ("probe_asked", "asked", {1: Blocker(1, "x")}),
        ("probe_asked", "asked", Blocker(1, "x")),
        ("probe_count", "count", "1"),
        ("probe_count", "count", None),
    ],
)
def test_a_wrong_type_is_a_failure(probed: Probed, hook: str, does: str, value: object) -> None:
    probed.first.does[does] = lambda _number: value
    with probed.app.app_context():
        assert [a.known for a in ask(hook, modules=("probe",), number=1)] == [False]


def test_lists_come_back_as_tuples(probed: Probed) -> None:
    mine = [Blocker(1, "x")]
    probed.first.does["asked"] = lambda _number: mine
    with probed.app.app_context():
        (answer,) = ask("probe_asked", modules=("probe",), number=1)
    assert answer == Answer(probed.first, (Blocker(1, "x"),), known=True)


def test_off_is_not_asked(probed: Probed) -> None:

    with probed.app.app_context():
        with writing() as session:
            from core.modules.gating.gate import raise_epoch

            row = session.scalars(select(ModuleState).where(ModuleState.module == "probe")).one()
            row.state = "off"
            raise_epoch(session)
        for where in ({"on": probed.here}, {"reachable": probed.here}):
            assert [a.plugin.name for a in ask("probe_count", number=1, **where)] == ["second"]
        assert len(ask("probe_count", modules=("probe",), number=1)) == 1


@pytest.mark.parametrize("where", [{}, {"on": 1, "reachable": 1}, {"on": 1, "modules": ()}])
def test_a_call_says_whom_it_asks(probed: Probed, where: dict[str, Any]) -> None:
    with probed.app.app_context(), pytest.raises(TypeError, match="exactly one"):
        ask("probe_count", number=1, **where)


def test_a_hook_is_called_as_its_kind(probed: Probed) -> None:
    with probed.app.app_context():
        with pytest.raises(TypeError, match="kind decide"):
            ask("probe_may", on=probed.here, number=1)
        with pytest.raises(AttributeError):
            ask("probe_unknown", on=probed.here, number=1)


def test_ctrl_c_passes(probed: Probed) -> None:
    probed.first.does["asked"] = raises(KeyboardInterrupt())
    with probed.app.app_context(), pytest.raises(KeyboardInterrupt):
        ask("probe_asked", on=probed.here, number=1)


def test_what_the_caller_may_do_is_not_handed_on(probed: Probed) -> None:
    """The kernel is reviewed; a hook it calls is not."""
    from core.scope import reviewed
    from core.scope.enforcement import _reviewed

    seen: list[str | None] = []
    probed.first.does["may"] = lambda _number: seen.append(_reviewed.get())
    with probed.app.app_context(), writing(), reviewed("tests"):
        decide("probe_may", on=probed.here, number=1)
        assert _reviewed.get() == "tests"
    assert seen == [None]


def test_a_question_that_changes_rows_is_told_to_the_operator(probed: Probed) -> None:
    """Outside a transaction nothing would come of it, so only what is noted shows that it was tried."""

    def adds(_number: int) -> int:
        add_person("unasked")
        return 1

    probed.first.does["count"] = adds
    with probed.app.app_context():
        answers = ask("probe_count", on=probed.here, number=1)
        assert [answer.known for answer in answers] == [False, True]
        assert list(db.session.new) == []
        health().write()
        noted = db.session.scalars(select(HookHealth.last_error)).all()
    assert [text for text in noted if text and "only asked" in text] != []
