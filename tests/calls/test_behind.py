"""Decide hooks of a plugin that waits for its migration: never passed over, unless it was switched off."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.database.session import writing
from core.database.types import Texts, now
from core.modules.gating import conditions
from core.modules.gating.gate import raise_epoch
from core.modules.host import Condition
from core.modules.models import InstalledModule, ModuleState
from core.modules.spec.refusals import Refused
from tests.calls.probing import Probed, act_between, names, raises


@pytest.fixture
def behind(probed: Probed, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Whose tables are behind, and why; a test fills it. The second needs the first."""
    found: dict[str, str] = {}
    monkeypatch.setattr(conditions, "_behind", lambda _host: dict(found))
    monkeypatch.setattr(probed.probes["second"], "requires", ("probe",))
    return found


def read_gate_anew(probed: Probed) -> None:
    probed.app.extensions["kokemussilta.host"].behind = None
    probed.app.extensions.pop("kokemussilta.gate", None)


def say(probed: Probed, module: str, state: str) -> None:
    with writing() as session:
        session.scalars(select(ModuleState).filter_by(module=module)).one().state = state
        raise_epoch(session)


def test_who_has_a_say_and_is_behind_is_not_passed_over(probed: Probed, behind: dict[str, str]) -> None:
    asked: list[int] = []
    probed.probes["second"].does["may"] = asked.append
    behind["second"] = "its tables are at 0001"
    read_gate_anew(probed)
    with probed.app.app_context():
        with pytest.raises(Refused) as refused:
            act_between(probed)
        wanted = Condition("second", "pending", "its tables are at 0001")
        assert (refused.value.plugin, refused.value.reference) == ("second", wanted.reference)
        assert (names(), asked) == ([], [])
    del behind["second"]
    read_gate_anew(probed)
    with probed.app.app_context():
        act_between(probed)
        assert (names(), asked) == (["before"], [1])


def test_who_needs_somebody_behind_is_not_passed_over_either(probed: Probed, behind: dict[str, str]) -> None:
    with probed.app.app_context():
        say(probed, "probe", "off")
    behind["probe"] = "its tables are at 0001"
    read_gate_anew(probed)
    with probed.app.app_context():
        act_between(probed)  # both would be off here: the second needs the first
        say(probed, "probe", "closing")
        probed.probes["probe"].does["may"] = raises(ValueError())
        with pytest.raises(Refused):
            act_between(probed)
        assert names() == ["before"]


@pytest.mark.parametrize("disabled", ["probe", "second"])
def test_who_was_switched_off_on_purpose_is_not_asked(
    probed: Probed, behind: dict[str, str], disabled: str
) -> None:
    probed.probes[disabled].does["may"] = raises(ValueError())
    behind["second"] = "its tables are at 0001"
    with probed.app.app_context(), writing() as session:
        seen = {"version": "1", "label": Texts(disabled), "tables": [], "retained": [], "seen_at": now()}
        session.add(InstalledModule(name=disabled, disabled_at=now(), **seen))
        raise_epoch(session)
    with probed.app.app_context():
        act_between(probed)
        assert names() == ["before"]


def test_nobody_waits_for_a_module_that_is_off_here(probed: Probed, behind: dict[str, str]) -> None:
    with probed.app.app_context():
        say(probed, "second", "off")
    behind["second"] = "its tables are at 0001"
    read_gate_anew(probed)
    with probed.app.app_context():
        act_between(probed)
        assert names() == ["before"]
