"""What a process lacks, and the one rule of what "ready" means; `shared.http.health_routes` serves it.

`missing` names what keeps the process from its work: 503, send requests elsewhere. `degraded` names the parts that
stand still (a partition, a vendor, a view, a worker elsewhere) while everything else goes on: 200, since taking the
process out of service would stop the rest too; a person has to look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

READY_SECONDS = 3.0
"""A server that needs longer for one small question cannot serve requests in time."""


@dataclass(frozen=True, slots=True)
class Health:
    """What a process lacks: phrases that begin with a name (`database`, `partition 3 …`, `view pipeline …`)."""

    missing: tuple[str, ...] = ()
    degraded: tuple[str, ...] = ()

    def __add__(self, other: Health) -> Health:
        """Both; what is said twice is said once."""
        return Health(_each(self.missing + other.missing), _each(self.degraded + other.degraded))


Ready = Callable[[], Awaitable[Health]]
"""What is missing now; bounded in time by its author."""


class Readiness(BaseModel):
    """Whether the process can serve requests, and what is missing if not."""

    status: Literal["ready", "degraded", "not ready"]
    missing: list[str] = Field(description="Names of the parts without which this process cannot serve.")
    degraded: list[str] = Field([], description="Names of the parts that have stopped. Everything else works.")


async def unanswered(questions: Mapping[str, Callable[[], Awaitable[object]]]) -> Health:
    """Health that is missing each name whose question failed or was not answered within `READY_SECONDS`."""

    async def asked(question: Callable[[], Awaitable[object]]) -> None:
        async with asyncio.timeout(READY_SECONDS):
            await question()

    answers = await asyncio.gather(*map(asked, questions.values()), return_exceptions=True)
    return Health(
        tuple(name for name, answer in zip(questions, answers, strict=True) if isinstance(answer, BaseException))
    )


def readiness(health: Health) -> Readiness:
    """The document of `/readyz`."""
    said: Literal["ready", "degraded", "not ready"] = "not ready" if health.missing else "ready"
    if health.degraded and not health.missing:
        said = "degraded"
    return Readiness(status=said, missing=list(health.missing), degraded=list(health.degraded))


def health_of(document: Any) -> Health:
    """What another process says on `/readyz`."""
    said = Readiness.model_validate(document)
    return Health(tuple(said.missing), tuple(said.degraded))


def _each(phrases: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(phrases))
