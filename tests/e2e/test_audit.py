"""The audit trail: who administered what and when, on the log as on the database, without a secret or a typed text."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from dealreg.runtime.in_process import Stack
from services.projections.audited import AUDITED
from services.projections.tables import partner_feed
from services.projections.views.feed_rows import SEARCHED
from shared.events.access import AccessEvent
from shared.log.port import partition_of
from tests.crash.work import journal
from tests.e2e.channel import Channel
from tests.e2e.command import dealreg, servers

LABEL = "Zylinderkopf desk of Jana"
NAME = "Zylinderkopf CRM"
NEW_KEY = {"label": LABEL, "scopes": ["pipeline:read", "events:read"]}


async def acts(channel: Channel, query: str = "", *, as_: str | None = None) -> list[dict[str, Any]]:
    """The trail, oldest first."""
    await channel.stack.drained()
    return list(reversed((await channel.read(f"/v1/audit?limit=500{query}", as_=as_))["items"]))


async def made(channel: Channel, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await channel.send("POST", path, body)
    assert answer.status_code in (200, 201), answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ended(channel: Channel, path: str) -> None:
    assert (await channel.send("DELETE", path)).status_code == 204


def own_credential(channel: Channel) -> str:
    return channel.key.split("_")[1]


async def test_each_act_on_a_credential_is_in_the_trail_with_who_and_when(live: Channel) -> None:
    one = await made(live, "/v1/credentials", NEW_KEY | {"expires_at": "2099-01-01T00:00:00Z"})
    two = await made(live, f"/v1/credentials/{one['credential']}/rotation", {"grace_seconds": 60})
    await ended(live, f"/v1/credentials/{two['credential']}")
    found = await acts(live, "&type=credential.created&type=credential.rotated&type=credential.revoked")
    assert [(act["type"], act["subjects"]) for act in found] == [
        ("credential.created", [f"credential:{one['credential']}"]),
        ("credential.rotated", [f"credential:{one['credential']}", f"credential:{two['credential']}"]),
        ("credential.revoked", [f"credential:{two['credential']}"]),
    ]
    me = own_credential(live)
    assert {(act["credential"], act["actor"]) for act in found} == {(me, f"key:{me}")}
    shown = await live.read(f"/v1/credentials/{two['credential']}")
    assert [act["at"] for act in found] == [instant(one["created_at"]), *map(instant, _times(shown))]
    assert found[0]["data"] == {
        "credential": one["credential"], "scopes": sorted(NEW_KEY["scopes"]), "expires_at": "2099-01-01T00:00:00Z",
    }  # fmt: skip
    assert instant(found[1]["data"].pop("expires_at")) == instant(two["replaced"]["expires_at"])
    assert found[1]["data"]["successor"] == two["credential"]


async def test_each_act_on_a_connection_is_in_the_trail(live: Channel) -> None:
    one = await made(live, "/v1/crm-connections", {"name": NAME})
    path = f"/v1/crm-connections/{one['connection']}"
    rotated = await made(live, f"{path}/rotation", {"grace_seconds": 60})
    await ended(live, path)
    found = await acts(live, f"&subject=connection:{one['connection']}")
    assert [act["type"] for act in found] == ["connection.created", "connection.rotated", "connection.deleted"]
    assert {act["credential"] for act in found} == {own_credential(live)}
    assert instant(found[1]["data"]["expires_at"]) == instant(rotated["replaced"]["expires_at"])


async def test_what_was_administered_by_facts_is_in_the_same_trail(live: Channel) -> None:
    await live.house("a")
    await live.send("POST", "/v1/partners/a/suspension", {"reason": "audit"})
    found = await acts(live)
    assert [act["type"] for act in found] == [
        "vendor.created", "vendor.configured", "partner.enrolled", "program.published", "partner.suspended",
    ]  # fmt: skip
    assert [act["actor"] for act in found] == ["operator"] + [f"key:{own_credential(live)}"] * 4
    # whole documents are read elsewhere: a page of them would have megabytes
    assert [act["data"] for act in found if act["type"] in ("vendor.configured", "program.published")] == [
        {}, {"program": "hunting", "number": 1},
    ]  # fmt: skip


async def test_a_second_revocation_writes_no_second_entry(live: Channel) -> None:
    one = await made(live, "/v1/credentials", NEW_KEY)
    for _ in range(2):
        await ended(live, f"/v1/credentials/{one['credential']}")
    found = await acts(live, f"&subject=credential:{one['credential']}")
    assert [act["type"] for act in found] == ["credential.created", "credential.revoked"]


async def test_what_was_refused_is_not_in_the_trail(live: Channel) -> None:
    before = await acts(live)
    assert (await live.send("DELETE", "/v1/credentials/0123456789abcdef")).status_code == 404
    last = await live.send("DELETE", f"/v1/credentials/{own_credential(live)}")
    assert last.json()["code"] == "credential.last_administrator"
    assert await acts(live) == before


async def test_acts_told_twice_are_one_entry(live: Channel) -> None:
    edge = live.stack.runtime  # the same database and log, through which another process tells the act again
    one = await made(live, "/v1/credentials", NEW_KEY)
    await live.stack.drained()
    entries = [entry for entry in await journal(edge.log, live.vendor) if isinstance(entry.event, AccessEvent)]
    [row] = [entry for entry in entries if entry.subjects == (f"credential:{one['credential']}",)]
    await edge.pool.execute(
        "INSERT INTO registration.administration (vendor, key, principal, type, content) "
        "SELECT vendor, key, principal, $2, $3 FROM registration.idempotency WHERE fact_id = $1",
        row.cause, row.event.type, row.event.model_dump_json(exclude_defaults=True).encode(),
    )  # fmt: skip
    two = await made(live, "/v1/credentials", NEW_KEY)
    found = await acts(live, "&type=credential.created")
    assert [act["data"]["credential"] for act in found] == [one["credential"], two["credential"]]


async def test_the_filters_narrow_the_trail_and_pages_join(live: Channel) -> None:
    await live.house("a")
    ids = [(await made(live, "/v1/credentials", NEW_KEY))["credential"] for _ in range(5)]
    await live.stack.drained()
    shown: list[str] = []
    path: str | None = "/v1/audit?limit=2&type=credential.created"
    while path:
        page = await live.read(path)
        shown += [act["data"]["credential"] for act in page["items"]]
        path = page["next"]
    assert shown == ids[::-1]
    assert [act["type"] for act in await acts(live, "&actor=operator")] == ["vendor.created"]
    assert len(await acts(live, f"&actor={own_credential(live)}")) == 8
    assert len(await acts(live, f"&actor=key:{own_credential(live)}")) == 8
    times = [act["at"] for act in await acts(live, "&type=credential.created")]
    assert len(await acts(live, f"&done_from={times[2]}&type=credential.created")) == 3
    assert len(await acts(live, f"&done_before={times[2]}&type=credential.created")) == 2
    ascending = await live.read("/v1/audit?sort=position&limit=1")
    assert ascending["items"][0]["type"] == "vendor.created"


async def test_a_vendor_reads_nothing_of_another_ones_administration(live: Channel, running: Stack) -> None:
    one = await made(live, "/v1/credentials", NEW_KEY)
    other = f"other-{uuid4().hex[:12]}"
    await running.vendor(other)
    stranger = await Channel.open(running, other, day=None)
    assert [act["type"] for act in await acts(stranger)] == ["vendor.created"]
    assert await acts(stranger, f"&subject=credential:{one['credential']}") == []


async def test_a_partner_reads_of_its_own_keys_and_not_who_acted(live: Channel) -> None:
    await live.house("a", "b")
    keys = {
        partner: await made(live, "/v1/credentials", {"partner": partner, "scopes": ["events:read"]})
        for partner in ("a", "b")
    }
    await made(live, "/v1/crm-connections", {"name": NAME})
    await made(live, "/v1/credentials", NEW_KEY)
    found = await acts(live, as_=keys["a"]["key"])
    assert [(act["type"], act["position"]) for act in found] == [("partner.enrolled", 1), ("credential.created", 2)]
    assert found[1]["data"]["credential"] == keys["a"]["credential"]
    said = str((found, (await live.read("/v1/events", as_=keys["a"]["key"]))["items"]))
    assert own_credential(live) not in said
    assert keys["b"]["credential"] not in said
    refused = await live.get("/v1/audit?actor=operator", as_=keys["a"]["key"])
    assert (refused.status_code, refused.json()["code"]) == (403, "credential.vendor_only")


@pytest.mark.parametrize("scope", ["pipeline:read", "events:read", "vendor:admin"])
async def test_the_vendors_trail_needs_the_scope_of_those_who_administer_keys(live: Channel, scope: str) -> None:
    key = await live.stack.key(live.vendor, [scope])
    answer = await live.get("/v1/audit", as_=key)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing")


async def test_no_secret_no_hash_and_no_typed_text_is_on_the_log(live: Channel) -> None:
    one = await made(live, "/v1/credentials", NEW_KEY | {"principal": "Zylinderkopf"})
    two = await made(live, f"/v1/credentials/{one['credential']}/rotation", {})
    crm = await made(live, "/v1/crm-connections", {"name": NAME})
    again = await made(live, f"/v1/crm-connections/{crm['connection']}/rotation", {})
    await live.stack.drained()
    hashes = await live.stack.pool.fetch(
        "SELECT encode(secret_hash, 'hex') AS hex, encode(secret_hash, 'base64') AS base64 "
        "FROM registration.credential WHERE vendor = $1", live.vendor,
    )  # fmt: skip
    secrets = [key["key"].split("_", 2)[2] for key in (one, two)]
    secrets += [key["secret"].removeprefix("whsec_") for key in (crm, again)]
    written = [b"".join(record) for topic in ("facts", "journal") for record in await _bytes(live, topic)]
    assert len(written) > 8
    for text in ("Zylinderkopf", *secrets, *(value for row in hashes for value in row.values())):
        assert [one for one in written if text.encode() in one] == [], text


async def test_a_vendor_that_imports_its_history_has_its_trail_at_once(importing: Channel) -> None:
    await importing.house("a")
    clock = (await importing.read("/v1/events?limit=500"))["items"][-1]["clock"]
    one = await made(importing, "/v1/credentials", NEW_KEY)
    [act] = await acts(importing, "&type=credential.created")
    assert instant(act["at"]) == instant(one["created_at"])
    entry = (await importing.read("/v1/events?limit=500"))["items"][-1]
    assert (entry["type"], entry["clock"]) == ("credential.created", clock), "the vendor's past goes on where it was"
    await importing.on(1).send("POST", "/v1/partners", {"partner": "later", "name": "Later"})
    assert (await acts(importing))[-1]["type"] == "partner.enrolled"


async def test_the_operators_command_is_in_the_trail_and_another_one_shows_it(live: Channel, tmp_path: Path) -> None:
    before = (await acts(live))[-1]["at"]
    one = await commanded(live, tmp_path, "credential", "create", live.vendor, "--all-scopes", "--label", LABEL)
    [act] = await acts(live, "&type=credential.created")
    assert (act["actor"], act["credential"], act["data"]["credential"]) == ("operator", None, one["credential"])
    asked = ("--type", "credential.created", "--subject", act["subjects"][0], "--since", before, "--actor", "operator")
    shown = await commanded(live, tmp_path, "audit", "--vendor", live.vendor, *asked)
    assert [(found["seq"], found["at"], found["data"]) for found in shown] == [
        (act["position"], act["at"], act["data"])
    ]


async def commanded(channel: Channel, folder: Path, *arguments: str) -> Any:
    """What the command printed as JSON."""
    assert channel.stack.settings.database_url is not None
    url = channel.stack.settings.database_url.get_secret_value()
    async with dealreg(folder, *arguments, "--json", **servers(url)) as command:
        assert await command.process.wait() == 0, command.said()
        return orjson.loads(command.output.read_text())


async def test_an_index_holds_the_entries_of_the_trail_alone(running: Stack) -> None:
    definition = await running.pool.fetchval("SELECT pg_get_indexdef('projections.feed_audited'::regclass)")
    assert [one for one in AUDITED if f"'{one}'" not in definition] == []
    assert definition.count("::text") - definition.count("::text[]") == len(AUDITED)
    # A partner's row has JSON of its own for these types alone.
    assert {*AUDITED} == SEARCHED - {"fact.refused"}
    types = ", ".join(f"'{one}'" for one in AUDITED[3:6])
    vendors = f"SELECT * FROM projections.feed WHERE vendor = 'x' AND type IN ({types}) ORDER BY seq DESC LIMIT 50"
    own = partner_feed.c
    query = sa.select(partner_feed).where(own.vendor == "x", own.partner == "y", own.searched).order_by(own.n.desc())
    partners = query.limit(50).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
    async with running.pool.acquire() as connection:
        assert "feed_audited" in await _plan(connection, vendors)
        assert "partner_feed_audited" in await _plan(connection, str(partners))


async def _plan(connection: asyncpg.Connection, query: str) -> str:
    async with connection.transaction():
        await connection.execute("SET LOCAL enable_seqscan = off")
        return str([row[0] for row in await connection.fetch(f"EXPLAIN {query}")])


async def _bytes(channel: Channel, topic: Any) -> list[tuple[bytes, ...]]:
    """Every record of the vendor's partition, header values and value."""
    log = channel.stack.log
    partition = partition_of(channel.vendor, log.partitions)
    end = (await log.end_offsets(topic))[partition]
    reader = await log.reader(topic, partition, 0)
    found: list[tuple[bytes, ...]] = []
    while len(found) < end:
        records = await reader.fetch(1_000, 10_000)
        found += [(*(value.encode() for _, value in record.headers), record.value) for record in records]
    await reader.close()
    return found


def _times(shown: dict[str, Any]) -> tuple[str, str]:
    return shown["created_at"], shown["revoked_at"]


def instant(text: str) -> str:
    """A time as answers of the query API have it."""
    return text.replace("+00:00", "Z")
