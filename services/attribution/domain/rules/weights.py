"""Attribution models: how much of the sourced role each touch of a deal earns.

Definitions as in the marketing attribution literature (first, last, linear, position-based 40/20/40, time decay with
a half-life of seven days), with exact weights: no floating point, so that every machine gives the same cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

HALF_LIFE_DAYS = 7
_LONGEST_DECAY = 60
"""Halvings after which a touch weighs no less: over a year before the win."""


@dataclass(frozen=True, slots=True)
class Touch:
    """One touch: a partner's complete registration of the deal, or a piece of evidence that a person verified."""

    at: datetime
    partner: str
    verified: bool = False


def weights_of(model: str, touches: Sequence[Touch], won_at: datetime) -> list[tuple[str | None, Fraction]]:
    """Each partner with its part of the whole, in order of its first touch; touches of one partner add up."""
    weights = _each(model, touches, won_at)
    sums: dict[str, Fraction] = {}
    for touch, weight in zip(touches, weights, strict=True):
        sums[touch.partner] = sums.get(touch.partner, Fraction(0)) + weight
    whole = sum(sums.values())
    return [(partner, weight / whole) for partner, weight in sums.items() if weight]


def _each(model: str, touches: Sequence[Touch], won_at: datetime) -> list[Fraction]:
    count = len(touches)
    match model:
        case "first_touch":
            return [Fraction(int(index == 0)) for index in range(count)]
        case "last_touch":
            return [Fraction(int(index == count - 1)) for index in range(count)]
        case "position_based":
            return _by_position(count)
        case "time_decay":
            ages = [(won_at - touch.at).days // HALF_LIFE_DAYS for touch in touches]
            return [Fraction(1, 2 ** min(max(age, 0), _LONGEST_DECAY)) for age in ages]
    return [Fraction(1)] * count


def _by_position(count: int) -> list[Fraction]:
    if count <= 2:
        return [Fraction(1)] * count
    middle = Fraction(20, count - 2)
    return [Fraction(40), *[middle] * (count - 2), Fraction(40)]
