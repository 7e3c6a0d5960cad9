"""The OpenAPI document of the queries: complete, and true of what is answered."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import jsonschema
import pytest

from shared.events import opportunity as o
from shared.events.money import Money
from shared.events.target import TargetSet
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals
from tests.journals_money import Till, won_deal

PATHS = {
    "/v1/pipeline": "/v1/pipeline",
    "/v1/pipeline/summary": "/v1/pipeline/summary?group_by=product",
    "/v1/measures": "/v1/measures?group_by=territory",
    "/v1/measures/revenue": "/v1/measures/revenue?group_by=month",
    "/v1/measures/targets": "/v1/measures/targets",
    "/v1/measures/registrations": "/v1/measures/registrations?of=won",
    "/v1/registrations/{registration}": "/v1/registrations/reg_maven000001",
    "/v1/registrations/{registration}/history": "/v1/registrations/reg_maven000001/history",
    "/v1/registrations/{registration}/explanation": "/v1/registrations/reg_w/explanation",
    "/v1/conflicts": "/v1/conflicts",
    "/v1/conflicts/{conflict_id}": "/v1/conflicts/con_1",
    "/v1/conflicts/{conflict_id}/explanation": "/v1/conflicts/con_1/explanation",
    "/v1/matches": "/v1/matches",
    "/v1/matches/{match}": "/v1/matches/mat_maven000002_w",
    "/v1/opportunities": "/v1/opportunities",
    "/v1/opportunities/{opportunity_id}": "/v1/opportunities/opp_maven000001",
    "/v1/opportunities/{opportunity_id}/explanation": "/v1/opportunities/opp_partner-11/explanation",
    "/v1/opportunities/{opportunity_id}/attribution": "/v1/opportunities/opp_partner-11/attribution",
    "/v1/credits": "/v1/credits",
    "/v1/rewards": "/v1/rewards",
    "/v1/rewards/{reward_id}": "/v1/rewards/rew_9",
    "/v1/rewards/{reward_id}/explanation": "/v1/rewards/rew_9/explanation",
    "/v1/payouts": "/v1/payouts?by=effective",
    "/v1/payouts/summary": "/v1/payouts/summary?group_by=month",
    "/v1/ledger": "/v1/ledger",
    "/v1/cases": "/v1/cases",
    "/v1/cases/{case}": "/v1/cases/case_1",
    "/v1/events": "/v1/events",
    "/v1/audit": "/v1/audit",
    "/v1/facts/{fact}": "/v1/facts/w",
    "/v1/rates": "/v1/rates",
    "/v1/parked": "/v1/parked",
    "/v1/saved-views": "/v1/saved-views",
}
OF_A_PERSON = "/v1/saved-views/{saved_view}"
"""Whoever saved it reads it, nobody else."""
OF_A_SANDBOX = "/v1/sandbox/clock"
"""Read end to end: every other vendor is refused."""
VENDOR_ALONE = ("/v1/matches", "/v1/matches/{match}", "/v1/parked")


@pytest.fixture
def journal() -> Journal:
    journal = ordinary_deals("maven", 3)
    days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
    journal.add(TargetSet(partner="partner-1", name="q1", measure="won_value", amount=Money.of(9, "EUR"), **days))
    journal.submit("reg_w", "partner-1")
    journal.complete("reg_w")
    journal.wait_behind("reg_w", "reg_maven000001")
    journal.ask("reg_w", "reg_maven000002")
    journal.opportunity("opp_9")
    journal.add(o.OpportunityUnlinked(opportunity="opp_9", code="no_registration"))
    won_deal(journal, 1, "partner-1")
    journal.win("opp_9", "reg_w", case="breach", amount=Money.of(5_000, "EUR"))
    till = Till(journal)
    till.open_case("case_1", "opp_9", "reg_partner-11", "reg_w")
    till.accrue("rew_9", "partner-1", "reg_partner-11", "opp_9", 500, currency="EUR", cases=("case_1",))
    return journal


_MADE: dict[str, Any] = {}
"""The document, which is the same of every application and takes a second to make."""


async def openapi(world: World) -> Any:
    if not _MADE:
        _MADE.update((await world.client.get("/openapi.json")).json())
    return _MADE


async def test_every_query_describes_its_answers_and_problems(world: World) -> None:
    document = await openapi(world)
    queries = {path: found["get"] for path, found in document["paths"].items() if path.startswith("/v1/")}
    assert queries.keys() == {*PATHS, OF_A_PERSON, OF_A_SANDBOX}
    for path, query in queries.items():
        assert query["summary"]
        assert query["description"]
        assert query["security"] == [{"key": []}]
        assert {"200", "401", "403", "422", "429", "503"} <= query["responses"].keys()
        waits = any(one["name"] == "min_position" for one in query["parameters"])
        assert ("404" in query["responses"]) == ("{" in path or waits), path
        for status, response in query["responses"].items():
            if "$ref" in response:
                response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
            if status.startswith(("4", "5")):
                problem = response["content"]["application/problem+json"]
                for example in problem["examples"].values():
                    named = document["components"]["examples"][example["$ref"].rpartition("/")[2]]
                    assert named["value"]["status"] == int(status)
    # Every reference leads somewhere.
    text = json.dumps(document)
    for name in {part.partition('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert name in document["components"]["schemas"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("partner", [None, "partner-1"])
async def test_answers_are_as_described(world: World, journal: Journal, path: str, partner: str | None) -> None:
    await world.show(journal)
    document = await openapi(world)
    response = await world.client.get(PATHS[path], headers=await world.key(partner=partner))
    status, kind = (403, "application/problem+json") if partner and path in VENDOR_ALONE else (200, "application/json")
    assert response.status_code == status, response.text
    _assert_described(document, path, response, kind)


async def test_a_saved_view_is_answered_as_described(world: World) -> None:
    document, key = await openapi(world), await world.key()
    body = {"page": "registrations", "name": "All", "parameters": {"state": ["protected"], "sort": "state"}}
    made = await world.client.post("/v1/saved-views", json=body, headers=key)
    assert made.status_code == 201, made.text
    _assert_described(document, OF_A_PERSON, await world.client.get(made.headers["location"], headers=key))
    _assert_described(document, "/v1/saved-views", await world.client.get("/v1/saved-views", headers=key))


def _assert_described(document: Any, path: str, response: httpx.Response, kind: str = "application/json") -> None:
    responses = document["paths"][path]["get"]["responses"]
    described = responses[str(response.status_code)]["content"][kind]["schema"]
    # Nothing that is answered may be missing from the description.
    schemas = {
        name: {**schema, "additionalProperties": False} if "properties" in schema else schema
        for name, schema in document["components"]["schemas"].items()
    }
    jsonschema.Draft202012Validator({**described, "components": {"schemas": schemas}}).validate(response.json())
