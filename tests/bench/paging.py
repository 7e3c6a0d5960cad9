"""How soon a page of the console is there over a million registrations: asked by a partner and by a channel manager.

Ordinary months are decided and folded, and then the rows of the views repeated in their tables under other ids.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.views import VIEWS
from services.console.sessions import Sessions, link_path
from services.projections.views.measure_totals import COUNTED, MINOR
from shared.credentials import PARTNER_SCOPES, SCOPES, Credentials
from shared.events.codec import encode_fact
from shared.persons import MasterKey
from shared.projection.joint_runner import JointRunner
from shared.settings import Settings
from tests.bench.asking import percentile
from tests.bench.draining import decided_here
from tests.bench.figures import Figure
from tests.bench.mixed import History
from tests.bench.place import LONG_SECONDS, Place, fill
from tests.bench.serving import served

VENDOR = "bench"
PARTNER = "partner-7"
MOST_MS = 100.0
WARM_UP = 3
FEED_SHARE = 4
"""Of the copies, one in so many has its entries in the feed: they are read by number and by subject alone."""
_COPIES = "generate_series(1, {copies}) AS copy"
_IDS = {
    "pipeline": ("registration_id",), "measured": ("registration_id",),
    "opportunity": ("opportunity_id", "registration_id"),
    "conflict": ("conflict_id", "registration_id"), "feed_subject": ("subject", "registration_id"),
    "customer_match": ("match_id", "registration_id", "other_id"),
}  # fmt: skip
"""Tables of registrations, and their columns with ids."""
_COLUMNS = """
SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
_SOME = """
SELECT registration_id FROM projections.pipeline WHERE {} AND to_seq IS NULL ORDER BY md5(registration_id) LIMIT $1
"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A page, and of which of the addresses one after the other is asked for."""

    name: str
    paths: Sequence[str]


async def pages(place: Place, facts: int, copies: int, questions: int) -> list[Figure]:
    """The 95th percentile of each page, from the request to the last byte."""
    settings = await place.fresh()
    async with runtime(settings, "bench") as found:
        await fill(found.log, [encode_fact(fact) for fact in History(VENDOR, facts)])
        await decided_here(found)
        runner = JointRunner(VIEWS, found.pool, found.log, found.settings)
        while await runner.step():
            pass
        await runner.close()
        await _repeated(found, copies)
        rows = await found.pool.fetchval("SELECT count(DISTINCT registration_id) FROM projections.pipeline")
        mine = await _ids(found, f"partner = '{PARTNER}' AND registration_id NOT LIKE '%-%'", questions)
        reviewed = await _ids(found, "state = 'in_review' AND registration_id NOT LIKE '%-%'", questions)
    figures = []
    async with _console(settings) as (partner, manager):
        for who, client, asked in (
            ("partner", partner, _partners(mine)),
            ("manager", manager, _managers(mine, reviewed)),
        ):
            for one in asked:
                times = await _times(client, one, questions)
                beside = {"p50": percentile(times, 0.5), "registrations": rows}
                name = f"page, {who}, {one.name}, p95"
                figures.append(Figure(name, "ms", (percentile(times, 0.95),), most=MOST_MS, beside=beside))
    return figures


def _partners(mine: Sequence[str]) -> Iterable[Asked]:
    yield Asked("today", ["/console"])
    yield from _lists()
    yield Asked("a registration", [f"/console/registrations/{one}" for one in mine])
    yield Asked("register", ["/console/register"])
    yield Asked("money", ["/console/money"])
    yield Asked("measures", ["/console/measures"])


def _managers(mine: Sequence[str], reviewed: Sequence[str]) -> Iterable[Asked]:
    yield Asked("desk", ["/console/desk"])
    yield from _lists()
    yield Asked("a registration", [f"/console/registrations/{one}" for one in mine])
    yield Asked("a review", [f"/console/registrations/{one}" for one in reviewed or mine])
    yield Asked("conflicts", ["/console/conflicts"])
    yield Asked("customers", ["/console/customers"])
    yield Asked("partners", ["/console/partners"])
    yield Asked("a partner", [f"/console/partners/{PARTNER}"])
    yield Asked("unlinked wins", ["/console/wins"])
    yield Asked("measures", ["/console/measures"])
    yield Asked("finance", ["/console/finance"])
    yield Asked("health", ["/console/health"])


