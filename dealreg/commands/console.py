"""`dealreg console link`: a one-time link by which somebody signs in to the console."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from dealreg.commands.vendors import Json, Vendor
from dealreg.runtime.place import live, place_of, working
from dealreg.runtime.sign_in import sign_in_path
from services.registration.directory.references import References
from services.registration.intake.operator import assert_vendor
from shared.database import open_pool
from shared.log import open_log
from shared.settings import Settings, load_settings
from shared.values import BadValue, parse_identifier, parse_line
from shared.values.written import written_json

console = typer.Typer(no_args_is_help=True, help="Sign people in to the console.")


def register(app: typer.Typer) -> None:
    app.add_typer(console, name="console")


@console.command("link")
def link(
    vendor: Vendor,
    partner: Annotated[
        str | None, typer.Option(help="Sign in as somebody of this partner. Default: of the vendor.")
    ] = None,
    principal: Annotated[
        str | None, typer.Option(help="Who acts, as the audit trail names it. Default: console:<partner or vendor>.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help="Where people reach the console. Default: what runs here, else host and port.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Print a link that signs one person in, once, within ten minutes."""
    try:
        named = None if partner is None else parse_identifier(partner)
        who = parse_line(principal or f"console:{partner or vendor}")
    except BadValue as error:
        raise typer.BadParameter(str(error)) from error
    base = url or _address(load_settings())
    path = asyncio.run(_link(vendor, named, who))
    whole = f"{base.rstrip('/')}{path}"
    printed = {"link": whole, "vendor": vendor, "partner": named, "principal": who}
    typer.echo(written_json(printed).decode() if as_json else whole)


async def _link(vendor: str, partner: str | None, principal: str) -> str:
    async with working(vendor=vendor, schema=True) as settings:
        assert settings.database_url is not None
        pool = await open_pool(settings.database_url.get_secret_value(), settings, name="dealreg cli", max_size=4)
        try:
            await assert_vendor(pool, vendor)
            if partner is not None:
                log = open_log(settings, database_pool=pool, kafka_bootstrap=settings.kafka_bootstrap)
                await log.start()
                try:
                    await References(pool, log).assert_partner(vendor, partner)
                finally:
                    await log.stop()
            return await sign_in_path(pool, settings, vendor, partner=partner, principal=principal)
        finally:
            await pool.close()


def _address(settings: Settings) -> str:
    """The address of what runs here, else the one that the settings name."""
    here = place_of(settings)
    return next((one.url for one in live() if one.place == here), f"http://{settings.host}:{settings.port}")
