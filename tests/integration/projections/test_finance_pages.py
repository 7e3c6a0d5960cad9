"""Pages of finance: every row once, in a total order, and as they were when the first one was read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.projections.conftest import World
from tests.journals import Journal
from tests.journals_money import Till, refunded_and_suspended


@pytest.fixture
def journal() -> Journal:
    return refunded_and_suspended()


def items(response: Any) -> list[Any]:
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


@pytest.mark.parametrize("sort", ["hold_until", "-hold_until", "-posted_at"])
async def test_what_was_held_when_the_first_page_was_read_is_on_the_next_one(
    world: World, journal: Journal, sort: str
) -> None:
    await world.show(journal)
    key = await world.key()
    whole = [one["reward"] for one in items(await world.get("/v1/rewards", key, status="held", sort=sort))]
    assert sorted(whole) == ["rew_acme2", "rew_bolt3"]
    first = (await world.get("/v1/rewards", key, status="held", sort=sort, limit=1)).json()
    till = Till(journal)
    for id_ in whole:
        till.adopt(next(one.event for one in journal.entries if getattr(one.event, "reward", None) == id_))
        till.release(id_)
    await world.show(journal)
    assert items(await world.get("/v1/rewards", key, status="held", sort=sort)) == []
    second = (await world.client.get(first["next"], headers=key)).json()
    assert [(one["reward"], one["status"]) for one in (*first["items"], *second["items"])] == [
        (id_, "held") for id_ in whole
    ]


@pytest.mark.parametrize("sort", ["posted_at", "-posted_at"])
async def test_pages_give_every_line_once(world: World, journal: Journal, sort: str) -> None:
    await world.show(journal)
    key = await world.key()
    path: str | None = f"/v1/ledger?limit=3&sort={sort}"
    seen = []
    while path is not None:
        page = (await world.client.get(path, headers=key)).json()
        seen += [(one["seq"], one["line"]) for one in page["items"]]
        path = page["next"]
    whole = sorted(seen, reverse=sort.startswith("-"))
    assert seen == whole
    assert len(set(seen)) == 16
    pages = items(await world.get("/v1/payouts", key, limit=500))
    path, found = "/v1/payouts?limit=2", []
    while path is not None:
        page = (await world.client.get(path, headers=key)).json()
        found += page["items"]
        path = page["next"]
    assert found == pages


@pytest.mark.parametrize("sort", ["partner", "-partner"])
async def test_pages_by_partner_end_with_the_house_in_either_direction(
    world: World, journal: Journal, sort: str
) -> None:
    await world.show(journal)
    key = await world.key()
    for limit in (1, 2, 3, 4):
        path: str | None = f"/v1/credits?sort={sort}&limit={limit}"
        seen = []
        while path is not None:
            page = (await world.client.get(path, headers=key)).json()
            seen += [(one["partner"], one["opportunity"]) for one in page["items"]]
            path = page["next"]
        assert len(seen) == len(set(seen)) == 6
        named = [partner for partner, _ in seen if partner is not None]
        assert [partner for partner, _ in seen] == [*named, None, None, None]
        assert named == sorted(named, reverse=sort == "-partner")


async def test_a_past_is_the_same_in_every_order(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    for seq in range(journal.seq + 1):
        asked = {"as_of": str(seq)}
        for path, one in (("/v1/credits", "opportunity"), ("/v1/ledger", "line"), ("/v1/rewards", "reward")):
            found = [
                sorted((item["seq"], item[one]) for item in items(await world.get(path, key, **asked, sort=sort)))
                for sort in ("posted_at", "-posted_at", "-effective_at")
            ]
            assert found[0] == found[1] == found[2]
            assert all(number <= seq for number, _ in found[0])
    everything = {"month": ["2026-04", "2026-01"]}
    assert len(items(await world.get("/v1/credits", key, **everything, by="effective"))) == 6
    assert len(items(await world.get("/v1/credits", key, **everything))) == 6
