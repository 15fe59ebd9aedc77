"""A plugin that uses every hook keeps the contract."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import TestConfig
from core import create_app
from core.modules.calling.listeners import hook_named
from core.modules.spec.hookspecs import CoreHooks
from core.testing import contract
from plugins.fees.hooks import FeesHooks
from tests.contract.planting import finish, plant

pytestmark = pytest.mark.usefixtures("dummy_installed")

TestContract = contract("dummy", plant=plant, finish=finish, stored_settings={1: [{"most": 5}]})


def specified(specifications: type) -> set[str]:
    return {name for name, value in vars(specifications).items() if hasattr(value, "__hook_kind__")}


def test_it_implements_every_hook_there_is() -> None:
    from tests.dummy import Dummy
    from tests.dummy.hooks import DummyHooks

    hooks = specified(CoreHooks) | specified(FeesHooks) | specified(DummyHooks)
    assert {name for name in hooks if not hasattr(vars(Dummy).get(name), "kokemussilta_impl")} == set()


def test_it_has_a_setting_of_each_type() -> None:
    from typing import get_args

    from core.modules.settings.description import SettingType
    from tests.dummy import Dummy

    assert {setting.type for setting in Dummy.settings} == set(get_args(SettingType))


def test_hooks_of_another_plugin_are_heard_where_that_is_installed(tmp_path: Path) -> None:
    app = create_app(TestConfig(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}"))
    with app.app_context():
        for name in specified(FeesHooks):
            assert hook_named(name).of("dummy") is not None, name
