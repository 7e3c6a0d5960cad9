"""The directory: a fold of the journal; a partner sees what is open to it and itself alone."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from services.registration.directory import VIEW
from shared.events.base import Event
from shared.events.codec import encode_entry
from shared.events.envelope import GENESIS, Entry
from shared.events.money import Money
from shared.events.partner import PartnerChanged, PartnerEnrolled, PartnerReinstated, PartnerSuspended
from shared.events.program import ProgramPublished, ProgramTookEffect, ProgramWithdrawn
from shared.events.target import TargetDropped, TargetSet
from shared.events.vendor import Product, VendorConfigured, VendorCreated, VendorDocument, VendorWentLive
from shared.policy.reading import read_policy
from tests.integration.registration.conftest import Edge

NOW = datetime(2026, 11, 24, tzinfo=UTC)
DAY = NOW.date()


def policy(program: str, number: int, **rest: Any) -> ProgramPublished:
    import orjson

    text = orjson.dumps({"program": program, "version": number, "protection": {"days": 90}, **rest})
    return ProgramPublished(program=program, number=number, policy=read_policy(text).model_dump(mode="json"))


EVENTS: list[Event] = [
    VendorCreated(name="Acme", mode="importing"),
    VendorConfigured(
        document=VendorDocument(
            products=(Product(product="GTX Pro", line="GTX", aliases=("GTXPro",)),), tiers=("silver", "gold")
        )
    ),
    PartnerEnrolled(partner="nord", name="Nord", tier="silver", segments={"region": "DACH", "size": "s"}),
    PartnerEnrolled(partner="sued", name="Sued", tier="gold", partner_type="reseller"),
    PartnerChanged(partner="nord", name="Nordlicht", segments={"size": None}),
    PartnerSuspended(partner="sued", reason="unpaid"),
    TargetSet(partner="nord", name="q1", measure="won", count=1, first_day=DAY, last_day=DAY),
    TargetSet(partner="nord", name="gone", measure="won", count=2, first_day=DAY, last_day=DAY),
    TargetSet(
        partner="nord",
        name="q1",
        measure="value",
        amount=Money(amount="5.00", currency="EUR"),
        product="GTX Pro",
        first_day=DAY,
        last_day=DAY,
    ),
    TargetDropped(partner="nord", name="gone"),
    policy("hunting", 1, required_fields=["customer.tax_id | customer.duns"]),
    ProgramTookEffect(program="hunting", number=1),
    policy("gold-only", 1, eligibility={"min_tier": "gold"}),
    ProgramTookEffect(program="gold-only", number=1),
    policy("hunting", 2, protection={"days": 60}),
    VendorWentLive(),
]


def entries(events: list[Event], vendor: str = "acme", first: int = 1) -> list[Entry]:
    made: list[Entry] = []
    for seq, event in enumerate(events, first):
        entry, _ = encode_entry(
            vendor=vendor, seq=seq, event=event, cause=f"f{seq}", clock=NOW, known_at=NOW,
            subjects=event.subjects(), principal=None, previous=made[-1].hash if made else GENESIS,
        )  # fmt: skip
        made.append(entry)
    return made


async def fold(pool: asyncpg.Pool, batch: list[Entry]) -> None:
    async with pool.acquire() as connection, connection.transaction():
        rows = await VIEW.load(connection, batch)
        await VIEW.write(connection, VIEW.fold(rows, batch))


async def content(pool: asyncpg.Pool) -> list[list[tuple[Any, ...]]]:
    return [
        [tuple(row) for row in await pool.fetch(f"SELECT * FROM {table} ORDER BY 1, 2, 3")] for table in VIEW.tables
    ]


@pytest.mark.parametrize("size", [1, 3, len(EVENTS)])
async def test_the_fold_does_not_depend_on_the_batches(edge: Edge, size: int) -> None:
    batch = entries(EVENTS) + entries(EVENTS, "other")
    await fold(edge.pool, batch)
    whole = await content(edge.pool)
    await edge.pool.execute(f"TRUNCATE {', '.join(VIEW.tables)}")
    for start in range(0, len(batch), size):
        await fold(edge.pool, batch[start : start + size])
    assert await content(edge.pool) == whole
    assert len(whole[0]) == 2


async def get(edge: Edge, path: str, key: dict[str, str]) -> Any:
    answer = await edge.client.get(path, headers=key)
    return answer.json() if answer.status_code == 200 else (answer.status_code, answer.json()["code"])


async def test_the_vendor_sees_everything_and_its_versions(edge: Edge) -> None:
    await fold(edge.pool, entries(EVENTS))
    key = await edge.key("pipeline:read")
    programs = (await get(edge, "/v1/programs", key))["programs"]
    assert [(one["program"], one["version"], one["versions"]) for one in programs] == [
        ("gold-only", 1, [1]),
        ("hunting", 1, [1, 2]),
    ]
    assert programs[1]["required_fields"] == ["customer.tax_id | customer.duns"]
    assert programs[1]["policy"]["protection"]["days"] == 90
    [product] = (await get(edge, "/v1/products", key))["products"]
    assert (product["product"], product["aliases"]) == ("GTX Pro", ["GTXPro"])
    partners = (await get(edge, "/v1/partners", key))["partners"]
    assert [(one["partner"], one["name"], one["segments"], one["status"]) for one in partners] == [
        ("nord", "Nordlicht", {"region": "DACH"}, "active"),
        ("sued", "Sued", {}, "suspended"),
    ]
    assert [list(one["targets"]) for one in partners] == [["q1"], []]
    assert partners[0]["targets"]["q1"] == {
        "measure": "value", "amount": {"amount": "5.00", "currency": "EUR"}, "count": None, "program": None,
        "product": "GTX Pro", "first_day": "2026-11-24", "last_day": "2026-11-24",
    }  # fmt: skip


async def test_a_partner_sees_what_is_open_to_it_and_itself_alone(edge: Edge) -> None:
    await fold(edge.pool, entries(EVENTS))
    key = await edge.key("pipeline:read", partner="nord")
    [program] = (await get(edge, "/v1/programs", key))["programs"]
    assert (program["program"], program["required_fields"], program["protection_days"]) == (
        "hunting",
        ["customer.tax_id | customer.duns"],
        90,
    )
    assert (program["policy"], program["versions"]) == (None, None)
    assert await get(edge, "/v1/programs/gold-only", key) == (404, "program.not_found")
    assert (await get(edge, "/v1/programs/hunting", key))["version"] == 1
    assert [one["partner"] for one in (await get(edge, "/v1/partners", key))["partners"]] == ["nord"]
    assert (await get(edge, "/v1/partners/nord", key))["name"] == "Nordlicht"
    assert await get(edge, "/v1/partners/sued", key) == (404, "partner.not_found")
    suspended = await edge.key("pipeline:read", partner="sued")
    assert (await get(edge, "/v1/programs", suspended))["programs"] == []
    await fold(edge.pool, entries([PartnerReinstated(partner="sued")], first=len(EVENTS) + 1))
    assert len((await get(edge, "/v1/programs", suspended))["programs"]) == 2


async def test_another_vendor_sees_nothing(edge: Edge) -> None:
    await fold(edge.pool, entries(EVENTS))
    key = await edge.key("pipeline:read", vendor="other")
    assert (await get(edge, "/v1/programs", key))["programs"] == []
    assert (await get(edge, "/v1/products", key))["products"] == []
    assert (await get(edge, "/v1/partners", key))["partners"] == []
    assert await get(edge, "/v1/partners/nord", key) == (404, "partner.not_found")


async def test_partners_come_by_pages(edge: Edge) -> None:
    many: list[Event] = [PartnerEnrolled(partner=f"p{number:02}", name="P") for number in range(25)]
    await fold(edge.pool, entries([EVENTS[0], *many]))
    key = await edge.key("pipeline:read")
    seen, path = [], "/v1/partners?limit=10"
    while path:
        page = await get(edge, path, key)
        seen += [one["partner"] for one in page["partners"]]
        path = page["next"]
    assert seen == [f"p{number:02}" for number in range(25)]
    assert await get(edge, "/v1/partners?limit=0", key) == (422, "request.invalid")


async def test_partners_are_read_by_their_ids(edge: Edge) -> None:
    many: list[Event] = [PartnerEnrolled(partner=f"p{number:02}", name="P") for number in range(25)]
    await fold(edge.pool, entries([EVENTS[0], *many]))
    key, own = await edge.key("pipeline:read"), await edge.key("pipeline:read", partner="p03")
    named = "/v1/partners?partner=p07&partner=p03&partner=nobody"
    page = await get(edge, f"{named}&limit=1", key)
    assert [one["partner"] for one in page["partners"]] == ["p03"]
    last = await get(edge, page["next"], key)
    assert ([one["partner"] for one in last["partners"]], last["next"]) == (["p07"], None)
    assert [one["partner"] for one in (await get(edge, named, own))["partners"]] == ["p03"], "itself alone"
    assert (await get(edge, "/v1/partners?partner=p07", own))["partners"] == []
    assert await get(edge, "/v1/partners?" + "&".join(["partner=p01"] * 201), key) == (422, "request.invalid")


async def test_a_partner_learns_the_gates_before_it_registers(edge: Edge) -> None:
    least = {"min_amount": {"value": 5000, "currency": "EUR"}}
    gated = policy("gated", 1, gates=least, required_fields=["amount"])
    await fold(edge.pool, entries([*EVENTS, gated, ProgramTookEffect(program="gated", number=1)]))
    key = await edge.key("pipeline:read", partner="nord")
    gates = {one["program"]: one["gates"] for one in (await get(edge, "/v1/programs", key))["programs"]}
    assert gates["hunting"] == {}
    assert gates["gated"].keys() == {"min_amount"}
    assert (gates["gated"]["min_amount"]["value"], gates["gated"]["min_amount"]["currency"]) == ("5000", "EUR")


async def test_a_partner_learns_what_it_can_hold_before_it_registers(edge: Edge) -> None:
    stated = policy(
        "shared", 1, required_fields=["site"], same_deal={"key": "line", "site": "same"},
        exclusivity={"mode": "one", "max": 2}, conflict={"contest_window": "5bd"},
        protection={"days": 30, "cooling_off_days": 14},
    )  # fmt: skip
    await fold(edge.pool, entries([*EVENTS, stated, ProgramTookEffect(program="shared", number=1)]))
    key = await edge.key("pipeline:read", partner="nord")
    found = {one["program"]: one for one in (await get(edge, "/v1/programs", key))["programs"]}
    assert found["shared"]["exclusivity"] == {"mode": "one", "max": 2}
    assert found["shared"]["windows"] == {"contest_window": "5bd", "waiter_confirm": "none", "on_lost": "none"}
    assert found["shared"]["cooling_off_days"] == 14
    assert found["shared"]["same_deal"] == {
        "customer": "entity", "key": "line", "products": "overlap", "site": "same", "territory": "ignore",
        "close_window_days": None,
    }  # fmt: skip
    # How rivals are compared stays the vendor's.
    assert not {"conflict", "order", "name_only"} & found["shared"].keys()


async def test_the_vendor_document_is_read_back_by_the_vendor_alone(edge: Edge) -> None:
    key = await edge.key("pipeline:read")
    assert (await get(edge, "/v1/vendor/document", key))["tiers"] == []
    await fold(edge.pool, entries(EVENTS))
    document = await get(edge, "/v1/vendor/document", key)
    assert document["tiers"] == ["silver", "gold"]
    assert document["products"][0]["aliases"] == ["GTXPro"]
    again = await edge.client.put(
        "/v1/vendor/document", json=document, headers={**await edge.key(), "Idempotency-Key": "k"}
    )
    assert again.status_code == 202, again.text
    partner = await edge.key("pipeline:read", partner="nord")
    assert await get(edge, "/v1/vendor/document", partner) == (403, "credential.vendor_only")


@pytest.mark.parametrize("name", ["policy", "vendor"])
async def test_an_editor_reads_the_schemas_without_a_key(edge: Edge, name: str) -> None:
    answer = await edge.client.get(f"/v1/schemas/{name}.json")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/schema+json")
    assert answer.json()["$id"] == f"/v1/schemas/{name}.json"


@pytest.mark.parametrize(
    ("after", "withdrawn"),
    [
        ([], True),
        ([policy("hunting", 3)], True),
        ([policy("hunting", 3), ProgramTookEffect(program="hunting", number=3)], False),
        ([ProgramTookEffect(program="hunting", number=2)], True),
        (
            [
                policy("hunting", 3),
                ProgramTookEffect(program="hunting", number=3),
                ProgramTookEffect(program="hunting", number=2),
            ],
            False,
        ),
    ],
)
async def test_a_withdrawn_program_is_closed_until_a_later_version_is_in_force(
    edge: Edge, after: list[Event], withdrawn: bool
) -> None:
    events = [*EVENTS, ProgramWithdrawn(program="hunting"), *after]
    await fold(edge.pool, entries(events))
    shown = await get(edge, "/v1/programs/hunting", await edge.key("pipeline:read"))
    assert shown["withdrawn"] is withdrawn
    whole = await content(edge.pool)
    await edge.pool.execute(f"TRUNCATE {', '.join(VIEW.tables)}")
    for one in entries(events):
        await fold(edge.pool, [one])
    assert await content(edge.pool) == whole


async def test_a_published_version_is_read_back_by_the_vendor_alone(edge: Edge) -> None:
    await fold(edge.pool, entries([*EVENTS, ProgramTookEffect(program="hunting", number=2)]))
    await fold(edge.pool, entries([ProgramWithdrawn(program="hunting")], first=20))
    key = await edge.key("pipeline:read")
    for number, state, days in ((1, "superseded", 90), (2, "in_force", 60)):
        found = (await edge.client.get(f"/v1/programs/hunting/versions/{number}", headers=key)).json()
        assert (found["version"], found["state"], found["withdrawn"]) == (number, state, True)
        assert found["policy"]["protection"]["days"] == days
    for path, status in (
        ("/v1/programs/hunting/versions/3", 404),
        ("/v1/programs/none/versions/1", 404),
        ("/v1/programs/hunting/versions/0", 422),
    ):
        assert (await edge.client.get(path, headers=key)).status_code == status, path
    own = await edge.client.get(
        "/v1/programs/hunting/versions/1", headers=await edge.key("pipeline:read", partner="sued")
    )
    assert (own.status_code, own.json()["code"]) == (403, "credential.vendor_only")
    other = await edge.client.get(
        "/v1/programs/hunting/versions/1", headers=await edge.key("pipeline:read", vendor="other")
    )
    assert (other.status_code, other.json()["code"]) == (404, "program.not_found")
