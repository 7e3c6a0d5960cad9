"""Conflicts and opportunities as lists."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events import conflict as c
from shared.events import opportunity as o
from shared.events import registration as r
from shared.events.money import Money
from shared.messages import Words
from tests.integration.projections.conftest import World
from tests.journals import Journal, message


@pytest.fixture
def journal() -> Journal:
    journal = Journal()
    journal.submit("reg_h", "acme")
    journal.complete("reg_h")
    journal.protect("reg_h")
    for number, one in enumerate(("reg_a", "reg_b")):
        journal.submit(one, "bolt")
        journal.complete(one)
        journal.wait_behind(one, "reg_h", conflict=f"con_{number}")
    journal.opportunity("opp_1", "reg_h", amount=Money.of(100, "USD"), customer=r.Customer(legal_name="Globex"))
    journal.opportunity("opp_2", customer=r.Customer(legal_name="Initech"))
    journal.add(o.OpportunityUnlinked(opportunity="opp_2", code="no_registration"))
    return journal


def items(response: Any) -> list[Any]:
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def test_conflicts_are_listed_with_both_sides_and_how_they_ended(world: World, journal: Journal) -> None:
    journal.add(c.ConflictResolved(conflict="con_0", registration="reg_a", outcome="holder_ended"))
    await world.show(journal)
    key = await world.key()
    both = items(await world.get("/v1/conflicts", key, sort="detected_at"))
    assert [(one["conflict"], one["state"], one["outcome"], one["partner"]) for one in both] == [
        ("con_0", "resolved", "holder_ended", "bolt"),
        ("con_1", "open", None, "bolt"),
    ]
    assert both[0]["opponents"][0]["registration"] == "reg_h"
    assert [one["sentence"] for one in both] == [
        Words().entry("conflict.resolved", {"outcome": "holder_ended"}),
        Words().entry("conflict.detected", {"contested": False}),
    ]
    assert [one["conflict"] for one in items(await world.get("/v1/conflicts", key, state="open"))] == ["con_1"]
    assert len(items(await world.get("/v1/conflicts", key, registration="reg_h"))) == 2
    assert len(items(await world.get("/v1/conflicts", key, registration="reg_a"))) == 1
    assert items(await world.get("/v1/conflicts", key, partner="acme")) == []
    before = items(await world.get("/v1/conflicts", key, as_of=str(journal.seq - 1), state="open"))
    assert len(before) == 2
    for fields in ("conflict", "conflict,sentence", "findings"):
        some = items(await world.get("/v1/conflicts", key, sort="detected_at", fields=fields))
        assert some == [{name: one[name] for name in fields.split(",")} for one in both]


async def test_a_partner_reads_the_conflicts_of_its_claims_alone(world: World, journal: Journal) -> None:
    await world.show(journal)
    holder = items(await world.get("/v1/conflicts", await world.key(partner="acme")))
    assert holder == []
    waiter = items(await world.get("/v1/conflicts", await world.key(partner="bolt")))
    assert [one["conflict"] for one in waiter] == ["con_1", "con_0"]
    assert all("opponents" not in one for one in waiter)
    assert all(one["sentence"] and "acme" not in one["sentence"] for one in waiter)
    assert not any({"rivals", "against"} & found.keys() for one in waiter for found in one["findings"])
    # Nor does a filter tell whom it met.
    probed = await world.get("/v1/conflicts", await world.key(partner="bolt"), registration="reg_h")
    assert items(probed) == []


async def test_unlinked_opportunities_are_listed_for_a_person(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    unlinked = items(await world.get("/v1/opportunities", key, linked="false"))
    assert [(one["opportunity"], one["unlinked_code"]) for one in unlinked] == [("opp_2", "no_registration")]
    linked = items(await world.get("/v1/opportunities", key, linked="true"))
    assert [(one["opportunity"], one["registration"], one["linked_by"]) for one in linked] == [
        ("opp_1", "reg_h", "number")
    ]
    assert [one["opportunity"] for one in items(await world.get("/v1/opportunities", key, customer="INI"))] == ["opp_2"]


async def test_a_message_changes_only_what_it_names_and_a_win_is_classified(world: World, journal: Journal) -> None:
    journal.win("opp_1", "reg_h", amount=Money.of(90, "USD"))
    await world.show(journal)
    key = await world.key()
    won = (await world.get("/v1/opportunities/opp_1", key)).json()
    assert (won["state"], won["case"], won["amount"]) == ("won", "protected", {"amount": "0.90", "currency": "USD"})
    assert won["customer"] == {"legal_name": "Globex"}
    assert won["closed_at"] is not None
    journal.add(message(o.OpportunityReopened, "opp_1"))
    journal.add(message(o.OpportunityLost, "opp_1", reason="no budget"))
    await world.show(journal)
    lost = (await world.get("/v1/opportunities/opp_1", key)).json()
    assert (lost["state"], lost["case"], lost["reason"]) == ("lost", None, "no budget")
    assert (await world.get("/v1/opportunities/opp_1", key, as_of=str(journal.seq - 2))).json()["state"] == "won"
    assert (await world.get("/v1/opportunities/opp_9", key)).json()["code"] == "opportunity.unknown"


async def test_a_partner_reads_the_opportunities_of_its_registrations(world: World, journal: Journal) -> None:
    await world.show(journal)
    own = items(await world.get("/v1/opportunities", await world.key(partner="acme")))
    assert [one["opportunity"] for one in own] == ["opp_1"]
    assert "holder" not in own[0]
    assert items(await world.get("/v1/opportunities", await world.key(partner="bolt"))) == []
