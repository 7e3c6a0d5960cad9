"""The process that runs callers' scenarios: started when somebody asks, ended when it takes too long."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar

import orjson

from shared.errors import DealregError, FieldProblem, Invalid, TooMany, Unavailable

WORKER = "services.attribution.trial"
SECONDS = 20.0
"""A file of thirty scenarios takes one; beyond this nobody waits in front of a page."""
START_SECONDS = 300.0
"""The decider takes three of a core to load; of a busy machine it may get a fiftieth."""
QUEUE = 4
"""Callers that may wait for the process; the next one is told to come back."""
MOST_ANSWERED = 16 * 1024**2
"""Bytes of an answer: two hundred scenarios with twenty failures each have four million."""


class TrialTooLong(Invalid):
    """The scenarios take too long, or too much memory, to be run while somebody waits."""

    code = "scenario.too_long"


class TrialsTooMany(TooMany):
    """Others' scenarios are being run, and more wait."""

    code: ClassVar[str] = "scenario.busy"
    retry_after_seconds = 5


class TrialRefused(DealregError):
    """The policy or the scenarios cannot be read as they stand; the code is that of the reader."""

    def __init__(self, code: str, detail: str, problems: list[FieldProblem]) -> None:
        super().__init__(detail, problems)
        # Instance values over the class's: one class carries whatever the reader says.
        self.status = 422  # type: ignore[misc]
        self.code = code  # type: ignore[misc]


class Trials:
    """Runs scenarios in one process, one request after the other: each takes a core, and the others decide deals."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._seconds = seconds
        self._room = asyncio.Lock()
        self._waiting = 0
        self._process: Process | None = None

    async def run(self, policy: str, scenarios: str, vendor: Mapping[str, Any]) -> dict[str, Any]:
        """Report how the scenarios came out; raise `TrialRefused`, `TrialTooLong`, `TrialsTooMany`."""
        if self._waiting >= QUEUE:
            raise TrialsTooMany("other scenarios are being run; send these again in a few seconds")
        self._waiting += 1
        try:
            async with self._room:
                return _found(await self._answer({"policy": policy, "scenarios": scenarios, "vendor": dict(vendor)}))
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
        # What it wrote is read to the end, so that its pipes are closed.
        with suppress(ConnectionError, BrokenPipeError):
            await process.communicate()

    async def _answer(self, asked: dict[str, Any]) -> bytes:
        try:
            process = await self._started()
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(orjson.dumps(asked) + b"\n")
            await process.stdin.drain()
            answer = await asyncio.wait_for(process.stdout.readline(), self._seconds)
        except BaseException as error:
            # Also where the caller went away: what it would still say must not answer the next one.
            await self.close()
            if isinstance(error, TimeoutError):
                raise TrialTooLong(
                    f"the scenarios did not end within {self._seconds:.0f} seconds; send fewer at once"
                ) from None
            raise
        if not answer.endswith(b"\n"):
            await self.close()
            raise TrialTooLong("the scenarios need more memory than there is for them; send fewer at once")
        return answer

    async def _started(self) -> Process:
        if self._process is not None and self._process.returncode is None:
            return self._process
        await self.close()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("DEALREG_")}
        self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", WORKER, env=environment, stdin=PIPE, stdout=PIPE, limit=MOST_ANSWERED
        )
        assert self._process.stdout is not None
        try:
            ready = await asyncio.wait_for(self._process.stdout.readline(), START_SECONDS)
        except TimeoutError as error:
            raise Unavailable("the process that runs scenarios has not started yet; try again") from error
        if not ready:
            raise RuntimeError(f"{WORKER} did not start")
        return self._process


def _found(answer: bytes) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(answer)
    if "refused" in found:
        problems = [FieldProblem(*one) for one in found["refused"]["problems"]]
        raise TrialRefused(found["refused"]["code"], found["refused"]["detail"], problems)
    if "memory" in found:
        raise TrialTooLong("the scenarios need more memory than there is for them; send fewer at once")
    if "failed" in found:
        raise RuntimeError(found["failed"])
    return found
