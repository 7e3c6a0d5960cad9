"""Verification: a healthy book holds, and every kind of damage is found and named (G6)."""

from __future__ import annotations

import pytest

from services.projections.verify import journal_digest, verify, view_digests
from services.projections.views import ALL, PIPELINE
from shared.errors import Corrupt
from shared.events.sealed import Contact, Sealed
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals, submitted


@pytest.fixture
def journal() -> Journal:
    journal = ordinary_deals("maven", 20)
    journal.submit("reg_w", "bolt")
    journal.complete("reg_w")
    journal.wait_behind("reg_w", "reg_maven000001")
    return journal


async def test_what_was_folded_live_is_what_the_journal_says(world: World, journal: Journal) -> None:
    await world.show(journal, ordinary_deals("other", 3))
    seen: list[tuple[int, int]] = []
    report = await verify(world.pool, world.log, progress=lambda done, total: seen.append((done, total)))
    assert report.differences == []
    assert (report.entries, report.vendors) == (journal.seq + 24, 2)
    assert set(report.behind.values()) == {0}
    assert seen[-1] == (report.entries, report.entries)
    assert report.digests == await view_digests(world.pool)
    assert set(report.digests) == {view.name for view in ALL}


async def test_a_view_that_is_only_behind_holds(world: World, journal: Journal) -> None:
    await world.show(journal)
    journal.submit("reg_new")
    await world.append(journal)
    report = await verify(world.pool, world.log)
    assert report.holds
    assert set(report.behind.values()) == {1}


@pytest.mark.parametrize(
    "damage, table, column",
    [
        ("UPDATE projections.pipeline SET amount_minor = amount_minor + 1 WHERE registration_id = 'reg_maven000007'",
         "projections.pipeline", "amount_minor"),
        ("DELETE FROM projections.pipeline WHERE registration_id = 'reg_maven000007' AND to_seq IS NULL",
         "projections.pipeline", "(row)"),
        ("INSERT INTO projections.feed SELECT vendor, 9999, type, version, decision, clock, known_at, known_by, cause, "
         "principal, subjects, data FROM projections.feed WHERE seq = 1", "projections.feed", "(row)"),
        ("UPDATE projections.partner_feed SET data = '{}' WHERE partner = 'bolt' AND n = 1",
         "projections.partner_feed", "data"),
        ("UPDATE projections.opportunity SET state = 'open' WHERE opportunity_id = 'opp_maven000003' AND state = 'won'",
         "projections.opportunity", "state"),
        ("UPDATE projections.conflict SET contested = true", "projections.conflict", "contested"),
        ("UPDATE projections.pipeline_opportunity SET amount_minor = 1 WHERE opportunity_id = 'opp_maven000003'",
         "projections.pipeline_opportunity", "amount_minor"),
    ],
)  # fmt: skip
async def test_a_changed_row_is_named(world: World, journal: Journal, damage: str, table: str, column: str) -> None:
    await world.show(journal)
    await world.pool.execute(damage)
    report = await verify(world.pool, world.log)
    assert [(one.table, one.column, one.vendor) for one in report.differences] == [(table, column, "maven")]
    assert report.differences[0].expected != report.differences[0].found


async def test_a_flipped_byte_in_the_log_is_found_wherever_it_is(world: World, journal: Journal) -> None:
    await world.show(journal)
    flip = 'UPDATE log.journal SET value = set_byte(value, 20, get_byte(value, 20) # 1) WHERE "offset" = 30'
    await world.pool.execute(flip)
    report = await verify(world.pool, world.log)
    first = report.differences[0]
    assert (first.view, first.vendor, first.key.rpartition(", ")[2]) == ("journal", "maven", "entry 31")
    assert not report.holds


async def test_a_lost_tail_of_the_log_is_found(world: World, journal: Journal) -> None:
    await world.show(journal)
    gone = journal.seq - 5
    await world.pool.execute('DELETE FROM log.journal WHERE "offset" >= $1', gone)
    await world.pool.execute("UPDATE log.head SET next_offset = $1 WHERE topic = 'journal' AND next_offset > 0", gone)
    try:
        report = await verify(world.pool, world.log)
    except Corrupt:
        return  # the log itself noticed
    assert {one.column for one in report.differences} >= {"seq"}


async def test_digests_speak_of_content_not_of_seals_or_hashes(world: World) -> None:
    digests = []
    for number in (1, 2):
        vendor = f"v{number}"
        journal = Journal(vendor)
        contact = Contact(email=Sealed(person="per_1", box="QUJD" * number))
        journal.add(submitted("reg_a", contact=contact), cause="fact-1")
        await world.append(journal)
        digests.append(await journal_digest(world.log, vendor))
    assert digests[0] == digests[1]
    changed = Journal("v3")
    changed.add(submitted("reg_a", site="Hamburg"), cause="fact-1")
    await world.append(changed)
    assert await journal_digest(world.log, "v3") != digests[0]
    await world.project()
    before = await view_digests(world.pool, [PIPELINE])
    await world.pool.execute(
        "UPDATE projections.pipeline SET sealed = replace(encode(sealed, 'escape'), 'QUJD', 'QUJE')::bytea"
    )
    assert await view_digests(world.pool, [PIPELINE]) == before
    await world.pool.execute("UPDATE projections.pipeline SET site = 'Bremen' WHERE vendor = 'v1'")
    assert await view_digests(world.pool, [PIPELINE]) != before
