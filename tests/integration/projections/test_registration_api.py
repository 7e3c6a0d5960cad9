"""One registration: pending, refused, as it is, its history and the rules behind it; and what became of a fact."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from services.projections.views import CONFLICTS, FEED, PIPELINE
from shared.events import registration as r
from shared.events import vendor as v
from shared.events.base import Finding
from shared.events.conflict import Opponent
from shared.events.held import AmendmentHeld
from shared.events.partner import PartnerEnrolled
from shared.events.program import ProgramPublished
from shared.events.sealed import Contact
from tests.integration.projections.conftest import World
from tests.journals import Journal, submitted


@pytest.fixture
def journal() -> Journal:
    return Journal()


async def accept(world: World, fact: str, partner: str | None = None) -> None:
    """The edge's word that it took the fact."""
    await world.pool.execute(
        "INSERT INTO registration.idempotency (vendor, fact_id, principal, key, partner, body_hash, status, location, "
        "recorded_at, importing, seen_at) VALUES ('maven', $1, 'p', 'k', $2, '', 'appended', '/', $3, false, $3)",
        fact,
        partner,
        datetime.now(UTC),
    )


def refused(fact: str, **changes: Any) -> v.FactRefused:
    content: dict[str, Any] = {
        "fact": fact,
        "fact_type": "registration.submitted",
        "status": 422,
        "code": "program.unknown",
        "errors": (v.FactRefusal(field="program", code="program.unknown", params={"program": "demo"}),),
        "touches": (f"registration:reg_{fact}", "partner:acme"),
    }
    return v.FactRefused(**{**content, **changes})


async def test_an_accepted_submission_is_pending_until_it_is_decided(world: World, journal: Journal) -> None:
    await accept(world, "f1", "acme")
    for key in (await world.key(), await world.key(partner="acme")):
        response = await world.get("/v1/registrations/reg_f1", key)
        assert (response.status_code, response.json()) == (202, {"state": "pending"})
    assert (await world.get("/v1/registrations/reg_f1", await world.key(partner="bolt"))).status_code == 404
    assert (await world.get("/v1/registrations/reg_f2", await world.key())).status_code == 404


async def test_a_refused_submission_is_the_refusal_as_a_problem(world: World, journal: Journal) -> None:
    await accept(world, "f1", "acme")
    journal.add(refused("f1"), cause="f1")
    await world.show(journal)
    for path in ("/v1/registrations/reg_f1", "/v1/facts/f1"):
        for key in (await world.key(), await world.key(partner="acme")):
            response = await world.get(path, key)
            assert response.status_code == 422
            assert response.headers["content-type"] == "application/problem+json"
            assert (response.json()["code"], response.json()["errors"][0]["field"]) == ("program.unknown", "program")
        assert (await world.get(path, await world.key(partner="bolt"))).status_code == 404


async def test_a_refusal_is_waited_for_where_the_feed_is_behind_the_pipeline(world: World, journal: Journal) -> None:
    await accept(world, "f1")
    journal.add(refused("f1"), cause="f1")
    await world.append(journal)
    await world.processed("maven", "f1", journal.seq)
    await world.project(PIPELINE)
    key = await world.key()
    behind = await world.get("/v1/registrations/reg_f1", key, min_position="f1", wait=0)
    assert (behind.status_code, behind.json()["code"]) == (503, "position.not_reached")
    waiting = asyncio.create_task(world.get("/v1/registrations/reg_f1", key, min_position="f1", wait=10))
    await world.project(FEED)
    assert (await waiting).status_code == 422


async def test_evidence_says_what_a_person_found_of_it(world: World, journal: Journal) -> None:
    journal.submit("reg_a")
    for name in ("ev_1", "ev_2", "ev_3"):
        evidence = r.Evidence(evidence=name, kind="demo", on=journal.clock.date())
        journal.add(r.EvidenceAdded(registration="reg_a", evidence=evidence))
    journal.add(r.EvidenceVerified(registration="reg_a", evidence="ev_1"))
    journal.add(r.EvidenceRefuted(registration="reg_a", evidence="ev_2"))
    await world.show(journal)
    shown = (await world.get("/v1/registrations/reg_a", await world.key())).json()["evidence"]
    assert [one["verdict"] for one in shown] == ["verified", "refuted", None]


async def test_the_revision_is_the_etag(world: World, journal: Journal) -> None:
    journal.submit("reg_a")
    evidence = r.Evidence(evidence="ev_1", kind="demo", on=journal.clock.date())
    journal.add(r.EvidenceAdded(registration="reg_a", evidence=evidence))
    await world.show(journal)
    key = await world.key()
    response = await world.get("/v1/registrations/reg_a", key)
    assert response.headers["etag"] == '"2"'
    assert response.json()["evidence"] == [
        {"evidence": "ev_1", "kind": "demo", "on": str(journal.clock.date()), "verdict": None}
    ]
    # The state moves without the revision, so the same ETag must not hide it.
    again = await world.get("/v1/registrations/reg_a", {**key, "If-None-Match": '"2"'})
    assert again.status_code == 200


