"""The tables of the schema `crm`: deliveries, tasks, what was told, what cannot be used."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import asyncpg

from services.registration.crm.bodies import SealedBody
from services.registration.crm.mapping import Told
from services.registration.crm.notices import Hint, Notices
from shared.database import database_errors
from shared.errors import FieldProblem
from shared.values.written import in_utc

LEASE_SECONDS = 60
"""A dead worker's tasks wait this long; fetching a batch is bounded well below it."""
BATCH = 100
"""Deals of one reading: the most that a batch of HubSpot may name."""
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Task:
    """A subject to read or erase, leased by this worker."""

    subject: str
    asked: int
    merged: tuple[str, ...]
    deleted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Known:
    """What was last told of a deal, and how often."""

    told: Told
    count: int = 0
    content: bytes | None = None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Unusable:
    """What nobody could use yet: a deal, or a whole delivery."""

    subject: str
    reasons: Sequence[FieldProblem]
    found_at: datetime | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class ToldNow:
    """What the log has been told of a deal by now."""

    deal: str
    state: str | None
    count: int
    content: bytes | None
    registration: str | None
    revision: datetime | None
    refunds: Sequence[str]
    fact: str | None
    merged_into: str | None = None


@dataclass(frozen=True, slots=True)
class Finished:
    """How the reading of a batch ended."""

    tasks: Sequence[Task]
    told: Sequence[ToldNow] = ()
    unusable: Sequence[Unusable] = ()


class Store:
    """Reads and writes them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def deliver(self, connection: str, body: SealedBody, notices: Notices) -> None:
        """Keep a delivery and ask for what it hints at, in one transaction."""
        reasons = [(f"body:{body.reference.body}", _written(notices.problems))] if notices.problems else []
        with database_errors():
            await self.pool.execute(
                _DELIVER, connection, body.reference.body, body.reference.hash, body.sealed, list(body.subjects),
                *_columns(notices.hints), [one[0] for one in reasons], [one[1] for one in reasons],
            )  # fmt: skip

    async def ask(self, connection: str, hints: Sequence[Hint]) -> None:
        """Ask for subjects to be read."""
        with database_errors():
            await self.pool.execute(_ASK, connection, *_columns(hints))

    async def waiting(self) -> list[str]:
        """Connections with something to do now."""
        with database_errors():
            rows = await self.pool.fetch(_WAITING)
        return [row["connection"] for row in rows]

    async def claim(self, connection: str) -> tuple[str, list[Task]]:
        """Lease what is due; a lease that ran out is anybody's."""
        lease = secrets.token_hex(8)
        with database_errors():
            rows = await self.pool.fetch(_CLAIM, connection, lease, BATCH, LEASE_SECONDS)
        return lease, [
            Task(row["subject"], row["asked"], tuple(row["merged"]), row["deleted_at"] and in_utc(row["deleted_at"]))
            for row in rows
        ]

    async def keep(self, connection: str, bodies: Sequence[SealedBody]) -> None:
        """Keep fetched bodies; committed before a fact refers to one."""
        with database_errors():
            await self.pool.executemany(
                "INSERT INTO crm.body (connection, kind, body_id, hash, sealed, subjects) "
                "VALUES ($1, 'record', $2, $3, $4, $5)",
                [
                    (connection, one.reference.body, one.reference.hash, one.sealed, list(one.subjects))
                    for one in bodies
                ],
            )

    async def known(self, connection: str, deals: Sequence[str]) -> dict[str, Known]:
        """What was told of these deals and of those merged into them."""
        with database_errors():
            rows = await self.pool.fetch(
                "SELECT * FROM crm.deal WHERE connection = $1 AND (deal = ANY($2::text[]) OR merged_into = ANY($2))",
                connection,
                list(deals),
            )
        return {row["deal"]: _known(row) for row in rows}

    async def finish(self, connection: str, lease: str, finished: Finished) -> None:
        """Write what became of tasks that are still leased; a worker that was late writes nothing.

        A task that was asked again meanwhile stays, and is due at once.
        """
        with database_errors():
            async with self.pool.acquire() as session, session.transaction():
                mine = await session.fetch(_STILL_MINE, connection, lease)
                held = {row["subject"] for row in mine}
                told = [one for one in finished.told if f"deal:{one.merged_into or one.deal}" in held]
                await session.executemany(_TELL, [_told_row(connection, one) for one in told])
                subjects = [one.subject for one in finished.tasks if one.subject in held]
                await session.execute(_USABLE, connection, subjects)
                listed = [one for one in finished.unusable if one.subject in held]
                await session.executemany(
                    _LIST, [(connection, one.subject, one.body, _written(one.reasons)) for one in listed]
                )
                await session.executemany(
                    _DONE, [(connection, one.subject, lease, one.asked) for one in finished.tasks]
                )
                await session.execute("DELETE FROM crm.pause WHERE connection = $1", connection)

    async def pause(self, connection: str, lease: str, code: str, detail: str, seconds: float | None) -> None:
        """Leave the CRM alone for a while, longer after each failure or as long as it says, and keep every task."""
        with database_errors():
            async with self.pool.acquire() as session, session.transaction():
                await session.execute(
                    _PAUSE, connection, code, detail[:500], seconds, FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
                )
                await session.execute(_RELEASE, connection, lease, detail[:500])

    async def release(self, connection: str, lease: str, subjects: Sequence[str], seconds: float) -> None:
        """Put single tasks off."""
        with database_errors():
            await self.pool.execute(_PUT_OFF, connection, lease, list(subjects), seconds)

    async def relist(self, connection: str, one: Unusable) -> None:
        """List what is still wrong with it, or nothing any more."""
        with database_errors():
            if one.reasons:
                await self.pool.execute(_LIST, connection, one.subject, one.body, _written(one.reasons))
            else:
                await self.pool.execute(_USABLE, connection, [one.subject])

    async def body(self, connection: str, id_: str) -> bytes | None:
        """A sealed body; None where it was erased or is too old."""
        with database_errors():
            found: bytes | None = await self.pool.fetchval(
                "SELECT sealed FROM crm.body WHERE connection = $1 AND body_id = $2", connection, id_
            )
        return found


