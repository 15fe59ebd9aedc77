"""Null characters and numbers that no column holds: refused in plain words on both databases."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from core.testing.visitors import CSRF
from tests.support.region import LoadedRegion

PEOPLE, FAR = "/o/laukaa/people", 99_999_999_999
Sent = tuple[str, str, dict[str, str]]
NULLS: list[Sent] = [
    ("POST", "/sign-in", {"email": "a\x00@b.fi", "password": "x"}),
    ("POST", "/sign-in", {"email": "a@b.fi", "password": "x\x00"}),
    ("POST", "/sign-in", {"email": "a@b.fi", "password": "x", "odd\x00": "x"}),
    ("GET", "/o/laukaa/records/core.expert/?after=1%00", {}),
    ("GET", "/sign-in?%00=1", {}),
    ("GET", f"{PEOPLE}%00", {}),
    ("GET", "/link/%00", {}),
    ("POST", "/me/sessions/%00/end", {}),
]
NUMBERS: list[Sent] = [
    ("GET", f"{PEOPLE}/roles/{FAR}/end", {}),
    ("POST", f"{PEOPLE}/roles/{2**31}/end", {}),
    ("GET", f"/me/fees/claims/{FAR}", {}),
    ("POST", f"/me/fees/claims/{2**31}/reject", {}),
    ("GET", f"/me/fees/claims/{'9' * 5000}", {}),
    ("GET", f"/o/laukaa/fees/claims/{2**31}", {}),
    ("GET", f"/o/laukaa/records/core.expert/{FAR}/", {}),
]


@pytest.fixture
def penni(region: LoadedRegion) -> tuple[FlaskClient, str]:
    """The administrator's browser and form token; errors are answered as they are to people."""
    visitor = region.sign_in("Penni Puronvarsi")
    region.app.config.update(PROPAGATE_EXCEPTIONS=False)
    return visitor.client(region.app), visitor.csrf


def test_null_characters_and_far_numbers(penni: tuple[FlaskClient, str]) -> None:
    client, csrf = penni
    wanted = [*((sent, 400) for sent in NULLS), *((sent, 404) for sent in NUMBERS)]
    wanted.append((("GET", f"{PEOPLE}/roles/{2**31 - 1}/end", {}), 404))
    wrong = []
    for (method, path, form), status in wanted:
        data = {**form, CSRF: csrf} if method == "POST" else None
        answer = client.open(path, method=method, data=data)
        if answer.status_code != status or "<h1>" not in answer.text:
            wrong.append((method, path[:80], answer.status_code))
    assert wrong == []


def test_far_numbers_in_questions_are_no_fault_of_ours(penni: tuple[FlaskClient, str]) -> None:
    client, _csrf = penni
    for number in (FAR, 10**30, "9" * 5000):
        for path in ("/me/fees?before=", f"{PEOPLE}?after=", "/o/laukaa/records/core.expert/?after="):
            assert client.get(f"{path}{number}").status_code in (200, 400, 404), path
