"""G10: a vendor never sees another's rows; a partner sees its own, and nothing that gives a rival away."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from services.projections.timeline.feed import Feed
from shared.events import opportunity as o
from shared.events import protection as p
from shared.events import registration as r
from shared.events import vendor as v
from shared.events.base import Finding
from shared.events.money import Money
from shared.events.partner import PartnerEnrolled
from shared.events.target import TargetSet
from tests.integration.projections.conftest import World
from tests.journals import Journal, message, submitted

RIVAL = ("rival", "reg_rival", "Rival's price", "fact-rival", "987654", "opp_rival")
"""Whatever is the rival's in these journals: none of it may reach acme."""


@pytest.fixture
def journal() -> Journal:
    """acme waits behind rival, which then gives way; each has an opportunity; a reviewer compared their customers."""
    journal = Journal()
    journal.add(v.VendorCreated(name="Maven", mode="live"))
    for partner in ("rival", "acme"):
        journal.add(PartnerEnrolled(partner=partner, name=partner.title()))
    rival = submitted("reg_rival", "rival", amount=Money.of(98_765_400, "USD"), project="Rival's price")
    journal.add(rival, cause="fact-rival-submits", principal="key:rival")
    journal.complete("reg_rival")
    journal.protect("reg_rival")
    journal.opportunity("opp_rival", "reg_rival", partner="rival")
    journal.add(
        submitted("reg_a", "acme", amount=Money.of(500, "USD")), cause="fact-acme-submits", principal="key:acme"
    )
    journal.add(
        r.RegistrationCompleted(
            policy="demo/1", registration="reg_a", policy_number=1,
            products=("GTX Basic",), keys=("name:globex",),
            findings=(
                Finding(
                    clause="exclusivity", outcome="failed", code="exclusivity", inputs={"keys": ["tax_id:1"]},
                    rivals=("reg_rival",), rival_count=1,
                ),
            ),
        ),
        cause="fact-acme-submits",
    )  # fmt: skip
    journal.wait_behind("reg_a", "reg_rival", partner="rival")
    journal.add(r.CustomerMatchDecided(registration="reg_a", other="reg_rival", same=True))
    journal.add(
        v.FactRefused(
            fact="fact-rival-tries", fact_type="registration.withdrawn", status=404,
            code="registration.unknown", errors=(), touches=("registration:reg_a",),
        ),
        cause="fact-rival-tries",
    )  # fmt: skip
    journal.add(r.RegistrationWithdrawn(registration="reg_rival"), cause="fact-rival-withdraws", principal="key:rival")
    journal.add(
        p.ProtectionReleased(registration="reg_rival", code="withdrawn"),
        cause="fact-rival-withdraws",
    )
    journal.protect("reg_a", promoted=True, cause="fact-rival-withdraws")
    journal.opportunity("opp_a", "reg_rival", partner="rival")
    journal.link("opp_a", "reg_a", previous="reg_rival")
    journal.add(message(o.OpportunityChanged, "opp_a", partner="rival", amount=Money.of(700, "USD")))
    return journal


PATHS = (
    "/v1/pipeline",
    "/v1/pipeline/summary?group_by=partner",
    "/v1/pipeline/summary?group_by=customer",
    "/v1/measures?group_by=partner",
    "/v1/measures?group_by=territory",
    "/v1/measures/registrations",
    "/v1/measures/targets",
    "/v1/registrations/reg_a",
    "/v1/registrations/reg_a/history",
    "/v1/registrations/reg_a/explanation",
    "/v1/conflicts",
    "/v1/opportunities",
    "/v1/opportunities/opp_a",
    "/v1/opportunities/opp_a/explanation",
    "/v1/conflicts/con_1",
    "/v1/conflicts/con_1/explanation",
    "/v1/saved-views",
    "/v1/events",
    "/v1/facts/fact-acme-submits",
)


@pytest.mark.parametrize("path", PATHS)
async def test_a_partner_reads_nothing_of_its_rival(world: World, journal: Journal, path: str) -> None:
    for partner in ("acme", "rival"):
        days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
        journal.add(TargetSet(partner=partner, name=f"{partner}-year", measure="registrations", count=4, **days))
    await world.show(journal)
    response = await world.client.get(path, headers=await world.key(partner="acme"))
    assert response.status_code == 200
    for secret in RIVAL:
        assert secret.lower() not in response.text.lower()
    assert "seq" not in response.json()


@pytest.mark.parametrize("path", PATHS)
async def test_another_vendor_reads_nothing(world: World, journal: Journal, path: str) -> None:
    other = Journal("other")
    other.submit("reg_o", "zed", customer=r.Customer(legal_name="Zed Ltd"))
    await world.show(journal, other)
    response = await world.client.get(path, headers=await world.key("other"))
    assert response.status_code == (404 if any(one in path for one in ("reg_a", "opp_a", "con_1", "fact-")) else 200)
    for name in ("acme", "rival", "globex"):
        assert name not in response.text.replace(path.rpartition("/")[2], "").lower()


