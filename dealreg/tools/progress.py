"""Progress of a long command: a bar with rate and time left on a terminal, a line for each step elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

OnProgress = Callable[[str, int, int], None]
"""What is done now, how many records of it, of how many."""


@contextmanager
def shown(*, quiet: bool) -> Iterator[OnProgress]:
    """A bar with rate and time left where a terminal is attached, else a line for each thing that is begun."""
    if quiet or not sys.stderr.isatty():
        before = ""

        def line(what: str, done: int, total: int) -> None:
            nonlocal before
            if not quiet and what != before:
                print(f"{what} ({done} of {total} records)" if total else what, file=sys.stderr, flush=True)
            before = what

        yield line
        return
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TaskProgressColumn(show_speed=True), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("folding", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, total=total or None, completed=done if total else None
        )
