"""Exchange rates read back: what was published, what counts on a day, what was known when, and of whom."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from services.projections.rates import rates_of
from shared.events.rates import RatesPublished
from tests.integration.projections.conftest import World
from tests.journals import Journal


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}:00Z")


def published(day: str, base: str = "EUR", **rates: str) -> RatesPublished:
    return RatesPublished(base=base, day=date.fromisoformat(day), rates=rates)


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    journal.add(published("2026-03-01", USD="1.10", GBP="0.84"), clock=at("2026-03-02T09:00"))
    journal.submit("reg_a", "acme")
    journal.add(published("2026-03-05", USD="1.20"), clock=at("2026-03-04T09:00"))
    journal.add(published("2026-03-01", USD="1.11", GBP="0.85"), clock=at("2026-03-06T09:00"))
    journal.add(published("2026-03-01", "USD", JPY="150"), clock=at("2026-03-06T10:00"))
    return journal


def items(response: Any) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def test_every_publication_is_listed_the_latest_day_first(world: World, journal: Journal) -> None:
    await world.show(journal)
    found = items(await world.get("/v1/rates", await world.key()))
    assert [(one["base"], one["day"], one["rates"]) for one in found] == [
        ("EUR", "2026-03-05", {"USD": "1.20"}),
        ("USD", "2026-03-01", {"JPY": "150"}),
        ("EUR", "2026-03-01", {"GBP": "0.85", "USD": "1.11"}),
        ("EUR", "2026-03-01", {"GBP": "0.84", "USD": "1.10"}),
    ]
    assert found[0]["known_at"] == "2026-03-04T09:00:00Z"
    assert [one["seq"] for one in found] == [3, 5, 4, 1]


@pytest.mark.parametrize(
    ("asked", "rates"),
    [
        ({"currency": "USD", "on": "2026-03-06"}, {"USD": "1.20"}),
        ({"currency": "USD", "on": "2026-03-05"}, {"USD": "1.20"}),
        ({"currency": "USD", "on": "2026-03-04"}, {"USD": "1.11", "GBP": "0.85"}),
        ({"currency": "GBP", "on": "2026-03-06"}, {"USD": "1.11", "GBP": "0.85"}),
        ({"currency": "GBP", "on": "2026-03-06", "as_of": "3"}, {"USD": "1.10", "GBP": "0.84"}),
        ({"currency": "USD", "on": "2026-02-28"}, None),
        ({"currency": "JPY", "on": "2026-03-06"}, None),
    ],
)
async def test_one_publication_counts_on_a_day(
    world: World, journal: Journal, asked: dict[str, str], rates: dict[str, str] | None
) -> None:
    await world.show(journal)
    found = items(await world.get("/v1/rates", await world.key(), base="EUR", limit="1", **asked))
    assert [one["rates"] for one in found] == ([] if rates is None else [rates])


async def test_a_page_goes_on_where_the_last_one_ended(world: World, journal: Journal) -> None:
    await world.show(journal)
    key, seen, path = await world.key(), [], "/v1/rates?limit=1&sort=day"
    while path:
        page = (await world.client.get(path, headers=key)).json()
        seen += [one["seq"] for one in page["items"]]
        path = page["next"]
    assert seen == [1, 4, 5, 3]


async def test_a_partner_reads_the_same_without_the_vendors_numbers(world: World, journal: Journal) -> None:
    await world.show(journal)
    whole = items(await world.get("/v1/rates", await world.key()))
    own = items(await world.get("/v1/rates", await world.key(partner="acme")))
    assert own == [{name: value for name, value in one.items() if name != "seq"} for one in whole]
    before = await world.get("/v1/rates", await world.key(partner="acme"), as_of="2")
    assert before.status_code == 422


async def test_another_vendors_rates_are_nobodys(world: World, journal: Journal) -> None:
    other = Journal("other")
    other.add(published("2026-03-01", USD="9.99"))
    await world.show(journal, other)
    for partner in (None, "acme"):
        text = (await world.get("/v1/rates", await world.key(partner=partner))).text
        assert "9.99" not in text
    assert [one["rates"] for one in items(await world.get("/v1/rates", await world.key("other")))] == [{"USD": "9.99"}]
    found = await rates_of(world.engine, "other", base=None, currency=None, day=None, limit=10)
    assert [one.rates for one in found] == [{"USD": "9.99"}]


async def test_who_may_not_read_claims_reads_no_rates(world: World, journal: Journal) -> None:
    await world.show(journal)
    refused = await world.get("/v1/rates", await world.key(scopes=["events:read"]))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing")
