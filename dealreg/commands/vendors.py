"""`dealreg vendor`, `credential`, `connection`, `persons`: administration without the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, TypeVar

import asyncpg
import typer

from dealreg.runtime.place import working
from services.registration.crm.erasing import BodyErasure
from services.registration.directory.references import References
from services.registration.intake.administration import Administration
from services.registration.intake.connections import Connections
from services.registration.intake.entry import entry_into
from services.registration.intake.erasure import Erased, Erasures
from services.registration.intake.idempotency import Idempotency
from services.registration.intake.intake import Intake
from services.registration.intake.marking import Marking
from services.registration.intake.operator import assert_vendor, create_vendor, publish
from services.registration.intake.submission import Submissions
from shared.credentials import PARTNER_SCOPES, SCOPES, Credential, Credentials, Scope, operator
from shared.credentials.sandbox import mark_sandbox
from shared.database import database_errors, open_pool
from shared.errors import DealregError
from shared.events.vendor import VendorMode
from shared.log import open_log
from shared.log.port import EventLog
from shared.persons import MasterKey, Persons
from shared.saved_views import SavedViews
from shared.settings import Settings
from shared.values import BadValue, parse_email, parse_identifier, parse_instant, parse_line
from shared.values.written import rfc3339, written_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Kept = TypeVar("Kept")


def _id(text: str) -> str:
    return stated(parse_identifier, text, "id")


Vendor = Annotated[str, typer.Argument(help="Id of the vendor.", show_default=False, parser=_id)]
CredentialId = Annotated[str, typer.Argument(help="Id of the credential.", show_default=False, parser=_id)]
Grace = Annotated[int, typer.Option(help="Seconds that the old key keeps working.", min=0, max=604_800)]

MOST_DAYS = 36_500
"""A century."""
BEGINNING = "1970-01-01T00:00:00+00:00"
"""Before any history that a channel can have, so that an import may contain all of it."""

vendors = typer.Typer(no_args_is_help=True, help="Create vendors.")
credentials = typer.Typer(no_args_is_help=True, help="Create, rotate, revoke and list API keys.")
connections = typer.Typer(no_args_is_help=True, help="Create connections for CRMs that send opportunities.")
persons = typer.Typer(no_args_is_help=True, help="Erase personal data.")


def register(app: typer.Typer) -> None:
    app.add_typer(vendors, name="vendor")
    app.add_typer(credentials, name="credential")
    app.add_typer(connections, name="connection")
    app.add_typer(persons, name="persons")


@dataclass(frozen=True, slots=True)
class Ground:
    settings: Settings
    pool: asyncpg.Pool
    master_key: MasterKey


@asynccontextmanager
async def ground(vendor: str | None, *, known: bool = True) -> AsyncIterator[Ground]:
    """Open the migrated database and the master key; start the embedded servers if they do not run.

    Raises `VendorUnknown` if the vendor must exist and does not.
    """
    async with working(vendor=vendor, schema=True) as settings:
        assert settings.database_url is not None
        url = settings.database_url.get_secret_value()
        pool = await open_pool(url, settings, name="dealreg cli", max_size=6)
        try:
            if known and vendor is not None:
                await assert_vendor(pool, vendor)
            yield Ground(settings, pool, MasterKey(settings.master_key_bytes()))
        finally:
            await pool.close()


@vendors.command("create")
def vendor_create(
    vendor: Annotated[
        str, typer.Argument(help="Id of the vendor: letters, digits and . _ : -", show_default=False, parser=_id)
    ],
    live: Annotated[bool, typer.Option("--live", help="The vendor takes requests from now on.")] = False,
    importing: Annotated[bool, typer.Option("--importing", help="Import the vendor's history first.")] = False,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="For trying: test keys, and a clock that is moved by hand.")
    ] = False,
    name: Annotated[str | None, typer.Option(help="Display name. Default: the id.")] = None,
    recorded_at: Annotated[str, typer.Option(help="With --importing: a time before all of the history.")] = BEGINNING,
    program: Annotated[
        Path | None,
        typer.Option(
            help="Not with --importing: folder with policy.yaml and vendor.yaml to publish; a key is printed."
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Create a vendor. Every partner, program, registration and key belongs to one."""
    if live + importing + sandbox != 1:
        raise typer.BadParameter("give one of --live, --importing and --sandbox")
    if program is not None and importing:
        raise typer.BadParameter("--program publishes from now on; import the history with its own policies")
    started = None
    if program is not None:
        # It loads what a policy may say, which every other command here does without.
        from dealreg.tools.policy_files import read_folder

        started = read_folder(program)
    began = stated(parse_instant, recorded_at, "--recorded-at") if importing else None
    named = vendor if name is None else stated(parse_line, name, "--name")
    mode: VendorMode = "importing" if importing else "sandbox" if sandbox else "live"
    content = asyncio.run(_vendor_create(vendor, named, mode, began, started))
    following = content.get("key") or f"next: dealreg credential create {vendor} --all-scopes"
    say(content, as_json, f"vendor {vendor} created; {following}")


