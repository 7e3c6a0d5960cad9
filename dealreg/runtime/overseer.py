"""The overseer of `dealreg run`: one `/readyz` that knows what its servers and child processes do."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import httpx
from starlette.applications import Starlette

from dealreg.embedded.guardian import Guardian
from dealreg.runtime.loopback import loopback_client
from dealreg.runtime.supervisor import Supervisor
from shared.http.health_routes import health_app
from shared.observability import READY_SECONDS, Health, Ready, health_of

ASKED_SECONDS = READY_SECONDS + 1
"""Time-out of a worker, which asks its servers first."""
OVERSEER_SECONDS = ASKED_SECONDS + 1
"""Time-out of the overseer, which asks the workers first."""


@dataclass(frozen=True, slots=True)
class Overseer:
    """Health of a deployment on one machine, by server and process."""

    guardian: Guardian
    supervisor: Supervisor
    workers: Mapping[str, str]
    """Health address of each worker, by the child's name."""

    async def health(self) -> Health:
        """Report servers that are down, children that keep ending, and each worker's health."""
        away = tuple(f"{name}: {what}" for name, what in sorted(self.guardian.away.items()))
        ending = self.supervisor.ending()
        found = Health(away + tuple(f"{name}: {what}" for name, what in sorted(ending.items())))
        asked = [(name, url) for name, url in self.workers.items() if name not in ending]
        async with loopback_client(timeout=ASKED_SECONDS) as client:
            for said in await asyncio.gather(*(_of_worker(client, name, url) for name, url in asked)):
                found += said
        return found

    def app(self) -> Starlette:
        """Create the overseer's routes, for the process that serves the port."""
        return health_app(self.health)


def asking(url: str) -> Ready:
    """Ask the overseer at this address for its health."""

    async def health() -> Health:
        try:
            async with loopback_client(timeout=OVERSEER_SECONDS) as client:
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
    """Translate a worker's health for the whole: a stopped part only degrades it."""
    parts = set(said.degraded)
    return Health(tuple(phrase for phrase in said.missing if phrase not in parts), said.degraded)
