"""One endpoint: read what is next for it, send it, write down how it came out. It waits for nobody but itself."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson

from services.projections.entries import Entries, Filter
from services.projections.timeline.documents import Row
from services.projections.timeline.feed import Fetch
from services.projections.webhooks.message import TEST, Attempt, Outgoing, Waiting, test_body
from services.projections.webhooks.metrics import ATTEMPTS, DISABLED
from services.projections.webhooks.schedule import next_attempt, soon
from services.projections.webhooks.sending import Chain, Sender
from services.projections.webhooks.store import Changed, Changes, Loaded, Logged, Store
from shared.crash_points import crash_point
from shared.outward import Outward, target_of
from shared.outward.posting import Poster
from shared.persons import Persons
from shared.settings import Settings
from shared.values.written import rfc3339
from shared.webhooks.endpoint import message_id
from shared.webhooks.secrets import now

ATTEMPT_SECONDS = 15.0
"""What a receiver has for its status line, the connection included."""
AT_ONCE = 32
"""Requests that one receiver gets at a time."""
FIRST_BATCH, LARGEST_BATCH = 32, 256
"""Entries read at a time: twice as many after a quick batch, half as many after a slow one."""
LATE_SECONDS = 1.0
"""After so long the batch is written down without those that are still on their way; they follow."""
MAX_WAITING = 1_000
"""Messages that wait for one endpoint; beyond them nothing new is read, so an outage costs the table no more."""
FAILING_AFTER = 10
"""After so many failures in succession one message at a time asks whether the receiver is back."""
CURSOR_SECONDS = 2.0
"""A cursor that moved over entries which the endpoint does not want is written down this often."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What every receiver of a worker uses."""

    fetch: Fetch
    persons: Persons
    outward: Outward
    settings: Settings


