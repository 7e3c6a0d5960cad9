"""Questions about customers as the vendor reads them: both sides, the deadline, what became of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.projections.open_work import tell
from services.projections.verify import verify, view_digests
from services.projections.views import MATCHES
from shared.events import registration as r
from shared.events import vendor as v
from shared.events.customer import CustomerMatchRevoked, match_id
from shared.observability import registry
from tests.integration.projections.conftest import World
from tests.journals import Journal

LATE, EARLY = match_id("reg_late", "reg_a"), match_id("reg_early", "reg_a")
ANSWERED, LAPSED = match_id("reg_c", "reg_a"), match_id("reg_d", "reg_a")


@pytest.fixture
def journal() -> Journal:
    """Four claims were held over reg_a's customer: one is late, one in time, one answered, one withdrawn."""
    journal = Journal(start=datetime.now(UTC).replace(microsecond=0) - timedelta(days=1))
    journal.add(v.VendorCreated(name="Maven", mode="live"))
    journal.submit("reg_a", "acme", customer=r.Customer(legal_name="Globex GmbH", tax_id="DE1", country="DE"))
    journal.complete("reg_a")
    journal.protect("reg_a")
    for name, days in (("reg_late", 0.5), ("reg_early", 9), ("reg_c", 9), ("reg_d", 9)):
        journal.submit(name, f"of-{name[4:]}", customer=r.Customer(legal_name="GLOBEX"), program="teaming")
        journal.complete(name)
        journal.ask(name, "reg_a", until=journal.start + timedelta(days=days))
    journal.add(r.CustomerMatchDecided(registration="reg_c", other="reg_a", same=False), principal="key:judge")
    journal.protect("reg_c")
    journal.add(r.RegistrationWithdrawn(registration="reg_d"))
    return journal


async def listed(world: World, key: dict[str, str], **query: Any) -> list[str]:
    response = await world.get("/v1/matches", key, **query)
    assert response.status_code == 200, response.text
    return [one["match"] for one in response.json()["items"]]


async def test_they_are_listed_by_what_they_wait_for(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    assert await listed(world, key, state="open", sort="decide_by") == [LATE, EARLY]
    assert await listed(world, key, overdue="true") == [LATE]
    assert await listed(world, key, state="open", overdue="false") == [EARLY]
    assert await listed(world, key, state="decided") == await listed(world, key, answer="different") == [ANSWERED]
    assert await listed(world, key, answer="same") == await listed(world, key, revoked="true") == []
    assert await listed(world, key, state="lapsed") == await listed(world, key, partner="of-d") == [LAPSED]
    assert await listed(world, key, partner="acme", registration="reg_late") == [LATE]
    assert len(await listed(world, key, program="demo")) == len(await listed(world, key, program="teaming")) == 4
    assert await listed(world, key, program="other") == []
    answered = next(one.seq for one in journal.entries if one.event.type == "customer.match_decided")
    assert await listed(world, key, as_of=str(answered - 1), registration="reg_c", state="open") == [ANSWERED]


async def test_pages_follow_one_another(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    whole = await listed(world, key, sort="decide_by")
    first = (await world.get("/v1/matches", key, sort="decide_by", limit=3)).json()
    second = (await world.client.get(first["next"], headers=key)).json()
    assert [one["match"] for one in first["items"] + second["items"]] == whole
    assert second["next"] is None


async def test_both_sides_are_shown_as_they_were_when_it_ended(world: World, journal: Journal) -> None:
    journal.add(
        r.RegistrationAmended(
            registration="reg_a", expected_revision=1, patch=r.Patch(customer={"city": "Bonn"}), fields=("customer",)
        )
    )
    await world.show(journal)
    key = await world.key()
    late = (await world.get(f"/v1/matches/{LATE}", key)).json()
    assert (late["registration"], late["other"], late["overdue"], late["asked"]) == ("reg_late", "reg_a", True, 1)
    mine, theirs = late["sides"]
    assert (mine["partner"], mine["customer"], mine["state"]) == ("of-late", {"legal_name": "GLOBEX"}, "in_review")
    assert theirs["customer"] == {"legal_name": "Globex GmbH", "tax_id": "DE1", "country": "DE", "city": "Bonn"}
    assert (theirs["program"], theirs["products"]) == ("demo", ["GTX Basic"])
    assert theirs["protected_from"] < theirs["protected_until"]
    answered = (await world.get(f"/v1/matches/{ANSWERED}", key)).json()
    assert (answered["state"], answered["same"], answered["decided_by"]) == ("decided", False, "key:judge")
    assert answered["overdue"] is False
    assert "city" not in answered["sides"][1]["customer"]
    assert answered["sides"][0]["state"] == "in_review"


async def test_a_partner_reads_none_and_others_are_unknown(world: World, journal: Journal) -> None:
    await world.show(journal)
    partner, other = await world.key(partner="of-late"), await world.key("other")
    for path in ("/v1/matches", f"/v1/matches/{LATE}"):
        refused = await world.get(path, partner)
        assert (refused.status_code, refused.json()["code"]) == (403, "credential.vendor_only")
    assert await listed(world, other) == []
    for key, match in ((other, LATE), (await world.key(), "mat_x_y")):
        unknown = await world.get(f"/v1/matches/{match}", key)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "match.unknown")


async def test_rows_folded_anew_are_those_that_came_one_by_one(world: World, journal: Journal) -> None:
    journal.add(CustomerMatchRevoked(registration="reg_c", other="reg_a"))
    for entry, record in zip(journal.entries, journal.records, strict=True):
        one = Journal(entries=[entry], records=[record])
        await world.log.append("journal", one.records)
        if entry.event.type in MATCHES.declares:
            await world.project(MATCHES)
    step_by_step = await view_digests(world.pool, [MATCHES])
    assert (await verify(world.pool, world.log, [MATCHES])).holds
    await world.pool.execute("TRUNCATE projections.head, projections.customer_match, log.ownership")
    await world.project(MATCHES)
    assert await view_digests(world.pool, [MATCHES]) == step_by_step


async def test_how_many_wait_and_how_they_were_answered_is_told(world: World, journal: Journal) -> None:
    journal.add(CustomerMatchRevoked(registration="reg_c", other="reg_a"))
    history = Journal("past", start=journal.start - timedelta(days=900))
    history.add(v.VendorCreated(name="Past", mode="importing"))
    history.ask("reg_p", "reg_q", until=history.start)
    await world.show(journal, history)
    async with world.pool.acquire() as connection:
        await tell(connection)

    def told(name: str, **labels: str) -> float | None:
        return registry.get_sample_value(f"dealreg_matches_{name}", labels)

    assert told("open") == 3
    assert told("overdue") == 1  # an import's past is over for nobody
    assert told("asked") == 5
    assert (told("answered", answer="same"), told("answered", answer="different")) == (0, 1)
    assert told("revoked") == 1
