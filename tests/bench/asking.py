"""Questions to the query API in turn on one keep-alive connection, each timed from its sending to its last byte."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from tests.bench.load import Connection

DEEP_PAGES = 60
DEEP_LIMIT = 500
"""Pages walked over to go on below them: thirty thousand rows."""


@dataclass(frozen=True, slots=True)
class Asker:
    """A credential at an address."""

    url: str
    token: str

    async def times_ms(self, targets: list[str], warm_up: int) -> list[float]:
        """How long each took but for the first; raises where one is not answered with 200."""
        connection = await Connection.open(self.url)
        taken: list[float] = []
        for target in targets:
            began = time.perf_counter()
            status, body = await connection.ask(self._get(target))
            taken.append((time.perf_counter() - began) * 1_000)
            if status != 200:
                raise RuntimeError(f"{target} answered {status} {body[:300]!r}")
        connection.close()
        return taken[warm_up:]

    async def deep(self, target: str) -> list[str]:
        """The target at the end of each page that was walked over."""
        connection = await Connection.open(self.url)
        found: list[str] = []
        page: str | None = with_query(target, {"limit": DEEP_LIMIT})
        while page is not None and len(found) < DEEP_PAGES:
            status, body = await connection.ask(self._get(page))
            if status != 200:
                raise RuntimeError(f"{page} answered {status} {body[:300]!r}")
            page = orjson.loads(body)["next"]
            if page is not None:
                found.append(page.replace(f"limit={DEEP_LIMIT}&", ""))
        connection.close()
        return found[len(found) // 2 :]

    async def export(self, target: str) -> tuple[int, float, float]:
        """CSV: rows, seconds until the first byte, seconds until the last."""
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "text/csv"}
        async with httpx.AsyncClient(timeout=None) as client:
            began, first, read = time.perf_counter(), 0.0, 0
            async with client.stream("GET", f"{self.url}{target}", headers=headers) as response:
                response.raise_for_status()
                async for chunk in response.aiter_raw():
                    first = first or time.perf_counter() - began
                    read += chunk.count(b"\n")  # a line's two last bytes may come apart
            rows = int(response.headers["Dealreg-Rows"])
            if read != rows + 1:
                raise RuntimeError(f"{target} told of {rows} rows and sent {read - 1}")
            return rows, first, time.perf_counter() - began

    def _get(self, target: str) -> bytes:
        return f"GET {target} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.token}\r\n\r\n".encode()


def with_query(target: str, values: Mapping[str, Any]) -> str:
    """The target asked with these values too."""
    return f"{target}{'&' if '?' in target else '?'}{urlencode(values)}" if values else target


def percentile(times: list[float], part: float) -> float:
    """The time within which that part of the questions was answered."""
    ordered = sorted(times)
    return ordered[min(int(part * len(ordered)), len(ordered) - 1)]
