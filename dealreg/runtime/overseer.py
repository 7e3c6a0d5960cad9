"""The overseer of `dealreg run`: one `/readyz` that knows what its servers and child processes do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from fastapi import FastAPI

from dealreg.embedded.guardian import Guardian
from dealreg.runtime.supervisor import Supervisor
from shared.observability import READY_SECONDS, Health, Ready, health_of, health_routes

ASKED_SECONDS = READY_SECONDS + 1
"""A worker asks its servers first, and says which of them does not answer."""
OVERSEER_SECONDS = ASKED_SECONDS + 1
"""The overseer asks the workers first."""


@dataclass(frozen=True, slots=True)
class Overseer:
    """What keeps a deployment on one machine from working, by the name of the server or process."""

    guardian: Guardian
    supervisor: Supervisor
    workers: Mapping[str, str]
    """Where each worker tells its health, by the child's name."""

    async def health(self) -> Health:
        """Servers that are away, children that keep ending, and what each worker says of itself."""
        away = tuple(f"{name}: {what}" for name, what in sorted(self.guardian.away.items()))
        ending = self.supervisor.ending()
        found = Health(away + tuple(f"{name}: {what}" for name, what in sorted(ending.items())))
        asked = [(name, url) for name, url in self.workers.items() if name not in ending]
        async with httpx.AsyncClient(timeout=ASKED_SECONDS) as client:
            for said in await asyncio.gather(*(_of_worker(client, name, url) for name, url in asked)):
                found += said
        return found

    def app(self) -> FastAPI:
        """The overseer's own routes, for the process that serves on the one port."""
        app = FastAPI(title="dealreg run", openapi_url=None, redirect_slashes=False)
        app.include_router(health_routes(self.health))
        return app


def asking(url: str) -> Ready:
    """What the overseer at this address says, as a part of one's own health."""

    async def health() -> Health:
        try:
            async with httpx.AsyncClient(timeout=OVERSEER_SECONDS) as client:
                return health_of((await client.get(f"{url}/readyz")).json())
        except (httpx.HTTPError, ValueError) as error:
            return Health((f"overseer: no answer ({type(error).__name__})",))

    return health


async def _of_worker(client: httpx.AsyncClient, name: str, url: str) -> Health:
    try:
        said = health_of((await client.get(f"{url}/readyz")).json())
    except (httpx.HTTPError, ValueError) as error:
        return Health((f"{name}: no answer ({type(error).__name__})",))
    return as_part(said)


def as_part(said: Health) -> Health:
    """A worker's health as that of the whole: a part that it gave up takes no request out of service."""
    parts = set(said.degraded)
    return Health(tuple(phrase for phrase in said.missing if phrase not in parts), said.degraded)
