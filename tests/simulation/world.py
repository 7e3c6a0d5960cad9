"""One seeded world: virtual time, processes that die and freeze, and calls between them that fail as real ones do."""

from __future__ import annotations

import asyncio
import contextvars
import hashlib
import random
from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from shared.errors import Ambiguous, Unavailable
from tests.simulation.faults import Fault
from tests.simulation.loop import VirtualLoop

EPOCH = datetime(2026, 1, 1, 9, tzinfo=UTC)
T = TypeVar("T")
PROCESS: contextvars.ContextVar[Process | None] = contextvars.ContextVar("process", default=None)
LATER_SECONDS = 3.0
"""What was on its way when its sender died arrives within this time, or never."""

TASKS_KEPT = 100


class Crashed(BaseException):
    """The process is gone; no error handling may survive it."""


class Process:
    """One life of a host: what it remembers goes with it."""

    def __init__(self, host: Host, name: str) -> None:
        self.host, self.name = host, name
        self.alive = True
        self.frozen_until = 0.0
        self.tasks: list[asyncio.Task[Any]] = []
        self.open: list[Any] = []
        """Transactions that the server knows of."""
        self.app: Any = None
        self.stop = asyncio.Event()


class Host:
    """A place where one process runs, and is started again when it died."""

    def __init__(self, world: World, kind: str, number: int, main: Callable[[Process], Coroutine[Any, Any, None]]):
        self.world, self.kind, self.name, self._main = world, kind, f"{kind}{number}", main
        self.lives = 0
        self.process: Process | None = None

    def start(self) -> None:
        if (pause := self.world.paused_until - self.world.loop.time()) > 0:
            self.world.loop.call_later(pause, self.start)
            return
        if self.process is not None and self.process.alive:
            return
        self.lives += 1
        self.process = Process(self, f"{self.name}.{self.lives}")
        self.world.note(self.process, "starts")
        self.spawn(self._live(self.process))

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """A task inside the process that runs here now."""
        context = contextvars.copy_context()
        context.run(PROCESS.set, self.process)
        return self.world.loop.create_task(work, context=context)

    async def _live(self, process: Process) -> None:
        try:
            await self._main(process)
        except Exception as error:
            if process.alive:
                self.world.violated(f"{process.name} died of {error!r}: {_place(error)}")
                raise
        # It was asked to stop, and did.
        if process.alive:
            self.world.kill(process, 0.5)


class World:
    """Everything that the processes share; `note` writes down what happens, `digest` is the same for the same seed."""

    def __init__(self, seed: str, faults: tuple[Fault, ...], *, traced: bool = False) -> None:
        self.loop = VirtualLoop()
        self.loop.set_task_factory(_factory)
        self.loop.set_exception_handler(lambda _loop, _context: None)
        self.chance = random.Random(f"{seed}|world")
        self.pending = [fault for fault in faults if fault.who]
        self.offset = timedelta()
        self.paused_until = 0.0
        """No worker is started before: somebody restores the database."""
        self.hosts: list[Host] = []
        self.violations: list[str] = []
        self.lines: list[str] | None = [] if traced else None
        self.calls = 0
        self.kind = ""
        """The fault of the call that is being done, for those who act on it themselves."""
        self._digest = hashlib.sha256()

    def now(self) -> datetime:
        """The database's clock."""
        return EPOCH + timedelta(microseconds=round(self.loop.time() * 1e6)) + self.offset

    def note(self, process: Process | None, what: str) -> None:
        line = f"{self.loop.time():9.4f} {process.name if process else '-':12} {what}"
        self._digest.update(line.encode())
        if self.lines is not None:
            self.lines.append(line)

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def violated(self, what: str) -> None:
        self.violations.append(what)
        self.note(None, f"VIOLATED {what}")

    def kill(self, process: Process, restart_seconds: float) -> None:
        """Its memory is lost, what it committed is kept, what it sent may arrive."""
        if not process.alive:
            return
        self.note(process, "dies")
        process.alive = False
        for transaction in list(process.open):
            transaction.lost()
        for task in process.tasks:
            task.cancel()
        process.tasks.clear()
        self.loop.call_later(restart_seconds, process.host.start)

    def freeze(self, process: Process, seconds: float) -> None:
        """It does nothing for a while and does not notice."""
        process.frozen_until = max(process.frozen_until, self.loop.time() + seconds)
        for transaction in list(process.open):
            transaction.idle()

    async def call(
        self, op: str, act: Callable[[], Awaitable[T]], late: Callable[[float], None] | None = None, detail: str = ""
    ) -> T:
        """`act` done elsewhere for the process that asks: it takes time, may fail, or be done and reported failed.

        `late` makes it happen after that many seconds, where it was sent and nobody waits for it any more.
        """
        process = PROCESS.get()
        if process is None:  # the simulation itself
            self.kind = ""
            return await act()
        self.calls += 1
        fault = self._fault(process, op)
        kind = fault.kind if fault else ""
        if fault is not None:
            self.note(process, f"{op}: {kind}")
        try:
            await self._travel(process, fault)
            if kind == "crash_before":
                self.kill(process, 1.0 + fault.seconds)  # type: ignore[union-attr]
                raise Crashed
        except (asyncio.CancelledError, Crashed):
            if late is not None and self.chance.random() < 0.5:
                late(self.chance.uniform(0.0, LATER_SECONDS))
            raise
        if kind == "unavailable":
            raise Unavailable(f"{op}: no answer")
        if kind == "late":
            if late is not None:
                late(fault.seconds)  # type: ignore[union-attr]
            raise Ambiguous(f"{op}: no answer yet")
        self.kind = kind
        result = await act()
        self.note(process, f"{op} {detail}")
        if kind == "ambiguous":
            raise Ambiguous(f"{op}: done, and the answer was lost")
        if kind == "crash_after":
            self.kill(process, 1.0 + fault.seconds)  # type: ignore[union-attr]
            raise Crashed
        await self._travel(process, None)
        return result

    def _fault(self, process: Process, op: str) -> Fault | None:
        for index, fault in enumerate(self.pending):
            if fault.at > self.loop.time():
                return None
            if fault.who == process.host.kind and (fault.op == "any" or op.startswith(fault.op)):
                del self.pending[index]
                if fault.kind == "freeze":
                    self.freeze(process, fault.seconds)
                elif fault.kind == "stop":
                    process.stop.set()
                return fault
        return None

    async def _travel(self, process: Process, fault: Fault | None) -> None:
        if not process.alive:
            raise Crashed
        if fault is not None and fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
        roll = self.chance.random()
        if roll > 0.6:
            await asyncio.sleep(self.chance.uniform(0.0, 0.003) if roll < 0.97 else self.chance.uniform(0.0, 0.3))
        while process.frozen_until > self.loop.time():
            await asyncio.sleep(process.frozen_until - self.loop.time())
        if not process.alive:
            raise Crashed


def _factory(loop: Any, coroutine: Any, context: contextvars.Context | None = None, **more: Any) -> asyncio.Task[Any]:
    task: asyncio.Task[Any] = asyncio.Task(coroutine, loop=loop, context=context, **more)
    process = context.get(PROCESS) if context is not None else PROCESS.get()
    if process is not None:
        if len(process.tasks) > TASKS_KEPT:
            process.tasks[:] = [one for one in process.tasks if not one.done()]
        process.tasks.append(task)
        if not process.alive:
            task.cancel()
    return task


def _place(error: BaseException) -> str:
    places, trace = [], error.__traceback__
    while trace is not None:
        places.append(f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " < ".join(reversed(places[-6:]))
