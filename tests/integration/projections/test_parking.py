"""What a view cannot apply is set aside with everything of its subjects, the rest flows, and a replay repairs (G8)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.projections.verify import verify, view_digests
from services.projections.views import ALL, CASES, CONFLICTS, FEED, PAYOUTS, PIPELINE
from shared.events import registration as r
from shared.events.codec import entry_hash
from shared.events.customer import CustomerMatchRevoked
from shared.events.envelope import GENESIS
from shared.events.partner import PartnerSuspended
from shared.log.port import Record
from shared.projection import processor
from shared.projection.port import View
from shared.projection.processor import Halted
from shared.projection.replay import replay
from shared.projection.runner import Runner
from tests.broken import broken
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals
from tests.journals_money import Till, won_deal


def busy(vendor: str = "maven") -> Journal:
    """Deals whose entries mix: one waits behind another, cases hold rewards, links move."""
    journal = Journal(vendor)
    for name in ("reg_a", "reg_b", "reg_c"):
        journal.submit(name, "acme" if name == "reg_a" else "bolt")
        journal.complete(name)
    journal.protect("reg_a")
    journal.wait_behind("reg_b", "reg_a")
    journal.opportunity("opp_1", "reg_a", partner="acme")
    journal.opportunity("opp_2", "reg_c", partner="bolt")
    journal.win("opp_1", "reg_a")
    for number in (1, 2):
        won_deal(journal, number)
    till = Till(journal)
    till.adopt(next(one.event for one in journal.entries if one.event.type == "reward.accrued"))
    till.release("rew_acme1")
    till.open_case("case_1", "opp_acme2", "reg_acme1", "reg_acme2")
    till.accrue("rew_b", "acme", "reg_acme1", "opp_acme2", 700, cases=("case_1",))
    till.reverse("rew_b", 700)
    till.resolve("case_1", "opp_acme2", "reg_acme1", "release")
    journal.add(PartnerSuspended(partner="bolt", reason="unpaid fees"))
    journal.submit("reg_z", "cord")
    journal.ask("reg_c", "reg_a")
    journal.add(r.CustomerMatchDecided(registration="reg_a", other="reg_c", same=False))
    journal.add(CustomerMatchRevoked(registration="reg_c", other="reg_a"))
    journal.ask("reg_c", "reg_a")
    journal.add(r.RegistrationWithdrawn(registration="reg_c"))
    return journal


async def parked(world: World, view: View = PIPELINE) -> dict[int, str]:
    rows = await world.pool.fetch(
        "SELECT seq, reason FROM projections.parked WHERE view = $1 ORDER BY vendor, seq", view.name
    )
    return {row["seq"]: row["reason"] for row in rows}


async def head(world: World, view: View = PIPELINE, vendor: str = "maven") -> int:
    found = await world.pool.fetchval(
        "SELECT seq FROM projections.head WHERE view = $1 AND vendor = $2", view.name, vendor
    )
    return found or 0


async def test_an_entry_that_cannot_be_folded_is_set_aside_with_its_subject_and_the_rest_flows(world: World) -> None:
    journal = busy()
    await world.append(journal)
    completed = next(one.seq for one in journal.entries if one.event.type == "registration.completed")
    await world.project(broken(PIPELINE, {completed}))
    found = await parked(world)
    assert await head(world) == journal.seq
    assert "a bug" in found[completed]
    # reg_a's own entries, reg_b that waits behind it, the opportunity that counts for it.
    declared = [one for one in journal.entries if PIPELINE.declares and one.event.type in PIPELINE.declares]
    of_a = [one.seq for one in declared if "registration:reg_a" in one.subjects and one.seq >= completed]
    assert len(of_a) > 3
    assert {*of_a} < {*found}
    assert found[of_a[1]] == f"registration:reg_a is parked since entry {completed}"
    rows = await world.pool.fetch("SELECT DISTINCT registration_id FROM projections.pipeline WHERE to_seq IS NULL")
    assert {"reg_c", "reg_z", "reg_acme1"} <= {row[0] for row in rows}


@pytest.mark.parametrize("view", [one for one in ALL if one is not FEED], ids=lambda view: view.name)
async def test_whatever_entry_is_set_aside_a_replay_gives_the_rows_that_were_never_disturbed(
    world: World, view: View
) -> None:
    journal = busy()
    await world.append(journal)
    await world.project(view)
    expected = await view_digests(world.pool, [view])
    mine = [one.seq for one in journal.entries if view.declares is None or one.event.type in view.declares]
    for number in mine:
        await emptied(world, view)
        await world.project(broken(view, {number}))
        assert number in await parked(world, view)
        assert await head(world, view) == journal.seq
        done = await replay(world.pool, view)
        assert (done.left, done.first) == (0, None)
        assert done.applied >= 1
        assert await view_digests(world.pool, [view]) == expected, number
        assert await parked(world, view) == {}


async def emptied(world: World, view: View) -> None:
    await world.pool.execute("TRUNCATE projections.head, projections.parked, log.ownership")
    await world.pool.execute(f"TRUNCATE {', '.join(view.tables)}")


async def test_what_still_fails_stays_with_what_comes_after_it(world: World) -> None:
    journal = busy()
    await world.append(journal)
    first, second = [one.seq for one in journal.entries if one.event.type == "registration.completed"][:2]
    await world.project(broken(PIPELINE, {first, second}))
    before = await parked(world)
    done = await replay(world.pool, broken(PIPELINE, {second}))
    after = await parked(world)
    assert done.left == len(after) > 0
    assert done.applied == len(before) - len(after) > 0
    assert done.first is not None
    assert f"entry {second}" in done.first
    assert first not in after
    assert (await replay(world.pool, PIPELINE)).left == 0
    assert (await verify(world.pool, world.log, [PIPELINE])).holds


async def test_entries_that_come_later_join_what_is_set_aside_and_a_worker_hears_of_the_replay(world: World) -> None:
    journal = ordinary_deals("maven", 2)
    await world.append(journal)
    await world.project(broken(PIPELINE, {2}))
    worker = Runner(PIPELINE, world.pool, world.log, world.settings)
    journal.expire("reg_maven000000")
    journal.submit("reg_new")
    await world.append(journal)
    while await worker.step():
        pass
    assert journal.seq - 1 in await parked(world)
    assert journal.seq not in await parked(world)
    assert (await replay(world.pool, PIPELINE)).applied > 0
    journal.complete("reg_new")
    await world.append(journal)
    # The worker is fenced once, since what it remembers is no longer so.
    with pytest.raises(processor.Fenced):
        await worker.step()
    while await worker.step():
        pass
    assert await parked(world) == {}
    assert await head(world) == journal.seq
    assert (await verify(world.pool, world.log, [PIPELINE])).holds


async def test_a_record_that_cannot_be_read_is_set_aside_by_its_headers(world: World) -> None:
    journal = ordinary_deals("maven", 2)
    bad = replace(journal.records[1], value=b'{"sentence": 7}')
    await world.log.append("journal", chained([journal.records[0], bad, *journal.records[2:]]))
    await world.project(PIPELINE)
    assert "does not fit its schema" in (await parked(world))[2]
    assert await head(world) == journal.seq


def chained(records: list[Record]) -> list[Record]:
    """The records with the hashes of what they hold now: what a broken writer would have left."""
    previous, found = GENESIS, []
    for one in records:
        headers = [(name, previous if name == "ce_previous" else text) for name, text in one.headers]
        previous = entry_hash([pair for pair in headers if pair[0] not in ("ce_hash", "traceparent")], one.value)
        headers = [(name, previous if name == "ce_hash" else text) for name, text in headers]
        found.append(replace(one, headers=tuple(headers)))
    return found


async def test_too_many_are_a_sign_that_the_view_is_wrong(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "MAX_PARKED_ENTRIES", 3)
    journal = ordinary_deals("maven", 3)
    await world.append(journal)
    with pytest.raises(Halted, match="the view is wrong, not an entry"):
        await world.project(broken(PIPELINE, range(1, 100)))
    assert len(await parked(world)) == 3


async def test_views_set_aside_each_for_itself(world: World) -> None:
    journal = busy()
    await world.append(journal)
    await world.project(broken(CASES, {one.seq for one in journal.entries if one.event.type == "case.opened"}))
    await world.project(PAYOUTS, CONFLICTS)
    assert await parked(world, CASES)
    assert await parked(world, PAYOUTS) == await parked(world, CONFLICTS) == {}


async def test_a_verification_says_what_is_set_aside_and_compares_all_the_rest(world: World) -> None:
    journal = busy()
    await world.append(journal)
    accrued = next(one.seq for one in journal.entries if one.event.type == "reward.accrued")
    await world.project(broken(PAYOUTS, {accrued}), *(one for one in ALL if one is not PAYOUTS))
    [difference] = (await verify(world.pool, world.log)).differences
    assert (difference.view, difference.table, difference.key) == ("payouts", "projections.parked", f"entry {accrued}")
    assert "a bug" in difference.found
    await world.pool.execute("UPDATE projections.standing SET suspended = false")
    differences = (await verify(world.pool, world.log)).differences
    assert [one.table for one in differences] == ["projections.standing", "projections.parked"]


async def test_answers_say_what_they_lack_and_past_ones_do_not(world: World) -> None:
    journal = busy()
    await world.append(journal)
    completed = next(one.seq for one in journal.entries if one.event.type == "registration.completed")
    await world.project(broken(PIPELINE, {completed}), *(one for one in ALL if one is not PIPELINE))
    vendor, partner = await world.key(), await world.key(partner="acme")
    page = (await world.get("/v1/pipeline", vendor)).json()
    assert page["stale_since_seq"] == completed
    since = {one["registration"]: one.get("stale_since_seq") for one in page["items"]}
    assert since["reg_a"] == completed
    assert since["reg_b"] > completed
    assert since["reg_z"] is None
    named = (await world.get("/v1/pipeline", vendor, fields="registration,state")).json()["items"]
    assert [one.get("stale_since_seq") for one in named] == list(since.values())
    assert (await world.get("/v1/pipeline/summary", vendor)).json()["stale_since_seq"] == completed
    assert (await world.get("/v1/registrations/reg_a", vendor)).json()["stale_since_seq"] == completed
    assert (await world.get("/v1/matches/mat_a_c", vendor)).json()["stale_since_seq"] == completed
    own = (await world.get("/v1/registrations/reg_a", partner)).json()
    assert own["stale"] is True
    assert "stale_since_seq" not in own
    before = (await world.get("/v1/pipeline", vendor, as_of=str(completed - 1))).json()
    assert "stale_since_seq" not in before
    assert "stale_since_seq" not in (await world.get("/v1/payouts", vendor)).json()
    await replay(world.pool, PIPELINE)
    page = (await world.get("/v1/pipeline", vendor)).json()
    assert not [one for one in (page, *page["items"]) if "stale_since_seq" in one]


async def test_what_is_missing_since_its_submission_was_set_aside_is_not_called_unknown(world: World) -> None:
    journal = ordinary_deals("maven", 1)
    await world.append(journal)
    await world.project(broken(PIPELINE, {1}), FEED)
    answer = await world.get("/v1/registrations/reg_maven000000", await world.key())
    assert answer.status_code == 503
    assert "parked since entry 1" in answer.json()["detail"]
    other = await world.get("/v1/registrations/reg_maven000000", await world.key(partner="bolt"))
    assert other.status_code == 404
