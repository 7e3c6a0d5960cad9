"""Won value by what shares do not name themselves: segments of partners, products and territories of registrations."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from shared.events.credit import CreditAssigned, Share
from shared.events.money import Money
from tests.integration.projections.conftest import World
from tests.integration.projections.test_measures_api import at, channel
from tests.journals import Journal

WON = {
    "opp_a": ("reg_0", (("sourced", "acme", 70), ("influenced", "bolt", 20), ("fulfilled", None, 10))),
    "opp_b": ("reg_1", (("sourced", "bolt", 100), ("unregistered", None, 50))),
    "opp_c": ("reg_2", (("sourced", "cato", 30),)),
    "opp_d": ("reg_3", (("sourced", "acme", 5),)),
    "opp_e": (None, (("sourced", None, 8),)),
}
"""Of customers in Germany, Austria, Egypt and nowhere; acme and bolt have segments, cato was never enrolled."""


def won() -> Journal:
    journal = channel()
    for opportunity, (registration, shares) in WON.items():
        value = sum(minor for _, _, minor in shares)
        event = CreditAssigned(
            opportunity=opportunity, registration=registration, number=1, effective_at=at(5, month=3),
            value=Money.of(value, "USD"), policy="demo/1" if registration else None, model="registered",
            case="protected" if registration else "unlinked",
            shares=tuple(
                Share(role=role, partner=partner, portion="1/1", amount=Money.of(minor, "USD"))  # type: ignore[arg-type]
                for role, partner, minor in shares
            ),
        )  # fmt: skip
        journal.add(event, clock=at(5, month=3))
    return journal


@pytest.fixture
async def shown(world: World) -> World:
    await world.show(won())
    return world


async def revenue(world: World, key: dict[str, str], **asked: Any) -> tuple[dict[str | None, int], int]:
    """All roles of each group and of all, after each was compared with the list that it opens."""
    answer = await world.get("/v1/measures/revenue", key, **asked)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    found: dict[str | None, int] = {}
    for group in (document["total"], *document["groups"]):
        roles: Counter[str] = Counter()
        for role in ("sourced", "influenced", "fulfilled", "unregistered"):
            for one in group[role]:
                roles[role] += minor(one["amount"])
        found[group["key"]] = roles.total()
        if group["opens"] is not None:
            listed = await world.client.get(f"{group['opens']}&limit=500", headers=key)
            assert listed.status_code == 200, listed.text
            opened: Counter[str] = Counter()
            for item in listed.json()["items"]:
                opened[item["role"]] += minor(item["amount"]["amount"])
            assert opened == roles, group
        if group is document["total"]:
            total = found.pop(None)
    return found, total


def minor(text: str) -> int:
    return int(Decimal(text) * 100)


async def test_revenue_by_each_thing_that_measures_are_counted_by(shown: World) -> None:
    key = await shown.key()
    assert await revenue(shown, key, group_by="product") == ({"GTX Basic": 235, "GTX Pro": 105, None: 58}, 293)
    assert await revenue(shown, key, group_by="territory") == ({"DACH": 250, "Nile": 30, None: 13}, 293)
    assert await revenue(shown, key, group_by="segment") == ({"kind=si": 195, "size=large": 75, None: 98}, 293)
    assert await revenue(shown, key, group_by="partner") == ({"acme": 75, "bolt": 120, "cato": 30, None: 68}, 293)
    assert await revenue(shown, key, group_by="month") == ({"2026-03": 293}, 293)


async def test_filters_narrow_revenue_and_the_shares_that_it_opens(shown: World) -> None:
    key = await shown.key()
    assert await revenue(shown, key, group_by="product", product="GTX Pro") == ({"GTX Pro": 105}, 105)
    assert (await revenue(shown, key, group_by="product", territory="DACH"))[1] == 250
    assert await revenue(shown, key, group_by="territory", territory=["none", "Nile"]) == ({"Nile": 30, None: 13}, 43)
    assert await revenue(shown, key, group_by="segment", segment="none") == ({None: 98}, 98)
    assert await revenue(shown, key, group_by="territory", product=["GTX Pro"]) == ({"DACH": 100, None: 5}, 105)
    # On that day bolt was still small, and nothing was won.
    assert await revenue(shown, key, group_by="segment", as_of="2026-02-10") == ({}, 0)


async def test_a_partner_learns_products_and_territories_of_its_own_deals_alone(shown: World) -> None:
    bolt = await shown.key(partner="bolt")
    assert await revenue(shown, bolt, group_by="product") == ({"GTX Basic": 100, "GTX Pro": 100, None: 20}, 120)
    assert await revenue(shown, bolt, group_by="territory") == ({"DACH": 100, None: 20}, 120)
    assert await revenue(shown, bolt, group_by="program") == ({"demo": 100, None: 20}, 120)
    assert (await revenue(shown, bolt, group_by="partner", territory="DACH"))[1] == 100
    assert await revenue(shown, bolt, group_by="segment") == ({"kind=si": 120}, 120)
    listed = await shown.get("/v1/credits", bolt, product="GTX Basic")
    assert [one["opportunity"] for one in listed.json()["items"]] == ["opp_b"]


@pytest.mark.parametrize("asked", [{"group_by": "country"}, {"group_by": "currency"}])
async def test_a_grouping_that_there_is_not_is_refused_by_name(shown: World, asked: dict[str, str]) -> None:
    for path in ("/v1/measures", "/v1/measures/revenue"):
        answer = await shown.get(path, await shown.key(), **asked)
        assert answer.status_code == 422
        [error] = answer.json()["errors"]
        assert error["field"] == "group_by"
        assert "territory" in error["message"], error
