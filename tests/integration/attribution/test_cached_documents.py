"""What a partition caches of documents is its share of what the process may, however many vendors it serves."""

from __future__ import annotations

import pytest

from services.attribution import deciding as module
from services.attribution.worker import Worker
from tests.bench.mixed import History
from tests.integration.attribution.conftest import Deciding

FACTS = 150
SHARE = 40


def cached(worker: Worker) -> int:
    """Documents of all partitions that the worker has."""
    return sum(len(batch.documents) for lane in worker._open.values() for batch in lane._deciding.batches.values())


async def test_documents_beyond_a_partitions_share_are_dropped_and_nothing_else_changes(
    deciding: Deciding, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deciding.append(*History("acme", FACTS))
    monkeypatch.setattr(module, "CACHED_DOCUMENTS", SHARE * deciding.log.partitions)
    worker, most, dropped = deciding.worker(batch_facts=5), 0, 0
    while await worker.step():
        now = cached(worker)
        dropped += now < most
        most = max(most, now)
        assert now <= SHARE
    await worker.close()
    assert dropped > 3
    assert len({entry.cause for entry in await deciding.journal()}) >= FACTS