async def test_personal_fields_are_unsealed_and_gone_with_their_person(world: World, journal: Journal) -> None:
    sealed = await world.persons.seal("maven", "ann@example.com", {"name": "Ann", "email": "ann@example.com"})
    notes = await world.persons.seal("maven", "reg_a", {"notes": "met at the fair"})
    contact = Contact(name=sealed["name"], email=sealed["email"])
    journal.submit("reg_a", contact=contact, notes=notes["notes"])
    await world.show(journal)
    key = await world.key()
    document = (await world.get("/v1/registrations/reg_a", key)).json()
    assert document["contact"] == {"name": "Ann", "email": "ann@example.com"}
    assert document["notes"] == "met at the fair"
    event = (await world.get("/v1/events", key)).json()["items"][0]
    assert event["data"]["contact"]["name"] == "Ann"
    assert await world.persons.erase("maven", sealed["name"].person)
    document = (await world.get("/v1/registrations/reg_a", key)).json()
    assert (document["contact"], document["notes"]) == ({"name": None, "email": None}, "met at the fair")


async def test_history_is_every_entry_that_touched_it_in_order(world: World, journal: Journal) -> None:
    for one in ("reg_h", "reg_a"):
        journal.submit(one)
        journal.complete(one)
    journal.protect("reg_h")
    journal.wait_behind("reg_a", "reg_h")
    await world.show(journal)
    key = await world.key()
    items = (await world.get("/v1/registrations/reg_h/history", key)).json()["items"]
    assert [(one["position"], one["type"]) for one in items] == [
        (1, "registration.submitted"),
        (2, "registration.completed"),
        (5, "registration.approved"),
        (6, "conflict.detected"),
        (7, "registration.held"),
    ]
    page = (await world.get("/v1/registrations/reg_h/history", key, limit=2)).json()
    rest = (await world.client.get(page["next"], headers=key)).json()["items"]
    assert [one["position"] for one in page["items"] + rest] == [1, 2, 5, 6]


async def test_the_explanation_tells_rules_in_order_and_who_lost(world: World, journal: Journal) -> None:
    journal.submit("reg_h", "acme")
    journal.complete("reg_h")
    journal.protect("reg_h")
    journal.submit("reg_a", "bolt")
    tier = {"has": "gold", "least": "gold"}
    findings = (
        Finding(clause="eligibility.min_tier", outcome="passed", code="eligibility.min_tier.passed", inputs=tier),
        Finding(clause="exclusivity", outcome="failed", code="exclusivity", inputs={"keys": ["tax_id:1"]},
                rivals=("reg_h",), rival_count=1),
    )  # fmt: skip
    journal.complete("reg_a", findings=findings)
    journal.wait_behind("reg_a", "reg_h")
    await world.show(journal)
    key = await world.key()
    loser = (await world.get("/v1/registrations/reg_a/explanation", key)).json()
    assert (loser["state"], loser["policy"], loser["sentence"]) == ("waiting", "demo/1", "Waits.")
    first = loser["decisions"][0]
    assert [(one["clause"], one["outcome"]) for one in first["findings"]] == [
        ("eligibility.min_tier", "passed"),
        ("exclusivity", "failed"),
    ]
    assert first["findings"][1]["rivals"] == ["reg_h"]
    assert first["findings"][0]["sentence"] == "The partner's tier is enough (gold)."
    assert [(one["registration"], one["role"]) for one in loser["rivals"]] == [("reg_h", "holder")]
    assert first["findings"][1]["against"] == "Against acme (reg_h)."
    winner = (await world.get("/v1/registrations/reg_h/explanation", key)).json()
    assert [(one["registration"], one["partner"], one["role"]) for one in winner["rivals"]] == [
        ("reg_a", "bolt", "claimant")
    ]
    assert [one["type"] for one in winner["decisions"]] == ["registration.completed", "registration.approved"]


async def test_an_explanation_says_its_language_and_has_names_and_local_dates(world: World, journal: Journal) -> None:
    zone = {"program": "demo", "version": 1, "time_zone": "Asia/Tokyo"}
    journal.add(PartnerEnrolled(partner="acme", name="Acme Systems"))
    journal.add(ProgramPublished(program="demo", number=1, policy=zone))
    journal.submit("reg_h", "acme")
    journal.complete("reg_h")
    journal.protect("reg_h", until=datetime(2026, 6, 30, 15, 0, tzinfo=UTC))
    journal.submit("reg_a", "bolt")
    held = Finding(
        clause="exclusivity", outcome="failed", code="exclusivity", inputs={"keys": ["duns:1"]}, rivals=("reg_h",),
        rival_count=1,
    )  # fmt: skip
    journal.wait_behind("reg_a", "reg_h", partner="acme", findings=(held,))
    await world.show(journal)
    for key in (await world.key(), await world.key(partner="acme")):
        headers = {**key, "Accept-Language": "fr, en;q=0.3"}
        asked = await world.client.get("/v1/registrations/reg_h/explanation", headers=headers)
        assert asked.headers["content-language"] == "en"
        assert asked.headers["vary"] == "Accept, Accept-Language"
        [approved] = [one for one in asked.json()["decisions"] if one["type"] == "registration.approved"]
        assert approved["sentence"] == "Approved; protected until 1 Jul 2026."
    waiting = (await world.get("/v1/registrations/reg_a/explanation", await world.key())).json()
    assert waiting["decisions"][-1]["findings"][0]["against"] == "Against Acme Systems (reg_h)."
    bolt = await world.get("/v1/registrations/reg_a/explanation", await world.key(partner="bolt"))
    assert not [name for name in ("reg_h", "Acme", "rival") if name in bolt.text]


