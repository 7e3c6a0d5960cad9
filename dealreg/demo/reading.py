"""Read the query API as a client of the demo: whole lists, page by page."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx

from shared.errors import Unavailable

PAGE = 500
"""The largest page that the API allows."""


async def every(
    client: httpx.AsyncClient, path: str, headers: Mapping[str, str] | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Read every item of a list, in order; raise `Unavailable`."""
    following: str | None = f"{path}{'&' if '?' in path else '?'}limit={PAGE}"
    while following:
        page = await document(client, following, headers)
        for item in page["items"]:
            yield item
        following = page["next"]


async def document(client: httpx.AsyncClient, path: str, headers: Mapping[str, str] | None = None) -> Any:
    """Read the document at the path; raise `Unavailable`."""
    answer = await client.get(path, headers=dict(headers or {}))
    if answer.status_code != 200:
        raise Unavailable(f"{path} failed with {answer.status_code}: {answer.text[:500]}")
    return answer.json()
