"""Verification: a healthy book holds, and every kind of damage is found and named (G6)."""

from __future__ import annotations

import pytest

from services.projections.recompute import Refold
from services.projections.verify import TEMPORARY_MEMORY, _scratch, journal_digest, verify, view_digests
from services.projections.views import ALL, FEED, PIPELINE
from shared.errors import Corrupt
from shared.events.partner import PartnerSuspended
from shared.events.sealed import Contact, Sealed
from shared.projection.port import Looking
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals, submitted
from tests.journals_money import Till, won_deal

PAGE_BYTES = 8_192


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
    assert (report.entries, report.vendors) == (journal.seq + 27, 2)
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
         "principal, subjects, data, body FROM projections.feed WHERE seq = 1", "projections.feed", "(row)"),
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


@pytest.mark.parametrize(
    "damage, view, table, column",
    [
        ("UPDATE projections.credit SET amount_minor = amount_minor + 1 WHERE share_id = 'opp_acme1#0'",
         "credits", "projections.credit", "amount_minor"),
        ("UPDATE projections.credit SET partner = 'bolt' WHERE share_id = 'opp_acme1#0'",
         "credits", "projections.credit", "partner"),
        ("UPDATE projections.reward SET hold_until = posted_at", "rewards", "projections.reward", "hold_until"),
        ("DELETE FROM projections.case_file WHERE to_seq IS NULL", "cases", "projections.case_file", "(row)"),
        ("UPDATE projections.standing SET suspended = false", "payouts", "projections.standing", "suspended"),
    ],
)  # fmt: skip
async def test_changed_money_is_named(world: World, damage: str, view: str, table: str, column: str) -> None:
    await world.show(rewarded())
    await world.pool.execute(damage)
    [difference] = (await verify(world.pool, world.log)).differences
    assert (difference.view, difference.table, difference.column) == (view, table, column)


async def test_an_edited_posting_is_named_by_its_row_and_by_the_balance_that_it_breaks(world: World) -> None:
    journal = rewarded()
    await world.show(journal)
    accrued = next(entry.seq for entry in journal.entries if entry.event.type == "reward.accrued")
    # Not even an entry that still balances passes, nor one of somebody who could take the guards away.
    await world.pool.execute("ALTER TABLE projections.posting DISABLE TRIGGER USER")
    await world.pool.execute(
        "UPDATE projections.posting SET amount_minor = amount_minor + sign(amount_minor) WHERE seq = $1", accrued
    )
    report = await verify(world.pool, world.log)
    assert [(one.view, one.table, one.column) for one in report.differences] == [
        ("ledger", "projections.posting", "amount_minor"),
        ("books", "projections.posting", "balance"),
    ]
    assert report.differences[0].key == f"seq={accrued}, line=1"


async def test_a_balance_that_was_changed_is_named(world: World) -> None:
    await world.show(rewarded())
    await world.pool.execute(
        "UPDATE projections.payout SET credit_minor = credit_minor + 5 WHERE account = 'payable' AND to_seq IS NULL"
    )
    report = await verify(world.pool, world.log)
    assert [(one.view, one.column) for one in report.differences] == [("payouts", "credit_minor"), ("books", "balance")]


async def test_a_won_amount_that_is_not_credited_in_full_is_named(world: World) -> None:
    journal = Journal()
    won_deal(journal, 1)
    Till(journal).credit("opp_acme1", "reg_acme1", ("sourced", "acme", 99_999), number=2, code="value_changed")
    await world.show(journal)
    [difference] = (await verify(world.pool, world.log)).differences
    assert (difference.view, difference.key, difference.column) == ("books", "opportunity=opp_acme1", "credit")
    assert (difference.expected, difference.found) == ("credited + house = 100000 minor units", "99999")


def rewarded() -> Journal:
    """A reward that is payable, another that a case holds, and a suspended partner."""
    journal = Journal()
    won_deal(journal, 1)
    won_deal(journal, 2)
    till = Till(journal)
    till.adopt(next(one.event for one in journal.entries if one.event.type == "reward.accrued"))
    till.release("rew_acme1")
    till.open_case("case_1", "opp_acme2", "reg_acme1", "reg_acme2")
    till.accrue("rew_b", "acme", "reg_acme1", "opp_acme2", 700, cases=("case_1",))
    journal.add(PartnerSuspended(partner="bolt", reason="unpaid fees"))
    return journal


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


@pytest.mark.parametrize(
    "damage, table, column",
    [
        ("UPDATE projections.head SET seq = seq - 1 WHERE view = 'pipeline'", "projections.head", "head"),
        ("DELETE FROM projections.head WHERE view = 'pipeline'", "projections.head", "seq"),
        ("UPDATE projections.head SET hash = repeat('0', 64) WHERE view = 'pipeline'", "projections.head", "head"),
        ("UPDATE log.ownership SET next_offset = 1000 WHERE consumer = 'view:pipeline:1' AND next_offset > 0",
         "log.ownership", "next_offset"),
        ("UPDATE log.ownership SET next_offset = next_offset - 3 WHERE consumer = 'view:pipeline:1' "
         "AND next_offset > 3", "projections.head", "seq"),
    ],
)  # fmt: skip
async def test_a_position_that_was_changed_is_named(
    world: World, journal: Journal, damage: str, table: str, column: str
) -> None:
    await world.show(journal)
    assert (await verify(world.pool, world.log)).holds
    await world.pool.execute(damage)
    difference = (await verify(world.pool, world.log)).differences[0]
    assert (difference.view, difference.table, difference.column) == ("pipeline", table, column)


async def test_a_row_that_every_batch_changes_leaves_no_trail(world: World) -> None:
    """Whoever looked for it would pass a dead version for each batch before: the square of the journal again."""
    journal = ordinary_deals("maven", 120)
    await world.show(journal)
    async with (
        _scratch(world.pool) as scratch,
        world.pool.acquire() as connection,
        connection.transaction(isolation="repeatable_read"),
    ):
        refold = await Refold.of(connection, scratch, FEED)
        for entry in journal.entries:
            await refold.fold([entry])
        counted = "SELECT count(*), pg_relation_size('pg_temp.feed_partner') FROM pg_temp.feed_partner"
        rows, size = await scratch.fetchrow(counted)
        assert await scratch.fetchval("SHOW temp_buffers") == TEMPORARY_MEMORY
    assert len(journal.entries) > 700
    assert 0 < rows < 40
    assert size <= 2 * PAGE_BYTES


async def test_nothing_temporary_is_left_of_a_verification(world: World, journal: Journal) -> None:
    await world.show(journal)
    for _ in range(2):
        assert (await verify(world.pool, world.log)).holds
    left = "SELECT count(*) FROM pg_class WHERE relnamespace::regnamespace::text LIKE 'pg_temp%'"
    assert await world.pool.fetchval(left) == 0


async def test_what_is_recomputed_has_the_indexes_that_folds_look_by(world: World) -> None:
    """Without them each batch reads whole tables, and verifying takes the square of the journal."""
    async with world.pool.acquire() as connection, connection.transaction():
        for view in ALL:
            await Refold.of(connection, connection, view)
        names = await connection.fetch(
            "SELECT relname FROM pg_class WHERE relkind = 'i' AND relnamespace = pg_my_temp_schema()"
        )
    wanted = {one for view in ALL if isinstance(view, Looking) for one in view.lookups}
    assert wanted
    assert wanted <= {row["relname"] for row in names}
