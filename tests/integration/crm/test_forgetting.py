"""Bodies and persons are erased: by a privacy deletion in the CRM, by an erasure here, and by age."""

from __future__ import annotations

from shared.events.person import PersonErased
from tests.hubspot import event
from tests.integration.crm.conftest import SETTINGS, Place
from tests.integration.registration.conftest import SUBMISSION

EMAIL = "jana@adler.example"
TALKING = {"dealstage": "talking"}


async def known(place: Place) -> None:
    """A person of a registration who is a contact of deal 7 too; deal 8 has nothing to do with it."""
    claim = {**SUBMISSION, "contact": {"name": "Jana", "email": EMAIL}}
    headers = {**place.admin, "Idempotency-Key": "claim"}
    assert (await place.edge.client.post("/v1/registrations", json=claim, headers=headers)).status_code == 202
    place.fake.put("contacts", "508", email="Jana@Adler.example")
    for deal in ("7", "8"):
        place.fake.put("deals", deal, **TALKING, dealname=f"deal of {deal}")
    place.fake.associate("7", "contacts", "508")
    await place.deliver(event("7"))
    await place.deliver(event("8"))
    await place.read()
    assert await bodies(place) == 4


async def bodies(place: Place) -> int:
    return int(await place.edge.pool.fetchval("SELECT count(*) FROM crm.body"))


async def erased(place: Place) -> int:
    return sum(isinstance(one, PersonErased) for one in await place.told())


async def test_a_privacy_deletion_erases_the_person_and_every_body_of_its_deals(place: Place) -> None:
    await known(place)
    one = event("508", "contact.privacyDeletion")
    assert (await place.deliver(one)).json() == {"to_read": 1, "ignored": 0, "unusable": 0}
    await place.read()
    assert await erased(place) == 1
    assert await bodies(place) == 2  # those of deal 8
    assert await place.edge.pool.fetchval("SELECT count(*) FROM crm.contact") == 0
    found = await place.edge.pool.fetchval("SELECT count(*) FROM registration.person WHERE wrapped_key IS NOT NULL")
    assert found == 0
    await place.deliver(one)
    await place.read()
    assert await erased(place) == 1


async def test_an_erasure_here_deletes_the_bodies_too(place: Place) -> None:
    await known(place)
    answer = await place.edge.client.post("/v1/persons/erasure", json={"email": EMAIL}, headers=place.admin)
    assert answer.json()["erased"] is True
    assert await bodies(place) == 2
    assert await place.edge.pool.fetchval("SELECT count(*) FROM crm.contact") == 0


async def test_bodies_go_with_their_age_and_tasks_stay(place: Place) -> None:
    await known(place)
    await place.deliver(event("9"))
    await place.ask("PUT", "/settings", {**SETTINGS, "keep_days": 10})
    for days, left in ((9, 5), (11, 0)):
        await place.edge.pool.execute(
            "UPDATE crm.body SET stored_at = clock_timestamp() - make_interval(days => $1)", days
        )
        await place.crm.forget()
        assert await bodies(place) == left
    assert (await place.waiting())["tasks"] == 1
