"""`dealreg policy rates`: the exchange rates that a vendor has published."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from dealreg.runtime.place import working
from services.registration.intake.operator import assert_vendor
from shared.database import open_engine, open_pool
from shared.values import BadValue, parse_currency, parse_day, parse_identifier
from shared.values.written import written_json

if TYPE_CHECKING:
    from services.projections.rates import Published

MOST = 10_000
LIMIT = 100

Kept = TypeVar("Kept")


def register(command: typer.Typer) -> None:
    """Add this command to `dealreg policy`."""
    command.command("rates")(rates)


def rates(
    vendor: Annotated[str, typer.Option(help="Whose rates.", show_default=False)],
    base: Annotated[str | None, typer.Option(help="Only rates of one unit of this currency.")] = None,
    currency: Annotated[str | None, typer.Option(help="Only publications that name this other currency.")] = None,
    on: Annotated[str | None, typer.Option(help="Only what counts on this day, YYYY-MM-DD.")] = None,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=MOST)] = LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Show the exchange rates that were published, the latest day first: the first row with both currencies counts."""
    found = asyncio.run(
        _rates(
            _read(parse_identifier, vendor, "--vendor") or vendor,
            _read(parse_currency, base, "--base"),
            _read(parse_currency, currency, "--currency"),
            _read(parse_day, on, "--on"),
            limit,
        )
    )
    if as_json:
        print(written_json([one._asdict() for one in found], indented=True).decode())
        return
    if not found:
        print("no rates that match were published")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("from", "one", "buys", "known"):
        table.add_column(heading, overflow="fold")
    for one in found:
        buys = ", ".join(f"{rate} {name}" for name, rate in sorted(one.rates.items()))
        table.add_row(one.day, one.base, buys, f"{one.known_at:%Y-%m-%d %H:%M:%S}")
    Console(highlight=False, markup=False).print(table)


async def _rates(
    vendor: str, base: str | None, currency: str | None, day: date | None, limit: int
) -> list[Published]:  # fmt: skip
    # Its queries load SQLAlchemy, which whoever checks or tests a policy does without.
    from services.projections.rates import rates_of

    async with working(vendor=vendor) as settings:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        pool = await open_pool(url, settings, name="dealreg policy", max_size=1)
        engine = open_engine(url, settings, name="dealreg policy")
        try:
            await assert_vendor(pool, vendor)
            return await rates_of(engine, vendor, base=base, currency=currency, day=day, limit=limit)
        finally:
            await engine.dispose()
            await pool.close()


def _read(parse: Callable[[str], Kept], text: str | None, option: str) -> Kept | None:
    """The value of an option, where it was given; an error of the command line where the API would refuse it."""
    if text is None:
        return None
    try:
        return parse(text)
    except BadValue as error:
        raise typer.BadParameter(f"{option}: {error.detail}") from error
