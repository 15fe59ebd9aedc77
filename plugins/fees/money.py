"""The one rounding rule: integers in, integers out, half up, once per line."""

from __future__ import annotations


def half_up(numerator: int, denominator: int) -> int:
    """The quotient rounded half away from zero; the denominator is positive."""
    size = (2 * abs(numerator) + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def round_up(minutes: int, step: int, minimum: int) -> int:
    """Minutes rounded up to the step, and at least the minimum."""
    return max(-(-minutes // step) * step, minimum)


def round_to(minutes: int, step: int, minimum: int) -> int:
    """Minutes rounded to the nearest step, the half upwards, and at least the minimum."""
    return max(half_up(minutes, step) * step, minimum)