class Receiver:
    """The deliveries to one endpoint, from one reading of its row to the next change of it."""

    def __init__(self, loaded: Loaded, store: Store, parts: Parts) -> None:
        self.endpoint = loaded.endpoint
        self._store, self._parts = store, parts
        self._entries = Entries(parts.fetch, self.endpoint.vendor, self.endpoint.partner)
        self._waiting = {one.message: one for one in loaded.waiting}
        self._late: dict[Chain, asyncio.Task[None]] = {}
        poster = Poster(target_of(self.endpoint.url), parts.outward, ATTEMPT_SECONDS)
        self._sender = Sender(poster, loaded.signer, asyncio.Semaphore(AT_ONCE))
        self._cursor = self.endpoint.cursor
        self._written = now()
        self._failing_since = self.endpoint.failing_since
        self._failures = FAILING_AFTER if self._failing_since else 0
        self._batch = FIRST_BATCH

    @property
    def waiting(self) -> int:
        """Messages that are to be sent again."""
        return len(self._waiting)

    @property
    def is_failing(self) -> bool:
        """Whether the receiver takes nothing at the moment."""
        return self._failures >= FAILING_AFTER

    async def close(self) -> None:
        """End what is on its way; it stays in the table."""
        for task in self._late.values():
            task.cancel()
        await asyncio.gather(*self._late.values(), return_exceptions=True)
        self._sender.poster.close()

    async def refresh(self) -> None:
        """Take up test events that were asked for; raise `Changed` where more than that is new."""
        loaded = await self._store.load(self.endpoint.endpoint)
        if loaded is None or loaded.endpoint.revision != self.endpoint.revision:
            raise Changed(f"endpoint {self.endpoint.endpoint} was changed")
        for one in loaded.waiting:
            if one.position is None:
                self._waiting.setdefault(one.message, one)

    async def step(self) -> bool:
        """Make one pass; return whether there was anything to do."""
        at = now()
        due = self._due(at)
        fresh, upto = await self._fresh(at)
        read = await self._read(due, at)
        chains = self._chains(read, fresh)
        unsent, late = await self._send(chains)
        attempts = [one for chain in (*self._ended(), *chains) for one in chain.news()]
        changes = Changes(upto, self._failing_since)
        # Only a view that was built anew under other rules no longer has an entry that it had.
        there = {one.waiting.message for chain in read for one in chain}
        changes.done += [one.message for chain in due for one in chain if one.message not in there]
        self._kept(changes, fresh, unsent, late, at)
        for attempt in attempts:
            self._came_out(changes, attempt)
        moved_only = not (changes.keep or changes.done or changes.log)
        if moved_only and (upto == self._cursor or at - self._written < timedelta(seconds=CURSOR_SECONDS)):
            moved, self._cursor = upto > self._cursor, upto
            return moved
        self._judge(changes, attempts)
        crash_point("webhooks.before_commit")
        await self._store.commit(self.endpoint, changes)
        crash_point("webhooks.after_commit")
        self._take(changes)
        return True

    def pause(self) -> float:
        """Seconds until something is due by the clock alone."""
        at = now()
        pauses = [CURSOR_SECONDS]
        pauses += [(chain[0].next_at - at).total_seconds() for chain in self._heads() if self._may_send(chain[0])]
        return max(0.0, min(pauses))

    def late_tasks(self) -> Iterable[asyncio.Task[None]]:
        """What is still on its way: whoever waits wakes when one of them ends."""
        return self._late.values()

    # What is next

    def _heads(self) -> list[list[Waiting]]:
        """What waits, as chains: the messages of a subject in order, or each by itself."""
        on_its_way = {chain.sending.waiting.message for chain in self._late if chain.sending}
        groups: defaultdict[str, list[Waiting]] = defaultdict(list)
        for one in self._waiting.values():
            groups[one.subject or one.message].append(one)
        chains = [sorted(group, key=lambda one: one.position or 0) for group in groups.values()]
        return [chain for chain in chains if chain[0].message not in on_its_way]

    def _may_send(self, one: Waiting) -> bool:
        return one.position is None or self.endpoint.state == "enabled"

    def _due(self, at: datetime) -> list[list[Waiting]]:
        chains = []
        for chain in self._heads():
            ready = []
            for one in chain:
                if one.next_at > at or not self._may_send(one):
                    break
                ready.append(one)
            if ready:
                chains.append(ready)
        chains.sort(key=lambda chain: chain[0].next_at)
        tests = [chain for chain in chains if chain[0].position is None]
        rest = [chain for chain in chains if chain[0].position is not None]
        if self.is_failing:
            return tests + [chain[:1] for chain in rest[:1]]
        return tests + rest[: self._batch]

    async def _fresh(self, at: datetime) -> tuple[list[Outgoing], int]:
        """Entries that were never sent, and the position up to which they are all."""
        room = min(self._batch, MAX_WAITING - len(self._waiting))
        if self.is_failing:
            room = 0 if self._waiting else 1
        if self.endpoint.state != "enabled" or room <= 0:
            return [], self._cursor
        found = await self._entries.after(self._cursor, Filter(self.endpoint.types), room)
        return await self._outgoing(found.rows, [self._new(row, at) for row in found.rows]), found.upto

    def _new(self, row: Row, at: datetime) -> Waiting:
        position = self._entries.position_of(row)
        subject = row.subjects[0] if self.endpoint.ordered and row.subjects else None
        return Waiting(message_id(self.endpoint.vendor, self.endpoint.partner, position), position, subject, 0, at, at)

    async def _read(self, chains: Sequence[Sequence[Waiting]], at: datetime) -> list[list[Outgoing]]:
        """Bodies of what waits, read again: the table has none."""
        wanted = {one.position: one for chain in chains for one in chain if one.position is not None}
        rows = await self._entries.at([*wanted]) if wanted else []
        made = await self._outgoing(rows, [wanted[self._entries.position_of(row)] for row in rows])
        bodies = {one.waiting.message: one for one in made}
        for [one, *_] in chains:
            if one.position is None:
                bodies[one.message] = Outgoing(one, TEST, test_body(rfc3339(at)))
        return [[bodies[one.message] for one in chain if one.message in bodies] for chain in chains]

    async def _outgoing(self, rows: Sequence[Row], waiting: Sequence[Waiting]) -> list[Outgoing]:
        documents = await self._entries.documents(self._parts.persons, rows)
        return [
            Outgoing(one, row.type, orjson.dumps(document))
            for one, row, document in zip(waiting, rows, documents, strict=True)
        ]

    def _chains(self, due: Sequence[Sequence[Outgoing]], fresh: Sequence[Outgoing]) -> list[Chain]:
        """What is sent now: what is due, and the new ones of subjects that nothing waits of."""
        blocked = {one.subject for one in self._waiting.values() if one.subject is not None}
        new: defaultdict[str, list[Outgoing]] = defaultdict(list)
        for one in fresh:
            if one.waiting.subject not in blocked:
                new[one.waiting.subject or one.waiting.message].append(one)
        return [Chain(tuple(one)) for one in (*due, *new.values()) if one]

    # Sending

    async def _send(self, chains: Sequence[Chain]) -> tuple[set[str], set[str]]:
        """Send for a while; return the messages that were not begun, and those that are still on their way."""
        tasks = {asyncio.create_task(chain.run(self._sender)): chain for chain in chains}
        if not tasks:
            return set(), set()
        began = asyncio.get_running_loop().time()
        try:
            done, pending = await asyncio.wait(tasks, timeout=LATE_SECONDS)
        except asyncio.CancelledError:
            for task in tasks:
                task.cancel()
            raise
        if faults := [fault for task in done if (fault := task.exception()) is not None]:
            for task in pending:
                task.cancel()
            raise faults[0]
        for task in pending:
            chain = tasks[task]
            chain.stop()
            if chain.sending is None:
                task.cancel()
            else:
                self._late[chain] = task
        took = asyncio.get_running_loop().time() - began
        self._batch = max(1, self._batch // 2) if pending else self._batch
        if not pending and took < LATE_SECONDS / 2:
            self._batch = min(self._batch * 2, LARGEST_BATCH)
        unsent = {one.waiting.message for chain in chains for one in chain.unsent()}
        return unsent, {chain.sending.waiting.message for chain in self._late if chain.sending}

    def _ended(self) -> list[Chain]:
        """Chains that were late and have ended now."""
        ended = [chain for chain, task in self._late.items() if task.done()]
        for chain in ended:
            self._late.pop(chain).result()
        return ended

    # Writing down

    def _kept(
        self, changes: Changes, fresh: Sequence[Outgoing], unsent: set[str], late: set[str], at: datetime
    ) -> None:
        """New messages that were not sent to the end wait in the table from now on."""
        blocked = {one.subject for one in self._waiting.values() if one.subject is not None}
        for one in fresh:
            waiting = one.waiting
            if waiting.message in late:
                # Should this process die, it is sent again once the attempt must have ended.
                changes.keep.append(replace(waiting, next_at=at + timedelta(seconds=ATTEMPT_SECONDS * 2)))
            elif waiting.message in unsent or waiting.subject in blocked:
                changes.keep.append(waiting)

    def _came_out(self, changes: Changes, attempt: Attempt) -> None:
        waiting = attempt.outgoing.waiting
        known = waiting.message in self._waiting
        next_at = None
        if not attempt.delivered and waiting.position is not None:
            retried = timedelta(hours=self._parts.settings.webhook_retry_hours)
            next_at = next_attempt(waiting.attempts + 1, waiting.first_at, now(), retried)
        if next_at is not None:
            changes.keep.append(replace(waiting, attempts=waiting.attempts + 1, next_at=next_at))
        elif known:
            changes.done.append(waiting.message)
        gave_up = not attempt.delivered and next_at is None and waiting.position is not None
        outcome = "delivered" if attempt.delivered else "given_up" if gave_up else "failed"
        ATTEMPTS.labels(outcome).inc()
        changes.log.append(Logged(attempt, outcome, next_at))

    def _judge(self, changes: Changes, attempts: Sequence[Attempt]) -> None:
        """Since when it fails, whether it is back, and whether it was gone too long."""
        real = [one for one in attempts if one.outgoing.waiting.position is not None]
        if any(one.delivered for one in real):
            if self.is_failing:
                done = {*changes.done, *(one.message for one in changes.keep)}
                at = now()
                changes.keep += [replace(one, next_at=soon(at)) for one in self._waiting.values()
                                 if one.message not in done and one.position is not None]  # fmt: skip
            self._failures, changes.failing_since = 0, None
        elif real:
            self._failures += len(real)
            changes.failing_since = changes.failing_since or real[0].at
            days = timedelta(days=self._parts.settings.webhook_disable_days)
            changes.disable = self.endpoint.state == "enabled" and now() - changes.failing_since >= days

    def _take(self, changes: Changes) -> None:
        """What is committed is so here too."""
        for message in changes.done:
            self._waiting.pop(message, None)
        for one in changes.keep:
            self._waiting[one.message] = one
        self._cursor, self._failing_since, self._written = changes.cursor, changes.failing_since, now()
        if changes.disable:
            DISABLED.inc()
            raise Changed(f"endpoint {self.endpoint.endpoint} was disabled")