async def test_a_decided_fact_shows_its_entries(world: World, journal: Journal) -> None:
    await accept(world, "a")
    journal.submit("reg_a")
    await world.append(journal)
    key = await world.key()
    assert (await world.get("/v1/facts/a", key)).status_code == 202
    journal.add(
        r.RegistrationCompleted(
            policy="demo/1", registration="reg_a", policy_number=1, products=("GTX Basic",), keys=()
        ),
        cause="a",
    )
    await world.show(journal)
    document = (await world.get("/v1/facts/a", key)).json()
    assert [one["type"] for one in document["entries"]] == ["registration.submitted", "registration.completed"]


async def test_reading_ones_own_write_waits_for_all_of_it(world: World, journal: Journal) -> None:
    await accept(world, "a")
    journal.submit("reg_a")
    journal.complete("reg_a")
    await world.append(journal)
    key = await world.key()
    late = await world.get("/v1/registrations/reg_a", key, min_position="a", wait="0.05")
    assert (late.status_code, late.json()["code"]) == (503, "position.not_reached")
    assert late.headers["retry-after"]
    asked = asyncio.create_task(world.get("/v1/registrations/reg_a", key, min_position="a", wait="20"))
    await world.project()
    await world.processed("maven", "a", 2)
    response = await asked
    assert (response.status_code, response.json()["state"]) == (200, "submitted")
    assert (await world.get("/v1/pipeline", key, min_position="2", wait="0")).status_code == 200
    assert (await world.get("/v1/pipeline", key, min_position="3", wait="0")).status_code == 503
    unknown = await world.get("/v1/pipeline", key, min_position="nobody")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "fact.unknown")


async def test_a_past_without_the_registration_is_unknown_not_pending(world: World, journal: Journal) -> None:
    journal.submit("reg_first")
    await accept(world, "a")
    journal.add(submitted("reg_a"), cause="a")
    await world.show(journal)
    assert (await world.get("/v1/registrations/reg_a", await world.key(), as_of="1")).status_code == 404


async def test_events_go_on_where_they_stopped(world: World, journal: Journal) -> None:
    for number in range(5):
        journal.submit(f"reg_{number}")
    await world.show(journal)
    key = await world.key()
    page = (await world.get("/v1/events", key, limit=3)).json()
    rest = (await world.client.get(page["next"], headers=key)).json()
    assert [one["position"] for one in page["items"] + rest["items"]] == [1, 2, 3, 4, 5]
    assert (await world.client.get(rest["next"], headers=key)).json()["items"] == []
    journal.submit("reg_5")
    await world.show(journal)
    assert [one["position"] for one in (await world.client.get(rest["next"], headers=key)).json()["items"]] == [6]


async def test_an_answer_from_several_views_waits_for_all_of_them(world: World, journal: Journal) -> None:
    journal.submit("reg_a")
    await world.append(journal)
    await world.project(FEED)
    key = await world.key()
    late = await world.get("/v1/registrations/reg_a/explanation", key, wait="0")
    assert (late.status_code, late.json()["code"]) == (503, "position.not_reached")
    await world.project(PIPELINE, CONFLICTS)
    assert (await world.get("/v1/registrations/reg_a/explanation", key, wait="0")).status_code == 200


async def test_a_held_amendment_is_shown_to_its_partner_and_the_vendor_and_to_no_rival(
    world: World, journal: Journal
) -> None:
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a")
    opponent = Opponent(registration="reg_b", partner="bolt", keys=("name:globex",), products=("GTX Pro",))
    held = AmendmentHeld(
        registration="reg_a", patch=r.Patch(products=("GTX Pro",)), fields=("products",), products=("GTX Pro",),
        keys=("name:globex",), opponents=(opponent,),
    )  # fmt: skip
    journal.add(held)
    await world.show(journal)
    for key in (await world.key(), await world.key(partner="acme")):
        response = await world.get("/v1/registrations/reg_a", key)
        document = response.json()
        assert (document["products"], document["amendment"]["patch"]) == (["GTX Basic"], {"products": ["GTX Pro"]})
        assert (document["revision"], response.headers["ETag"]) == (2, '"2"')
    assert (await world.get("/v1/registrations/reg_a", await world.key(partner="bolt"))).status_code == 404
    told = await world.get("/v1/registrations/reg_a/history", await world.key(partner="acme"))
    assert "amendment.held" in told.text
    assert "bolt" not in told.text
    assert "reg_b" not in told.text