@pytest.mark.parametrize(
    "path",
    [
        "/v1/registrations/reg_rival",
        "/v1/registrations/reg_rival/history",
        "/v1/registrations/reg_rival/explanation",
        "/v1/opportunities/opp_rival",
        "/v1/opportunities/opp_rival/explanation",
        "/v1/conflicts/con_rival",
        "/v1/conflicts/con_rival/explanation",
        "/v1/facts/fact-rival-submits",
        "/v1/facts/fact-rival-withdraws",
    ],
)
async def test_what_is_a_rivals_is_answered_as_unknown(world: World, journal: Journal, path: str) -> None:
    await world.show(journal)
    mine = await world.client.get(path, headers=await world.key(partner="acme"))
    made_up = await world.client.get(path.replace("rival", "nobody"), headers=await world.key(partner="acme"))
    assert (mine.status_code, mine.json()["code"]) == (404, made_up.json()["code"])
    assert made_up.status_code == 404


async def test_what_an_entry_says_of_a_rival_is_found_by_no_partner(world: World, journal: Journal) -> None:
    await world.show(journal)
    rivals = ["registration:reg_rival", "opportunity:opp_rival", "partner:rival"]
    own = [row.seq for row in await Feed(world.pool.fetch, "maven", "acme").about(["registration:reg_a"])]
    about_rival = [row.seq for row in await Feed(world.pool.fetch, "maven").about(rivals)]
    assert set(own) & set(about_rival), "no entry concerns both"
    assert await Feed(world.pool.fetch, "maven", "acme").about(rivals) == []


async def test_a_waiting_partner_is_told_how_long_the_holder_is_protected_and_no_more(
    world: World, journal: Journal
) -> None:
    held = next(entry.seq for entry in journal.entries if entry.event.type == "registration.held")
    early = Journal(entries=journal.entries[:held], records=journal.records[:held])
    await world.show(early)
    document = (await world.get("/v1/registrations/reg_a", await world.key(partner="acme"))).json()
    assert document["state"] == "waiting"
    assert [sorted(one) for one in document["behind"]] == [["protected_from", "protected_until"]]
    for_vendor = (await world.get("/v1/registrations/reg_a", await world.key())).json()
    assert for_vendor["behind"][0]["partner"] == "rival"


async def test_a_partners_feed_counts_its_own_entries_without_gaps(world: World, journal: Journal) -> None:
    await world.show(journal)
    events = (await world.get("/v1/events", await world.key(partner="acme"))).json()["items"]
    assert [one["position"] for one in events] == list(range(1, len(events) + 1))
    assert [one["type"] for one in events] == [
        "partner.enrolled",
        "registration.submitted",
        "registration.completed",
        "conflict.detected",
        "registration.held",
        "registration.approved",
        "opportunity.linked",
        "opportunity.changed",
    ]
    by_type = {one["type"]: one for one in events}
    assert by_type["registration.completed"]["cause"] == "fact-acme-submits"
    # It was promoted by what its rival did: that cause stays hidden.
    assert by_type["registration.approved"]["cause"] is None
    assert by_type["registration.completed"]["data"]["findings"] == [
        {"clause": "exclusivity", "outcome": "failed", "code": "exclusivity", "inputs": {"keys": ["tax_id:1"]}}
    ]


async def test_a_partner_names_moments_not_sequence_numbers(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key(partner="acme")
    for query in ({"as_of": "3"}, {"min_position": "3"}):
        response = await world.get("/v1/pipeline", key, **query)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "position.vendor_only")
    moment: Any = journal.clock.isoformat()
    assert (await world.get("/v1/pipeline", key, as_of=moment)).status_code == 200


async def test_an_opportunity_that_moves_away_is_seen_no_longer(world: World, journal: Journal) -> None:
    journal.add(o.OpportunityUnlinked(opportunity="opp_a", previous="reg_a", code="by_person"))
    journal.add(message(o.OpportunityLost, "opp_a"))
    await world.show(journal)
    events = (await world.get("/v1/events", await world.key(partner="acme"))).json()["items"]
    assert [one["type"] for one in events][-2:] == ["opportunity.changed", "opportunity.unlinked"]


async def test_a_scope_is_needed(world: World, journal: Journal) -> None:
    await world.show(journal)
    assert (await world.client.get("/v1/pipeline")).json()["code"] == "credential.missing"
    key = await world.key(partner="acme")
    assert (await world.get("/v1/pipeline", key)).status_code == 200
    assert (await world.get("/v1/pipeline", {"Authorization": "Bearer dr_x_y"})).status_code == 401
