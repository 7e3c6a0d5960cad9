"""Send rows to the public bulk API as a client does: in order, at most a thousand at once, waiting when asked to."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpx
import orjson

from shared.errors import Invalid, Unavailable

ROWS = 1_000
PATIENCE_SECONDS = 300.0
"""How long to retry one request: longer than any restart of a service."""
WAITING = frozenset({429, 502, 503, 504})
LOST_PAUSE_SECONDS = 0.5
"""Pause after a broken connection. The rows may have been accepted; sending them again is safe."""

Row = dict[str, Any]
OnAccepted = Callable[[int], None]


class RowRefused(Invalid):
    """The bulk API refused a row; sending it again would not help."""

    code = "demo.row_refused"


async def send(
    client: httpx.AsyncClient, key: str, rows: Iterable[Row], on_accepted: OnAccepted = lambda count: None
) -> int:
    """Send all rows in order, each accepted once, and return how many; raise `RowRefused`, `Unavailable`."""
    sent = 0
    for chunk in _batched(rows):
        await _send(client, key, chunk)
        sent += len(chunk)
        on_accepted(len(chunk))
    return sent


def _batched(rows: Iterable[Row]) -> Iterable[tuple[Row, ...]]:
    iterator = iter(rows)
    while chunk := tuple(itertools.islice(iterator, ROWS)):
        yield chunk


async def _send(client: httpx.AsyncClient, key: str, chunk: Sequence[Row]) -> None:
    body = b"\n".join(orjson.dumps(row) for row in chunk)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/x-ndjson"}
    last = "no answer"
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                try:
                    answer = await client.post("/v1/bulk", content=body, headers=headers)
                except httpx.TransportError as error:
                    last = type(error).__name__
                    await asyncio.sleep(LOST_PAUSE_SECONDS)
                    continue
                if answer.status_code not in WAITING:
                    break
                last = answer.text[:500]
                await asyncio.sleep(float(answer.headers.get("Retry-After", LOST_PAUSE_SECONDS)))
    except TimeoutError as error:
        raise Unavailable(f"the bulk API accepted no rows for {PATIENCE_SECONDS:.0f} s: {last}") from error
    if answer.status_code != 200:
        raise RowRefused(f"the bulk API answered {answer.status_code}: {answer.text[:500]}")
    _check(answer.content, chunk)


def _check(answer: bytes, chunk: Sequence[Row]) -> None:
    lines = [orjson.loads(line) for line in answer.splitlines()]
    if len(lines) != len(chunk):
        raise RowRefused(f"{len(chunk)} rows were sent and {len(lines)} answered")
    refused = [line for line in lines if line["status"] != 202]
    if refused:
        first = refused[0]
        raise RowRefused(
            f"{len(refused)} rows were refused; first {first['key']}: {first['problem']['detail']} "
            f"[{first['problem']['code']}]"
        )
