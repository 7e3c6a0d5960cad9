"""`dealreg webhook`: endpoints that events are delivered to, without the API."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.table import Table

from dealreg.commands.vendors import Ground, Json, Vendor, ground, say, stated, tell
from services.registration.directory.references import References
from shared.credentials import Caller, operator
from shared.events.registry import EVENTS
from shared.log import open_log
from shared.outward import Guard, Outward, networks_of, target_of
from shared.values import parse_identifier, parse_line
from shared.webhooks import Deliveries, Delivery, Endpoint, Endpoints, Wanted

webhooks = typer.Typer(no_args_is_help=True, help="Create, rotate, replay and inspect webhook endpoints.")
EndpointId = Annotated[
    str,
    typer.Argument(
        help="Id of the endpoint.", show_default=False, parser=lambda text: stated(parse_identifier, text, "endpoint")
    ),
]
Url = Annotated[str, typer.Option(help="Public https:// address that events are posted to.", show_default=False)]
Types = Annotated[list[str] | None, typer.Option("--type", help="Only events of this type. Repeat it. Default: all.")]
Done = TypeVar("Done")


def register(app: typer.Typer) -> None:
    app.add_typer(webhooks, name="webhook")


@webhooks.command("create")
def create(
    vendor: Vendor,
    url: Url,
    name: Annotated[str, typer.Option(help="Name for people.")] = "command line",
    partner: Annotated[str | None, typer.Option(help="Deliver this partner's feed instead of the vendor's.")] = None,
    type_: Types = None,
    ordered: Annotated[bool, typer.Option("--ordered", help="Keep the order of each subject's events.")] = False,
    after: Annotated[int | None, typer.Option(help="Begin after this position. Default: with the next.", min=0)] = None,
    as_json: Json = False,
) -> None:
    """Create an endpoint and print the secret that verifies its deliveries. It is shown only once."""
    if unknown := sorted(set(type_ or ()) - EVENTS.keys()):
        raise typer.BadParameter(f"--type: no such event: {', '.join(unknown)}; docs/events.md lists them")
    named = stated(parse_line, name, "--name")
    whose = None if partner is None else stated(parse_identifier, partner, "--partner")

    async def made(store: Endpoints, by: Caller, runtime: Ground) -> tuple[Endpoint, str]:
        address = await _admitted(runtime, url)
        if whose is not None:
            await _assert_partner(runtime, vendor, whose)
        return await store.create(whose, Wanted(address, named, tuple(type_ or ()), ordered), after=after, by=by)

    endpoint, secret = _run(vendor, made)
    say({**_shown(endpoint), "secret": secret}, as_json, f"endpoint {endpoint.endpoint}\n{secret}")


@webhooks.command("list")
def list_endpoints(vendor: Vendor, as_json: Json = False) -> None:
    """List endpoints: where to, whose feed, how far, and whether they work."""
    found = _run(vendor, lambda store, by, _: store.of(by=by), acts=False)
    if as_json:
        say([_shown(one) for one in found], as_json, "")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("endpoint", "feed of", "state", "cursor", "failing since", "url"):
        table.add_column(heading, overflow="fold")
    for one in found:
        since = f"{one.failing_since:%Y-%m-%d %H:%M}" if one.failing_since else ""
        table.add_row(one.endpoint, one.partner or "the vendor", one.state, str(one.cursor), since, one.url)
    Console(highlight=False, markup=False).print(table if found else "no webhook endpoint")


@webhooks.command("deliveries")
def deliveries(
    vendor: Vendor,
    endpoint: EndpointId,
    limit: Annotated[int, typer.Option(help="How many.", min=1, max=1_000)] = 20,
    as_json: Json = False,
) -> None:
    """List the latest attempts to deliver, newest first."""

    async def listed(store: Endpoints, by: Caller, runtime: Ground) -> list[Delivery]:
        await store.get(endpoint, by=by)
        return await Deliveries(runtime.pool).of(endpoint, limit=limit)

    found = _run(vendor, listed, acts=False)
    if as_json:
        say([asdict(one) for one in found], as_json, "")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("at", "position", "type", "attempt", "outcome", "answer", "ms", "again at"):
        table.add_column(heading, overflow="fold")
    for one in found:
        again = f"{one.next_at:%Y-%m-%d %H:%M:%S}" if one.next_at else ""
        answer = str(one.status) if one.status is not None else one.failure or ""
        row = (f"{one.at:%Y-%m-%d %H:%M:%S}", str(one.position or ""), one.type, str(one.attempt), one.outcome, answer)
        table.add_row(*row, str(one.took_ms), again)
    Console(highlight=False, markup=False).print(table if found else "nothing was delivered yet")


@webhooks.command("rotate")
def rotate(
    vendor: Vendor,
    endpoint: EndpointId,
    grace: Annotated[int, typer.Option(help="Seconds that deliveries carry both.", min=0, max=604_800)] = 86_400,
    as_json: Json = False,
) -> None:
    """Replace the secret and print the new one. It is shown only once."""
    secret, replaced = _run(vendor, lambda store, by, _: store.rotate(endpoint, timedelta(seconds=grace), by=by))
    content = {"endpoint": endpoint, "secret": secret, "replaced": asdict(replaced)}
    say(content, as_json, f"{secret}\nthe old secret signs beside it for {replaced.grace_seconds} s")


@webhooks.command("replay")
def replay(
    vendor: Vendor,
    endpoint: EndpointId,
    after: Annotated[int, typer.Option(help="Position after which everything is delivered again.", min=0)],
    as_json: Json = False,
) -> None:
    """Deliver every event after a position again, with the ids that they had."""
    found = _run(vendor, lambda store, by, _: store.replay(endpoint, after, by=by))
    say(_shown(found), as_json, f"{endpoint} is delivered to from position {after} on")


@webhooks.command("test")
def send_test(vendor: Vendor, endpoint: EndpointId, as_json: Json = False) -> None:
    """Have a test event sent once; `dealreg webhook deliveries` shows what came back."""
    message = _run(vendor, lambda store, by, _: store.test(endpoint, by=by), acts=False)
    say({"message": message}, as_json, f"test event {message} is sent by the worker")


@webhooks.command("enable")
def enable(vendor: Vendor, endpoint: EndpointId, as_json: Json = False) -> None:
    """Deliver again, from where it stopped."""
    found = _run(vendor, lambda store, by, _: store.enable(endpoint, by=by))
    say(_shown(found), as_json, f"{endpoint} is enabled at position {found.cursor}")


@webhooks.command("disable")
def disable(vendor: Vendor, endpoint: EndpointId, as_json: Json = False) -> None:
    """Deliver nothing more until it is enabled. It keeps its place."""
    found = _run(vendor, lambda store, by, _: store.disable(endpoint, by=by))
    say(_shown(found), as_json, f"{endpoint} is disabled at position {found.cursor}")


@webhooks.command("delete")
def delete(vendor: Vendor, endpoint: EndpointId, as_json: Json = False) -> None:
    """Delete an endpoint."""
    _run(vendor, lambda store, by, _: store.delete(endpoint, by=by))
    say({"endpoint": endpoint, "deleted": True}, as_json, f"{endpoint} is deleted")


def _run(vendor: str, work: Callable[[Endpoints, Caller, Ground], Awaitable[Done]], *, acts: bool = True) -> Done:
    """Do the work as the operator; what `acts` is then told to the log."""

    async def done() -> Done:
        async with ground(vendor) as runtime:
            found = await work(Endpoints(runtime.pool, runtime.master_key), operator(vendor), runtime)
            if acts:
                await tell(runtime, vendor)
            return found

    return asyncio.run(done())


async def _admitted(runtime: Ground, url: str) -> str:
    target = target_of(url)
    outward = Outward(Guard(networks_of(runtime.settings.outward_networks)))
    try:
        await outward.addresses(target)
    finally:
        outward.close()
    return target.url


async def _assert_partner(runtime: Ground, vendor: str, partner: str) -> None:
    settings = runtime.settings
    log = open_log(settings, database_pool=runtime.pool, kafka_bootstrap=settings.kafka_bootstrap)
    await log.start()
    try:
        await References(runtime.pool, log).assert_partner(vendor, partner)
    finally:
        await log.stop()


def _shown(one: Endpoint) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "revision"}
