"""`dealreg partner`: set and drop targets, and read how far each is, without the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import date
from typing import Annotated, Any, TypeVar
from uuid import uuid4

import typer
from rich.console import Console
from rich.table import Table

from dealreg.commands.vendors import Json, Vendor, ground, running_intake, say, stated
from services.registration.intake.kinds import DROP_TARGET, SET_TARGET, MessageKind
from services.registration.intake.submission import Sent, Submissions
from shared.credentials import operator
from shared.database import open_engine
from shared.errors import RequestInvalid
from shared.values import parse_day, parse_identifier, parse_line

MOST = 500
LIMIT = 100
partners = typer.Typer(no_args_is_help=True, help="Set targets of partners, and read how far each is.")
Kept = TypeVar("Kept")


def _id(text: str) -> str:
    return stated(parse_identifier, text, "id")


PartnerId = Annotated[str, typer.Argument(help="Id of the partner.", show_default=False, parser=_id)]
Name = Annotated[str, typer.Argument(help="Name of the target, such as fy26-q1.", show_default=False, parser=_id)]


def register(app: typer.Typer) -> None:
    app.add_typer(partners, name="partner")


@partners.command("set-target")
def set_target(
    vendor: Vendor,
    partner: PartnerId,
    name: Name,
    measure: Annotated[str, typer.Option(help="What to reach: won, approved, registrations, won_value, …")],
    first: Annotated[str, typer.Option(help="First day that counts, YYYY-MM-DD.", show_default=False)],
    last: Annotated[str, typer.Option(help="Last day that counts.", show_default=False)],
    amount: Annotated[str | None, typer.Option(help='For a value: such as "250000.00 EUR".')] = None,
    count: Annotated[int | None, typer.Option(help="For a number of registrations.")] = None,
    program: Annotated[str | None, typer.Option(help="Count only registrations of this program.")] = None,
    product: Annotated[str | None, typer.Option(help="Count only registrations with this product.")] = None,
    as_json: Json = False,
) -> None:
    """Set what a partner is to reach; an earlier target of the name is replaced. It is decided when workers run."""
    given = {
        "measure": measure,
        "first_day": _given(parse_day, first, "--first"),
        "last_day": _given(parse_day, last, "--last"),
        "amount": _money(amount),
        "count": count,
        "program": _given(parse_identifier, program, "--program"),
        "product": _given(parse_line, product, "--product"),
    }
    body = {one: f"{value}" if isinstance(value, date) else value for one, value in given.items() if value is not None}
    fact = _accepted(SET_TARGET, vendor, partner, {"name": name, **body})
    content = {"vendor": vendor, "partner": partner, "name": name, "fact": fact}
    say(content, as_json, f"target {name} of {partner} is set")


@partners.command("drop-target")
def drop_target(vendor: Vendor, partner: PartnerId, name: Name, as_json: Json = False) -> None:
    """Drop a target: it counts no longer. It is decided when workers run."""
    fact = _accepted(DROP_TARGET, vendor, partner, {"name": name})
    content = {"vendor": vendor, "partner": partner, "name": name, "fact": fact}
    say(content, as_json, f"target {name} of {partner} is dropped")


@partners.command("targets")
def targets(
    vendor: Vendor,
    partner: Annotated[list[str] | None, typer.Option(help="Only of this partner. Repeat it.")] = None,
    as_of: Annotated[str | None, typer.Option(help="As things stood at the end of this day. Default: now.")] = None,
    running: Annotated[bool, typer.Option("--running", help="Only targets whose period has the day.")] = False,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=MOST)] = LIMIT,
    as_json: Json = False,
) -> None:
    """List targets: what is to be reached, what is, and what would be by now if each day brought as much."""
    asked = {
        "partner": [stated(parse_identifier, one, "--partner") for one in partner or ()],
        "as_of": None if as_of is None else stated(parse_day, as_of, "--as-of").isoformat(),
        "running": True if running else None,
        "limit": limit,
    }
    day, found = asyncio.run(_targets(vendor, asked))
    if as_json:
        say({"as_of": day, "targets": found}, as_json, "")
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title=f"at the end of {day}", title_justify="left")
    for heading in ("partner", "target", "measure", "first", "last", "to reach", "reached", "expected", "share"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(*_cells(one))
    Console(highlight=False, markup=False).print(table if found else f"no target that matches at the end of {day}")


def _cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    named = (one["partner"], one["name"], one["measure"], str(one["first_day"]), str(one["last_day"]))
    if one["amount"] is None:
        return *named, str(one["count"]), str(one["reached_count"]), one["expected_count"], one["share"]
    amounts = (one["amount"], one["reached_amount"], one["expected_amount"])
    return *named, *(f"{each['amount']} {each['currency']}" for each in amounts), one["share"]


async def _targets(vendor: str, asked: dict[str, Any]) -> tuple[date, list[dict[str, Any]]]:
    # Only this command reads by the query API, whose modules take longer to load than the others together.
    from services.projections.api.context import queries_over
    from services.projections.api.measure_targets import TargetQuery, targets_at

    async with ground(vendor) as runtime:
        assert runtime.settings.database_url is not None
        url = runtime.settings.database_url.get_secret_value()
        engine = open_engine(url, runtime.settings, name="dealreg cli")
        try:
            parts = queries_over(runtime.settings, runtime.pool, engine)
            day, found = await targets_at(parts, operator(vendor), TargetQuery.model_validate(asked))
            return day.day, found
        finally:
            await engine.dispose()


def _accepted(kind: MessageKind, vendor: str, partner: str, body: dict[str, Any]) -> str:
    async def accept() -> str:
        async with ground(vendor) as runtime:
            sent = Sent(kind, body, uuid4().hex, partner)
            submission = Submissions(runtime.master_key).prepare(sent, operator(vendor))
            async with running_intake(runtime) as intake:
                return (await intake.accept(submission)).fact

    try:
        return asyncio.run(accept())
    except RequestInvalid as error:
        raise typer.BadParameter("; ".join(f"{one.field}: {one.message}" for one in error.problems)) from error


def _given(parse: Callable[[str], Kept], text: str | None, option: str) -> Kept | None:
    return None if text is None else stated(parse, text, option)


def _money(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    amount, _, currency = text.strip().partition(" ")
    if not currency:
        raise typer.BadParameter('--amount: give an amount and its currency, such as "250000.00 EUR"')
    return {"amount": amount, "currency": currency.strip()}
