"""A view is rebuilt beside the live one under live writes, and readers never see an empty or an older moment (G6)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from services.projections.verify import verify, view_digests
from services.projections.views import ALL, CREDITS, FEED, LEDGER, PIPELINE
from services.projections.views.pipeline import Pipeline
from services.registration.directory import VIEW as DIRECTORY
from shared.errors import Misconfigured, Unavailable
from shared.projection.port import View
from shared.projection.rebuild import Differs, Rebuild, Rebuilt, drop, rollback
from shared.projection.supervisor import ViewSupervisor
from shared.projection.switch import NewlyParked
from shared.projection.versions import versions_of
from tests.broken import broken
from tests.integration.projections.conftest import World
from tests.integration.projections.test_parking import busy
from tests.journals import Journal, ordinary_deals
from tests.journals_money import won_deal
from tests.until import until


async def rebuilt(world: World, view: View = PIPELINE, **asked: Any) -> Rebuilt:
    accept = {"accept_differences": asked.pop("accept_differences", False)}
    small = world.settings.model_copy(update={"bulk_entries": asked.pop("bulk_entries", 50)})
    build = Rebuild(world.pool, world.log, small, view, asked.pop("told", lambda *_: None))
    return await build.run(**{"keep": False, **asked}, **accept)


@asynccontextmanager
async def fed(world: World, *views: View) -> AsyncIterator[None]:
    """Workers of these views run inside the block."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(ViewSupervisor(views, world.pool, world.log, world.settings).run(stop))
        try:
            yield
        finally:
            stop.set()


async def states(world: World, view: View = PIPELINE) -> dict[int, str]:
    return {one.version: one.state for one in await versions_of(world.pool, view)}


def journal_of(deals: int) -> Journal:
    journal = ordinary_deals("maven", deals)
    for number in range(3):
        won_deal(journal, number)
    return journal


@pytest.mark.parametrize("view", [*ALL, DIRECTORY], ids=lambda view: view.name)
async def test_every_view_is_the_same_rebuilt(world: World, view: View) -> None:
    await world.append(journal_of(12), ordinary_deals("other", 3))
    if view is not DIRECTORY:  # which asks partners to be enrolled
        await world.append(busy("third"))
    await world.project(view)
    before = await view_digests(world.pool, [view])
    # Batches that end within every deal: each is folded before the one before it is written.
    done = await rebuilt(world, view, bulk_entries=3)
    assert (done.version, done.replaced, done.compared, done.kept) == (2, 1, True, False)
    assert await states(world, view) == {2: "current"}
    assert await view_digests(world.pool, [view]) == before
    assert (await verify(world.pool, world.log, [view])).holds


async def test_indexes_and_guards_are_those_of_the_old_tables(world: World) -> None:
    query = """
        SELECT replace(indexdef, 'projections_v1.', 'projections.') FROM pg_indexes
        WHERE tablename IN ('posting', 'pipeline') AND schemaname = 'projections'
        UNION ALL SELECT pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger
        WHERE tgrelid = 'projections.posting'::regclass ORDER BY 1
    """
    await world.show(journal_of(2))
    before = await world.pool.fetch(query)
    await rebuilt(world, LEDGER)
    await rebuilt(world, PIPELINE)
    assert await world.pool.fetch(query) == before
    assert len(before) > 10


async def test_readers_never_see_an_empty_or_an_older_moment(world: World) -> None:
    journal = journal_of(40)
    await world.append(journal)
    await world.project()
    key = await world.key()
    seen: list[tuple[int, int]] = []
    writing = True

    async def write() -> None:
        number = 0
        while writing:
            journal.submit(f"reg_live{number}")
            journal.complete(f"reg_live{number}")
            await world.append(journal)
            number += 1
            await asyncio.sleep(0.002)

    async def read() -> None:
        while writing:
            rows = await world.pool.fetchrow("SELECT count(*), max(from_seq) FROM projections.pipeline")
            seen.append((rows[0], rows[1] or 0))

    async def ask() -> None:
        last = 0
        while writing:
            page = (await world.get("/v1/pipeline", key, limit=1)).json()
            assert page["items"]
            assert page["seq"] >= last
            last = page["seq"]

    async with fed(world, PIPELINE, FEED), asyncio.TaskGroup() as group:
        tasks = [group.create_task(one()) for one in (write, read, read, ask)]
        for _ in range(2):
            done = await rebuilt(world)
            assert done.compared
        writing = False
        await asyncio.wait(tasks)

        async def level() -> bool:
            heads = await world.pool.fetch("SELECT seq FROM projections.head WHERE view = 'pipeline' AND version = 3")
            return [row[0] for row in heads] == [journal.seq]

        await until(level)
    assert await states(world) == {3: "current"}
    assert len(seen) > 100
    assert min(rows for rows, _ in seen) >= 40
    assert journal.seq > 400
    assert (await verify(world.pool, world.log, [PIPELINE])).holds


