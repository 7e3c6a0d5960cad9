"""`dealreg crm`: set up a connection to a native CRM, try payloads, list and replay what cannot be used, compare."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from dealreg.commands.vendors import Grace, Json, ground, running_intake, tell
from services.registration.crm.configured import SECRET_KINDS, Configured
from services.registration.crm.erasing import BodyErasure
from services.registration.crm.parts import Crm, build_crm
from services.registration.crm.settings import HubSpotSettings
from services.registration.crm.store import Known
from services.registration.crm.trying import attempt, deal_of
from services.registration.intake.connections import Connections
from services.registration.intake.erasure import Erasures
from services.registration.intake.submission import Submissions
from shared.credentials import Caller, operator
from shared.errors import RequestInvalid
from shared.http.field_problems import field_problems
from shared.http.wire.json_body import canonical, read_json
from shared.persons import MasterKey, Persons
from shared.saved_views import SavedViews
from shared.values import BadValue, parse_identifier
from shared.values.written import written_json

crm = typer.Typer(no_args_is_help=True, help="Read deals of a native CRM, such as HubSpot.")
_TRIAL_KEY = b"dealreg: what is only tried.    "
"""Seals nothing: a payload that is tried with settings of a file alone is stored nowhere."""


def register(app: typer.Typer) -> None:
    app.add_typer(crm, name="crm")


def _connection(text: str) -> str:
    try:
        return parse_identifier(text)
    except BadValue as error:
        raise typer.BadParameter(error.detail) from error


ConnectionOption = Annotated[
    str, typer.Option("--connection", help="Id of the CRM connection.", show_default=False, parser=_connection)
]
SettingsFile = Annotated[Path, typer.Option("--settings", help="File with the settings as JSON.", exists=True)]


@dataclass(frozen=True, slots=True)
class _Place:
    crm: Crm
    by: Caller
    vendor: str
    connection: str


@crm.command("configure")
def configure(connection: ConnectionOption, settings: SettingsFile, as_json: Json = False) -> None:
    """Say how the CRM's deals are read: stages, fields, partners. The change is in the audit trail."""
    given = _settings(settings.read_bytes())

    async def change() -> dict[str, Any]:
        async with _place(connection) as place:
            found = await place.crm.configurations.configure(place.vendor, connection, given, by=place.by)
            return {"revision": found.revision, "settings": found.settings.model_dump(mode="json")}

    content = asyncio.run(change())
    _say(content, as_json, f"connection {connection} has settings revision {content['revision']}")


@crm.command("show")
def show(connection: ConnectionOption, as_json: Json = False) -> None:
    """Show the settings of a connection, and which secrets it has."""

    async def read() -> dict[str, Any]:
        async with _place(connection, tells=False) as place:
            found = await place.crm.configurations.shown(place.vendor, connection)
            shown = {**asdict(await place.crm.listing.waiting(connection))}
            settings = found.settings.model_dump(mode="json")
            return {"revision": found.revision, "secrets": found.secrets, "settings": settings, "waiting": shown}

    content = asyncio.run(read())
    _say(content, as_json, written_json(content, indented=True).decode())


@crm.command("secret")
def secret(
    connection: ConnectionOption,
    kind: Annotated[str, typer.Argument(help=f"One of: {', '.join(SECRET_KINDS)}")],
    file: Annotated[Path | None, typer.Option(help="File with the secret. Default: it is asked for.")] = None,
    grace_seconds: Grace = 0,
) -> None:
    """Store a secret of the CRM, sealed. It is read from a file or a prompt, since a command line is not private."""
    given = file.read_text().strip() if file is not None else typer.prompt(kind, hide_input=True).strip()
    if kind not in SECRET_KINDS or not 8 <= len(given) <= 4_000 or not given.isascii():
        raise typer.BadParameter(f"give one of {', '.join(SECRET_KINDS)}, and a secret of 8 to 4000 ASCII characters")

    async def store() -> None:
        async with _place(connection) as place:
            named = next(one for one in SECRET_KINDS if one == kind)
            await place.crm.configurations.replace_secret(
                place.vendor, connection, named, given, timedelta(seconds=grace_seconds), by=place.by
            )

    asyncio.run(store())
    typer.echo(f"connection {connection} has a new {kind}")


@crm.command("try")
def try_payload(
    payload: Annotated[Path, typer.Option(help="File with a delivery, or with a deal as the CRM answers it.")],
    connection: Annotated[
        str | None, typer.Option("--connection", help="Use this connection's settings.", show_default=False)
    ] = None,
    settings: Annotated[Path | None, typer.Option(help="Use the settings in this file instead.")] = None,
    as_json: Json = False,
) -> None:
    """Show what a payload would become, and why not. Nothing is stored, sent or fetched."""
    body = payload.read_bytes()
    if (connection is None) == (settings is None):
        raise typer.BadParameter("give either --connection or --settings")
    if settings is not None:
        given = _settings(settings.read_bytes())
        place = Configured("vendor", "connection", given, 0, datetime.now(UTC), (), None)
        content = attempt(place, body, {}, Submissions(MasterKey(_TRIAL_KEY)))
    else:
        content = asyncio.run(_tried(_connection(connection or ""), body))
    _say(content, as_json, _words(content))


