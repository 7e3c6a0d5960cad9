"""What a channel sends while processes die, and what must be true once everything has drained."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from dealreg.runtime.in_process import Stack
from dealreg.runtime.views import VIEWS
from services.projections.verify import verify
from shared.errors import DealregError
from shared.events.codec import decode_entry
from shared.events.envelope import Entry
from shared.log.port import EventLog, partition_of
from tests.company_numbers import german_vat
from tests.e2e.channel import Channel, claim_of

VENDOR = "acme"
PARTNERS = ("a", "b", "c")
CUSTOMERS = 12
"""Each is claimed by every partner in turn: most claims are conflicts."""
TIMEOUT_SECONDS = 300.0
READ_RECORDS = 1_000


async def founded(
    running: Stack,
    vendor: str = VENDOR,
    partners: Sequence[str] = PARTNERS,
    policy: Mapping[str, Any] | None = None,
) -> str:
    """The vendor with products, partners and a program, and a key that may send and read."""
    await running.vendor(vendor)
    channel = await Channel.open(running, vendor, day=None)
    await channel.house(*partners, policy=policy)
    return channel.key


def claim(number: int) -> dict[str, Any]:
    """The body of a claim; three of them meet at one customer."""
    which = number % CUSTOMERS
    customer = {"legal_name": f"Customer {which}", "country": "DE", "tax_id": german_vat(which)}
    contact = {"name": f"Person {number}", "email": f"person-{number}@customer.example"}
    return claim_of(PARTNERS[number // CUSTOMERS % len(PARTNERS)], customer=customer, contact=contact)


@dataclass(slots=True)
class Sender:
    """Sends claims under stable keys and remembers each 202; what was not answered is sent again."""

    key: str
    accepted: dict[int, str] = field(default_factory=dict)
    """By number: the fact of the 202, of which there is one for ever."""
    refused: int = 0

    async def send(self, base_url: str, numbers: Sequence[int]) -> None:
        """Each is sent once; whoever does not answer, or says 503, leaves it for later."""
        limits = httpx.Limits(max_connections=len(numbers))
        async with httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT_SECONDS, limits=limits) as client:
            await asyncio.gather(*(self.send_one(client, number) for number in numbers))

    async def send_one(self, client: httpx.AsyncClient, number: int) -> bool:
        """Whether it is accepted."""
        headers = {"Authorization": f"Bearer {self.key}", "Idempotency-Key": f"claim-{number}"}
        try:
            answer = await client.post("/v1/registrations", json=claim(number), headers=headers)
        except httpx.TransportError:
            self.refused += 1
            return False
        if answer.status_code in (429, 503):
            self.refused += 1
            return False
        assert answer.status_code == 202, answer.text
        fact = answer.json()["fact"]
        assert self.accepted.setdefault(number, fact) == fact, f"claim {number} has two answers"
        return True


async def entries_of(log: EventLog, partition: int) -> AsyncIterator[Entry]:
    """The entries of its vendors as every reader takes them: repetitions are the same bytes and dropped, no gap."""
    end = (await log.end_offsets("journal"))[partition]
    reader = await log.reader("journal", partition, 0)
    passed: defaultdict[str, list[bytes]] = defaultdict(list)
    read = 0
    while read < end:
        for record in await reader.fetch(READ_RECORDS, 1_000):
            read += 1
            # Its bytes give the hash that stands beside them, or reading it is `Corrupt`.
            entry = decode_entry(record)
            content, before = bytes.fromhex(entry.hash), passed[entry.vendor]
            assert entry.seq <= len(before) + 1, f"the journal of {entry.vendor} has a gap before entry {entry.seq}"
            if entry.seq <= len(before):
                assert before[entry.seq - 1] == content, f"entry {entry.seq} of {entry.vendor} differs from itself"
            else:
                before.append(content)
                yield entry
    await reader.close()


async def journal(log: EventLog, vendor: str = VENDOR) -> list[Entry]:
    """The vendor's entries, each once."""
    entries = entries_of(log, partition_of(vendor, log.partitions))
    return [entry async for entry in entries if entry.vendor == vendor]


def effects(entries: Sequence[Entry]) -> dict[str, int]:
    """How often each fact stands in the journal: as itself, or as a refusal."""
    counted: dict[str, int] = {}
    for entry in entries:
        if entry.event.type in ("registration.submitted", "fact.refused", "person.erased"):
            counted[entry.cause] = counted.get(entry.cause, 0) + 1
    return counted


async def holds(running: Stack, sender: Sender) -> list[Entry]:
    """Everything is drained; each accepted fact has one effect, and every view agrees with the journal."""
    await running.drained()
    entries = await journal(running.log)
    counted = effects(entries)
    assert {fact: counted.get(fact, 0) for fact in sender.accepted.values()} == dict.fromkeys(
        sender.accepted.values(), 1
    )
    report = await verify(running.pool, running.log, VIEWS)
    assert report.holds, [str(one) for one in report.differences]
    return entries


async def answering(base_url: str) -> bool:
    """Whether it can serve."""
    try:
        async with httpx.AsyncClient(base_url=base_url, timeout=TIMEOUT_SECONDS) as client:
            return (await client.get("/readyz")).status_code == 200
    except (httpx.TransportError, DealregError):
        return False
