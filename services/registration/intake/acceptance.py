"""Accept one batch: store keys, append facts, answer each request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.registration.intake.errors import KeyReused, WebhookIdReused, WebhookReplayed
from services.registration.intake.marking import Marking
from services.registration.intake.metrics import ACCEPTED, FAILED, REPLAYED
from services.registration.intake.port import Entry, Row
from services.registration.intake.records import record_of
from services.registration.intake.submission import Submission
from shared.crash_points import crash_point
from shared.errors import DealregError
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
    """Accepts batches in the order that makes a retry safe: idempotency key and person's key, then the log.

    Where the log is in the database of the keys, the entry takes all three in one transaction.
    """

    def __init__(self, entry: Entry, log: EventLog, marking: Marking) -> None:
        self._entry = entry
        self._log = log
        self._marking = marking

    async def take(self, batch: Sequence[Submission]) -> list[Accepted | DealregError]:
        """Return the outcome of each, in order; raise `Unavailable` for all (accepted ones stay accepted)."""
        outcomes: list[Accepted | DealregError] = []
        records: list[Record] = []
        appended: list[Submission] = []
        for one, entered in zip(batch, await self._entry.enter(batch), strict=True):
            row = entered.row
            outcome = self._answer(one, row)
            if isinstance(outcome, Accepted) and not outcome.replayed and not row.appended:
                try:
                    records.append(record_of(one, entered.sealed, row.recorded_at, importing=row.importing))
                    appended.append(one)
                except DealregError as error:
                    outcome = error
            outcomes.append(outcome)
        if records:
            try:
                await self._log.append("facts", records)
            except DealregError:
                FAILED.labels("append").inc(len(records))
                raise
            crash_point("intake.after_append")
        taken = [one for one in outcomes if isinstance(one, Accepted)]
        replayed = sum(one.replayed for one in taken)
        REPLAYED.inc(replayed)
        ACCEPTED.inc(len(taken) - replayed)
        self._marking.add(appended)
        return outcomes

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