async def test_one_reader_alone_sees_rows_and_numbers_rise(world: World) -> None:
    journal = journal_of(20)
    await world.append(journal)
    await world.project()
    seen: list[tuple[int, int]] = []
    stop = asyncio.Event()

    async def read() -> None:
        while not stop.is_set():
            row = await world.pool.fetchrow("SELECT count(*) AS n, max(from_seq) AS seq FROM projections.pipeline")
            seen.append((row["n"], row["seq"]))

    async with fed(world, PIPELINE), asyncio.TaskGroup() as group:
        group.create_task(read())
        for number in range(3):
            journal.submit(f"reg_live{number}")
            await world.append(journal)
            await rebuilt(world)
        stop.set()
    assert seen == sorted(seen)
    assert len(seen) > 50


async def test_what_was_killed_goes_on_where_it_was(world: World) -> None:
    journal = journal_of(40)
    await world.append(journal)
    await world.project()
    before = await view_digests(world.pool, [PIPELINE])

    class Killed(BaseException):
        pass

    phases = ["folding", "folding", "folding", "indexes", "comparing", "following", "switching"]
    folded, total = [], 0
    for number, phase in enumerate(phases):
        count = 0

        def told(what: str, done: int, of: int, phase: str = phase, after: int = number) -> None:
            nonlocal count, total
            count += what == phase
            total = max(total, done if what == "folding" else 0)
            if what == phase and (phase != "folding" or count > after + 1):
                raise Killed

        with contextlib.suppress(Killed):
            await rebuilt(world, told=told)
        folded.append(total)
        assert len(await states(world)) == 2
    assert folded == sorted(folded)
    assert 0 < folded[0] < folded[2] <= journal.seq
    done = await rebuilt(world)
    assert (done.version, done.entries) == (2, 0)
    assert await view_digests(world.pool, [PIPELINE]) == before
    assert (await verify(world.pool, world.log, [PIPELINE])).holds


async def test_a_difference_is_named_and_nothing_is_switched_until_it_is_accepted(world: World) -> None:
    await world.append(journal_of(5))
    await world.project()
    await world.pool.execute(
        "UPDATE projections.pipeline SET site = 'Bremen' WHERE registration_id = 'reg_maven000003'"
    )
    with pytest.raises(Differs, match=r"projections.pipeline: vendor=maven, registration_id=reg_maven000003"):
        await rebuilt(world)
    assert await states(world) == {1: "current", 2: "building"}
    assert not (await verify(world.pool, world.log, [PIPELINE])).holds
    await rebuilt(world, accept_differences=True)
    assert (await verify(world.pool, world.log, [PIPELINE])).holds


async def test_what_the_old_one_has_set_aside_a_repaired_fold_applies(world: World) -> None:
    await world.append(journal_of(5))
    await world.project(broken(PIPELINE, {2}))
    done = await rebuilt(world)
    assert done.compared is False
    assert await world.pool.fetchval("SELECT count(*) FROM projections.parked") == 0
    assert (await verify(world.pool, world.log, [PIPELINE])).holds


async def test_what_both_set_aside_is_no_difference_and_the_rest_goes_on_in_bulk(world: World) -> None:
    journal = journal_of(20)
    await world.append(journal)
    buggy = broken(PIPELINE, {2, 100})
    await world.project(buggy)
    before = await world.pool.fetch("SELECT seq, reason FROM projections.parked ORDER BY seq")
    done = await rebuilt(world, buggy)
    assert (done.compared, done.entries) == (True, journal.seq)
    assert await world.pool.fetch("SELECT seq, reason FROM projections.parked ORDER BY seq") == before
    assert await world.pool.fetchval("SELECT DISTINCT version FROM projections.parked") == 2


