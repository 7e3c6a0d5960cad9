"""What became of registrations that were sent together: each is found, refused, or still waits for its decision."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

from services.console.api import WAIT_SECONDS, Asked, Refused
from services.console.rendering import segment

AT_ONCE = 50
"""Numbers in one question: as many as a filter takes."""
PAUSE_SECONDS = 0.2


class Outcome(NamedTuple):
    """The registration, or the sentences that refuse it; neither while nothing is decided."""

    found: dict[str, Any] | None = None
    refused: tuple[str, ...] = ()


async def outcomes_of(api: Asked, numbers: Sequence[str]) -> dict[str, Outcome]:
    """Return the outcome of each registration, in the order in which they were sent and are decided.

    Waits for the decisions as long as a page waits. Raises as `Asked` does, but for refusals.
    """
    deadline = asyncio.get_running_loop().time() + WAIT_SECONDS
    outcomes = {number: Outcome() for number in numbers}
    await _find(api, outcomes)
    for number in outcomes:
        while outcomes[number] == Outcome() and asyncio.get_running_loop().time() < deadline:
            if (refused := await _refusal(api, number)) is not None:
                outcomes[number] = refused
                break
            await _find(api, outcomes)
            if outcomes[number] == Outcome():
                await asyncio.sleep(PAUSE_SECONDS)
    return outcomes


async def _find(api: Asked, outcomes: dict[str, Outcome]) -> None:
    """Look for all that are unknown so far."""
    unknown = [number for number, outcome in outcomes.items() if outcome == Outcome()]
    for start in range(0, len(unknown), AT_ONCE):
        page = await api.get("/v1/pipeline", registration=unknown[start : start + AT_ONCE], limit=AT_ONCE)
        for one in page["items"]:
            outcomes[one["registration"]] = Outcome(found=one)


async def _refusal(api: Asked, number: str) -> Outcome | None:
    try:
        await api.get(f"/v1/registrations/{segment(number)}")
    except Refused as refusal:
        return Outcome(refused=tuple(one["message"] for one in refusal.errors) or (refusal.detail,))
    return None
