"""A database restored from a backup older than the journal: entries are evolved, decisions are not taken again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.events.partner import PartnerEnrolled
from shared.log.memory import MemoryLog
from shared.log.port import partition_of
from tests.integration.attribution.conftest import Deciding
from tests.integration.attribution.test_worker import history, lines
from tests.unit.attribution.house import START, House

STATE = ("head", "document", "processed_fact", "published", "outbox")


async def backup(deciding: Deciding) -> None:
    for table in STATE:
        await deciding.pool.execute(f"CREATE TABLE backup_{table} AS TABLE attribution.{table}")
    await deciding.pool.execute("CREATE TABLE backup_ownership AS TABLE log.ownership")


async def restore(deciding: Deciding) -> None:
    for table in STATE:
        await deciding.pool.execute(f"TRUNCATE attribution.{table}")
        await deciding.pool.execute(f"INSERT INTO attribution.{table} SELECT * FROM backup_{table}")
    await deciding.pool.execute(
        "UPDATE log.ownership SET next_offset = b.next_offset, remembered = b.remembered "
        "FROM backup_ownership b WHERE b.consumer = ownership.consumer AND b.partition = ownership.partition"
    )


async def test_after_a_restore_the_journal_goes_on_where_it_was(deciding: Deciding) -> None:
    house = history()
    await deciding.append(*house.taken[:9])
    await deciding.decide()
    await backup(deciding)
    await deciding.append(*house.taken[9:])
    await deciding.decide()
    before = lines(await deciding.journal())
    documents = await deciding.pool.fetch(
        "SELECT vendor, kind, id, due, body::text, packed FROM attribution.document ORDER BY 1, 2, 3"
    )
    await restore(deciding)
    await deciding.decide()
    assert lines(await deciding.journal()) == before
    assert documents == await deciding.pool.fetch(
        "SELECT vendor, kind, id, due, body::text, packed FROM attribution.document ORDER BY 1, 2, 3"
    )


async def test_a_fact_whose_deadlines_alone_are_in_the_journal_is_decided_after_a_restore(deciding: Deciding) -> None:
    house = House().open(partners="A")
    for number in range(5):
        house.submit(f"r{number}", "A", customer={"tax_id": f"20482900{number}", "legal_name": f"Customer {number}"})
    await deciding.append(*house.taken)
    await deciding.decide()
    await backup(deciding)
    house.when(PartnerEnrolled(partner="late", name="Late"), at=START + timedelta(days=200))
    await deciding.append(house.taken[-1])
    # Dies after the first transaction, which has deadlines and not yet the fact.
    dying = deciding.worker(decisions_per_transaction=2)
    for _ in range(3):
        await dying.step()
        journal = await deciding.journal()
        if journal[-1].event.type == "protection.expired":
            break
    assert journal[-1].event.type == "protection.expired"
    await dying.close()
    await restore(deciding)
    await deciding.decide()
    assert [entry.event.type for entry in await deciding.journal()] == [entry.event.type for entry in house.entries]


@pytest.mark.parametrize("log_kind", ["outbox"], indirect=True)
async def test_a_fact_of_which_the_journal_has_a_part_alone_is_decided_to_its_end_after_a_restore(
    deciding: Deciding,
) -> None:
    house = history()
    await deciding.append(*house.taken[:9])
    await deciding.decide()
    await backup(deciding)
    await deciding.append(*house.taken[9:])
    await deciding.decide()
    before = lines(await deciding.journal())
    # The servers went away while the last entries were on their way to the log.
    assert isinstance(deciding.log, MemoryLog)
    published = deciding.log.records["journal", partition_of("acme", deciding.log.partitions)]
    cut = max(at for at, record in enumerate(published) if dict(record.headers)["ce_type"].endswith(".submitted"))
    assert dict(published[cut].headers)["ce_cause"] == dict(published[cut + 1].headers)["ce_cause"]
    del published[cut + 1 :]
    assert len(await deciding.journal()) < len(before)
    await restore(deciding)
    await deciding.decide()
    assert lines(await deciding.journal()) == before
