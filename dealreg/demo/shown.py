"""What whoever waits sees on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

LINE_SECONDS = 5.0

Advance = Callable[[int], None]


class Shown:
    """The phases of a long piece of work; silent where asked to be."""

    def __init__(self, *, silent: bool = False) -> None:
        self.console = Console(stderr=True, highlight=False, quiet=silent)
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._name = ""
        self._total = self._done = 0

    @contextmanager
    def phase(self, name: str, total: int) -> Iterator[Advance]:
        """Inside the block, call the function with how much more is done."""
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
        """There is more to do than was known."""
        self._total = total
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, total=total)

    def say(self, text: str) -> None:
        self.console.print(text, soft_wrap=True)

    def _bar(self, more: int) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task, more)

    def _lines(self) -> Advance:
        told = time.monotonic()

        def advance(more: int) -> None:
            nonlocal told
            self._done += more
            if time.monotonic() - told > LINE_SECONDS:
                told = time.monotonic()
                self.say(f"{self._name} {self._done:,} of {self._total:,}")

        return advance
