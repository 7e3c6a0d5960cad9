"""Fetch the jars with a progress bar on a terminal, one line elsewhere."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from dealreg.embedded.jars import KAFKA_VERSION, fetch_jars, missing_jars


def fetch_jars_shown() -> list[Path]:
    """Do the same as `fetch_jars`, with progress on standard error."""
    missing = len(missing_jars())
    if not missing:
        return fetch_jars()
    console = Console(stderr=True)
    if not console.is_terminal:
        console.print(f"fetching Kafka {KAFKA_VERSION}, {missing} jars, once for this user", soft_wrap=True)
    columns = (TextColumn("fetching Kafka {task.fields[version]}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        task = progress.add_task("jars", total=None, version=KAFKA_VERSION)
        return fetch_jars(lambda _name, done, total: progress.update(task, completed=done, total=total))
