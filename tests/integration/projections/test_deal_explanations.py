"""Why somebody got 100.00: from the money back to the first fact; and what a conflict and an opportunity came to."""

from __future__ import annotations

import pytest

from shared.events import conflict as c
from shared.events import partner as pa
from shared.events import registration as r
from shared.events.base import Finding
from tests.integration.projections.conftest import World
from tests.integration.projections.test_explain_command import explain
from tests.journals import Journal
from tests.journals_money import Till, won_deal

GATE = Finding(clause="gates.min_amount", outcome="failed", code="gates.min_amount",
               inputs={"has": "100.00 EUR", "least": "500.00 EUR"})  # fmt: skip


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    journal.add(pa.PartnerEnrolled(partner="acme", name="Acme Systems"))
    journal.add(pa.PartnerEnrolled(partner="bolt", name="Bolt Ltd"))
    won_deal(journal, 1, minor=100_000)
    Till(journal).accrue("rew_other", "acme", "reg_acme1", "opp_acme1", 777)
    journal.submit("reg_b", "bolt")
    journal.complete("reg_b")
    journal.wait_behind("reg_b", "reg_acme1", conflict="con_1", partner="acme")
    journal.add(
        r.RegistrationRejected(registration="reg_b", code="gates.min_amount", policy="demo/1", findings=(GATE,))
    )
    journal.add(c.ConflictResolved(conflict="con_1", registration="reg_b", outcome="rejected"))
    return journal


@pytest.mark.parametrize("partner", [None, "acme"])
async def test_a_reward_is_explained_from_the_money_back_to_the_first_fact(
    world: World, journal: Journal, partner: str | None
) -> None:
    await world.show(journal)
    key = await world.key(partner=partner)
    found = (await world.get("/v1/rewards/rew_acme1/explanation", key)).json()
    one = (await world.get("/v1/rewards/rew_acme1", key)).json()
    assert (found["amount"], found["left"]) == (one["amount"], one["left"])
    assert found["sentence"].startswith("Earned ")
    stages = list(dict.fromkeys(step["about"] for step in found["steps"]))
    assert stages == ["reward", "credit", "deal", "registration"]
    assert found["steps"][-1]["type"] == "registration.submitted"
    for stage in stages:
        times = [step["at"] for step in found["steps"] if step["about"] == stage]
        assert times == sorted(times, reverse=True)
    # Another reward of the same deal has an explanation of its own.
    assert "7.77" not in str(found)
    assert ("seq" in found) == (partner is None)


@pytest.mark.parametrize("path", ["/v1/rewards/rew_acme1", "/v1/rewards/rew_acme1/explanation",
                                  "/v1/opportunities/opp_acme1/explanation"])  # fmt: skip
async def test_another_partner_learns_nothing_of_it(world: World, journal: Journal, path: str) -> None:
    await world.show(journal)
    answer = await world.get(path, await world.key(partner="bolt"))
    assert answer.status_code == 404
    assert answer.json()["code"] in ("reward.unknown", "opportunity.unknown")
    assert "Acme" not in answer.text


async def test_an_opportunity_tells_each_decision_on_it(world: World, journal: Journal) -> None:
    await world.show(journal)
    found = (await world.get("/v1/opportunities/opp_acme1/explanation", await world.key())).json()
    assert [one["type"] for one in found["decisions"]] == ["opportunity.linked", "opportunity.classified"]
    assert (found["state"], found["registration"]) == ("won", "reg_acme1")
    assert found["sentence"] == found["decisions"][-1]["sentence"]


async def test_a_conflict_tells_what_it_led_to_and_its_other_side_to_the_vendor_alone(
    world: World, journal: Journal
) -> None:
    await world.show(journal)
    for partner in (None, "bolt"):
        key = await world.key(partner=partner)
        one = await world.get("/v1/conflicts/con_1", key)
        found = await world.get("/v1/conflicts/con_1/explanation", key)
        types = [decision["type"] for decision in found.json()["decisions"]]
        assert types == ["conflict.detected", "registration.held", "registration.rejected", "conflict.resolved"]
        rejected = found.json()["decisions"][2]
        assert [finding["clause"] for finding in rejected["findings"]] == ["gates.min_amount"]
        assert one.json()["outcome"] == found.json()["outcome"] == "rejected"
        for answer in (one, found):
            assert ("reg_acme1" in answer.text) == (partner is None)
    stranger = await world.key(partner="acme")
    for path in ("/v1/conflicts/con_1", "/v1/conflicts/con_1/explanation", "/v1/conflicts/con_none"):
        answer = await world.get(path, stranger)
        assert (answer.status_code, answer.json()["code"]) == (404, "conflict.unknown")


async def test_the_command_tells_the_story_of_a_conflict(world: World, journal: Journal, database: str) -> None:
    await world.show(journal)
    code, printed, said = await explain(database, "con_1")
    assert code == 0, said
    assert "conflict con_1" in printed
    assert "registered by Bolt Ltd" in printed
