"""`dealreg settings`, `dealreg setup`, `dealreg migrate`: prepare an installation."""

from __future__ import annotations

import asyncio
import time
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from rich.console import Console
from rich.table import Table

from dealreg.embedded.jars import KAFKA_VERSION
from dealreg.embedded.progress import fetch_jars_shown
from dealreg.runtime.place import working
from shared.database import migrate as migrate_database
from shared.settings import Settings, load_settings, variable
from shared.values.written import written_json

MASKED = "********"

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    app.command()(settings)
    app.command()(setup)
    app.command()(migrate)


def settings(as_json: Json = False) -> None:
    """Show every setting: its variable, value (secrets masked), default, and the reason for the default."""
    current = load_settings()
    rows = [_row(current, name) for name in Settings.model_fields]
    if as_json:
        print(written_json(rows, indented=True).decode())
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("variable", "value", "default"):
        table.add_column(heading, no_wrap=True)
    table.add_column("reason")
    for row in rows:
        changed = row["value"] != row["default"]
        value = f"[bold]{_text(row['value'])}[/bold]" if changed else _text(row["value"])
        table.add_row(row["variable"], value, _text(row["default"]), row["reason"])
    Console().print(table)


def setup() -> None:
    """Download what the Kafka log needs, once per user, so that no later command waits for it."""
    jars = fetch_jars_shown()
    print(f"ready: Kafka {KAFKA_VERSION} ({len(jars)} jars, every digest checked), Java and PostgreSQL")


def migrate(as_json: Json = False) -> None:
    """Migrate the database schema to this release. Safe to repeat, and while other processes run."""
    started = time.monotonic()
    revision = asyncio.run(_migrate())
    seconds = round(time.monotonic() - started, 2)
    if as_json:
        print(written_json({"revision": revision, "seconds": seconds}).decode())
    else:
        print(f"schema at {revision} after {seconds} s")


async def _migrate() -> str | None:
    async with working(begin=True) as settings:
        assert settings.database_url is not None
        return await migrate_database(settings.database_url.get_secret_value())


def _row(current: Settings, name: str) -> dict[str, Any]:
    field = Settings.model_fields[name]
    return {
        "name": name,
        "variable": variable(name),
        "value": _plain(getattr(current, name)),
        "default": _plain(field.default),
        "reason": field.description or "",
    }


def _plain(value: object) -> object:
    if isinstance(value, SecretStr):
        return MASKED
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _text(value: object) -> str:
    return "–" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
