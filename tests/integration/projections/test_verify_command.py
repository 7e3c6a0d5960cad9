"""`dealreg verify` and `dealreg projections status` as an operator runs them."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Any

import orjson
import pytest

from services.projections.verify import view_digests
from services.projections.views import PIPELINE
from tests.broken import broken
from tests.conftest import TEST_KEY
from tests.integration.projections.conftest import World
from tests.journals import ordinary_deals


async def told_by(database: str, *arguments: str) -> tuple[int, bytes, bytes]:
    """The exit code of the command, and what it printed on standard output and standard error."""
    environment = {
        **os.environ,
        "DEALREG_DATABASE_URL": database,
        "DEALREG_MASTER_KEY": TEST_KEY.get_secret_value(),
        "DEALREG_PARTITIONS": "2",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dealreg.cli", *arguments,
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, told = await process.communicate()
    return process.returncode or 0, printed, told


async def dealreg(database: str, *arguments: str) -> tuple[int, Any]:
    """The exit code, and the JSON that the command printed."""
    code, printed, told = await told_by(database, *arguments, "--json")
    assert printed, told.decode()
    return code, orjson.loads(printed)


async def test_exit_codes_and_json_say_whether_the_views_agree(world: World, database: str) -> None:
    await world.show(ordinary_deals("maven", 3))
    code, report = await dealreg(database, "verify")
    assert (code, report["holds"], report["entries"]) == (0, True, 27)
    digests = await view_digests(world.pool)
    assert {name: report["digests"][name] for name in digests} == digests
    await world.pool.execute("DELETE FROM projections.pipeline WHERE registration_id = 'reg_maven000001'")
    code, report = await dealreg(database, "verify")
    assert (code, report["holds"]) == (1, False)
    assert report["differences"][0]["table"] == "projections.pipeline"


async def test_status_says_how_far_each_view_is(world: World, database: str) -> None:
    journal = ordinary_deals("maven", 3)
    await world.show(journal)
    journal.submit("reg_new")
    await world.append(journal)
    code, rows = await dealreg(database, "projections", "status")
    assert code == 0
    behind = {row["view"]: row["behind"] for row in rows if row["position"]}
    assert behind["pipeline"] == 1


async def test_status_tells_what_is_set_aside_and_a_replay_repairs_it(world: World, database: str) -> None:
    journal = ordinary_deals("maven", 3)
    await world.append(journal)
    await world.project(broken(PIPELINE, {2}))
    _, rows = await dealreg(database, "projections", "status")
    [row] = [one for one in rows if one["parked"]]
    assert (row["view"], row["parked_entries"], row["heads"]) == ("pipeline", row["parked_entries"], {"maven": 27})
    [told] = row["parked"]
    assert (told["vendor"], told["since_seq"], told["entries"]) == ("maven", 2, row["parked_entries"])
    assert "registration:reg_maven000000" in told["subjects"]
    code, done = await dealreg(database, "projections", "replay-parked", "pipeline")
    assert (code, done) == (
        0, [{"view": "pipeline", "version": 1, "applied": told["entries"], "left": 0, "first": None}]
    )  # fmt: skip
    code, report = await dealreg(database, "verify")
    assert not [one for one in report["differences"] if one["view"] == "pipeline"]


async def test_what_cannot_be_repaired_yet_ends_a_replay_with_1(world: World, database: str) -> None:
    journal = ordinary_deals("maven", 1)
    journal.protect("reg_maven000000")  # it was converted long before
    await world.append(journal)
    await world.project(PIPELINE)
    code, done = await dealreg(database, "projections", "replay-parked")
    [left] = [one for one in done if one["left"]]
    assert (code, left["view"], left["left"]) == (1, "pipeline", 1)
    assert "not a transition" in left["first"]


@pytest.mark.parametrize(
    "damage, view, key",
    [
        ('UPDATE log.journal SET value = set_byte(value, 20, get_byte(value, 20) # 1) WHERE "offset" = 12',
         "journal", "entry 13"),
        ("UPDATE projections.credit SET amount_minor = amount_minor + 1 WHERE share_id = 'opp_maven000001#0'",
         "credits", "share_id=opp_maven000001#0, from_seq=17"),
        ("DELETE FROM projections.opportunity WHERE opportunity_id = 'opp_maven000001' AND to_seq IS NULL",
         "opportunities", "opportunity_id=opp_maven000001"),
    ],
)  # fmt: skip
async def test_a_flipped_byte_an_edited_amount_and_a_deleted_row_end_with_1_and_their_name(
    world: World, database: str, damage: str, view: str, key: str
) -> None:
    await world.show(ordinary_deals("maven", 3))
    await world.pool.execute(damage)
    code, report = await dealreg(database, "verify")
    assert (code, report["holds"]) == (1, False)
    assert (report["differences"][0]["view"], report["differences"][0]["vendor"]) == (view, "maven")
    assert key in report["differences"][0]["key"]
