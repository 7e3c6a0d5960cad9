"""`dealreg projections rebuild | rollback | drop` and `dealreg attribution rebuild` as an operator runs them."""

from __future__ import annotations

from services.projections.verify import view_digests
from services.projections.views import PIPELINE
from tests.integration.projections.conftest import World
from tests.integration.projections.test_verify_command import dealreg, told_by
from tests.journals import ordinary_deals


async def test_a_view_is_rebuilt_kept_returned_to_and_dropped(world: World, database: str) -> None:
    journal = ordinary_deals("maven", 3)
    await world.show(journal)
    before = await view_digests(world.pool, [PIPELINE])
    code, done = await dealreg(database, "projections", "rebuild", "pipeline", "--keep")
    assert (code, done["version"], done["entries"], done["compared"], done["kept"]) == (0, 2, journal.seq, True, True)
    _, rows = await dealreg(database, "projections", "status")
    states = {(row["version"], row["state"]) for row in rows if row["view"] == "pipeline"}
    assert states == {(1, "kept"), (2, "current")}
    code, printed, _ = await told_by(database, "projections", "rollback", "pipeline")
    assert (code, printed) == (0, b"pipeline: version 1 is live, version 2 is kept\n")
    code, _, told = await told_by(database, "projections", "drop", "pipeline", "1")
    assert (code, b"is live" in told) == (2, True)
    code, _, _ = await told_by(database, "projections", "drop", "pipeline", "2")
    assert code == 0
    assert await view_digests(world.pool, [PIPELINE]) == before


async def test_what_differs_ends_with_1_and_a_view_that_is_not_there_with_2(world: World, database: str) -> None:
    await world.show(ordinary_deals("maven", 1))
    await world.pool.execute("UPDATE projections.pipeline SET site = 'Bremen'")
    code, _, told = await told_by(database, "projections", "rebuild", "pipeline")
    assert (code, b"registration_id=reg_maven000000" in told) == (1, True)
    code, _, told = await told_by(database, "projections", "rebuild", "nothing")
    assert (code, b"there is no view nothing" in told) == (2, True)
