"""Bars as SVG: drawn here, so that no script is needed; the table beside them has the same numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH = 320
ROW = 44
"""Height of a row: a line of text, and the bar under it."""
BAR = 14
KINDS = ("registrations", "approved", "won")
"""From the widest to the narrowest: each lies on the one before."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of bars."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle; `kind` is its class."""

    kind: str
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its places: the label begins where the language begins, the numbers end where it ends."""

    label: str
    numbers: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that the template draws."""

    rows: tuple[Row, ...]
    height: int
    start: int
    end: int
    width: int = WIDTH


def chart(lines: Sequence[Line], direction: str, say: Callable[[int], str] = str) -> Chart:
    """Draw the lines to one scale, each count as `say` writes it; in a right-to-left language bars grow to the left."""
    most = max((count for line in lines for count in line.counts), default=0) or 1
    mirrored = direction == "rtl"
    rows = tuple(_row(line, number, most, mirrored, say) for number, line in enumerate(lines))
    return Chart(rows, ROW * len(lines), WIDTH if mirrored else 0, 0 if mirrored else WIDTH)


def _row(line: Line, number: int, most: int, mirrored: bool, say: Callable[[int], str]) -> Row:
    top = number * ROW
    bars = []
    for place, count in enumerate(line.counts):
        width = round(WIDTH * count / most)
        inset = 2 * place
        x = WIDTH - width if mirrored else 0
        bars.append(Bar(KINDS[place], x, top + 20 + inset, width, BAR - 2 * inset))
    return Row(line.label, " · ".join(say(count) for count in line.counts), top + 14, tuple(bars))
