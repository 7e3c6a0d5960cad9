"""Lists that are read by an index of current rows: pages stay those of their first moment, whatever ended since."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.integration.projections.conftest import World
from tests.integration.projections.test_pipeline_api import ids
from tests.journals import Journal


@pytest.mark.parametrize("sort", ["protected_until", "-protected_until"])
async def test_pages_of_the_first_to_end_keep_those_that_ended_since(world: World, sort: str) -> None:
    journal = Journal()
    claims = [f"reg_{number}" for number in range(7)]
    for number, claim in enumerate(claims):
        journal.submit(claim)
        journal.complete(claim)
        journal.protect(claim, until=datetime(2026, 9, 7 - number // 2, tzinfo=UTC))
    await world.show(journal)
    key, found = await world.key(), list[str]()
    path = f"/v1/pipeline?state=protected&sort={sort}&limit=2"
    while path:
        page = await world.client.get(path, headers=key)
        found += ids(page)
        path = page.json()["next"]
        if len(found) == 2:  # one that was read, and two that were not
            for ended in (found[0], *[one for one in claims if one not in found][2:4]):
                journal.expire(ended, cause=f"deadline-of-{ended}")
            journal.submit("reg_later")
            journal.complete("reg_later")
            journal.protect("reg_later", until=datetime(2026, 9, 1, tzinfo=UTC))
            await world.show(journal)
    falls = sort.startswith("-")
    in_order = sorted(claims, key=lambda one: (7 - int(one[-1]) // 2, one), reverse=falls)
    assert found == in_order
    still = ids(await world.get("/v1/pipeline", key, state="protected", sort=sort))
    assert len(still) == 5
    in_order.insert(len(in_order) if falls else 0, "reg_later")
    assert still == [one for one in in_order if one in still]