async def test_a_version_that_sets_more_aside_is_not_switched_to(world: World) -> None:
    await world.append(journal_of(5))
    await world.project()
    with pytest.raises(NewlyParked, match="the first is entry 2 of vendor maven"):
        await rebuilt(world, broken(PIPELINE, {2}))
    assert await states(world) == {1: "current", 2: "following"}
    await drop(world.pool, PIPELINE, 2)
    assert await states(world) == {1: "current"}
    assert await world.pool.fetchval("SELECT to_regclass('projections_v2.pipeline')") is None


async def test_a_kept_version_is_fed_and_can_be_returned_to(world: World) -> None:
    journal = journal_of(5)
    await world.append(journal)
    await world.project()
    async with fed(world, CREDITS):
        await rebuilt(world, CREDITS, keep=True)
        assert await states(world, CREDITS) == {1: "kept", 2: "current"}
        won_deal(journal, 7)
        await world.append(journal)

        async def both() -> bool:
            heads = await world.pool.fetch("SELECT seq FROM projections.head WHERE view = 'credits'")
            return {row[0] for row in heads} == {journal.seq} and len(heads) == 2

        await until(both)
        await rollback(world.pool, world.log, world.settings, CREDITS)
        assert await states(world, CREDITS) == {1: "current", 2: "kept"}
        with pytest.raises(Misconfigured, match="is live"):
            await drop(world.pool, CREDITS, 1)
        await drop(world.pool, CREDITS, 2)
    assert await states(world, CREDITS) == {1: "current"}
    assert (await verify(world.pool, world.log, [CREDITS])).holds
    with pytest.raises(Misconfigured, match="--keep"):
        await rollback(world.pool, world.log, world.settings, CREDITS)


async def test_two_rebuilds_of_a_view_do_not_meet(world: World) -> None:
    await world.append(journal_of(5))
    await world.project()
    first = asyncio.Event()

    def told(what: str, done: int, of: int) -> None:
        first.set()

    task = asyncio.create_task(rebuilt(world, told=told))
    await first.wait()
    with pytest.raises(Unavailable, match="another process"):
        await rebuilt(world)
    assert (await task).version == 2


async def test_a_worker_of_another_fold_feeds_nothing_and_says_so_until_the_view_is_rebuilt(world: World) -> None:
    class Later(Pipeline):
        version = 2

        def at(self, schema: str) -> Later:
            return Later(schema)

    journal = journal_of(5)
    await world.append(journal)
    await world.project()
    stop, fleet = asyncio.Event(), ViewSupervisor([Later()], world.pool, world.log, world.settings)
    task = asyncio.create_task(fleet.run(stop))

    async def says_so() -> bool:
        return fleet.missing == ["view pipeline was folded by another release: rebuild it"]

    await until(says_so)
    journal.submit("reg_new")
    await world.append(journal)
    done = await rebuilt(world, Later())
    assert (done.version, done.compared) == (2, False)
    assert await versions_of(world.pool, PIPELINE) == ((2, 2, "current"),)

    async def fed_again() -> bool:
        heads = await world.pool.fetch("SELECT seq FROM projections.head WHERE view = 'pipeline'")
        return fleet.missing == [] and [row[0] for row in heads] == [journal.seq]

    await until(fed_again)
    stop.set()
    await task


async def test_roles_that_may_read_and_write_a_view_may_do_so_with_its_next_version(world: World) -> None:
    role = f"dealreg_{uuid4().hex[:12]}"
    await world.show(journal_of(2))
    await world.pool.execute(f"CREATE ROLE {role}")
    try:
        await world.pool.execute(f"GRANT USAGE ON SCHEMA projections TO {role}")
        await world.pool.execute(f"GRANT SELECT, INSERT ON projections.pipeline TO {role}")
        await rebuilt(world, keep=True)
        for right, may in (("SELECT", True), ("INSERT", True), ("DELETE", False)):
            for table in ("projections.pipeline", "projections_v1.pipeline"):
                query = "SELECT has_table_privilege($1, $2, $3)"
                assert await world.pool.fetchval(query, role, table, right) is may
        for schema in ("projections_v1", "projections_v2"):
            assert await world.pool.fetchval("SELECT has_schema_privilege($1, $2, 'USAGE')", role, schema)
    finally:
        await world.pool.execute(f"DROP OWNED BY {role}")
        await world.pool.execute(f"DROP ROLE {role}")
