"""Views folded and rebuilt from Kafka are the views folded from PostgreSQL, row for row."""

from __future__ import annotations

from uuid import uuid4

from services.projections.verify import journal_digest, verify, view_digests
from services.projections.views import ALL
from shared.database import open_pool
from shared.log import open_log
from shared.projection.joint_runner import JointRunner
from shared.projection.rebuild import Rebuild
from shared.settings import Settings
from tests.conftest import MakeDatabase
from tests.journals import Journal, ordinary_deals

VIEWS = ALL


async def folded(database: str, settings: Settings, bootstrap: str | None, journals: list[Journal]) -> dict[str, str]:
    """The digests of all views and of each journal, after verification found nothing."""
    pool = await open_pool(database, settings)
    log = open_log(settings, database_pool=pool, kafka_bootstrap=bootstrap)
    await log.start()
    try:
        for journal in journals:
            await log.append("journal", journal.records)
            # At least once: what was ambiguous is sent again.
            await log.append("journal", journal.records[-3:])
        together = JointRunner(VIEWS, pool, log, settings)
        while await together.step():
            pass
        await together.close()
        assert (await verify(pool, log, VIEWS)).differences == []
        digests = await view_digests(pool, VIEWS)
        for view in VIEWS:
            assert (await Rebuild(pool, log, settings, view).run(keep=False)).compared
        assert await view_digests(pool, VIEWS) == digests
        assert (await verify(pool, log, VIEWS)).differences == []
        return {
            **digests,
            **{journal.vendor: await journal_digest(log, journal.vendor) for journal in journals},
        }
    finally:
        await log.stop()
        await pool.close()


async def test_both_logs_give_the_same_views(
    make_database: MakeDatabase, kafka_bootstrap: str, settings: Settings
) -> None:
    settings = settings.model_copy(
        update={"partitions": 3, "allow_single_node": True, "kafka_topic_prefix": f"test-{uuid4().hex[:12]}-"}
    )
    journals = [ordinary_deals("maven", 20), ordinary_deals("other", 7)]
    postgres = await folded(await make_database(), settings, None, journals)
    on_kafka = settings.model_copy(update={"log": "kafka"})
    assert await folded(await make_database(), on_kafka, kafka_bootstrap, journals) == postgres
