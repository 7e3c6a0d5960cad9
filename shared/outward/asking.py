"""Ask an address that somebody else chose for a JSON document: guarded, bounded in time and size, not redirected."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson

from shared.errors import DealregError
from shared.outward.client import guarded_client
from shared.outward.guard import AddressRefused, target_of
from shared.outward.resolving import Outward

MAX_SECONDS = 5.0
"""For the whole answer: somebody waits for it at a sign-in page, or with a request."""
MAX_BYTES = 262_144
"""Discovery documents have about 5 kB, key sets with certificates up to 50."""
_FORM = "application/x-www-form-urlencoded"


class NoAnswer(Exception):
    """The address cannot be asked, does not answer in time, or answers something else than a JSON object."""


class Client:
    """Opens a connection for each request: it is asked a few times an hour."""

    def __init__(self, outward: Outward, max_seconds: float = MAX_SECONDS) -> None:
        self._outward = outward
        self._max_seconds = max_seconds

    async def get(self, url: str, bearer: str | None = None) -> tuple[int, dict[str, Any]]:
        """Return the status and the JSON object at the address; raise `NoAnswer`."""
        return await self._ask("GET", url, {} if bearer is None else {"Authorization": f"Bearer {bearer}"}, b"")

    async def post(
        self, url: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Post the form, and return the status and the JSON object; raise `NoAnswer`."""
        return await self._ask("POST", url, {"Content-Type": _FORM, **(headers or {})}, urlencode(form).encode())

    async def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> tuple[int, dict[str, Any]]:
        stated = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "dealreg", **headers}
        try:
            async with (
                asyncio.timeout(self._max_seconds),
                guarded_client(self._outward, timeout=self._max_seconds) as client,
                client.stream(method, url, headers=stated, content=body) as answer,
            ):
                return answer.status_code, _document(await _read(answer.aiter_raw()))
        except (TimeoutError, httpx.TimeoutException) as error:
            raise NoAnswer(f"it did not answer within {self._max_seconds:g} s") from error
        except DealregError as error:
            raise NoAnswer(error.detail) from error
        except httpx.InvalidURL as error:
            raise NoAnswer("it is not an address") from error
        except (OSError, httpx.HTTPError) as error:
            raise NoAnswer(f"no connection, or one that broke ({type(error).__name__})") from error


def is_secure(url: str) -> bool:
    """Whether the address is asked over TLS; raise `NoAnswer` if it is none that can be asked."""
    try:
        return target_of(url).scheme == "https"
    except AddressRefused as error:
        raise NoAnswer(error.detail) from error


async def _read(stream: AsyncIterator[bytes]) -> bytes:
    body = b""
    async for part in stream:
        body += part
        if len(body) > MAX_BYTES:
            raise NoAnswer(f"its answer has more than {MAX_BYTES} bytes")
    return body


def _document(body: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise NoAnswer("its answer is not JSON") from error
    if not isinstance(found, dict):
        raise NoAnswer("its answer is not a JSON object")
    return found
