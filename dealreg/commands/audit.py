"""`dealreg audit`: who administered what of a vendor, and when."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from dealreg.runtime.place import working
from services.projections.audited import AUDITED, Act, acts_of
from services.registration.intake.operator import assert_vendor
from shared.database import open_engine, open_pool
from shared.values import BadValue, parse_identifier, parse_instant, parse_line
from shared.values.written import written_json

MOST = 100_000
"""Printed at once; a vendor has some thousand acts in a year."""
LIMIT = 100

Kept = TypeVar("Kept")


def register(app: typer.Typer) -> None:
    app.command()(audit)


def audit(
    vendor: Annotated[str, typer.Option(help="Whose administration.", show_default=False)],
    subject: Annotated[str | None, typer.Option(help="Only on this, such as credential:3f2a9c41d05be687.")] = None,
    actor: Annotated[str | None, typer.Option(help="Only by this principal or credential, or by operator.")] = None,
    type_: Annotated[list[str] | None, typer.Option("--type", help="Only of this type. Repeat it.")] = None,
    since: Annotated[str | None, typer.Option(help="Only at or after this time, RFC 3339.")] = None,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=MOST)] = LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")] = False,
) -> None:
    """Show who made, changed, suspended, published, rotated and revoked what, newest first."""
    unknown = sorted(set(type_ or ()) - set(AUDITED))
    if unknown:
        raise typer.BadParameter(f"--type: no such act: {', '.join(unknown)}; known: {', '.join(AUDITED)}")
    asked = {
        "subject": _read(parse_line, subject, "--subject"),
        "actor": _read(parse_line, actor, "--actor"),
        "types": type_ or [],
        "since": _read(parse_instant, since, "--since"),
        "limit": limit,
    }
    found = asyncio.run(_acts(_read(parse_identifier, vendor, "--vendor") or vendor, asked))
    if as_json:
        print(written_json([one._asdict() for one in found], indented=True).decode())
    else:
        _show(found, Console(highlight=False, markup=False))


async def _acts(vendor: str, asked: dict[str, Any]) -> list[Act]:
    async with working(vendor=vendor) as settings:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        pool = await open_pool(url, settings, name="dealreg audit", max_size=1)
        engine = open_engine(url, settings, name="dealreg audit")
        try:
            await assert_vendor(pool, vendor)
            return await acts_of(engine, vendor, **asked)
        finally:
            await engine.dispose()
            await pool.close()


def _show(found: Sequence[Act], console: Console) -> None:
    if not found:
        console.print("nobody administered anything that matches")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("when", "who", "what", "on"):
        table.add_column(heading, overflow="fold")
    for one in found:
        who = one.credential or one.actor or ""
        table.add_row(f"{one.at:%Y-%m-%d %H:%M:%S}", who, one.type, " ".join(one.subjects))
    console.print(table)


def _read(parse: Callable[[str], Kept], text: str | None, option: str) -> Kept | None:
    """The value of an option, where it was given; an error of the command line where the API would refuse it."""
    if text is None:
        return None
    try:
        return parse(text)
    except BadValue as error:
        raise typer.BadParameter(f"{option}: {error.detail}") from error
