"""Words of modules, in each application's own catalogue."""

from __future__ import annotations

import pytest
from flask_babel import force_locale, gettext

from config import TestConfig
from core import create_app


def word(*, safe_mode: bool) -> str:
    """A word of the fee module in Swedish, as an application gives it."""
    app = create_app(TestConfig(database_url="sqlite://", safe_mode=safe_mode))
    with app.test_request_context("/"), force_locale("sv"):
        return gettext("Where is my fee?")


@pytest.mark.parametrize("order", [(True, False), (False, True)])
def test_an_application_without_modules_takes_no_words_from_another(order: tuple[bool, bool]) -> None:
    found = {safe: word(safe_mode=safe) for safe in order}
    assert found[True] == "Where is my fee?"
    assert found[False] != "Where is my fee?"
