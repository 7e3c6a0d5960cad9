"""The log of blind checks: every check that was answered is in it, and nothing that tells whom it was about."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.attribution import check_log
from services.attribution.check_log import KEPT_DAYS, CheckLog
from shared.errors import Unavailable
from tests.integration.attribution.checking import DUNS, NILE, Desk, named


async def page(desk: Desk, key: dict[str, str], query: str = "") -> dict[str, Any]:
    answer = await desk.client.get(f"/v1/checks{query}", headers=key)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_check_is_kept_without_its_customer(desk: Desk) -> None:
    await desk.held()
    b = await desk.key(partner="B", principal="salesforce")
    await desk.ask(b, customer={**NILE, **DUNS, "domain": "nile.example"})
    (row,) = await desk.rows()
    assert (row["principal"], row["partner"], row["program"], row["answer"]) == (
        "salesforce", "B", "hunting", "likely_conflict",
    )  # fmt: skip
    assert row["identifiers"] == ["tax_id", "duns", "domain"]
    kept = str(dict(row)).lower()
    assert not [told for told in ("nile", "123456789", "123-456-789", "150483782") if told in kept]


async def test_asking_for_the_same_customer_again_shows(desk: Desk) -> None:
    await desk.house()
    await desk.house("other")
    b, rival = await desk.key(partner="B"), await desk.key(vendor="other", partner="B")
    for customer in (NILE, named("NILE  trading", **DUNS), named("Delta Cement", **DUNS)):
        await desk.ask(b, customer=customer)
    first, again, another = [row["customer"] for row in await desk.rows()]
    assert first == again != another
    # Not across vendors, who could compare what they know.
    await desk.ask(rival, customer=NILE)
    (row,) = await desk.rows("other")
    assert row["customer"] != first


async def test_what_is_refused_is_kept_too(desk: Desk) -> None:
    await desk.house()
    await desk.ask(await desk.key(partner="D"))
    await desk.ask(await desk.key(partner="B"), customer=named("Nile Trading"))
    assert [(row["partner"], row["answer"]) for row in await desk.rows()] == [
        ("D", "refused"), ("B", "needs_identifier"),
    ]  # fmt: skip


async def test_nobody_is_told_what_is_not_on_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.held()

    async def away(*_: object) -> None:
        raise Unavailable("the database does not answer")

    monkeypatch.setattr(CheckLog, "write", away)
    answer = await desk.ask(await desk.key(partner="B"))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert answer.headers["Retry-After"]


async def test_the_vendor_reads_all_and_a_partner_its_own(desk: Desk) -> None:
    await desk.house()
    await desk.house("other")
    keys = {name: await desk.key(partner=name, principal=f"system-{name}") for name in "BC"}
    for name in "BCB":
        await desk.ask(keys[name])
    await desk.ask(await desk.key(vendor="other", partner="B"))
    vendor = await desk.key()
    everything = (await page(desk, vendor))["items"]
    assert [(one["partner"], one["principal"]) for one in everything] == [
        ("B", "system-B"), ("C", "system-C"), ("B", "system-B"),
    ]  # fmt: skip
    assert (await page(desk, vendor, "?partner=C"))["items"] == everything[1:2]
    own = (await page(desk, keys["B"]))["items"]
    assert own == [{**one, "principal": None} for one in everything if one["partner"] == "B"]
    assert (await page(desk, keys["B"], "?partner=C"))["items"] == []
    refused = await desk.client.get("/v1/checks", headers=await desk.key("registrations:write", partner="B"))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing")


async def test_pages_go_on_where_the_last_one_ended(desk: Desk) -> None:
    await desk.house()
    b, vendor = await desk.key(partner="B"), await desk.key()
    for _ in range(5):
        await desk.ask(b)
    for key, query in ((vendor, "?limit=2"), (vendor, "?limit=2&partner=B"), (b, "?limit=2")):
        found, path = [], f"/v1/checks{query}"
        while path:
            answer = await desk.client.get(path, headers=key)
            shown = answer.json()
            found += [one["check"] for one in shown["items"]]
            path = shown["next"]
            assert (answer.headers.get("Link") == f'<{path}>; rel="next"') == (path is not None)
        assert found == [row["check_id"] for row in reversed(await desk.rows())]
    # A check of somebody else's is no place to go on from.
    for key, query in ((await desk.key(partner="C"), found[0]), (vendor, "chk_none")):
        answer = await desk.client.get(f"/v1/checks?after={query}", headers=key)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor.invalid")


async def test_what_is_older_than_a_year_is_forgotten(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.house()
    b = await desk.key(partner="B")
    for _ in range(5):
        await desk.ask(b)
    young, *old = await desk.rows()
    ages = "UPDATE attribution.blind_check SET at = at - $2::interval WHERE check_id = $1"
    await desk.pool.execute(ages, young["check_id"], timedelta(days=KEPT_DAYS, minutes=-5))
    for row in old:
        await desk.pool.execute(ages, row["check_id"], timedelta(days=KEPT_DAYS, minutes=5))
    monkeypatch.setattr(check_log, "FORGET_ROWS", 3)
    log = desk.app.state.checks.log
    assert [await log.forget() for _ in range(3)] == [3, 1, 0]
    assert [row["check_id"] for row in await desk.rows()] == [young["check_id"]]
