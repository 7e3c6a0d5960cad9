"""Accept one batch: insert keys, seal texts, append facts, answer each request."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.registration.intake.errors import Bug, KeyReused, WebhookIdReused, WebhookReplayed
from services.registration.intake.marking import Marking
from services.registration.intake.metrics import ACCEPTED, FAILED, REPLAYED
from services.registration.intake.port import Keys, Row, Seals
from services.registration.intake.submission import Submission
from shared.crash_points import crash_point
from shared.errors import DealregError
from shared.events.codec import encode_fact
from shared.events.envelope import Fact
from shared.events.sealed import Sealed
from shared.log.port import EventLog, Record


@dataclass(frozen=True, slots=True)
class Accepted:
    """The stored response of a key. The fact is on the log; `location` leads to its outcome."""

    fact: str
    location: str
    recorded_at: datetime
    replayed: bool

    def again(self) -> Accepted:
        """Return the same response, marked as a repetition."""
        return replace(self, replayed=True)


class Acceptance:
    """Accepts batches in the order that makes a retry safe: idempotency key, person's key, log."""

    def __init__(self, keys: Keys, persons: Seals, log: EventLog, marking: Marking) -> None:
        self._keys = keys
        self._persons = persons
        self._log = log
        self._marking = marking

    async def take(self, batch: Sequence[Submission]) -> list[Accepted | DealregError]:
        """Return the outcome of each, in order; raise `Unavailable` for all (accepted ones stay accepted)."""
        rows, seals = await self._entered(batch)
        crash_point("intake.after_key")
        outcomes: list[Accepted | DealregError] = []
        records: list[Record] = []
        appended: list[Submission] = []
        for one, row, sealed in zip(batch, rows, seals, strict=True):
            outcome = self._answer(one, row)
            if isinstance(outcome, Accepted) and not outcome.replayed:
                try:
                    records.append(_record(one, row, sealed))
                    appended.append(one)
                except DealregError as error:
                    outcome = error
                except ValueError as error:
                    # A body that validated but cannot become an event is our bug, and must not fail its neighbours.
                    outcome = Bug(f"the request could not be written as an event ({type(error).__name__})")
                    outcome.__cause__ = error
            outcomes.append(outcome)
        if records:
            try:
                await self._log.append("facts", records)
            except DealregError:
                FAILED.labels("append").inc(len(records))
                raise
            crash_point("intake.after_append")
            ACCEPTED.inc(len(records))
        REPLAYED.inc(sum(isinstance(one, Accepted) and one.replayed for one in outcomes))
        self._marking.add(appended)
        return outcomes

    async def _entered(self, batch: Sequence[Submission]) -> tuple[list[Row], list[Mapping[str, Sealed]]]:
        personal = [one.personal for one in batch if one.personal is not None]
        try:
            if not personal:
                return await self._keys.enter(batch), [{}] * len(batch)
            # In parallel: a person's key without a fact is harmless, and both commit before the append.
            async with asyncio.TaskGroup() as group:
                rows = group.create_task(self._keys.enter(batch))
                boxes = group.create_task(self._persons.seal_many(personal))
        except* DealregError as errors:
            FAILED.labels("keys").inc(len(batch))
            raise _first(errors) from None
        sealed = iter(boxes.result())
        return rows.result(), [{} if one.personal is None else next(sealed) for one in batch]

    def _answer(self, one: Submission, row: Row) -> Accepted | DealregError:
        if row.body_hash != one.body_hash:
            return self.reused(one)
        accepted = Accepted(one.fact, one.location, row.recorded_at, replayed=False)
        unmarked, signed_at = self._marking.waiting_for((one.vendor, one.fact))
        if row.fresh or not (row.appended or unmarked):
            return accepted
        seen = [at for at in (row.signed_at, signed_at) if at is not None]
        if one.signed_at is not None and seen:
            if one.signed_at <= max(seen):
                return WebhookReplayed("this message was accepted with this timestamp already")
            # Remembered, so that this delivery cannot be replayed.
            self._marking.add([one])
        return accepted.again()

    def reused(self, one: Submission) -> DealregError:
        """Return the refusal of a key that was used with another body."""
        if one.signed_at is not None:
            return WebhookIdReused(f"message {one.key} was accepted with another body")
        return KeyReused(f"the key {one.key!r} was used with another request; use a new key")


def _record(one: Submission, row: Row, sealed: Mapping[str, Sealed]) -> Record:
    return encode_fact(
        Fact(
            id=one.fact,
            vendor=one.vendor,
            event=one.event(sealed),
            recorded_at=row.recorded_at,
            principal=one.principal,
            partner=one.partner,
            importing=row.importing,
            traceparent=one.traceparent,
        )
    )


def _first(errors: BaseExceptionGroup[DealregError]) -> DealregError:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
