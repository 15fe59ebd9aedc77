"""What people see when the database cannot serve them."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError, TimeoutError


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("error", [TimeoutError(), OperationalError("x", {}, Exception())])
def test_a_database_without_room_is_busy_not_broken(app: Flask, error: Exception) -> None:
    with app.test_request_context("/"):
        answer = app.make_response(app.handle_user_exception(error))
    assert answer.status_code == 503
