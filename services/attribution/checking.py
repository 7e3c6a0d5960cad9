"""Checking: the pure finding of a blind check over the decider's documents, as one moment has them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.attribution.domain.blind import Finding, find
from services.attribution.domain.state import Document, Key, Registration
from services.attribution.domain.working_set import FactRejected, NeedsDocuments, WorkingSet
from services.attribution.faults import Halted
from services.attribution.lookup import named_by
from services.attribution.store import PostgresSession
from services.attribution.vendor_batch import BEFORE_ALL
from shared.database import database_errors
from shared.errors import Unavailable
from shared.events.registration import RegistrationSubmitted

MOST_ROUNDS = 12
"""Loads for one check. It takes five: what is named, names like it, their lists, the claims on them, their programs."""
LOCK_TIMEOUT_MS = 5_000
"""How long it waits where `dealreg attribution rebuild` compares documents before it switches them."""

# The lock first: a snapshot from before a switch of the documents would see those that took their place as empty.
_BEGIN = f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; LOCK TABLE attribution.document IN ACCESS SHARE MODE"


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found, and in which state."""

    found: Finding | tuple[FactRejected, ...]
    seq: int
    """The vendor's last entry that was seen; 0 where it has none."""
    at: datetime
    """Whatever was decided by then was seen."""


async def look(pool: Any, vendor: str, asked: RegistrationSubmitted) -> Looked:
    """The claim that is asked about, held against what is decided so far; nothing is written.

    Raises `Unavailable` where the database does not answer.
    """
    with database_errors():
        async with (
            pool.acquire() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            await connection.execute(_BEGIN)
            session = PostgresSession(connection)
            heads = await session.heads([vendor])
            at = await connection.fetchval("SELECT transaction_timestamp()")
            head = heads.get(vendor)
            seq, clock = (head.seq, head.clock) if head else (0, BEFORE_ALL)
            try:
                return Looked(await _found(session, vendor, asked, seq, clock), seq, at)
            except Halted as halted:
                raise Unavailable(f"{halted.reason}; its operator is told") from halted


async def _found(
    session: PostgresSession, vendor: str, asked: RegistrationSubmitted, seq: int, clock: datetime
) -> Finding | tuple[FactRejected, ...]:
    documents: dict[Key, Document | None] = {}
    # Names are compared in a thread: requests beside this one need not wait for it.
    wanted: Iterable[Key] = await asyncio.to_thread(lambda: tuple(named_by(asked)))
    for _ in range(MOST_ROUNDS):
        await _load(session, vendor, wanted, documents)
        try:
            return await asyncio.to_thread(find, WorkingSet(documents, seq, clock), asked)
        except NeedsDocuments as missing:
            wanted = missing.keys
    raise Unavailable("the decisions on this customer keep changing; ask again")


async def _load(
    session: PostgresSession, vendor: str, wanted: Iterable[Key], documents: dict[Key, Document | None]
) -> None:
    """The documents, and the programs of claims among them: each would be one more round."""
    programs: set[Key] = set()
    for (_, key), document in (await session.documents((vendor, key) for key in wanted)).items():
        documents[key] = document
        if isinstance(document, Registration):
            programs.add(Key("program", document.program))
    for (_, key), document in (await session.documents((vendor, key) for key in programs - documents.keys())).items():
        documents[key] = document
