"""Keys before facts, in steps; or keys and facts at once, where the log is in the same database."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg

from services.registration.intake.idempotency import Idempotency, columns_of
from services.registration.intake.metrics import FAILED
from services.registration.intake.port import Entered, Entry, Keys, Row, Seals
from services.registration.intake.records import record_of
from services.registration.intake.submission import Submission
from shared.crash_points import crash_point
from shared.errors import Corrupt, DealregError
from shared.events.sealed import Sealed
from shared.log.port import EventLog, partition_of
from shared.log.postgres import encoded, encoded_around
from shared.persons import FIND_ROUNDS, Draft, Persons, Place

_FUNCTION = "registration.accept"
_UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands where the function puts the time of acceptance."""
_NO_TEXTS: Mapping[str, Sealed] = {}

_Written = tuple[bytes | None, bytes | None, bytes | None]
"""Headers up to the time of acceptance, headers after it, and the value; the headers are whole where it is given."""


def entry_into(log: EventLog, pool: asyncpg.Pool, persons: Persons) -> Entry:
    """Return the way that this log allows."""
    return AtOnce(log, persons) if log.joins_transaction else InSteps(Idempotency(pool), persons)


class InSteps:
    """Stores the keys and leaves the facts to be appended afterwards."""

    def __init__(self, keys: Keys, persons: Seals) -> None:
        self._keys = keys
        self._persons = persons

    async def enter(self, batch: Sequence[Submission]) -> list[Entered]:
        """Store the keys of requests and persons, each committed when this returns."""
        personal = [one.personal for one in batch if one.personal is not None]
        try:
            # In parallel: a person's key without a fact is harmless, and both commit before the append.
            async with asyncio.TaskGroup() as group:
                rows = group.create_task(self._keys.enter(batch))
                boxes = group.create_task(self._persons.seal_many(personal)) if personal else None
        except* DealregError as errors:
            FAILED.labels("keys").inc(len(batch))
            raise _first(errors) from None
        sealed = iter(boxes.result() if boxes is not None else ())
        entered = [
            Entered(row, _NO_TEXTS if one.personal is None else next(sealed))
            for one, row in zip(batch, rows.result(), strict=True)
        ]
        crash_point("intake.after_key")
        return entered


class AtOnce:
    """Stores the keys and appends the facts in one call, which is one transaction."""

    def __init__(self, log: EventLog, persons: Persons) -> None:
        self._log = log
        self._persons = persons

    async def enter(self, batch: Sequence[Submission]) -> list[Entered]:
        """Store and append; texts of persons who have another key already are sealed again first."""
        places = [None if one.personal is None else self._persons.place_of(one.personal) for one in batch]
        draft = self._persons.draft([place for place in places if place is not None])
        sealed = [_sealed(one, place, draft) for one, place in zip(batch, places, strict=True)]
        written = [_written(one, texts) for one, texts in zip(batch, sealed, strict=True)]
        for _ in range(FIND_ROUNDS):
            crash_point("intake.before_commit")
            rows = await self._call(batch, written, places, draft)
            crash_point("intake.after_commit")
            if rows[0]["place"] == 0:
                return _entered(batch, sealed, written, rows)
            corrected = {draft.correct(row["place"] - 1, row["person_id"], row["wrapped_key"]) for row in rows}
            for index, (one, place) in enumerate(zip(batch, places, strict=True)):
                if place in corrected:
                    sealed[index] = _sealed(one, place, draft)
                    written[index] = _written(one, sealed[index])
        raise Corrupt("a person's key is deleted each time it is created")

    async def _call(
        self,
        batch: Sequence[Submission],
        written: Sequence[_Written],
        places: Sequence[Place | None],
        draft: Draft,
    ) -> list[Any]:
        numbers = {place: number for number, place in enumerate(draft.places, start=1)}
        try:
            return await self._log.append_through(
                "facts",
                _FUNCTION,
                *columns_of(batch),
                [partition_of(one.vendor, self._log.partitions) for one in batch],
                *map(list, zip(*written, strict=True)),
                [None if place is None else numbers[place] for place in places],
                *draft.columns(),
            )
        except DealregError:
            FAILED.labels("append").inc(len(batch))
            raise


def _sealed(one: Submission, place: Place | None, draft: Draft) -> Mapping[str, Sealed]:
    if one.personal is None or place is None:
        return _NO_TEXTS
    return draft.sealed(place, one.personal.texts)


def _written(one: Submission, sealed: Mapping[str, Sealed]) -> _Written:
    """Nothing where it cannot be written: the key stands for the body all the same, and acceptance says why."""
    given = one.recorded_at
    try:
        record = record_of(one, sealed, given or _UNDATED, importing=given is not None)
    except DealregError:
        return None, None, None
    if given is not None:
        headers, value = encoded(record)
        return headers, None, value
    return encoded_around(record, "ce_time")


def _entered(
    batch: Sequence[Submission],
    sealed: Sequence[Mapping[str, Sealed]],
    written: Sequence[_Written],
    rows: Sequence[Any],
) -> list[Entered]:
    accepted_at = rows[0]["recorded_at"]
    known = {row["place"]: row for row in rows[1:]}
    entered = []
    for place, (one, texts, (header, _, _)) in enumerate(zip(batch, sealed, written, strict=True), start=1):
        row = known.get(place)
        if row is None:
            at, importing = one.recorded_at or accepted_at, one.recorded_at is not None
            stored = Row(True, header is not None, one.body_hash, at, importing, one.signed_at)
        else:
            stored = Row(
                False, row["appended"], row["body_hash"], row["recorded_at"], row["importing"], row["signed_at"]
            )
        entered.append(Entered(stored, texts))
    return entered


def _first(errors: BaseExceptionGroup[DealregError]) -> DealregError:
    first = errors.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
