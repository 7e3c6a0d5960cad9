"""Figures as they are shown and written: each with its unit, its rounds, and the goal it steers by."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number: the median of its rounds."""

    name: str
    unit: str
    rounds: tuple[float, ...]
    least: float | None = None
    """The goal, where more is better."""
    most: float | None = None
    """The goal, where less is better."""
    beside: dict[str, Any] = field(default_factory=dict)
    """What a reader needs to judge it."""

    @property
    def value(self) -> float:
        return statistics.median(self.rounds)

    @property
    def reached(self) -> bool | None:
        """Whether the goal is; None without one."""
        if self.least is not None:
            return self.value >= self.least
        return self.value <= self.most if self.most is not None else None

    @property
    def of_goal(self) -> float:
        """What part of the goal the value is."""
        goal = self.least if self.least is not None else self.most
        return self.value / goal if goal else 1.0

    def written(self) -> dict[str, Any]:
        """For machines."""
        goal = {"least": self.least, "most": self.most, "reached": self.reached}
        return {
            "value": _rounded(self.value),
            "unit": self.unit,
            "rounds": [_rounded(one) for one in self.rounds],
            **({} if self.reached is None else goal),
            **self.beside,
        }

    def row(self) -> tuple[str, str, str, str]:
        """For people: name, value with its spread, goal, what stands beside it."""
        spread = f" ({shown(min(self.rounds))}–{shown(max(self.rounds))})" if len(self.rounds) > 1 else ""
        goal = ""
        if self.reached is not None:
            asked = f"≥ {shown(self.least)}" if self.least is not None else f"≤ {shown(self.most or 0)}"
            goal = f"{asked} {'reached' if self.reached else 'missed'}, {shown(self.of_goal)} of it"
        beside = ", ".join(
            f"{name} {_said(value)}" for name, value in self.beside.items() if not isinstance(value, dict)
        )
        return self.name, f"{shown(self.value)} {self.unit}{spread}", goal, beside


def table(log: str, figures: Iterable[Figure]) -> Iterable[str]:
    """One line a figure, in columns."""
    rows: Sequence[tuple[str, ...]] = [(log, *figure.row()) for figure in figures]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for row in rows:
        yield "  ".join([*(text.ljust(width) for text, width in zip(row[:4], widths, strict=True)), row[4]]).rstrip()


def _rounded(value: float) -> float:
    return round(value, 3 if abs(value) < 10 else 1)


def shown(value: float) -> str:
    """A number as people read it."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.2f}"


def _said(value: object) -> str:
    return shown(value) if isinstance(value, float) else str(value)
