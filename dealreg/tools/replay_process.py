"""The two folds of a replay, each in a process of its own: one core folds what was published, one the candidate.

A pipe to each carries progress while it folds, then questions and answers. A process whose pipe is gone ends.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from dealreg.runtime.components import runtime
from dealreg.runtime.loading import settled
from services.attribution.decoded import decode_records
from services.attribution.replay.candidate import Candidate
from services.attribution.replay.fold import Fold
from services.attribution.replay.outcomes import Line, Refused, Registered
from services.attribution.replay.trail import Step
from shared.errors import Unavailable
from shared.log.port import partition_of
from shared.release import RELEASE
from shared.settings import Settings

AT_ONCE = 1_000
"""Records read, and rows sent, at once."""
LOOK_SECONDS = 0.5


@dataclass(frozen=True)
class Job:
    """What one process folds."""

    settings: Settings
    vendor: str
    end: int
    """Offset of the log's end when the replay began."""
    now: datetime
    until: datetime | None
    cases: dict[str, str]
    candidate: Candidate | None


class FoldEnded(Unavailable):
    """A process of the replay ended before it was done."""

    code = "replay.ended"


class Remote:
    """A finished fold in another process, as a side of a comparison."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def registrations(self) -> Iterator[Registered]:
        return self._rows("registrations")

    def lines(self) -> Iterator[Line]:
        return self._rows("lines")

    def refusals(self) -> Iterator[Refused]:
        return self._rows("refusals")

    def trails(self, subjects: Iterable[str]) -> dict[str, list[Step]]:
        return self.ask("trails", list(subjects))  # type: ignore[no-any-return]

    def _rows(self, name: str) -> Iterator[Any]:
        while rows := self.ask("rows", name):
            yield from rows

    def ask(self, *question: Any) -> Any:
        """The answer of the process; raises what it raised there, or `FoldEnded`."""
        try:
            self._pipe.send(question)
            return _answer(self._pipe)
        except (EOFError, OSError) as error:
            raise FoldEnded("a process of the replay was ended; run it again") from error


class Folding:
    """Both processes, from their start until they are told to end."""

    def __init__(self, published: Job, candidate: Job) -> None:
        spawn = multiprocessing.get_context("spawn")  # a fork would share connections and threads
        self._processes: list[SpawnProcess] = []
        self._pipes: list[Connection] = []
        for name, job in (("published", published), ("candidate", candidate)):
            ours, theirs = spawn.Pipe()
            process = spawn.Process(target=work, args=(theirs, job), name=f"replay of the {name}", daemon=True)
            process.start()
            theirs.close()
            self._processes.append(process)
            self._pipes.append(ours)

    def folded(self, on_progress: Callable[[int], None]) -> tuple[Remote, Remote, int]:
        """Wait until both are done; both sides, and how many facts they decided."""
        waiting, facts = dict.fromkeys(self._pipes, 0), 0
        done = dict.fromkeys(self._pipes, 0)
        while waiting:
            for pipe in wait(list(waiting), timeout=LOOK_SECONDS):
                assert isinstance(pipe, Connection)
                try:
                    kind, count = _answer(pipe)
                except (EOFError, OSError) as error:
                    raise FoldEnded("a process of the replay was ended, maybe for want of memory") from error
                if kind == "done":
                    del waiting[pipe]
                    facts = max(facts, count)
                else:
                    done[pipe] = count
            on_progress(min(done.values()))
        published, candidate = (Remote(pipe) for pipe in self._pipes)
        return published, candidate, facts

    def end(self) -> None:
        """End both processes, whatever they do."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        for pipe in self._pipes:
            pipe.close()


def _answer(pipe: Connection) -> Any:
    failed, answer = pipe.recv()
    if failed:
        raise answer
    return answer


def work(pipe: Connection, job: Job) -> None:
    """Fold, then answer questions until nobody is there to ask them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the command, which ends this process
    settled()
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            fold = asyncio.run(_fold(pipe, job))
        except (EOFError, BrokenPipeError, ConnectionResetError):
            raise
        except Exception as error:
            pipe.send((True, error))
            return
        pipe.send((False, ("done", fold.facts)))
        _serve(pipe, fold)


async def _fold(pipe: Connection, job: Job) -> Fold:
    fold = Fold(job.vendor, job.candidate, release=RELEASE, until=job.until, now=job.now, cases=job.cases)
    async with runtime(job.settings, "replay", pool_size=2) as on:
        partition = partition_of(job.vendor, on.log.partitions)
        reader, at, going = await on.log.reader("facts", partition, 0, whose=lambda key: key == job.vendor), 0, True
        try:
            while going and at < job.end:
                records = await reader.fetch(min(AT_ONCE, job.end - at), wait_ms=1_000)
                at = records[-1].offset + 1 if records else at
                going = fold.take(decode_records([one for one in records if one.key == job.vendor], partition))
                pipe.send((False, ("at", at)))
        finally:
            await reader.close()
    fold.finish()
    return fold


def _serve(pipe: Connection, fold: Fold) -> None:
    rows: dict[str, Iterator[Any]] = {}
    while True:
        question, given = pipe.recv()
        try:
            if question == "rows":
                rows.setdefault(given, getattr(fold, given)())
                answer: Any = list(islice(rows[given], AT_ONCE))
            elif question == "trails":
                answer = fold.trails(given)
            else:
                answer = fold.moved_by_publishing(given)
        except Exception as error:
            pipe.send((True, error))
        else:
            pipe.send((False, answer))
