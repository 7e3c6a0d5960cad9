"""What strangers ask the query API: a refusal or the answer, and never a look at what they typed in our logs."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from shared.events import opportunity as o
from tests.integration.projections.conftest import World
from tests.journals import Journal, message

NO_TEXT = ("%00", "a%00", "a%0Ab", "%1B%5B31m", "%E2%80%AE", "%C2%85", "x" * 201)
NO_IDENTIFIER = (*NO_TEXT, "%C2%B2", "%D9%A3", "a%0A", "%ff", "x" * 81)
NO_INSTANT = (
    "0001-01-01T00:00:00%2B14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59Z",
    "2026-12-31T23:59:60Z", "2026-03-31T09:00:00", "2026-03-31", "%D9%A2026-03-31T09:00:00Z", "0000-01-01T00:00:00Z",
    "2026-03-31T09:00:00%2B25:00", "2026-03-31T09:00:00Z%0A", "1e999", "infinity", "",
)  # fmt: skip
NO_DAY = (
    "9999-12-31",
    "0001-01-01",
    "0000-00-00",
    "2026-02-30",
    "2026-03-31%0A",
    "20260331",
    "1767258000",
    "-infinity",
)
NO_MONTH = ("9999-12", "0001-01", "0000-00", "2026-13", "2026-03%0A", "%D9%A2%D9%A0%D9%A2%D9%A6-03", "2026-W1")
NO_COUNT = ("%C2%B2", "%D9%A3", "%EF%BC%91", "00000199999999", "1_0", "%201", "1%0A", "-1", "1e2", "9" * 400, "1.0")

TEXTS = {
    "/v1/pipeline": ("partner", "program", "product", "currency", "customer", "external_id"),
    "/v1/pipeline/summary": ("partner", "customer"),
    "/v1/measures": ("partner", "segment", "program", "product", "territory", "currency"),
    "/v1/measures/revenue": ("partner", "program", "currency"),
    "/v1/measures/registrations": ("partner", "segment", "product", "territory"),
    "/v1/measures/targets": ("partner", "name", "program"),
    "/v1/conflicts": ("registration", "partner", "outcome"),
    "/v1/matches": ("partner", "program", "registration"),
    "/v1/opportunities": ("partner", "registration", "connection", "external_id", "customer", "case"),
    "/v1/credits": ("partner", "program", "currency", "opportunity", "registration", "case"),
    "/v1/rewards": ("partner", "program", "currency", "opportunity", "registration"),
    "/v1/payouts": ("partner", "program", "currency"),
    "/v1/payouts/summary": ("partner", "program", "currency"),
    "/v1/ledger": ("partner", "program", "currency", "opportunity", "registration", "reward"),
    "/v1/cases": ("partner", "opportunity", "registration"),
    "/v1/rates": ("base", "currency"),
}
INSTANTS = {
    "/v1/pipeline": ("as_of", "submitted_from", "submitted_before", "protected_before"),
    "/v1/cases": ("opened_from", "opened_before"),
    "/v1/ledger": ("as_of",),
    "/v1/rates": ("as_of",),
    "/v1/registrations/reg_1": ("as_of",),
}
DAYS = {
    "/v1/pipeline": ("close_from", "close_to"),
    "/v1/ledger": ("date_from", "date_to"),
    "/v1/rates": ("on",),
    "/v1/measures": ("as_of",),
    "/v1/measures/targets": ("as_of",),
    "/v1/measures/registrations": ("as_of", "reached_from", "reached_to"),
}
MONTHS = {
    "/v1/ledger": ("month",),
    "/v1/payouts": ("month", "month_from", "month_to"),
    "/v1/payouts/summary": ("month_from",),
    "/v1/measures": ("month_from", "month_to"),
}
COUNTS = {
    "/v1/pipeline": ("limit",),
    "/v1/measures": ("limit",),
    "/v1/measures/registrations": ("limit",),
    "/v1/measures/targets": ("limit",),
    "/v1/events": ("limit", "after"),
    "/v1/registrations/reg_1/history": ("limit", "after"),
    "/v1/payouts/summary": ("limit",),
}
CASES = [
    (places, values)
    for places, values in (
        (TEXTS, NO_TEXT),
        (INSTANTS, NO_INSTANT),
        (DAYS, NO_DAY),
        (MONTHS, NO_MONTH),
        (COUNTS, NO_COUNT),
    )
]


@pytest.mark.parametrize(("places", "values"), CASES, ids=["text", "instant", "day", "month", "count"])
async def test_a_query_that_no_value_can_have_is_refused_and_named(
    world: World, places: dict[str, tuple[str, ...]], values: tuple[str, ...]
) -> None:
    key = await world.key()
    with capture_logs() as logged:
        for path, names in places.items():
            for name in names:
                for value in values:
                    answer = await world.client.get(f"{path}?{name}={value}", headers=key)
                    where = f"{path}?{name}={value[:40]}: {answer.text[:200]}"
                    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid"), where
                    assert {one["field"].partition(".")[0] for one in answer.json()["errors"]} == {name}, where
    assert logged == []


@pytest.mark.parametrize(
    "path",
    [
        "/v1/registrations/{}", "/v1/registrations/{}/history", "/v1/registrations/{}/explanation", "/v1/facts/{}",
        "/v1/opportunities/{}", "/v1/opportunities/{}/attribution", "/v1/opportunities/{}/explanation",
        "/v1/rewards/{}", "/v1/rewards/{}/explanation", "/v1/conflicts/{}", "/v1/conflicts/{}/explanation",
        "/v1/cases/{}", "/v1/matches/{}", "/v1/saved-views/{}",
    ],
)  # fmt: skip
async def test_what_is_no_identifier_names_nothing(world: World, path: str) -> None:
    key = await world.key()
    for value in NO_IDENTIFIER:
        answer = await world.client.get(path.format(value), headers=key)
        assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid"), value


async def test_the_edges_of_what_can_be_asked_are_answered(world: World) -> None:
    key = await world.key()
    for query in (
        "pipeline?submitted_before=8999-12-31T23:59:59%2B14:00",
        "pipeline?submitted_from=1900-01-01T00:00:00Z",
        "pipeline?as_of=1900-01-01T00:00:00Z",
        "pipeline?as_of=2026-03-31T09:00:00+02:00",
        "pipeline?close_to=8999-12-31",
        "ledger?date_to=8999-12-31&date_from=1900-01-01",
        "ledger?month=8999-12&month=1900-01",
        "payouts?month_from=1900-01&month_to=8999-12&by=effective",
        "events?after=9223372036854775807&limit=1000",
        "pipeline?min_position=0&as_of=0",
    ):
        answer = await world.client.get(f"/v1/{query}", headers=key)
        assert answer.status_code == 200, f"{query}: {answer.text}"


async def test_numbers_of_entries_are_numbers(world: World) -> None:
    key = await world.key()
    for name in ("as_of", "min_position"):
        for value, code in (("9223372036854775808", "number.out_of_range"), ("007", "field.type")):
            answer = await world.client.get(f"/v1/pipeline?{name}={value}", headers=key)
            assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(name, code)]
        for value in ("%D9%A3", "%C2%B2"):
            answer = await world.client.get(f"/v1/pipeline?{name}={value}", headers=key)
            assert answer.status_code == 422


@pytest.mark.parametrize("stored", ["infinity", "-infinity", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
async def test_a_read_says_whatever_time_is_stored(world: World, stored: str) -> None:
    journal = Journal()
    journal.add(message(o.OpportunityCreated, "opp_1"))
    await world.show(journal)
    changed = await world.pool.execute(f"UPDATE projections.opportunity SET source_time = '{stored}'")
    assert changed == "UPDATE 1"
    answer = await world.get("/v1/opportunities", await world.key())
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"][0]["source_time"][:10] in ("0001-01-01", "9999-12-31")


async def test_a_field_that_is_selected_is_named(world: World) -> None:
    journal = Journal()
    journal.add(message(o.OpportunityCreated, "opp_1"))
    await world.show(journal)
    key = await world.key()
    answer = await world.get("/v1/opportunities", key, fields="opportunity")
    assert answer.json()["items"] == [{"opportunity": "opp_1"}]
    for fields in ("", " , ", "\x00", "nothing", "opportunity,\u202e"):
        answer = await world.get("/v1/opportunities", key, fields=fields)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "fields"), fields
