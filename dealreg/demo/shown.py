"""Show progress (a bar on a terminal, lines elsewhere) and the result as a table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from dealreg.demo.export import CURRENCY

LINE_SECONDS = 5.0

Advance = Callable[[int], None]


class Shown:
    """The phases of a long task; silent with `quiet`."""

    def __init__(self, *, silent: bool = False) -> None:
        self.console = Console(stderr=True, highlight=False, quiet=silent)
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._name = ""
        self._total = self._done = 0

    @contextmanager
    def phase(self, name: str, total: int) -> Iterator[Advance]:
        """Yield a function to call with the progress made since the last call."""
        self._name, self._total, self._done = name, total, 0
        if not self.console.is_terminal or self.console.quiet:
            yield self._lines()
            return
        columns = (TextColumn(f"{name:>10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.console) as self._progress:
            self._task = self._progress.add_task(name, total=total or None)
            yield self._bar
            self._progress.update(self._task, completed=self._total, total=self._total)
        self._progress = None

    def expect(self, total: int) -> None:
        """Increase the total."""
        self._total = total
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, total=total)

    def say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)

    def _bar(self, more: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, more)

    def _lines(self) -> Advance:
        said_at = time.monotonic()

        def advance(more: int) -> None:
            nonlocal said_at
            self._done += more
            if time.monotonic() - said_at > LINE_SECONDS:
                said_at = time.monotonic()
                self.say(f"{self._name} {self._done:,} of {self._total:,}")

        return advance


def table_of(printed: dict[str, Any]) -> Table:
    """Print the result for people, without digests and seconds."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(justify="right")
    table.add_column()
    for key in ("rows_read", "registered"):
        table.add_row(key, f"{printed[key]:,}")
    for key in ("not_registrable", "states", "conflicts", "won_cases"):
        for place, (name, count) in enumerate(printed[key].items()):
            table.add_row(key if place == 0 else "", f"{count:,}", name)
    for key in ("won_value", "credited", "house", "unlinked"):
        table.add_row(key, _money(printed[key]), CURRENCY)
    for key in ("rewards", "partners"):
        for place, (name, amount) in enumerate(printed[key].items()):
            table.add_row(key if place == 0 else "", _money(amount), name)
    return table


def _money(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
