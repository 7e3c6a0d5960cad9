"""A system of this release that is rolled to the next one, somebody sending all the while, and what it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import orjson

from dealreg.runtime.components import Runtime
from dealreg.runtime.vendor import found_vendor
from shared.credentials import SCOPES, Credentials
from shared.log.port import partition_of
from shared.settings import Settings
from tests.e2e.channel import NDJSON, POLICY, PRODUCTS
from tests.until import PATIENT_SECONDS, until
from tests.upgrade.old import OldRelease, old_release
from tests.upgrade.sender import Sender
from tests.upgrade.site import Release, Site, site

VENDORS = ("acme", "maven")
PAGE = 200
Whose = Literal["old", "next"]
assert len({partition_of(vendor, Settings.model_fields["partitions"].default) for vendor in VENDORS}) == len(VENDORS)


@dataclass(slots=True)
class Roll:
    """Two releases over one database, who sends to them, and what was seen."""

    old: OldRelease
    next: Site
    sender: Sender
    client: httpx.AsyncClient
    seen: int = 0
    """The most registrations that any reader showed: no other may show fewer from then on."""

    @property
    def runtime(self) -> Runtime:
        return self.old.runtime

    async def read(self, release: Whose, path: str, vendor: str = VENDORS[0]) -> httpx.Response:
        """What the query API of that release answers."""
        urls = self.old.urls if release == "old" else self.next.urls
        headers = {"Authorization": f"Bearer {self.sender.keys[vendor]}"}
        return await self.client.get(f"{urls['query']}{path}", headers=headers)

    async def pages(self, release: Whose, path: str, vendor: str = VENDORS[0]) -> list[dict[str, Any]]:
        """All items of a list."""
        items: list[dict[str, Any]] = []
        next_: str | None = f"{path}?limit={PAGE}"
        while next_:
            answer = await self.read(release, next_, vendor)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            items += page["items"]
            next_ = page["next"] if len(page["items"]) == PAGE else None
        return items

    async def decided(self, kind: str, more: int = 2) -> None:
        """So many more requests of the kind were accepted for each vendor from now on, and decided."""
        before = len(self.sender.accepted)

        async def through() -> bool:
            sent = [one for one in self.sender.accepted[before:] if one.kind == kind]
            facts = [one.fact for vendor in VENDORS for one in [o for o in sent if o.vendor == vendor][:more]]
            done = await self.runtime.pool.fetchval(
                "SELECT count(*) FROM attribution.processed_fact WHERE fact_id = ANY ($1::text[])", facts
            )
            return len(facts) == done == more * len(VENDORS)

        await until(through)

    async def shows_more(self, release: Whose) -> None:
        """It shows every registration that was there, and soon more."""

        async def total() -> int:
            answer = await self.read(release, "/v1/pipeline/summary?group_by=state")
            assert answer.status_code == 200, answer.text
            return sum(group["registrations"] for group in answer.json()["groups"])

        async def more() -> bool:
            now = await total()
            assert now >= self.seen, f"{release} shows {now} registrations, where {self.seen} were seen before"
            return now > self.seen

        await until(more)
        self.seen = await total()


@asynccontextmanager
async def rolling(database: str, settings: Settings, folder: Path, release: Release) -> AsyncIterator[Roll]:
    """Every service of this release over two vendors, none of the next, and somebody who is ready to send."""
    async with old_release(database, settings) as old, site(database, folder, release) as next_:
        keys = {}
        for vendor in VENDORS:
            await found_vendor(old.runtime, vendor, name=vendor)
            scopes = [scope for scope in SCOPES if scope != "import"]
            _, token = await Credentials(old.runtime.pool, 1).create(vendor, scopes)
            keys[vendor] = str(token)
        edge = old.urls["registration"]
        await asyncio.gather(*(_house(edge, key) for key in keys.values()))
        async with httpx.AsyncClient(timeout=PATIENT_SECONDS) as client:
            yield Roll(old, next_, Sender([edge], keys), client)


async def _house(url: str, key: str) -> None:
    rows = [
        {"key": "1", "kind": "vendor.configure", "body": {"products": PRODUCTS}},
        {"key": "2", "kind": "partner.enroll", "body": {"partner": "a", "name": "A"}},
        {"key": "3", "kind": "program.publish", "body": {"policy": POLICY}},
    ]
    headers = {"Authorization": f"Bearer {key}", "Content-Type": NDJSON}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=PATIENT_SECONDS) as client:
        answer = await client.post("/v1/bulk", content=b"\n".join(map(orjson.dumps, rows)))
        assert [orjson.loads(line)["status"] for line in answer.content.splitlines()] == [202] * len(rows), answer.text
