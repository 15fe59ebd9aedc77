"""The Business ID's check digit, against numbers that are in use."""

from __future__ import annotations

import pytest

from core.organisations.business_id import business_id


@pytest.mark.parametrize("text", ["2094551-1", "20945511", " fi20945511 ", "2094551 - 1"])
def test_a_number_is_understood_however_it_is_written(text: str) -> None:
    assert business_id(text) == "2094551-1"


def test_an_old_number_gets_its_zero() -> None:
    """Seven digits of which the first is 0 are the same number as six."""
    assert business_id("0112038-9") == "0112038-9"
    assert business_id("112038-9") == "0112038-9"


@pytest.mark.parametrize("digit", "023456789")
def test_every_other_check_digit_is_wrong(digit: str) -> None:
    assert business_id(f"2094551-{digit}") is None


@pytest.mark.parametrize("text", ["", "1", "2094551-", "209455-11", "2094551-11", "2094551–1", "abcdefg-h"])
def test_no_number(text: str) -> None:
    assert business_id(text) is None


def test_a_remainder_of_one_is_never_given_out() -> None:
    """1000009: 7 + 18 = 25, remainder 3; 1000004: 7 + 8 = 15, 4; 1000008: 7 + 16 = 23, 1."""
    assert [business_id(f"1000008-{digit}") for digit in range(10)] == [None] * 10
