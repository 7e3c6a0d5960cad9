"""The HTTP side as `dealreg run` starts it, in a process of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from dealreg.runtime.everything import environment
from dealreg.runtime.server import listen, url_of
from dealreg.runtime.supervisor import Child, Supervisor
from shared.settings import Settings

READY_SECONDS = 60


@asynccontextmanager
async def served(settings: Settings) -> AsyncIterator[str]:
    """The HTTP side alone, in one process, as `dealreg run` starts it."""
    listener = listen("127.0.0.1", 0)
    taken = ("--lifeline", "--listen-fd", str(listener.fileno()))
    children = [Child("serve", ("serve", *taken), (listener.fileno(),))]
    supervisor = Supervisor(children, environment(settings), settings.data_dir / "serve.log")
    async with supervisor.supervising():
        url = url_of(listener)
        await _answers(f"{url}/livez")
        yield url


async def _answers(url: str) -> None:
    end = time.monotonic() + READY_SECONDS
    async with httpx.AsyncClient() as client:
        while time.monotonic() < end:
            try:
                if (await client.get(url)).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{url} does not answer")
