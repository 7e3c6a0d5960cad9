"""Writers before readers: who cannot read the next release's event says so and stops; nothing is lost (RULES 30)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from pydantic import SecretStr

from dealreg.runtime.in_process import stack
from dealreg.runtime.views import VIEWS
from shared.settings import Settings
from tests.e2e.channel import Channel
from tests.until import PATIENT_SECONDS, until
from tests.upgrade.site import Release, Site, complete, site
from tests.upgrade.written import written

FOLDING = [view.name for view in VIEWS if view.declares is None or "registration.withdrawn" in view.declares]
"""The views that would have to fold the event."""
UNREADABLE = "event 'registration.withdrawn' version 2 is unknown to this release (it knows up to 1)"


@dataclass(slots=True)
class Old:
    """This release within the test's own process; its workers end when told."""

    channel: Channel
    workers: dict[str, tuple[asyncio.Task[None], asyncio.Event]]

    async def end(self, name: str) -> None:
        task, stop = self.workers.pop(name)
        stop.set()
        await task

    async def state(self, claim: dict[str, Any]) -> str:
        return str((await self.channel.registration(claim))["state"])


async def test_writers_that_are_ahead_stop_their_readers_and_lose_nothing(
    database: str, settings: Settings, tmp_path: Path, next_: Release
) -> None:
    async with site(database, tmp_path, next_) as ahead, _old_release(database, settings) as old:
        claims = [await old.channel.claim("a", customer=_customer(n)) for n in range(2)]
        edge = await ahead.start("registration")
        async with httpx.AsyncClient(base_url=edge.url, timeout=PATIENT_SECONDS) as client:
            await _the_edge_is_ahead(old, client, claims[0])
            await old.end("attribution")
            await ahead.start("attribution")
            later = await _the_decider_is_ahead(old, client, claims[0])
        await _the_readers_follow(ahead, old)
        assert [await old.state(claim) for claim in claims] == ["released", "protected"]
        assert (await old.channel.get(later)).json()["state"] == "protected"


async def _the_edge_is_ahead(old: Old, edge: httpx.AsyncClient, claim: dict[str, Any]) -> None:
    """What the decider cannot read it refuses by number, and says why; a fact that it can read it decides."""
    sent = await _withdraw(old, edge, claim)

    async def decided() -> httpx.Response | None:
        answer = await old.channel.get(sent)
        return answer if answer.status_code != 202 else None

    answer = await until(decided)
    assert answer is not None
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "fact.unreadable")
    assert UNREADABLE in problem["errors"][0]["message"]
    assert await old.state(claim) == "protected"
    answer = await old.channel.send("POST", "/v1/registrations", _claim(2), client=edge)
    assert await _shown(old, answer.headers["Location"]) == "protected"


async def _the_decider_is_ahead(old: Old, edge: httpx.AsyncClient, claim: dict[str, Any]) -> str:
    """The views that would have to fold the event halt before it, and say at what; the edge goes on accepting."""
    running = old.channel.stack
    await _withdraw(old, edge, claim)

    async def halted() -> tuple[str, ...]:
        missing = (await running.projections.health()).missing
        return missing if len(missing) == len(FOLDING) else ()

    for phrase in await until(halted):
        assert "halted on partition" in phrase
        assert UNREADABLE in phrase
        assert "deploy readers before writers" in phrase
    # Not passed over: nothing of it is shown, and nothing that came after it.
    assert await old.state(claim) == "protected"
    answer = await old.channel.send("POST", "/v1/registrations", _claim(3), wait=0)
    assert answer.status_code == 202
    later = answer.headers["Location"]
    assert (await old.channel.get(later)).status_code == 202
    assert (2, "vendor") in {(one.version, one.value.get("by")) for one in await written(running.log, "journal")}
    return later


async def _the_readers_follow(ahead: Site, old: Old) -> None:
    """The next release's readers go on where the old ones stopped."""
    workers = await ahead.start("projections")
    await ahead.run("migrate", "projections rebuild pipeline", "projections rebuild feed")
    await old.end("projections")
    await old.channel.stack.drained()
    await complete(workers)


@asynccontextmanager
async def _old_release(database: str, settings: Settings) -> AsyncIterator[Old]:
    named = settings.model_copy(update={"database_url": SecretStr(database)})
    async with stack(named, work=False) as running, asyncio.TaskGroup() as group:
        workers = {
            name: _begun(group, work)
            for name, work in (("attribution", running.attribution), ("projections", running.projections))
        }
        await running.vendor("acme")
        old = Old(await (await Channel.open(running, "acme", day=None)).house("a"), workers)
        try:
            yield old
        finally:
            for _, stop in old.workers.values():
                stop.set()


def _begun(group: asyncio.TaskGroup, work: Any) -> tuple[asyncio.Task[None], asyncio.Event]:
    stop = asyncio.Event()
    return group.create_task(work.run(stop)), stop


def _customer(n: int) -> dict[str, str]:
    return {"legal_name": f"Customer {n}", "country": "EG", "tax_id": f"100-000-00{n}"}


def _claim(n: int) -> dict[str, Any]:
    return {"program": "hunting", "partner": "a", "customer": _customer(n), "products": ["X"]}


async def _withdraw(old: Old, edge: httpx.AsyncClient, claim: dict[str, Any]) -> str:
    path = f"/v1/registrations/{claim['registration']}/withdrawal"
    answer = await old.channel.send("POST", path, {"reason": "postponed"}, client=edge)
    assert answer.status_code == 202, answer.text
    return str(answer.headers["Location"])


async def _shown(old: Old, location: str) -> str:
    async def state() -> str | None:
        answer = await old.channel.get(location)
        return answer.json()["state"] if answer.status_code == 200 else None

    return str(await until(state))
