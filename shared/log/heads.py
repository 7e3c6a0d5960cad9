"""How far each partition of the PostgreSQL log reaches: one listening connection for all readers of a process."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Iterable

import asyncpg
import structlog

from shared.backoff import Backoff
from shared.database.errors import database_errors
from shared.errors import Corrupt, DealregError, Unavailable
from shared.log.connection import abandon
from shared.log.port import Topic

CHANNEL = "dealreg_log"
LONGEST_PAUSE_SECONDS = 2.0
"""Between two attempts to listen again, the first of them after one poll: what a reader waits at most once the
database is back."""
POLL_TIMEOUT_SECONDS = 5.0
"""A poll reads sixteen rows; one unanswered for longer means a dead connection."""

Place = tuple[str, int]
_log = structlog.get_logger(__name__)


class Heads:
    """The next offset of every partition: from NOTIFY, from our own appends, and polled for what was missed.

    A head never falls: a poll that twice finds it lower than what was known makes every reader raise `Corrupt`.
    """

    def __init__(self, pool: asyncpg.Pool, poll_ms: int) -> None:
        self._pool = pool
        self._poll_seconds = poll_ms / 1_000
        self._known: dict[Place, int] = {}
        self._waiters: defaultdict[Place, list[asyncio.Future[None]]] = defaultdict(list)
        self._look = asyncio.Event()
        self._failure: DealregError | None = Unavailable("the log was not started")
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._lost = False
        """True once the loss of the connection was logged, however long it lasts."""
        self._backoff = Backoff(self._poll_seconds, max(LONGEST_PAUSE_SECONDS, self._poll_seconds))

    async def start(self) -> None:
        """Heads are known and followed; raises `Unavailable`."""
        with database_errors():
            async with self._pool.acquire(timeout=POLL_TIMEOUT_SECONDS) as connection:
                await self._poll(connection)
        self._task = asyncio.create_task(self._follow(), name="log-heads")

    async def stop(self) -> None:
        self._stopping = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task], timeout=POLL_TIMEOUT_SECONDS)
            self._task = None
        self._fail(Unavailable("the log is closed"))

    def observe(self, topic: Topic, partition: int, next_offset: int) -> None:
        """A committed record was seen just below `next_offset`; readers that waited for it go on."""
        place = (topic, partition)
        if next_offset > self._known.get(place, 0):
            self._known[place] = next_offset
            self._wake(place)

    async def reaches_beyond(self, topic: Topic, partition: int, offset: int, wait_ms: int) -> bool:
        """Whether the partition has a record at `offset`, after waiting for it up to `wait_ms`.

        Raises `Corrupt` at once, `Unavailable` when the time has passed without a connection.
        """
        place = (topic, partition)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_ms / 1_000
        while True:
            if isinstance(self._failure, Corrupt):
                raise self._failure
            if self._known.get(place, 0) > offset:
                return True
            remaining = deadline - loop.time()
            if remaining <= 0:
                if self._failure is not None:
                    raise self._failure
                return False
            await self._moved(place, remaining)

    async def _moved(self, place: Place, seconds: float) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters[place].append(waiter)
        try:
            await asyncio.wait([waiter], timeout=seconds)
        finally:
            if waiter in self._waiters[place]:
                self._waiters[place].remove(waiter)

    async def _follow(self) -> None:
        while not self._stopping:
            try:
                await self._listen()
            except Exception as error:
                # Whatever it is, readers hear of it and we try again: a follower that died would let them sleep.
                if not self._lost:
                    _log.warning("log.listener_lost", error=repr(error))
                self._lost = True
                self._failure = Unavailable(f"the log's listening connection was lost ({error!r})")
                await asyncio.sleep(self._backoff.next())

    async def _listen(self) -> None:
        """Follows on one connection until it is lost."""
        async with self._pool.acquire(timeout=POLL_TIMEOUT_SECONDS) as connection:
            await connection.add_listener(CHANNEL, self._heard)
            try:
                while True:
                    self._look.clear()
                    await self._poll(connection)
                    self._listening()
                    with contextlib.suppress(TimeoutError):
                        async with asyncio.timeout(self._poll_seconds):
                            await self._look.wait()
            finally:
                # Also when we stop: an UNLISTEN over a connection that has gone silent would keep us waiting.
                abandon(connection)

    def _listening(self) -> None:
        if self._lost:
            _log.info("log.listener_back")
        self._lost = False
        self._backoff.reset()

    async def _poll(self, connection: asyncpg.Connection) -> None:
        fallen = await self._read(connection)
        # An own append meanwhile may be newer than what the poll saw, but not than the next poll.
        fallen = fallen and await self._read(connection)
        if fallen:
            self._fail(Corrupt(f"the log was truncated or replaced: {'; '.join(sorted(fallen))}"))
        else:
            self._failure = None

    async def _read(self, connection: asyncpg.Connection) -> set[str]:
        rows = await connection.fetch(
            "SELECT topic, partition, next_offset FROM log.head", timeout=POLL_TIMEOUT_SECONDS
        )
        found = {(row["topic"], row["partition"]): row["next_offset"] for row in rows}
        for (topic, partition), next_offset in found.items():
            self.observe(topic, partition, next_offset)
        return {
            f"{topic}/{partition} ends at {found.get((topic, partition))}, {known} was known"
            for (topic, partition), known in self._known.items()
            if found.get((topic, partition), 0) < known
        }

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        topic, _, heads = payload.partition(" ")
        if not heads:
            self._look.set()
        for partition, _, next_offset in (head.partition(":") for head in heads.split()):
            self.observe(topic, int(partition), int(next_offset))  # type: ignore[arg-type]

    def _fail(self, failure: DealregError) -> None:
        self._failure = failure
        for place in list(self._waiters):
            self._wake(place)

    def _wake(self, place: Place) -> None:
        waiters: Iterable[asyncio.Future[None]] = self._waiters.pop(place, ())
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)
