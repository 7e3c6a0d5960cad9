"""The query API as a client of the demo reads it: whole lists, page after page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from shared.errors import Unavailable

PAGE = 500
"""The largest page there is. A list has as many pages as it needs: what is beyond the first is as real."""


async def every(
    client: httpx.AsyncClient, path: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Every item of a list, in its order; raises `Unavailable`."""
    following: str | None = f"{path}{'&' if '?' in path else '?'}limit={PAGE}"
    while following:
        page = await document(client, following, headers)
        for item in page["items"]:
            yield item
        following = page["next"]


async def document(client: httpx.AsyncClient, path: str, headers: Mapping[str, str] | None = None) -> Any:
    """The document at the path; raises `Unavailable`."""
    answer = await client.get(path, headers=dict(headers or {}))
    if answer.status_code != 200:
        raise Unavailable(f"{path} was answered with {answer.status_code}: {answer.text[:500]}")
    return answer.json()
