"""`dealreg explain` as a partner manager runs it, over a journal that was projected."""

from __future__ import annotations

import asyncio
import os
import sys

import orjson
import pytest

from services.projections.timeline import StoryUnknown, story_of
from shared.events.partner import PartnerEnrolled
from tests.conftest import TEST_KEY
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals
from tests.journals_money import Till, won_deal


async def explain(database: str, *arguments: str) -> tuple[int, str, str]:
    """The exit code, and what the command printed and said."""
    environment = {
        **os.environ,
        "DEALREG_DATABASE_URL": database,
        "DEALREG_MASTER_KEY": TEST_KEY.get_secret_value(),
        "DEALREG_PARTITIONS": "2",
        "COLUMNS": "200",
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "dealreg.cli", "explain", *arguments,
        env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    printed, said = await process.communicate()
    assert process.returncode is not None
    return process.returncode, printed.decode(), said.decode()


async def test_every_deal_can_be_told_from_its_claim_its_opportunity_and_its_reward(
    world: World, database: str
) -> None:
    journal = ordinary_deals("maven", 3)
    journal.add(PartnerEnrolled(partner="acme", name="Acme Systems"))
    won_deal(journal, 1)
    till = Till(journal)
    till.adopt(next(one.event for one in journal.entries if getattr(one.event, "reward", None) == "rew_acme1"))
    till.release("rew_acme1")
    await world.show(journal)
    code, printed, said = await explain(database, "reg_maven000001")
    assert code == 0
    assert said.startswith("database postgresql://")
    assert said.count("\n") == 1
    assert "partner-1 registers Customer 1: GTX Basic" in printed
    assert "  partner-1: 500.01 USD sourced (1/1) of opp_maven000001" in printed.splitlines()
    assert "maven000002" not in printed
    of_deal = await story_of(world.pool, "opp_acme1")
    assert (of_deal.kind, of_deal.partners) == ("opportunity", {"acme": "Acme Systems"})
    assert (of_deal.rewards[0].status, of_deal.rewards[0].due_at) == ("payable", journal.clock)
    code, printed, _ = await explain(database, "rew_acme1", "--json")
    content = orjson.loads(printed)
    assert (code, content["kind"], content["as_of"], content["complete"]) == (0, "reward", journal.seq, True)
    assert content["rewards"][0]["left"] == {"amount": "100.00", "currency": "USD"}
    assert [line["type"] for line in content["lines"]].count("reward.released") == 1


async def test_what_is_not_there_or_not_clear_is_one_line_and_an_exit_code(world: World, database: str) -> None:
    maven, other = Journal(), Journal("other")
    for journal in (maven, other):
        journal.submit("reg_1", "acme" if journal is maven else "zed")
    await world.show(maven, other)
    code, printed, said = await explain(database, "reg_2")
    assert (code, printed) == (1, "")
    assert " ".join(said.split("\n", 1)[1].split()) == (
        "error: there is no registration, opportunity, reward, case or conflict reg_2"
    )
    code, printed, said = await explain(database, "reg_1")
    assert (code, printed) == (2, "")
    assert said.splitlines()[1:] == ["error: several vendors have reg_1; name one with --vendor: maven, other"]
    others = await story_of(world.pool, "reg_1", "other")
    assert [line.sentence for line in others.lines] == ["zed registers Globex GmbH: GTX Basic, 550.00 USD."]
    with pytest.raises(StoryUnknown):
        await story_of(world.pool, "reg_1", "nobody")
