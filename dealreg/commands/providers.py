"""`dealreg provider`, `identity`: where people sign in, what they may do, and who came."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from dealreg.commands.vendors import Json, Vendor, _id, _log, ground, say, tell
from services.registration.api.providers import NewProvider, shown
from services.registration.directory.references import References
from shared.credentials import Credentials, operator
from shared.errors import Invalid
from shared.http.field_problems import field_problems
from shared.identity.store import Provider
from shared.identity.wiring import Identity, identity_over
from shared.policy.refused import PolicyRefused
from shared.policy.yaml_text import read_yaml
from shared.values.written import written_json

ProviderId = Annotated[str, typer.Argument(help="Id of the provider.", show_default=False, parser=_id)]
IdentityId = Annotated[str, typer.Argument(help="Id of the person.", show_default=False, parser=_id)]

providers = typer.Typer(no_args_is_help=True, help="Set up identity providers (OpenID Connect).")
identities = typer.Typer(no_args_is_help=True, help="List, block and admit people who came by an identity provider.")


def register(app: typer.Typer) -> None:
    app.add_typer(providers, name="provider")
    app.add_typer(identities, name="identity")


@providers.command("set")
def provider_set(
    vendor: Vendor,
    provider: ProviderId,
    file: Annotated[Path, typer.Argument(help="YAML or JSON: what PUT /v1/identity-providers takes.", exists=True)],
    as_json: Json = False,
) -> None:
    """Set up a provider, or replace what was set up. People who signed in by it sign in again."""
    asked = read_provider(file)

    async def work() -> Provider:
        async with ground(vendor) as runtime:
            async with _log(runtime) as log:
                for partner in sorted({role.partner for role in asked.roles if role.partner is not None}):
                    await References(runtime.pool, log).assert_partner(vendor, partner)
            found = _identity(runtime)
            made = await found.providers.configure(
                vendor, provider, asked.document, asked.client_secret, by=operator(vendor)
            )
            await tell(runtime, vendor)
            return made

    made = asyncio.run(work())
    answer = f"/console/sign-in/{vendor}/{provider}/answer"
    say(shown(made), as_json, f"provider {provider} is set up; register at it the redirect URI https://<host>{answer}")


@providers.command("show")
def provider_show(vendor: Vendor, provider: ProviderId) -> None:
    """Print a provider as JSON, without its client's secret."""

    async def work() -> Provider:
        async with ground(vendor) as runtime:
            return await _identity(runtime).providers.get(vendor, provider)

    typer.echo(written_json(shown(asyncio.run(work()))).decode())


@providers.command("list")
def provider_list(vendor: Vendor, as_json: Json = False) -> None:
    """List the vendor's providers."""

    async def work() -> list[Provider]:
        async with ground(vendor) as runtime:
            return await _identity(runtime).providers.of(vendor)

    found = asyncio.run(work())
    lines = [f"{one.provider:20} {one.document.name:30} {one.document.issuer}" for one in found]
    say([shown(one) for one in found], as_json, "\n".join(lines) or f"vendor {vendor} has no identity providers")


@providers.command("remove")
def provider_remove(vendor: Vendor, provider: ProviderId) -> None:
    """Remove a provider. Its tokens are refused, and its sessions end."""

    async def work() -> None:
        async with ground(vendor) as runtime:
            await _identity(runtime).providers.remove(vendor, provider, by=operator(vendor))
            await tell(runtime, vendor)

    asyncio.run(work())
    typer.echo(f"provider {provider} removed")


@identities.command("list")
def identity_list(vendor: Vendor, as_json: Json = False) -> None:
    """List the people who came by a provider."""

    async def work() -> list[Any]:
        async with ground(vendor) as runtime:
            return await _identity(runtime).people.of(vendor)

    found = asyncio.run(work())
    lines = [
        f"{one.identity}  {'blocked' if one.blocked_at else 'admitted':8} {one.partner or '–':20} {one.subject}"
        for one in found
    ]
    say([asdict(one) for one in found], as_json, "\n".join(lines) or f"nobody came to vendor {vendor} by a provider")


@identities.command("block")
def identity_block(vendor: Vendor, identity: IdentityId, as_json: Json = False) -> None:
    """Block somebody: tokens are refused and sessions end within seconds."""
    _change(vendor, identity, as_json, block=True)


@identities.command("admit")
def identity_admit(vendor: Vendor, identity: IdentityId, as_json: Json = False) -> None:
    """Admit somebody again who was blocked."""
    _change(vendor, identity, as_json, block=False)


def _change(vendor: str, identity: str, as_json: bool, *, block: bool) -> None:
    async def work() -> Any:
        async with ground(vendor) as runtime:
            people = _identity(runtime).people
            found = await (people.block if block else people.admit)(vendor, identity, by=operator(vendor))
            await tell(runtime, vendor)
            return found

    found = asyncio.run(work())
    say(asdict(found), as_json, f"identity {identity} {'blocked' if block else 'admitted'}")


def _identity(runtime: Any) -> Identity:
    return identity_over(runtime.pool, runtime.settings, Credentials(runtime.pool, 0))


def read_provider(file: Path) -> NewProvider:
    """The file as the API would read it; raises `Invalid` with every problem."""
    try:
        content = read_yaml(file.read_text("utf-8")).value
    except (PolicyRefused, UnicodeDecodeError, OSError) as error:
        raise Invalid(f"{file} cannot be read: {error}") from error
    try:
        return NewProvider.model_validate_json(written_json(content))
    except ValidationError as error:
        problems = field_problems(error.errors())
        lines = "; ".join(f"{one.field}: {one.message}" for one in problems)
        raise Invalid(f"{file}: {lines}", problems) from error
