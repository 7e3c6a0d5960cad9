"""While the database is away every route answers in time: 503 with Retry-After, or what needs none; never 500."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from dealreg.embedded import EmbeddedPostgres
from dealreg.runtime.in_process import stack
from shared.database import migrate
from tests.crash.place import quick
from tests.crash.work import founded
from tests.until import until

ANSWER_SECONDS = 120.0
NEEDS_NONE = ("/livez", "/openapi.json", "/metrics", "/docs")


async def test_every_route_says_when_to_come_again(own_server: EmbeddedPostgres, tmp_path: Path) -> None:
    url = await own_server.start()
    await migrate(url)
    async with stack(quick(url, tmp_path)) as running:
        key = await founded(running)
        described = (await running.client.get("/openapi.json")).json()["paths"]
        doors = [
            (method.upper(), path.replace("{", "").replace("}", ""))
            for path, ways in described.items()
            for method in ways
        ]
        await own_server.kill()
        # Longer than a credential is remembered: some answers would need the database for that alone.
        await until(lambda: _forgotten(running.client, key))
        asked = [_asked(running.client, key, *door) for door in doors]
        answers = dict(zip(doors, await asyncio.gather(*asked), strict=True))
        wrong = {
            door: (answer.status_code, answer.text[:200])
            for door, answer in answers.items()
            if door[1] not in NEEDS_NONE and not (answer.status_code == 503 and int(answer.headers["Retry-After"]) > 0)
        }
        assert {door for door, (status, _) in wrong.items() if status >= 500} == set(), wrong
        assert len(wrong) < len(doors) / 4, wrong
        await own_server.start()
        await until(lambda: _ready(running.client))


async def _asked(client: httpx.AsyncClient, key: str, method: str, path: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "k", "If-Match": '"1"'}
    json = {} if method in ("POST", "PUT", "PATCH") else None
    async with asyncio.timeout(ANSWER_SECONDS):
        return await client.request(method, path, headers=headers, json=json)


async def _forgotten(client: httpx.AsyncClient, key: str) -> bool:
    # Nothing but the key needs the database here: while it is remembered the empty body is refused.
    answer = await _asked(client, key, "POST", "/v1/registrations")
    return answer.status_code == 503


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200