def _lists() -> Iterable[Asked]:
    listed = "/console/registrations"
    yield Asked("registrations", [listed])
    yield Asked("registrations in review", [f"{listed}?state=in_review&sort=submitted_at"])
    yield Asked("registrations protected, the first to end", [f"{listed}?state=protected&sort=protected_until"])
    yield Asked("registrations of a program by customer", [f"{listed}?program=hunting&sort=customer"])
    yield Asked(
        "registrations found by a customer's name", [f"{listed}?customer={one}" for one in ("GmbH", "nile", "Zz")]
    )


async def _times(client: httpx.AsyncClient, asked: Asked, questions: int) -> list[float]:
    taken: list[float] = []
    for number in range(questions + WARM_UP):
        path = asked.paths[number % len(asked.paths)]
        began = time.perf_counter()
        answer = await client.get(path)
        taken.append((time.perf_counter() - began) * 1_000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code} {answer.text[:300]!r}")
    return taken[WARM_UP:]


@asynccontextmanager
async def _console(settings: Settings) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """A partner and a manager, signed in."""
    async with runtime(settings, "bench") as found:
        sessions = Sessions(found.pool, MasterKey(settings.master_key_bytes()), Credentials(found.pool, 0))
        links = [
            await sessions.link(VENDOR, PARTNER_SCOPES, principal="person:partner", partner=PARTNER),
            await sessions.link(VENDOR, [one for one in SCOPES if one != "import"], principal="person:manager"),
        ]
    async with (
        served(settings) as url,
        httpx.AsyncClient(base_url=url, timeout=600) as partner,
        httpx.AsyncClient(base_url=url, timeout=600) as manager,
    ):
        for client, link in zip((partner, manager), links, strict=True):
            sent = {"Origin": url, "Sec-Fetch-Site": "same-origin"}
            answer = await client.post("/console/sign-in", data={"link": link_path(link)}, headers=sent)
            if answer.status_code != 303:
                raise RuntimeError(f"signing in answered {answer.status_code} {answer.text[:300]!r}")
        yield partner, manager


async def _ids(found: Runtime, where: str, most: int) -> list[str]:
    return [row[0] for row in await found.pool.fetch(_SOME.format(where), most)]


async def _repeated(found: Runtime, copies: int) -> None:
    """Each row so many times more, under other ids; cells of measures too, and entries of the feed further on."""
    for table, ids in _IDS.items():
        await _copied(found, table, {one: f"{one} || '-' || copy" for one in ids}, copies)
    await _copied(found, "measure", {"cell": "cell + copy * 1000003"}, copies)
    many = ", ".join(f"{one} = {one} * {copies + 1}" for one in (*COUNTED, *MINOR))
    for table in ("measure_total", "measure_month"):
        await found.pool.execute(f"UPDATE projections.{table} SET {many}")
    last = await found.pool.fetchval("SELECT max(seq) FROM projections.feed")
    further = {"seq": f"seq + copy * {last}"}
    some = max(copies // FEED_SHARE, 1)
    for table, also in (
        ("feed", {"subjects": "ARRAY(SELECT one || '-' || copy FROM unnest(subjects) AS one)"}),
        ("partner_feed", {"n": f"n + copy * {last}"}),
    ):
        await _copied(found, table, further | also, some)
    await found.pool.execute("UPDATE projections.head SET seq = $1", last * (some + 1))
    await found.pool.execute("VACUUM (ANALYZE)", timeout=LONG_SECONDS)


async def _copied(found: Runtime, table: str, made: dict[str, str], copies: int) -> None:
    columns = [row[0] for row in await found.pool.fetch(_COLUMNS, f"projections.{table}")]
    names = ", ".join(f'"{one}"' for one in columns)
    values = ", ".join(made.get(one, f'"{one}"') for one in columns)
    await found.pool.execute(
        f"INSERT INTO projections.{table} ({names}) "
        f"SELECT {values} FROM projections.{table}, {_COPIES.format(copies=copies)}",
        timeout=LONG_SECONDS,
    )