async def _tried(connection: str, body: bytes) -> dict[str, Any]:
    async with _place(connection, tells=False) as place:
        configured = await place.crm.configurations.get(connection)
        deal = deal_of(body)
        known: dict[str, Known] = {} if deal is None else await place.crm.store.known(connection, [deal])
        return attempt(configured, body, known, place.crm.submissions)


@crm.command("unusable")
def unusable(
    connection: ConnectionOption,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=10_000)] = 200,
    as_json: Json = False,
) -> None:
    """List deals and deliveries that cannot be used, each with its reasons."""

    async def listed() -> list[dict[str, Any]]:
        async with _place(connection, tells=False) as place:
            found = await place.crm.listing.unusable(connection, after=None, limit=limit)
            return [asdict(one) for one in found]

    content = asyncio.run(listed())
    lines = [f"{one['subject']}  {r['code']}: {r['message']}" for one in content for r in one["reasons"]]
    _say(content, as_json, "\n".join(lines) or f"connection {connection} has nothing that cannot be used")


@crm.command("replay")
def replay(
    connection: ConnectionOption,
    subject: Annotated[list[str] | None, typer.Option(help="`deal:…` or `body:…`; repeat for several.")] = None,
    told: Annotated[bool, typer.Option("--told", help="Every deal that was told, after a corrected mapping.")] = False,
    as_json: Json = False,
) -> None:
    """Ask for what cannot be used to be read again; what differs from what was told appends new facts."""
    if subject and told:
        raise typer.BadParameter("give --subject or --told")

    async def again() -> dict[str, int]:
        async with _place(connection, tells=False) as place:
            await place.crm.configurations.shown(place.vendor, connection)
            listing = place.crm.listing
            if subject:
                return {"to_read": await listing.replay(connection, subject)}
            return {"to_read": await (listing.replay_told if told else listing.replay_unusable)(connection)}

    content = asyncio.run(again())
    _say(content, as_json, f"{content['to_read']} to read; a running edge reads them")


@crm.command("reconcile")
def reconcile(
    connection: ConnectionOption,
    days: Annotated[int | None, typer.Option(help="Deals changed in so many days.", min=1, max=90)] = None,
    as_json: Json = False,
) -> None:
    """Compare the CRM's open and recently changed deals with what was told, and ask for those that differ."""

    async def compare() -> dict[str, Any]:
        async with _place(connection, tells=False) as place:
            report = await place.crm.reconciler.reconcile(connection, days)
            return asdict(report or await place.crm.reconciler.last(connection))

    content = asyncio.run(compare())
    lines = [f"deal:{d['deal']}  {d['code']}  ours {d['ours']}, theirs {d['theirs']}" for d in content["differences"]]
    _say(content, as_json, "\n".join([f"{content['compared']} compared, {content['differing']} differ", *lines]))


@asynccontextmanager
async def _place(connection: str, *, tells: bool = True) -> AsyncIterator[_Place]:
    """Open the components for a connection; the audit trail has at the end what was done."""
    async with ground(None) as runtime, running_intake(runtime) as intake:
        persons = Persons(runtime.pool, runtime.master_key)
        submissions = Submissions(runtime.master_key)
        erasure = BodyErasure(runtime.pool, persons)
        erasures = Erasures(persons, erasure, SavedViews(runtime.pool, persons), intake, submissions)
        parts = build_crm(runtime.settings, runtime.pool, runtime.master_key, intake, submissions, erasure, erasures)
        try:
            vendor = await Connections(runtime.pool, runtime.master_key, 0).vendor_of(connection)
            yield _Place(parts, operator(vendor), vendor, connection)
            if tells:
                await tell(runtime, vendor)
        finally:
            await parts.client.close()


def _settings(body: bytes) -> HubSpotSettings:
    try:
        return HubSpotSettings.model_validate_json(canonical(read_json(body)))
    except ValidationError as error:
        raise RequestInvalid(field_problems(error.errors(include_url=False, include_input=False))) from error


def _words(content: dict[str, Any]) -> str:
    lines = [written_json(one).decode() for one in content.get("messages") or ()]
    lines += [f"reads {one['subject']}" for one in content.get("reads") or ()]
    lines += [f"event {one['event']} is left out: {one['code']}" for one in content.get("ignored") or ()]
    lines += [f"nothing to tell: {content['left']}"] if content.get("left") else []
    lines += [f"{one['field'] or '(whole)'}: {one['message']} [{one['code']}]" for one in content["problems"]]
    return "\n".join(lines) or "nothing to read"


def _say(content: Any, as_json: bool, words: str) -> None:
    print(written_json(content).decode() if as_json else words)