@asynccontextmanager
async def running_intake(runtime: Ground) -> AsyncIterator[Intake]:
    """Run an intake in this process. What it accepted is in the log when the block ends."""
    async with _log(runtime) as log:
        entry = entry_into(log, runtime.pool, Persons(runtime.pool, runtime.master_key))
        intake = Intake(entry, log, runtime.settings, Marking(Idempotency(runtime.pool)))
        await intake.start()
        try:
            yield intake
        finally:
            await intake.stop()


@asynccontextmanager
async def _log(runtime: Ground) -> AsyncIterator[EventLog]:
    log = open_log(runtime.settings, database_pool=runtime.pool, kafka_bootstrap=runtime.settings.kafka_bootstrap)
    await log.start()
    try:
        yield log
    finally:
        await log.stop()


async def tell(runtime: Ground, vendor: str) -> None:
    """The audit trail has what was done; where the log is away, the next edge that runs tells it."""
    try:
        async with running_intake(runtime) as intake:
            await Administration(runtime.pool, intake).told(vendor)
    except DealregError as error:
        # It is done, and its key is shown nowhere else: a log that is away must not hide it.
        typer.echo(f"done; the audit trail has it once the log answers ({error.detail})", err=True)


async def _vendor_create(
    vendor: str, name: str, mode: VendorMode, began: datetime | None, started: tuple[dict[str, Any], str] | None
) -> dict[str, Any]:
    async with ground(vendor, known=False) as runtime, running_intake(runtime) as intake:
        accepted = await create_vendor(
            intake,
            Submissions(runtime.master_key),
            vendor,
            name=name,
            mode=mode,
            recorded_at=began,
        )
        if mode == "sandbox":
            with database_errors():
                await mark_sandbox(runtime.pool, vendor)
        content = {"vendor": vendor, "fact": accepted.fact, "recorded_at": accepted.recorded_at}
        if started is not None:
            await publish(intake, Submissions(runtime.master_key), vendor, *started)
            _, key = await Credentials(runtime.pool, 0).create(vendor, [*SCOPES], by=operator(vendor))
            await Administration(runtime.pool, intake).told(vendor)
            content["key"] = str(key)
    return content


@credentials.command("create")
def credential_create(
    vendor: Vendor,
    scope: Annotated[
        list[str] | None, typer.Option(help=f"Scope of the key; repeat for several. One of: {', '.join(SCOPES)}")
    ] = None,
    all_scopes: Annotated[
        bool, typer.Option("--all-scopes", help="Give every scope that the kind of key can have.")
    ] = False,
    partner: Annotated[str | None, typer.Option(help="Bind the key to this partner.")] = None,
    label: Annotated[str | None, typer.Option(help="What the key is for.")] = None,
    expires_days: Annotated[
        int | None, typer.Option(help="Days until the key expires. Default: never.", min=1, max=MOST_DAYS)
    ] = None,
    as_json: Json = False,
) -> None:
    """Create an API key and print it. It is shown only once."""
    partner = None if partner is None else stated(parse_identifier, partner, "--partner")
    label = None if label is None else stated(parse_line, label, "--label")
    allowed = PARTNER_SCOPES if partner else SCOPES
    scopes = [*allowed] if all_scopes else _scopes(scope or [], allowed)
    ends = datetime.now(UTC) + timedelta(days=expires_days) if expires_days else None

    async def make() -> dict[str, Any]:
        async with ground(vendor) as runtime:
            if partner is not None:
                async with _log(runtime) as log:
                    await References(runtime.pool, log).assert_partner(vendor, partner)
            made, key = await Credentials(runtime.pool, 0).create(
                vendor, scopes, partner=partner, label=label, expires_at=ends, by=operator(vendor)
            )
            await tell(runtime, vendor)
            return {**asdict(made), "key": str(key)}

    content = asyncio.run(make())
    say(content, as_json, content["key"])


@credentials.command("rotate")
def credential_rotate(
    vendor: Vendor, credential: CredentialId, grace_seconds: Grace = 0, as_json: Json = False
) -> None:
    """Replace a key: create a new one with the same scopes and partner, and end the old one."""

    async def rotate() -> dict[str, Any]:
        async with ground(vendor) as runtime:
            made, key, replaced = await Credentials(runtime.pool, 0).rotate(
                vendor, credential, by=operator(vendor), grace=timedelta(seconds=grace_seconds)
            )
            await tell(runtime, vendor)
            return {**asdict(made), "key": str(key), "replaced": asdict(replaced)}

    content = asyncio.run(rotate())
    say(content, as_json, content["key"])
    if not as_json:
        # On standard error: a script reads the key from standard output.
        ends = rfc3339(content["replaced"]["expires_at"].replace(microsecond=0))
        typer.echo(f"credential {content['credential']} replaces {credential}, whose key ends at {ends}", err=True)


