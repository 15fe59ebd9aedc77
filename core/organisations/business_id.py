"""The Finnish Business ID (Y-tunnus): seven digits, a hyphen and a check digit.

The rule is that of the Finnish authorities: weights 7, 9, 10, 5, 8, 4, 2; the sum modulo 11 gives the check
digit: 0 stands for itself, 1 is never given out, any other remainder is taken from 11.
"""

from __future__ import annotations

import re

SHAPE = re.compile(r"(?:FI)?([0-9]{6,7})-?([0-9])")
WEIGHTS = (7, 9, 10, 5, 8, 4, 2)


def business_id(text: str) -> str | None:
    """The number in its usual shape, 2094551-1; None when it is none.

    Spaces, a missing hyphen, the VAT number's FI and an old number of six digits are understood.
    """
    found = SHAPE.fullmatch(re.sub(r"\s", "", text).upper())
    if found is None:
        return None
    digits = found[1].zfill(7)
    return f"{digits}-{found[2]}" if _check(digits) == int(found[2]) else None


def _check(digits: str) -> int:
    """The check digit of seven digits; 10, which is no digit, for those that are never given out."""
    rest = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11
    return (11 - rest) % 11