def _columns(hints: Sequence[Hint]) -> tuple[list[Any], ...]:
    # In one order in every process, so that two deliveries never wait for each other in a circle.
    ordered = sorted(hints, key=lambda one: one.subject)
    return (
        [one.subject for one in ordered],
        [",".join(one.merged) for one in ordered],
        [one.deleted_at for one in ordered],
    )


def _written(problems: Sequence[FieldProblem]) -> str:
    return json.dumps([asdict(one) for one in problems[:100]], ensure_ascii=False)


def reasons_of(text: str) -> list[FieldProblem]:
    """Reasons as they are stored."""
    return [FieldProblem(**one) for one in json.loads(text)]


def _known(row: Mapping[str, Any]) -> Known:
    first = row["first_told"]
    told = Told(row["state"], row["registration"], frozenset(row["refunds"]), first and in_utc(first))
    return Known(told, row["told"], row["content"], row["merged_into"])


def _told_row(connection: str, one: ToldNow) -> tuple[Any, ...]:
    return (
        connection, one.deal, one.state, one.count, one.content, one.registration, one.revision, list(one.refunds),
        one.merged_into, one.fact,
    )  # fmt: skip


_UPSERT = """
INSERT INTO crm.task (connection, subject, merged, deleted_at)
SELECT $1, t.subject, CASE WHEN t.merged = '' THEN '{}' ELSE string_to_array(t.merged, ',') END, t.deleted_at
FROM unnest(%s::text[], %s::text[], %s::timestamptz[]) AS t (subject, merged, deleted_at)
ON CONFLICT (connection, subject) DO UPDATE SET
    asked = crm.task.asked + 1,
    merged = ARRAY (SELECT DISTINCT one FROM unnest(crm.task.merged || excluded.merged) AS one ORDER BY one),
    deleted_at = coalesce(excluded.deleted_at, crm.task.deleted_at),
    due_at = least(crm.task.due_at, excluded.due_at)
"""
_ASK = _UPSERT % ("$2", "$3", "$4")
_DELIVER = f"""
WITH body AS (
    INSERT INTO crm.body (connection, kind, body_id, hash, sealed, subjects) VALUES ($1, 'delivery', $2, $3, $4, $5)
), asked AS ({_UPSERT % ("$6", "$7", "$8")})
INSERT INTO crm.unusable (connection, subject, body_id, reasons)
SELECT $1, u.subject, $2, u.reasons::jsonb FROM unnest($9::text[], $10::text[]) AS u (subject, reasons)
"""
_ALIVE = "EXISTS (SELECT FROM registration.crm_connection c WHERE c.connection = t.connection AND c.deleted_at IS NULL)"
_DUE = "t.due_at <= clock_timestamp() AND (t.leased_until IS NULL OR t.leased_until <= clock_timestamp())"
_WAITING = f"""
SELECT DISTINCT t.connection FROM crm.task t
WHERE {_DUE} AND {_ALIVE} AND NOT EXISTS (
    SELECT FROM crm.pause p WHERE p.connection = t.connection AND p.until > clock_timestamp()
)
"""
_CLAIM = f"""
UPDATE crm.task AS held SET lease = $2, leased_until = clock_timestamp() + make_interval(secs => $4),
    attempts = held.attempts + 1
FROM (
    SELECT t.subject FROM crm.task t WHERE t.connection = $1 AND {_DUE}
    ORDER BY t.due_at, t.subject LIMIT $3 FOR UPDATE SKIP LOCKED
) AS found
WHERE held.connection = $1 AND held.subject = found.subject
RETURNING held.subject, held.asked, held.merged, held.deleted_at
"""
_STILL_MINE = "SELECT subject FROM crm.task WHERE connection = $1 AND lease = $2 ORDER BY subject FOR UPDATE"
_TELL = """
INSERT INTO crm.deal (
    connection, deal, state, told, content, registration, revision, refunds, merged_into, fact, first_told
) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())
ON CONFLICT (connection, deal) DO UPDATE SET state = excluded.state, told = excluded.told, content = excluded.content,
    registration = excluded.registration, revision = excluded.revision, refunds = excluded.refunds,
    merged_into = excluded.merged_into, fact = coalesce(excluded.fact, crm.deal.fact)
"""
_USABLE = "DELETE FROM crm.unusable WHERE connection = $1 AND subject = ANY($2::text[])"
_LIST = """
INSERT INTO crm.unusable (connection, subject, body_id, reasons) VALUES ($1, $2, $3, $4::jsonb)
ON CONFLICT (connection, subject) DO UPDATE SET body_id = excluded.body_id, reasons = excluded.reasons,
    found_at = clock_timestamp()
"""
_DONE = """
WITH ended AS (
    DELETE FROM crm.task WHERE connection = $1 AND subject = $2 AND lease = $3 AND asked = $4
)
UPDATE crm.task SET lease = NULL, leased_until = NULL, due_at = clock_timestamp(), attempts = 0, failure = NULL
WHERE connection = $1 AND subject = $2 AND lease = $3 AND asked <> $4
"""
_PAUSE = """
INSERT INTO crm.pause AS p (connection, until, failures, code, detail)
VALUES ($1, clock_timestamp() + make_interval(secs => coalesce($4::float8, $5::float8)), 1, $2, $3)
ON CONFLICT (connection) DO UPDATE SET failures = p.failures + 1, code = $2, detail = $3,
    until = clock_timestamp() + make_interval(secs => coalesce($4::float8, least($5 * 2 ^ least(p.failures, 20), $6)))
"""
_RELEASE = """
UPDATE crm.task SET lease = NULL, leased_until = NULL, failure = $3 WHERE connection = $1 AND lease = $2
"""
_PUT_OFF = """
UPDATE crm.task SET lease = NULL, leased_until = NULL, due_at = clock_timestamp() + make_interval(secs => $4::float8)
WHERE connection = $1 AND lease = $2 AND subject = ANY($3::text[])
"""
