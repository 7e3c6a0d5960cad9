"""Intake: requests within a few milliseconds share one insert of their keys and one append to the log."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.registration.intake.acceptance import Acceptance, Accepted
from services.registration.intake.errors import Overloaded
from services.registration.intake.marking import Marking
from services.registration.intake.metrics import BATCH
from services.registration.intake.port import Entry
from services.registration.intake.submission import Submission
from shared.errors import DealregError, Unavailable
from shared.log.port import EventLog
from shared.observability import get_logger
from shared.settings import Settings

QUEUED_BATCHES = 10
"""Full batches that may wait per flusher. A request behind more would wait for seconds."""
GATHER_WINDOWS = 5
"""A batch gathers until a window brings nobody, for so many at most: it costs half a millisecond of processor time
whatever its size, and who comes in crowds waits for the processor and not for the window."""
LEAST_SHARE = 16
"""A batch that has its share of the crowd goes at once, but not with fewer than these."""
CROWD_KEPT = 0.9
"""Of the crowd that was last seen, where fewer come now."""
STOP_SECONDS = 5.0
"""How long running requests get at the end. Then their callers get 503 and try again."""

_log = get_logger(__name__)


Outcome = asyncio.Future[Accepted | DealregError]


@dataclass(slots=True, eq=False)
class _Waiting:
    submission: Submission
    callers: list[Outcome]
    """One submission and every concurrent caller with the same key.

    Each caller can leave without affecting the others.
    """


class Intake:
    """Accepts submissions. The response comes once the log has the fact, or is the stored one."""

    def __init__(self, entry: Entry, log: EventLog, settings: Settings, marking: Marking) -> None:
        self._acceptance = Acceptance(entry, log, marking)
        self._marking = marking
        self._window_seconds = settings.flush_window_ms / 1_000
        self.unit_max = settings.flush_max
        self._flushers = settings.flushers
        self._queue_max = settings.flush_max * settings.flushers * QUEUED_BATCHES
        self._queue: deque[list[_Waiting]] = deque()
        self._queued = 0
        self._arrived = asyncio.Event()
        self._gathering = asyncio.Lock()
        self._under_way: dict[tuple[str, str], _Waiting] = {}
        self._crowd = 0.0
        """So many were under way at a time, of late."""
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Start the flushers; nothing is accepted before."""
        self._stopping = False
        self._tasks = [
            asyncio.create_task(self._flush_for_ever(), name=f"intake-{number}") for number in range(self._flushers)
        ]

    async def stop(self) -> None:
        """Answer all waiting requests in bounded time, accepted or not."""
        self._stopping = True
        self._arrived.set()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._queue:
            self._fail(self._take(), Unavailable("the service is stopping; try again"))
        await self._marking.stop()

    async def accept(self, submission: Submission) -> Accepted:
        """Accept the submission once under its key; raise what refuses it, or `Unavailable` (try again)."""
        while (leader := self._under_way.get((submission.vendor, submission.fact))) is not None:
            outcome = await _join(leader)
            if leader.submission.body_hash == submission.body_hash:
                return _accepted(outcome).again()
            # The table says which of two bodies has the key, once the first is through.
        return _accepted(await self._enqueue([submission])[0])

    def is_under_way(self, submission: Submission) -> bool:
        """Return whether another request under this key is being accepted, for which `accept` would wait."""
        return (submission.vendor, submission.fact) in self._under_way

    def offer(self, submission: Submission) -> Outcome:
        """Begin to accept a submission that is not under way, and return its outcome to come.

        Raises `Unavailable` and `Overloaded`, as `accept` does.
        """
        return self._enqueue([submission])[0]

    async def accept_in_order(self, submissions: Sequence[Submission]) -> list[Accepted | DealregError]:
        """Accept or refuse each, and append in the order given; at most `unit_max` of them.

        Raises `Unavailable` if one of them may not have been accepted; then all can be sent again.
        """
        leading: dict[str, Submission] = {}
        for one in submissions:
            leading.setdefault(one.fact, one)
        while busy := self._busy(leading.values()):
            for waiting in busy:
                await _join(waiting)
        futures = dict(zip(leading, self._enqueue(list(leading.values())), strict=True)) if leading else {}
        outcomes = {fact: await done for fact, done in futures.items()}
        for outcome in outcomes.values():
            if isinstance(outcome, Unavailable):
                _accepted(outcome)
        return [
            outcomes[one.fact] if leading[one.fact] is one else self._repeated(one, leading[one.fact], outcomes)
            for one in submissions
        ]

    def _busy(self, submissions: Iterable[Submission]) -> list[_Waiting]:
        places = ((one.vendor, one.fact) for one in submissions)
        return [self._under_way[place] for place in places if place in self._under_way]

    def _repeated(
        self, one: Submission, first: Submission, outcomes: dict[str, Accepted | DealregError]
    ) -> Accepted | DealregError:
        outcome = outcomes[one.fact]
        if isinstance(outcome, DealregError):
            return outcome
        return outcome.again() if one.body_hash == first.body_hash else self._acceptance.reused(one)

    def _enqueue(self, submissions: list[Submission]) -> list[Outcome]:
        if self._stopping or not self._tasks:
            raise Unavailable("the service is stopping; try again")
        if self._queue and self._queued + len(submissions) > self._queue_max:
            raise Overloaded(f"{self._queued} requests are waiting; try again")
        loop = asyncio.get_running_loop()
        unit = [_Waiting(one, [loop.create_future()]) for one in submissions]
        for waiting in unit:
            self._under_way[waiting.submission.vendor, waiting.submission.fact] = waiting
        self._queue.append(unit)
        self._queued += len(unit)
        self._arrived.set()
        return [waiting.callers[0] for waiting in unit]

    async def _flush_for_ever(self) -> None:
        while not (self._stopping and not self._queue):
            # One at a time: the second of two that gather would find the few that came since the first took all.
            async with self._gathering:
                await self._gather()
                batch = self._take()
            if batch:
                await self._flush(batch)

    async def _gather(self) -> None:
        """Wait for a request, and for those that come close behind, up to a flusher's share."""
        await self._arrived.wait()
        gathered = 0
        for _ in range(GATHER_WINDOWS):
            if self._stopping or self._queued == gathered or self._queued >= self._share():
                return
            gathered = self._queued
            await asyncio.sleep(self._window_seconds)

    def _share(self) -> float:
        """Return how many make a batch: of all who are under way of late, one flusher's part.

        Clients who ask again once they are answered would else come in one batch for good: then this process waits
        while the database works, and the database while this process does.
        """
        self._crowd = max(self._crowd, len(self._under_way))
        return min(self.unit_max, max(self._crowd / self._flushers, LEAST_SHARE))

    def _take(self) -> list[_Waiting]:
        """Take whole units up to a flusher's share; at least one if any waits."""
        batch: list[_Waiting] = []
        share = self._share()
        while self._queue and (not batch or len(batch) + len(self._queue[0]) <= share):
            batch += self._queue.popleft()
        self._queued -= len(batch)
        self._crowd *= CROWD_KEPT
        if not self._queue and not self._stopping:
            self._arrived.clear()
        return batch

    async def _flush(self, batch: list[_Waiting]) -> None:
        BATCH.observe(len(batch))
        try:
            outcomes = await self._acceptance.take([waiting.submission for waiting in batch])
        except DealregError as error:
            self._fail(batch, error)
        except BaseException as error:
            # Cancelled by `stop`, or a bug. A caller must never wait for ever, and can always retry.
            self._fail(batch, Unavailable(f"intake stopped ({type(error).__name__}); try again"))
            if not isinstance(error, Exception):
                raise
            _log.error("intake broke off", exc_info=error)
        else:
            for waiting, outcome in zip(batch, outcomes, strict=True):
                self._settle(waiting, outcome)

    def _fail(self, batch: list[_Waiting], error: DealregError) -> None:
        for waiting in batch:
            self._settle(waiting, error)

    def _settle(self, waiting: _Waiting, outcome: Accepted | DealregError) -> None:
        self._under_way.pop((waiting.submission.vendor, waiting.submission.fact), None)
        for caller in waiting.callers:
            if not caller.done():
                caller.set_result(outcome)


def _join(leader: _Waiting) -> Outcome:
    caller: Outcome = asyncio.get_running_loop().create_future()
    leader.callers.append(caller)
    return caller


def _accepted(outcome: Accepted | DealregError) -> Accepted:
    if isinstance(outcome, Accepted):
        return outcome
    # One exception object for many callers would gather all their tracebacks.
    raise outcome.with_traceback(None)
