"""Stored rows do not depend on how the journal was cut into batches, nor on where a worker stopped."""

from __future__ import annotations

import pytest

from services.projections.verify import view_digests
from services.projections.views import ALL
from shared.projection.runner import Runner
from tests.integration.projections.conftest import World
from tests.journals import ordinary_deals
from tests.journals_money import won_deal


@pytest.mark.parametrize("size", [1, 7])
async def test_any_batch_size_stores_the_same_rows(world: World, size: int) -> None:
    journal = ordinary_deals("maven", 12)
    journal.submit("reg_w", "bolt")
    journal.complete("reg_w")
    journal.wait_behind("reg_w", "reg_maven000001")
    for number in range(4):
        won_deal(journal, number, minor=100_000 + number)
    await world.show(journal)
    expected = await view_digests(world.pool)
    tables = ", ".join(name for view in ALL for name in view.tables)
    await world.pool.execute("TRUNCATE projections.head, log.ownership")
    await world.pool.execute(f"TRUNCATE {tables}")
    settings = world.settings.model_copy(update={"batch_entries": size})
    for view in ALL:
        # A new worker for each batch: nothing it remembers may matter.
        passed = 1
        while passed:
            runner = Runner(view, world.pool, world.log, settings)
            passed = await runner.step()
            await runner.close()
    assert await view_digests(world.pool) == expected
