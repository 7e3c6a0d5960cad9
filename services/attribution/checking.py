"""Blind checks: evaluate a hypothetical claim on one snapshot of the decider's documents."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import FactRejected, NeedsDocuments, WorkingSet
from services.attribution.domain.handlers.blind import CheckAnswer, find
from services.attribution.faults import Halted
from services.attribution.lookup import named_by
from services.attribution.store import PostgresSession
from services.attribution.vendor_batch import BEFORE_ALL
from shared.database import database_errors
from shared.errors import Unavailable
from shared.events.registration import RegistrationSubmitted

MOST_ROUNDS = 12
"""Most rounds of loading for one check. It takes five: documents named, similar names, lists, claims, programs."""
LOCK_TIMEOUT_MS = 5_000
"""How long to wait while `dealreg attribution rebuild` compares documents before a switch."""

# The lock first: a snapshot from before a switch of the documents would see the new tables as empty.
_BEGIN = f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}; LOCK TABLE attribution.document IN ACCESS SHARE MODE"


@dataclass(frozen=True, slots=True)
class Looked:
    """The result of a check, and the state that it saw."""

    found: CheckAnswer | tuple[FactRejected, ...]
    seq: int
    """The vendor's last entry seen; 0 if it has none."""
    at: datetime
    """Everything decided by then was seen."""


async def look(pool: Any, vendor: str, asked: RegistrationSubmitted) -> Looked:
    """Evaluate the claim against everything decided so far; write nothing.

    Raises `Unavailable` if the database does not answer.
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
                raise Unavailable(halted.reason) from halted


async def _found(
    session: PostgresSession, vendor: str, asked: RegistrationSubmitted, seq: int, clock: datetime
) -> CheckAnswer | tuple[FactRejected, ...]:
    documents: dict[Key, Document | None] = {}
    # Compare names in a thread, so that other requests need not wait.
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
    """Load the documents, and the programs of the claims among them, which would take another round."""
    programs: set[Key] = set()
    for (_, key), document in (await session.documents((vendor, key) for key in wanted)).items():
        documents[key] = document
        if isinstance(document, Registration):
            programs.add(Key("program", document.program))
    for (_, key), document in (await session.documents((vendor, key) for key in programs - documents.keys())).items():
        documents[key] = document
