"""Each service a process of its own, as production runs them; nothing knows of the others but by address."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import httpx
import orjson
import pytest
import pytest_asyncio

from tests.e2e.channel import POLICY, PRODUCTS, claim_of
from tests.e2e.command import Command, dealreg, servers
from tests.until import until

COMMANDS = {
    "query": ("serve", "query"),
    "registration": ("serve", "registration"),
    "checks": ("serve", "attribution"),
    "attribution": ("work", "attribution"),
    "projections": ("work", "projections"),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def urls(module_database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    """Where each service answers."""
    variables = {**servers(module_database), "DEALREG_PORT": "0"}
    found: dict[str, str] = {}
    async with AsyncExitStack() as stack:
        for name, arguments in COMMANDS.items():
            if "query" in found:
                variables["DEALREG_QUERY_URL"] = found["query"]
            folder = tmp_path_factory.mktemp(name)
            command = await stack.enter_async_context(dealreg(folder, *arguments, **variables))
            found[name] = await listening(command)
        yield found


async def test_every_service_tells_its_health(urls: dict[str, str]) -> None:
    for name, url in urls.items():
        async with httpx.AsyncClient(base_url=url) as client:
            assert (await client.get("/livez")).status_code == 200, name
            # It listens before it has met its servers.
            await until(partial(ready, client))
            assert "python_info" in (await client.get("/metrics")).text, name


async def test_a_claim_goes_all_the_way(urls: dict[str, str], module_database: str, tmp_path: Path) -> None:
    # given a vendor and its key from the command line
    await _said(tmp_path, "vendor", "create", "acme", "--live", database=module_database)
    made = await _said(tmp_path, "credential", "create", "acme", "--all-scopes", "--json", database=module_database)
    key = {"Authorization": f"Bearer {orjson.loads(made)['key']}"}
    rows = [
        {"key": "1", "kind": "vendor.configure", "body": {"products": PRODUCTS}},
        {"key": "2", "kind": "partner.enroll", "body": {"partner": "a", "name": "A"}},
        {"key": "3", "kind": "partner.enroll", "body": {"partner": "b", "name": "B"}},
        {"key": "4", "kind": "program.publish", "body": {"policy": POLICY}},
    ]
    async with (
        httpx.AsyncClient(base_url=urls["registration"], headers=key, timeout=60) as edge,
        httpx.AsyncClient(base_url=urls["query"], headers=key, timeout=60) as query,
    ):
        body = b"\n".join(map(orjson.dumps, rows))
        answer = await edge.post("/v1/bulk", content=body, headers={"Content-Type": "application/x-ndjson"})
        assert answer.status_code == 200, answer.text
        # when a partner claims a deal and prefers to wait
        headers = {"Idempotency-Key": "claim", "Prefer": "wait=20"}
        claim = await edge.post("/v1/registrations", json=claim_of("a"), headers=headers)
        # then the edge has asked the query service
        assert (claim.status_code, claim.json()["state"]) == (200, "protected"), claim.text
        page = (await query.get("/v1/pipeline")).json()
        assert [one["registration"] for one in page["items"]] == [claim.json()["registration"]]
        # and a rival who asks is told that the deal is claimed
        question = claim_of("b")
        check = await query.post(f"{urls['checks']}/v1/registrations/check", json=question)
        assert (check.status_code, check.json()["answer"]) == (200, "likely_conflict"), check.text


async def ready(client: httpx.AsyncClient) -> bool:
    answer = await client.get("/readyz")
    return answer.status_code == 200 and answer.json()["missing"] == []


async def _said(folder: Path, *arguments: str, database: str) -> str:
    async with dealreg(folder, *arguments, **servers(database)) as command:
        assert await command.process.wait() == 0, command.said()
        return command.output.read_text()


async def listening(command: Command) -> str:
    async def said() -> str | None:
        assert command.process.returncode is None, command.said()
        found = re.search(r'"event":"listening".*?(http://127\.0\.0\.1:\d+)', command.errors.read_text())
        return found and found[1]

    found = await until(said)
    assert found is not None
    return found
