"""Personal texts are sealed before they leave the edge, open for reads, and gone once the person is erased."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from shared.errors import Corrupt
from shared.events.registration import EvidenceAdded, RegistrationSubmitted
from shared.events.sealed import Sealed
from shared.persons import MasterKey, Persons
from shared.persons.master_key import NONCE_BYTES
from shared.saved_views import Owner, SavedViews
from shared.saved_views.store import lookup_of
from tests.integration.registration.conftest import SUBMISSION, Edge
from tests.stored import both_forms

SECRETS = ("Jana Adler", "jana@adler.example", "+49 30 1234", "golf on Sundays", "shown to Jana")
PERSONAL = {
    **SUBMISSION,
    "contact": {"name": SECRETS[0], "email": SECRETS[1], "phone": SECRETS[2]},
    "notes": SECRETS[3],
    "evidence": [{"kind": "demo", "on": "2026-01-01", "note": SECRETS[4]}],
}


async def post(edge: Edge, path: str, body: Any, key: str = "k") -> Any:
    answer = await edge.client.post(path, json=body, headers={**await edge.key(), "Idempotency-Key": key})
    assert answer.status_code == 202, answer.text
    return answer


def keeper(edge: Edge) -> Persons:
    return Persons(edge.pool, MasterKey(edge.settings.master_key_bytes()))


def boxes(event: RegistrationSubmitted) -> list[Sealed]:
    assert event.contact is not None
    found = [event.contact.name, event.contact.email, event.contact.phone, event.notes, event.evidence[0].note]
    return [one for one in found if one is not None]


async def submitted(edge: Edge) -> RegistrationSubmitted:
    event = (await edge.facts())[0].event
    assert isinstance(event, RegistrationSubmitted)
    return event


async def test_no_personal_text_rests_in_clear_anywhere(edge: Edge) -> None:
    await post(edge, "/v1/registrations", PERSONAL)
    await post(edge, "/v1/registrations/reg_a/review", {"verdict": "approve", "note": SECRETS[3]}, "r")
    await post(edge, "/v1/registrations/reg_a/extension", {"reason": SECRETS[4]}, "e")
    await post(edge, "/v1/registrations/reg_a/objection", {"reason": SECRETS[4]}, "o")
    tables = await edge.pool.fetch(
        "SELECT schemaname || '.' || tablename AS name FROM pg_tables "
        "WHERE schemaname IN ('log', 'registration', 'attribution', 'projections')"
    )
    for table in tables:
        for row in await edge.pool.fetch(f"SELECT * FROM {table['name']}"):
            stored = b"\n".join(
                both_forms(value) if isinstance(value, bytes) else str(value).encode() for value in row.values()
            )
            assert not [secret for secret in SECRETS if secret.encode() in stored], table["name"]


async def test_reads_open_them_and_erasure_ends_that(edge: Edge) -> None:
    await post(edge, "/v1/registrations", PERSONAL)
    event = await submitted(edge)
    persons = keeper(edge)
    opened = await persons.unseal("acme", boxes(event))
    assert tuple(opened.values()) == SECRETS
    person = await persons.find("acme", " JANA@adler.example ")
    assert person == boxes(event)[0].person
    assert await persons.erase("acme", person)
    assert not await persons.erase("acme", person)
    assert set((await persons.unseal("acme", boxes(event))).values()) == {None}
    assert await persons.find("acme", SECRETS[1]) is None


async def test_no_two_texts_are_sealed_under_one_nonce(edge: Edge) -> None:
    await post(edge, "/v1/registrations", PERSONAL)
    await post(edge, "/v1/registrations", PERSONAL, "again")
    sealed = [one for fact in await edge.facts() for one in boxes(fact.event)]  # type: ignore[arg-type]
    assert len({one.person for one in sealed}) == 1, "one key for all of them"
    assert len(sealed) == 2 * len(SECRETS)
    assert len({base64.b64decode(one.box)[:NONCE_BYTES] for one in sealed}) == len(sealed)


async def test_one_address_is_one_person_and_after_erasure_another(edge: Edge) -> None:
    persons = keeper(edge)
    made = await asyncio.gather(*(persons.seal("acme", "jana@adler.example", {"n": "x"}) for _ in range(20)))
    [person] = {one["n"].person for one in made}
    await persons.erase("acme", person)
    after = await persons.seal("acme", "jana@adler.example", {"n": "x"})
    assert after["n"].person != person


async def test_vendors_do_not_share_persons_nor_open_each_others_texts(edge: Edge) -> None:
    persons = keeper(edge)
    ours = (await persons.seal("acme", "jana@adler.example", {"n": "x"}))["n"]
    theirs = (await persons.seal("other", "jana@adler.example", {"n": "x"}))["n"]
    assert ours.person != theirs.person
    assert await persons.unseal("other", [ours]) == {ours: None}
    assert not await persons.erase("other", ours.person)


async def test_a_text_that_was_moved_or_altered_does_not_open(edge: Edge) -> None:
    persons = keeper(edge)
    one = (await persons.seal("acme", "a@a.example", {"n": "secret of a"}))["n"]
    other = (await persons.seal("acme", "b@b.example", {"n": "secret of b"}))["n"]
    with pytest.raises(Corrupt):
        await persons.unseal("acme", [Sealed(person=other.person, box=one.box)])
    with pytest.raises(Corrupt):
        await Persons(edge.pool, MasterKey(b"another key, of thirty-two bytes")).unseal("acme", [one])


async def test_texts_without_an_address_belong_to_the_registration(edge: Edge) -> None:
    await post(edge, "/v1/registrations", {**SUBMISSION, "notes": SECRETS[3]})
    registration = (await submitted(edge)).registration
    await post(
        edge,
        f"/v1/registrations/{registration}/evidence",
        {"kind": "poc", "on": "2026-01-01", "note": SECRETS[4]},
        "e",
    )
    _, added = await edge.facts()
    assert isinstance(added.event, EvidenceAdded)
    assert added.event.evidence.note is not None
    person = await keeper(edge).find("acme", registration)
    assert person is not None
    assert added.event.evidence.note.person == person == getattr((await submitted(edge)).notes, "person", None)


async def test_a_retry_of_a_sealed_request_is_the_same_request(edge: Edge) -> None:
    headers = {**await edge.key(), "Idempotency-Key": "k"}
    answers = [await edge.client.post("/v1/registrations", json=PERSONAL, headers=headers) for _ in range(3)]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert len(await edge.facts()) == 1
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.person") == 1


async def test_erasing_over_http_is_for_the_vendor_and_tells_the_journal_once(edge: Edge) -> None:
    await post(edge, "/v1/registrations", PERSONAL)
    path, asked = "/v1/persons/erasure", {"email": SECRETS[1]}
    stranger, clerk = await edge.key(vendor="other"), await edge.key("registrations:write")
    assert (await edge.client.post(path, json=asked, headers=clerk)).json()["code"] == "scope.missing"
    assert (await edge.client.post(path, json=asked, headers=stranger)).json()["person"] is None
    admin = await edge.key("vendor:admin")
    done = (await edge.client.post(path, json=asked, headers=admin)).json()
    assert (done["erased"], done["person"]) == (True, boxes(await submitted(edge))[0].person)
    for _ in range(2):
        again = await edge.client.post(path, json={"person": done["person"]}, headers=admin)
        assert again.json() == {**done, "erased": False}
    assert [(fact.event.type, fact.id) for fact in (await edge.facts())[1:]] == [("person.erased", done["fact"])]


async def test_erasing_a_principal_deletes_what_it_saved(edge: Edge) -> None:
    persons = keeper(edge)
    views = SavedViews(edge.pool, persons)
    owners = [Owner("acme", partner, name) for name, partner in (("anna", None), ("anna", "acme"), ("bela", None))]
    for owner in (*owners, Owner("other", None, "anna")):
        await views.save(owner, "registrations", SECRETS[0], {"customer": SECRETS[4]})
    admin, stranger = await edge.key("vendor:admin"), await edge.key("vendor:admin", vendor="third")
    path = "/v1/persons/erasure"
    nobody = {"person": None, "erased": False, "fact": None}
    assert (await edge.client.post(path, json={"principal": "anna"}, headers=stranger)).json() == nobody
    assert (await edge.client.post(path, json={"principal": "Anna"}, headers=admin)).json() == nobody
    done = (await edge.client.post(path, json={"principal": "anna"}, headers=admin)).json()
    assert done["erased"] is True
    assert [len(await views.of(owner)) for owner in owners] == [0, 0, 1]
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.saved_view WHERE vendor = 'acme'") == 1
    assert len(await views.of(Owner("other", None, "anna"))) == 1
    assert [(fact.event.type, fact.id) for fact in await edge.facts()] == [("person.erased", done["fact"])]


async def test_what_an_erasure_that_was_killed_left_goes_with_the_next_edge(edge: Edge) -> None:
    persons, owner = keeper(edge), Owner("acme", None, "anna")
    views = SavedViews(edge.pool, persons)
    await views.save(owner, "measures", "mine", {})
    person = await persons.find("acme", lookup_of("anna"))
    assert person is not None
    await persons.erase("acme", person)
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.saved_view") == 1
    await edge.app.state.edge.erasures.publish_pending()
    assert await edge.pool.fetchval("SELECT count(*) FROM registration.saved_view") == 0


async def test_an_id_that_is_nobodys_is_not_told_to_the_journal(edge: Edge) -> None:
    admin = await edge.key("vendor:admin")
    answer = await edge.client.post("/v1/persons/erasure", json={"person": "jana-adler"}, headers=admin)
    assert answer.json() == {"person": None, "erased": False, "fact": None}
    for asked in ({}, {"email": SECRETS[1], "person": "x"}):
        refused = await edge.client.post("/v1/persons/erasure", json=asked, headers=admin)
        assert refused.json()["errors"][0]["code"] == "person.one_of"
    assert await edge.facts() == []
