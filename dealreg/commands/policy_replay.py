"""`dealreg policy replay`: what a candidate would have changed, by the facts of a vendor's history."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, TextIO

import typer

from dealreg.runtime.components import runtime
from dealreg.runtime.place import working
from dealreg.tools.policy_files import document_in
from dealreg.tools.progress import shown
from dealreg.tools.replay_report import as_csv, as_json, as_text
from dealreg.tools.replaying import Period, Replay, period_of, replay, vendor_of
from services.attribution.replay.differences import Change
from shared.policy.schema import Policy

Candidate = Annotated[Path, typer.Option(help="The candidate: a policy file, YAML or JSON.", show_default=False)]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        help="From when it is in force: a day or an instant; absent: its effective_from, else the whole history.",
    ),
]
To = Annotated[str | None, typer.Option("--to", help="Where time stops: a day or an instant; absent: now.")]
Vendor = Annotated[str | None, typer.Option(help="Id of the vendor, where several have the program.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON: every difference, then what they come to.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print CSV: a row for each difference.")]


def policy_replay(
    candidate: Candidate,
    since: From = None,
    until: To = None,
    vendor: Vendor = None,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Decide a vendor's facts again under a candidate, beside what was published, and say what differs.

    Says which registrations change state, who gains and loses, the money moved by partner, each with the clause that
    caused it, and which facts no longer fit. Reads the log and writes nothing; safe while the service runs.

    Exit code 1 where money that was earned before the candidate takes force would move.
    """
    if json and csv:
        raise typer.BadParameter("choose one of --json and --csv")
    policy = document_in(candidate)
    if not isinstance(policy, Policy):
        raise typer.BadParameter(f"{candidate} is a vendor document; name a policy", param_hint="--candidate")
    told = as_json if json else as_csv if csv else as_text
    done = asyncio.run(_replay(policy, period_of(policy, since, until), vendor, told))
    if done.totals.earned_moved or done.published_now:
        raise typer.Exit(1)


async def _replay(
    policy: Policy, period: Period, vendor: str | None, told: Callable[[Replay, Iterator[Change], TextIO], None]
) -> Replay:
    async with working(vendor=vendor) as settings, runtime(settings, "replay") as on:
        replayed = Replay(await vendor_of(on.pool, vendor, policy), policy, period)
        with shown(quiet=False) as on_progress:
            await replay(on, replayed, lambda found, differing: told(found, differing, sys.stdout), on_progress)
    return replayed
