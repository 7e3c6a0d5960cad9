"""`dealreg sandbox`: read and move the clock of a vendor that was created with `--sandbox`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import uuid4

import typer

from dealreg.commands.vendors import Json, Vendor, ground, running_intake, say, stated
from services.registration.intake.kinds import MOVE_CLOCK
from services.registration.intake.submission import Sent, Submissions
from shared.credentials import operator
from shared.database import database_errors
from shared.errors import DealregError
from shared.values import parse_instant
from shared.values.written import rfc3339

app = typer.Typer(no_args_is_help=True, help="Move the clock of a sandbox.")

_CLOCK = """
SELECT h.clock FROM attribution.head h JOIN registration.sandbox s USING (vendor) WHERE h.vendor = $1
"""


class NotSandbox(DealregError):
    """The vendor is no sandbox, or nothing of it is decided yet."""

    code = "vendor.not_sandbox"
    status = 409


@dataclass(frozen=True, slots=True)
class Moved:
    clock: datetime
    fact: str | None = None


@app.command("clock")
def clock(
    vendor: Vendor,
    to: Annotated[str | None, typer.Option(help="Move it to this instant (RFC 3339).")] = None,
    days: Annotated[int | None, typer.Option(help="Move it forward by so many days.", min=1, max=3_660)] = None,
    as_json: Json = False,
) -> None:
    """Read a sandbox's clock, or move it forward. What falls due on the way is decided first."""
    if to is not None and days is not None:
        raise typer.BadParameter("give one of --to and --days")
    wanted = None if to is None else stated(parse_instant, to, "--to")
    found = asyncio.run(_clock(vendor, wanted, days))
    content: dict[str, Any] = {"vendor": vendor, "clock": rfc3339(found.clock)}
    if found.fact is not None:
        content["fact"] = found.fact
    moves = "" if found.fact is None else "moves to "
    say(content, as_json, f"{moves}{rfc3339(found.clock)}")


async def _clock(vendor: str, to: datetime | None, days: int | None) -> Moved:
    async with ground(vendor) as runtime:
        with database_errors():
            now: datetime | None = await runtime.pool.fetchval(_CLOCK, vendor)
        if now is None:
            raise NotSandbox(f"the vendor {vendor!r} is no sandbox whose creation is decided; start the services first")
        if days is not None:
            to = now + timedelta(days=days)
        if to is None:
            return Moved(now)
        if to < now:
            raise typer.BadParameter(f"--to: the clock stands at {rfc3339(now)} and only moves forward")
        async with running_intake(runtime) as intake:
            sent = Sent(MOVE_CLOCK, {"to": rfc3339(to)}, uuid4().hex)
            accepted = await intake.accept(Submissions(runtime.master_key).prepare(sent, operator(vendor)))
        return Moved(to, accepted.fact)


def register(parent: typer.Typer) -> None:
    parent.add_typer(app, name="sandbox")
