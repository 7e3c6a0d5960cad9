"""Every answer with sentences comes in the language that the caller asks for, and says which."""

from __future__ import annotations

import re

from shared.events import conflict as c
from shared.events.money import Money
from shared.messages import language
from tests.integration.projections.conftest import World
from tests.integration.projections.test_explain_command import explain
from tests.integration.projections.test_registration_api import refused
from tests.journals import Journal
from tests.journals_money import Till, won_deal

ARABIC = re.compile("[\u0621-\u064a]")


def story() -> Journal:
    journal = Journal()
    journal.submit("reg_h", "acme")
    journal.complete("reg_h")
    journal.protect("reg_h")
    journal.submit("reg_a", "bolt")
    journal.complete("reg_a")
    journal.wait_behind("reg_a", "reg_h", conflict="con_1")
    journal.add(c.ConflictResolved(conflict="con_1", registration="reg_a", outcome="withdrawn"))
    won_deal(journal, 1)
    journal.submit("reg_w", "zed")
    journal.complete("reg_w")
    journal.opportunity("opp_b", "reg_w", partner="zed")
    journal.win("opp_b", "reg_w", case="breach", amount=Money.of(90_000, "USD"))
    Till(journal).open_case("case_1", "opp_b", "reg_acme1", "reg_w")
    return journal


async def test_explanations_conflicts_cases_and_attributions_are_told_in_arabic(world: World) -> None:
    await world.show(story())
    key = await world.key()
    paths = (
        "/v1/registrations/reg_h/explanation", "/v1/conflicts", "/v1/cases", "/v1/cases/case_1",
        "/v1/opportunities/opp_acme1/attribution", "/v1/opportunities/opp_acme1/explanation", "/v1/conflicts/con_1",
        "/v1/conflicts/con_1/explanation", "/v1/rewards/rew_acme1/explanation",
    )  # fmt: skip
    for path in paths:
        plain = await world.client.get(path, headers=key)
        asked = await world.client.get(path, headers={**key, "Accept-Language": "ar-EG, en;q=0.5"})
        assert (plain.status_code, asked.status_code) == (200, 200), path
        assert (plain.headers["content-language"], asked.headers["content-language"]) == ("en", "ar"), path
        assert asked.headers["vary"] == "Accept, Accept-Language", path
        assert ARABIC.search(asked.text), path
        assert not ARABIC.search(plain.text), path
        assert plain.headers.get("etag") != asked.headers.get("etag"), path


async def test_a_refusal_is_a_problem_in_arabic(world: World) -> None:
    journal = Journal()
    journal.add(refused("f1"), cause="f1")
    await world.show(journal)
    headers = {**await world.key(), "Accept-Language": "ar"}
    answer = await world.client.get("/v1/facts/f1", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "program.unknown")
    assert answer.headers["content-language"] == "ar"
    assert "Accept-Language" in answer.headers["vary"]
    assert ARABIC.search(answer.json()["detail"])
    assert ARABIC.search(answer.json()["errors"][0]["message"])


async def test_the_command_tells_in_arabic_and_refuses_a_language_that_it_lacks(world: World, database: str) -> None:
    await world.show(story())
    code, printed, _ = await explain(database, "opp_acme1", "--language", "ar")
    assert code == 0
    assert ARABIC.search(printed)
    for heading in ("now", "credit", "rewards"):
        assert language("ar").say(f"timeline.{heading}") in printed
        assert language("en").say(f"timeline.{heading}") not in printed
    code, _, said = await explain(database, "opp_acme1", "--language", "xx")
    assert code == 2
    assert "--language" in said
