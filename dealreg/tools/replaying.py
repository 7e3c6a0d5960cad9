"""A candidate policy replayed over a vendor's history: found, folded beside what is published, and compared."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dealreg.runtime.components import Runtime
from dealreg.tools.progress import OnProgress
from dealreg.tools.replay_process import Folding, Job
from services.attribution.domain.documents.calendar import takes_effect_at
from services.attribution.replay.candidate import Candidate
from services.attribution.replay.differences import Change, Totals, changes
from services.attribution.replay.outcomes import sortable
from services.registration.intake.operator import assert_vendor
from shared.database import database_errors
from shared.errors import Invalid
from shared.log.port import partition_of
from shared.policy.schema import Policy
from shared.policy.zones import midnight
from shared.settings import Settings
from shared.values import BadValue, parse_day, parse_instant

_VENDORS = "SELECT DISTINCT vendor FROM registration.directory_program WHERE program = $1 ORDER BY vendor LIMIT 11"
_CASES = "SELECT id, body->>'opportunity' AS won FROM attribution.document WHERE vendor = $1 AND kind = 'case'"


class Unclear(Invalid):
    """It is not clear which history is meant."""

    code = "replay.unclear"


@dataclass(frozen=True, slots=True)
class Period:
    """From when the candidate is in force (None: the whole history), and where time stops (None: now)."""

    since: datetime | None
    until: datetime | None


@dataclass(slots=True)
class Replay:
    """What a replay is of and what it came to; complete once its changes were read."""

    vendor: str
    policy: Policy
    period: Period
    facts: int = 0
    seconds: float = 0.0
    totals: Totals = field(default_factory=Totals)
    published_now: list[str] = field(default_factory=list)
    """Entries of money that publishing the candidate would write by itself: none, or earned money would move."""


def period_of(policy: Policy, since: str | None, until: str | None) -> Period:
    """Read both ends: instants, or days, which begin at the policy's midnight. Raises `Unclear`.

    Without `since`, a candidate that takes effect on a day does so here as well.
    """
    begins = _moment("--from", since, policy) or takes_effect_at(policy.model_dump(mode="json"))
    ends = _moment("--to", until, policy)
    if begins is not None and ends is not None and begins >= ends:
        raise Unclear("--from must lie before --to")
    return Period(begins, ends)


def _moment(option: str, text: str | None, policy: Policy) -> datetime | None:
    if text is None:
        return None
    try:
        return midnight(parse_day(text), policy.zone) if len(text) == len("2026-03-31") else parse_instant(text)
    except BadValue as error:
        raise Unclear(f"{option}: {error.detail}") from error


async def replay(
    on: Runtime,
    replayed: Replay,
    told: Callable[[Replay, Iterator[Change]], None],
    on_progress: OnProgress = lambda *_: None,
) -> None:
    """Fold both sides and have `told` read what differs; nothing is written anywhere.

    Raises what a fold raises, such as `CandidateUnfit`; both processes have ended when this returns or raises.
    """
    ends = await on.log.end_offsets("facts")
    end = ends[partition_of(replayed.vendor, on.log.partitions)]
    with database_errors():
        cases = {row["id"]: row["won"] for row in await on.pool.fetch(_CASES, replayed.vendor)}
        now = await on.pool.fetchval("SELECT clock_timestamp()")
    period = replayed.period
    job = _job(on.settings, replayed.vendor, end, now, period, cases)
    candidate = Candidate(replayed.policy, period.since)
    began = time.monotonic()
    folding = Folding(job(None), job(candidate))
    try:
        await asyncio.to_thread(_compare, folding, replayed, candidate, told, on_progress, end, began)
    finally:
        folding.end()


def _job(
    settings: Settings, vendor: str, end: int, now: datetime, period: Period, cases: dict[str, str]
) -> Callable[[Candidate | None], Job]:
    return lambda candidate: Job(settings, vendor, end, now, period.until, cases, candidate)


def _compare(
    folding: Folding,
    replayed: Replay,
    candidate: Candidate,
    told: Callable[[Replay, Iterator[Change]], None],
    on_progress: OnProgress,
    end: int,
    began: float,
) -> None:
    published, other, replayed.facts = folding.folded(lambda done: on_progress("deciding facts", done, end))
    replayed.seconds = time.monotonic() - began
    on_progress("comparing", 0, 0)
    replayed.published_now = published.ask("publish", candidate)
    since = replayed.period.since
    told(replayed, changes(published, other, replayed.totals, sortable(since) if since is not None else None))


async def vendor_of(pool: Any, named: str | None, policy: Policy) -> str:
    """The vendor named, else the only one that has published the program; raises `Unclear`, `VendorUnknown`."""
    if named is not None:
        await assert_vendor(pool, named)
    with database_errors():
        have = [row["vendor"] for row in await pool.fetch(_VENDORS, policy.program)]
        if named is not None and named not in have:
            query = "SELECT true FROM registration.directory_program WHERE vendor = $1 AND program = $2 LIMIT 1"
            have = [named] if await pool.fetchval(query, named, policy.program) else []
    if not have:
        who = f"vendor {named} has" if named is not None else "no vendor has"
        raise Unclear(f"{who} published a version of program {policy.program}, beside which to replay the candidate")
    if named is None and len(have) > 1:
        raise Unclear(f"several vendors have a program {policy.program}: name one with --vendor ({', '.join(have)})")
    return named or str(have[0])
