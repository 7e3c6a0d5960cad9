"""Lists that are read by an index of current rows: pages stay those of their first moment, whatever ended since."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from services.projections.api import pipeline
from shared.events.registration import Customer, Patch, RegistrationAmended
from tests.integration.projections.conftest import World
from tests.integration.projections.test_pipeline_api import ids
from tests.journals import Journal


@pytest.mark.parametrize("sort", ["protected_until", "-protected_until", "customer", "-customer"])
async def test_pages_in_order_keep_those_that_ended_since(world: World, sort: str) -> None:
    journal = Journal()
    claims = [f"reg_{number}" for number in range(7)]
    for number, claim in enumerate(claims):
        journal.submit(claim, customer=_customer(7 - number // 2))
        journal.complete(claim)
        journal.protect(claim, until=datetime(2026, 9, 7 - number // 2, tzinfo=UTC))
    await world.show(journal)
    key, found = await world.key(), list[str]()
    path = f"/v1/pipeline?state=protected&sort={sort}&limit=2"
    while path:
        page = await world.client.get(path, headers=key)
        found += ids(page)
        path = page.json()["next"]
        if len(found) == 2:  # one that was read, and two that were not
            for ended in (found[0], *[one for one in claims if one not in found][2:4]):
                journal.expire(ended, cause=f"deadline-of-{ended}")
            journal.submit("reg_later", customer=_customer(1))
            journal.complete("reg_later")
            journal.protect("reg_later", until=datetime(2026, 9, 1, tzinfo=UTC))
            await world.show(journal)
    falls = sort.startswith("-")
    in_order = sorted(claims, key=lambda one: (7 - int(one[-1]) // 2, one), reverse=falls)
    assert found == in_order
    still = ids(await world.get("/v1/pipeline", key, state="protected", sort=sort))
    assert len(still) == 5
    in_order.insert(len(in_order) if falls else 0, "reg_later")
    assert still == [one for one in in_order if one in still]


def _customer(number: int) -> Customer:
    return Customer(legal_name=f"Globex {number} GmbH", country="DE")


@pytest.mark.parametrize("most", [0, 1, 1_000], ids=["as text", "few names", "any names"])
async def test_a_text_in_names_finds_what_it_found_on_the_first_page(
    world: World, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(pipeline, "MOST_NAMES", most)
    journal = Journal()
    for number, name in enumerate(["Öl 50% Nile AG", "Nile_1 Foods", "Adler", "NILEX", "Adler of the Nile", "nilex"]):
        journal.submit(f"reg_{number}", customer=Customer(legal_name=name, country="DE"))
        journal.complete(f"reg_{number}")
        journal.protect(f"reg_{number}")
    await world.show(journal)
    key = await world.key()
    first = await world.client.get("/v1/pipeline?customer=NiLe&sort=submitted_at&limit=2", headers=key)
    journal.expire("reg_3", cause="deadline-of-reg_3")
    renamed = Patch(customer={"legal_name": "Adler"})
    journal.add(RegistrationAmended(registration="reg_4", expected_revision=1, patch=renamed, fields=("customer",)))
    journal.submit("reg_9", customer=Customer(legal_name="Nile later", country="DE"))
    await world.show(journal)
    found, path = ids(first), first.json()["next"]
    while path:
        page = await world.client.get(path, headers=key)
        found += ids(page)
        path = page.json()["next"]
    assert found == ["reg_0", "reg_1", "reg_3", "reg_4", "reg_5"]
    now = ids(await world.get("/v1/pipeline", key, customer="nile", sort="submitted_at"))
    assert now == ["reg_0", "reg_1", "reg_3", "reg_5", "reg_9"]
    for text, numbers in (("50%", [0]), ("e_1", [1]), ("%", [0]), ("_", [1]), ("öl", [0]), ("zz", [])):
        assert ids(await world.get("/v1/pipeline", key, customer=text, sort="submitted_at")) == [
            f"reg_{number}" for number in numbers
        ], text
