"""Whole amounts divided without losing a minor unit, and the one rounding rule."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

Weight = int | Fraction


def split(total_minor: int, weights: Sequence[Weight]) -> list[int]:
    """Parts in proportion to the weights that sum to the total exactly.

    Largest remainder: each part is rounded down, and the units left over go one by one to the largest
    fractions cut off, earlier parts first where these are equal. Weights are not negative and not all zero.
    """
    whole = sum(Fraction(weight) for weight in weights)
    exact = [total_minor * Fraction(weight) / whole for weight in weights]
    parts = [int(part) for part in exact]
    by_remainder = sorted(range(len(parts)), key=lambda index: (parts[index] - exact[index], index))
    for index in by_remainder[: total_minor - sum(parts)]:
        parts[index] += 1
    return parts


def percentage(base_minor: int, percent: Decimal) -> int:
    """That percentage of the base in whole minor units.

    Half to even: over many rewards it favours neither side, where half up would always favour the payee.
    """
    return int((Decimal(base_minor) * percent / 100).to_integral_value(ROUND_HALF_EVEN))


def in_proportion(amount_minor: int, part: int, whole: int) -> int:
    """The share of an amount that `part` is of `whole`, rounded half to even like every percentage."""
    if whole == 0:
        return 0
    exact = Fraction(amount_minor * part, whole)
    return round(exact)