@credentials.command("revoke")
def credential_revoke(vendor: Vendor, credential: CredentialId, as_json: Json = False) -> None:
    """Revoke a key. It stops working within seconds."""

    async def revoke() -> Credential:
        async with ground(vendor) as runtime:
            ended = await Credentials(runtime.pool, 0).revoke(vendor, credential, by=operator(vendor))
            await tell(runtime, vendor)
            return ended

    say(asdict(asyncio.run(revoke())), as_json, f"credential {credential} revoked")


@credentials.command("list")
def credential_list(vendor: Vendor, as_json: Json = False) -> None:
    """List the vendor's keys, without their secrets."""

    async def listed() -> list[Credential]:
        async with ground(vendor) as runtime:
            return await Credentials(runtime.pool, 0).of(vendor)

    found = asyncio.run(listed())
    lines = [f"{one.credential}  {one.status:8} {one.partner or '–':20} {one.label or ''}" for one in found]
    say([asdict(one) for one in found], as_json, "\n".join(lines) or f"vendor {vendor} has no keys")


@connections.command("create")
def connection_create(
    vendor: Vendor, name: Annotated[str, typer.Argument(help="What the connection is for.")], as_json: Json = False
) -> None:
    """Create a CRM connection and print its signing secret. It is shown only once."""
    name = stated(parse_line, name, "name")

    async def make() -> dict[str, Any]:
        async with ground(vendor) as runtime:
            store = Connections(runtime.pool, runtime.master_key, 0)
            made, secret = await store.create(vendor, name, by=operator(vendor))
            await tell(runtime, vendor)
            return {**asdict(made), "secret": secret}

    content = asyncio.run(make())
    say(content, as_json, f"POST /v1/crm/{content['connection']}/opportunities\n{content['secret']}")


@persons.command("erase")
def persons_erase(
    vendor: Vendor,
    email: Annotated[str | None, typer.Option(help="E-mail address of the person.")] = None,
    registration: Annotated[
        str | None, typer.Option(help="Registration whose texts were sent without an e-mail address.")
    ] = None,
    person: Annotated[str | None, typer.Option(help="Id of the person.")] = None,
    principal: Annotated[
        str | None, typer.Option(help="Principal of somebody who works with dealreg: their saved views.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Erase a person: delete the key that seals its texts. This cannot be undone."""
    if sum(given is not None for given in (email, registration, person, principal)) != 1:
        raise typer.BadParameter("give one of --email, --registration, --person and --principal")
    email = None if email is None else stated(parse_email, email, "--email")
    registration = None if registration is None else stated(parse_identifier, registration, "--registration")
    person = None if person is None else stated(parse_identifier, person, "--person")
    principal = None if principal is None else stated(parse_identifier, principal, "--principal")

    async def erase() -> Erased:
        async with ground(vendor) as runtime, running_intake(runtime) as intake:
            keepers = Persons(runtime.pool, runtime.master_key)
            bodies = BodyErasure(runtime.pool, keepers)
            saved = SavedViews(runtime.pool, keepers)
            erasures = Erasures(keepers, bodies, saved, intake, Submissions(runtime.master_key))
            if person is not None:
                return await erasures.erase(vendor, person)
            if principal is not None:
                return await erasures.erase_principal(vendor, principal)
            return await erasures.erase_by(vendor, email or registration or "")

    done = asyncio.run(erase())
    content = {"person": done.person, "erased": done.erased, "fact": done.published and done.published.fact}
    say(content, as_json, f"erased {done.person}" if done.erased else "nobody found to erase")


def say(content: Any, as_json: bool, words: str) -> None:
    print(written_json(content).decode() if as_json else words)


def _scopes(given: list[str], allowed: tuple[Scope, ...]) -> list[str]:
    wrong = [scope for scope in given if scope not in allowed]
    if wrong or not given:
        detail = f"unknown scope: {', '.join(wrong)}" if wrong else "give at least one"
        raise typer.BadParameter(f"--scope: {detail}; known: {', '.join(allowed)}")
    return given


def stated(parse: Callable[[str], Kept], text: str, option: str) -> Kept:
    """Parse an option's text; an error becomes a usage error that names the option."""
    try:
        return parse(text)
    except BadValue as error:
        raise typer.BadParameter(f"{option}: {error.detail}") from error
