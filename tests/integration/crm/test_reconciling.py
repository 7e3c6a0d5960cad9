"""A comparison finds what no delivery said, and repairs it the ordinary way."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from tests.hubspot import html
from tests.integration.crm.conftest import SETTINGS, Place

TALKING = {"dealstage": "talking", "amount": "10", "deal_currency_code": "EUR"}


async def compared(place: Place) -> dict[tuple[str, str], dict[str, Any]]:
    answer = await place.ask("POST", "/reconciliation", {})
    assert answer.status_code == 200, answer.text
    assert (await place.ask("GET", "/reconciliation")).json() == answer.json()
    return {(one["deal"], one["code"]): one for one in answer.json()["differences"]}


async def test_what_differs_is_listed_and_repaired(place: Place) -> None:
    for deal in ("1", "2", "3", "4", "5"):
        place.fake.put("deals", deal, **TALKING)
    await place.changed("2", "3", "4", "5")
    assert await compared(place) == {
        ("1", "missing"): {"deal": "1", "code": "missing", "ours": None, "theirs": "talking"}
    }
    await place.read()
    assert await compared(place) == {}
    place.fake.put("deals", "2", dealstage="closedwon")
    place.fake.put("deals", "3", amount="20")
    place.fake.archive("4")
    assert set(await compared(place)) == {("2", "stage"), ("3", "changed"), ("4", "gone")}
    await place.read()
    last = [(one.type, one.external_id) for one in (await place.told())[5:]]  # type: ignore[attr-defined]
    assert sorted(last) == [("opportunity.changed", "3"), ("opportunity.lost", "4"), ("opportunity.won", "2")]
    assert await compared(place) == {}


async def test_more_deals_than_a_page_are_all_compared(place: Place) -> None:
    for number in range(1, 251):
        place.fake.put("deals", str(number), **TALKING)
    answer = (await place.ask("POST", "/reconciliation", {"days": 1})).json()
    assert (answer["compared"], answer["differing"], len(answer["differences"])) == (250, 250, 250)


async def test_what_is_ignored_differs_in_nothing(place: Place) -> None:
    await place.ask(
        "PUT", "/settings", {**SETTINGS, "pipelines": ["default"], "stages": {"talking": "open", "spam": "ignored"}}
    )
    place.fake.put("deals", "1", **TALKING, pipeline="renewals")
    place.fake.put("deals", "2", dealstage="spam", pipeline="default")
    assert await compared(place) == {}


async def test_a_crm_that_is_away_is_said_and_the_next_comparison_begins_anew(place: Place) -> None:
    place.fake.put("deals", "1", **TALKING)
    for failure, code in ((html(502), "crm.away"), (Response(status_code=429), "crm.rate_limited")):
        place.fake.failures.append(failure)
        answer = await place.ask("POST", "/reconciliation", {})
        assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert set(await compared(place)) == {("1", "missing")}


async def test_a_comparison_is_due_by_its_hours_and_when_asked(place: Place) -> None:
    due = place.crm.reconciler.due
    assert await due() == []
    await place.ask("PUT", "/settings", {**SETTINGS, "reconcile_hours": 24})
    assert await due() == [place.connection]
    await place.ask("POST", "/reconciliation", {})
    assert await due() == []
    await place.edge.pool.execute("UPDATE crm.reconciliation SET started_at = started_at - interval '25 hours'")
    assert await due() == [place.connection]
