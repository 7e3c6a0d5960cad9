"""What a registration costs where a million are open already, beside ten thousand: deciding it and accepting it."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from dealreg.runtime.components import runtime
from services.attribution.documents import columns_of, stored_body, text_of
from services.attribution.worker import Worker
from shared.compression import compressed
from shared.credentials import SCOPES, Credentials
from shared.events.codec import encode_fact
from shared.log.port import Record
from shared.settings import Settings
from tests.bench.accepting import CONNECTIONS, FASTEST, VENDOR, live_house, loaded
from tests.bench.deciding import collect_as_a_service_does
from tests.bench.draining import all_decided, decided_here
from tests.bench.figures import Figure
from tests.bench.load import WARM_UP_SECONDS, Job
from tests.bench.mixed import PARTNERS, PRODUCTS, History
from tests.bench.place import LONG_SECONDS, Place, fill
from tests.bench.serving import served

MOST_RATIO = 1.3
SAMPLE = 4_321_987
"""The number of the customer whose documents are copied; it occurs in no other text of theirs."""
FIRST = 5_000_000
"""Customers that are open from here on: as many digits as the sample, and none of those that claim anew."""
COPY_ROWS = 20_000
DECIDED = 3_000
WARM_UP = 500
"""Claims decided before the clock starts."""
KNOWN = 0.3
"""Of the claims: on customers that have one open."""
LOAD_SECONDS = 4.0
_OPEN = "SELECT kind, id, due, body, packed FROM attribution.document"
_LATER = "2031-01-01"
"""Protection of the open ones ends beyond what the measurement reaches: an end is a decision of its own."""


async def crowd(place: Place, few: int, many: int, rounds: int) -> list[Figure]:
    """Rounds with few and many open in turn: what is measured is how they differ."""
    houses = [await _open(place, count) for count in (few, many)]
    figures: list[Figure] = []
    for name, unit, cost in (("decide", "µs", _deciding), ("accept", "µs", _accepting)):
        costs: list[list[float]] = [[], []]
        for number in range(rounds):
            for house, found in zip(houses, costs, strict=True):
                found.append(await cost(house, number))
        ratios = tuple(big / small for small, big in zip(*costs, strict=True))
        beside = {"open": few}, {"open": many}
        figures += [Figure(f"{name} a registration, few open", unit, tuple(costs[0]), beside=beside[0])]
        figures += [Figure(f"{name} a registration, many open", unit, tuple(costs[1]), beside=beside[1])]
        figures += [Figure(f"{name}, many / few", "times", ratios, most=MOST_RATIO)]
    return figures


@dataclass(frozen=True, slots=True)
class House:
    """Where so many registrations are open, and a key for it."""

    settings: Settings
    token: str
    open: int

    def claims(self, number: int) -> Iterator[Record]:
        """Claims that no earlier round made."""
        chance = random.Random(f"{self.open} {number}")
        new = itertools.count(number * 10 * DECIDED)
        history = History(VENDOR, DECIDED, now=datetime(2025, 2, 1, tzinfo=UTC))
        history.told = (number + 1) * 100_000
        for _ in range(WARM_UP + DECIDED):
            known = chance.random() < KNOWN
            customer = FIRST + chance.randrange(self.open) if known else next(new)
            partner, product = f"partner-{chance.randrange(PARTNERS)}", f"Model {chance.randrange(PRODUCTS)}"
            yield encode_fact(replace(history.claim_on(partner, customer, product), importing=False))


async def _open(place: Place, count: int) -> House:
    """A live vendor with so many open registrations, as the decider and the edge keep them."""
    settings = await place.fresh(partitions=1)
    async with runtime(settings, "bench") as found:
        sample = History(VENDOR, 1, customers=SAMPLE - 1, now=datetime(2025, 1, 6, 9, tzinfo=UTC))
        sample.told = 10_000
        await fill(found.log, [*map(encode_fact, live_house()), encode_fact(replace(sample.claim(), importing=False))])
        await decided_here(found)
        await _copied(found.pool, count)
        for table in ("attribution.document", "attribution.processed_fact", "registration.idempotency",
                      "registration.person"):  # fmt: skip
            await found.pool.execute(f"VACUUM (ANALYZE) {table}", timeout=LONG_SECONDS)
        await found.pool.execute("CHECKPOINT", timeout=LONG_SECONDS)
        scopes = [one for one in SCOPES if one != "import"]
        _, token = await Credentials(found.pool, settings.credential_cache_seconds).create(VENDOR, scopes)
    return House(settings, str(token), count)


async def _deciding(house: House, number: int) -> float:
    """Microseconds a claim, three in ten of them on customers with open claims."""
    async with runtime(house.settings, "bench") as found:
        worker = Worker(found.pool, found.log, house.settings)
        claims = list(house.claims(number))
        await fill(found.log, claims[:WARM_UP])
        await all_decided(found, worker)
        collect_as_a_service_does()
        await fill(found.log, claims[WARM_UP:])
        began = time.perf_counter()
        await all_decided(found, worker)
        seconds = time.perf_counter() - began
        await worker.close()
        return 1e6 * seconds / DECIDED


async def _accepting(house: House, number: int) -> float:
    """Microseconds of the whole machine a request, at 64 connections."""
    async with served(house.settings) as url:
        prepared = int((LOAD_SECONDS + WARM_UP_SECONDS) * FASTEST)
        job = Job(url, house.token, str(500 + number), LOAD_SECONDS, connections=CONNECTIONS, prepared=prepared)
        return 1e6 / float((await loaded(job))["per_s"])


async def _copied(pool: Any, count: int) -> None:
    """The sample's documents, key and person once more for every open registration."""
    documents = [row for row in await pool.fetch(_OPEN) if str(SAMPLE) in _text(row) + row["id"]]
    registration = next(row["id"] for row in documents if row["kind"] == "registration")
    key = await pool.fetchrow("SELECT * FROM attribution.processed_fact WHERE fact_id = $1", registration[4:])
    due = datetime.fromisoformat(_LATER).replace(tzinfo=UTC)
    for start in range(FIRST, FIRST + count, COPY_ROWS):
        numbers = range(start, min(start + COPY_ROWS, FIRST + count))
        facts = {number: hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest() for number in numbers}
        rows = [
            (VENDOR, row["kind"], *_renamed(row, registration[4:], number, fact, due))
            for row in documents
            for number, fact in facts.items()
        ]
        keys = [(VENDOR, fact, key["body_hash"], key["first_seq"], key["last_seq"]) for fact in facts.values()]
        await asyncio.gather(
            _copy(pool, "attribution", "document", rows),
            _copy(pool, "attribution", "processed_fact", keys),
            _copy(pool, "registration", "idempotency", [_kept(fact) for fact in facts.values()]),
            _copy(pool, "registration", "person", [_person(fact) for fact in facts.values()]),
        )


def _text(row: Any) -> str:
    return text_of(stored_body(row))


def _renamed(row: Any, sample: str, number: int, fact: str, due: datetime) -> tuple[Any, ...]:
    id_, body = (text.replace(sample, fact).replace(str(SAMPLE), str(number)) for text in (row["id"], _text(row)))
    stored = columns_of(body if row["packed"] is None else compressed(body.encode()))
    return id_, due if row["due"] is not None else None, *stored


def _kept(fact: str) -> tuple[Any, ...]:
    # Of today: old ones would be forgotten, many at a time, while others are accepted.
    at = datetime.now(UTC)
    where = f"/v1/registrations/reg_{fact}"
    return VENDOR, fact, "key:bench", fact, None, bytes(32), "appended", where, at, False, None, at


def _person(fact: str) -> tuple[Any, ...]:
    at = datetime(2025, 1, 6, tzinfo=UTC)
    return VENDOR, f"per_{fact}", hashlib.sha256(fact.encode()).digest(), bytes(60), at, None


async def _copy(pool: Any, schema: str, table: str, rows: Sequence[Any]) -> None:
    await pool.copy_records_to_table(table, schema_name=schema, records=rows, timeout=LONG_SECONDS)
