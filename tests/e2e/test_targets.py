"""Targets through every surface: API, feed, audit trail, directory, verification and the command line."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.e2e.channel import Channel
from tests.e2e.command import dealreg, servers
from tests.e2e.till import MONEY, win

EUROS = {"amount": "5000.00", "currency": "EUR"}
PATH = "/v1/measures/targets"


def period(before: int = 30, after: int = 30) -> dict[str, str]:
    today = datetime.now(UTC).date()
    return {"first_day": f"{today - timedelta(days=before)}", "last_day": f"{today + timedelta(days=after)}"}


def wanted(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "measure": "won_value", "amount": EUROS, **period(), **more}


async def put(channel: Channel, body: dict[str, Any], partner: str = "acme", end: str = "targets") -> Any:
    body = {name: value for name, value in body.items() if value is not None}
    return await channel.send("POST", f"/v1/partners/{partner}/{end}", body)


async def targets(channel: Channel, query: str = "", *, as_: str | None = None) -> dict[str, Any]:
    await channel.stack.drained()
    return {one["name"]: one for one in (await channel.read(f"{PATH}{query}", as_=as_))["items"]}


async def test_a_deal_that_is_won_moves_the_target_and_the_partner_sees_its_own(live: Channel) -> None:
    await live.house("acme", "bravo", policy=MONEY)
    for partner in ("acme", "bravo"):
        answer = await put(live, wanted("q1"), partner)
        assert answer.status_code in (200, 202), answer.text
        await put(live, wanted("deals", measure="won", amount=None, count=2), partner)
    await live.claim("acme", amount={"amount": "2000.00", "currency": "EUR"})
    before = (await targets(live, "?partner=acme"))["q1"]
    assert (before["reached_amount"]["amount"], before["share"], before["state"]) == ("0.00", "0.0000", "running")
    await win(live, "O-1", "acme", "2000.00")
    own = await live.partner_key("acme")
    found = await targets(live, as_=own)
    assert found.keys() == {"q1", "deals"}
    assert (found["q1"]["reached_amount"]["amount"], found["q1"]["share"]) == ("2000.00", "0.4000")
    assert (found["deals"]["reached_count"], found["deals"]["share"]) == (1, "0.5000")
    assert found["q1"]["days_left"] == 30
    opened = await live.read(found["q1"]["opens"], as_=own)
    assert [one["partner"] for one in opened["items"]] == ["acme"]
    assert (await live.read("/v1/partners/acme", as_=own))["targets"]["q1"]["amount"] == EUROS
    feed = (await live.read("/v1/events?limit=500", as_=own))["items"]
    said = [one for one in feed if one["type"] == "target.set"]
    assert [one["data"]["name"] for one in said] == ["q1", "deals"]
    assert {one["data"]["partner"] for one in said} == {"acme"}


async def test_a_target_is_replaced_and_dropped_and_each_act_is_in_the_trail(live: Channel) -> None:
    await live.house("acme")
    await put(live, wanted("q1"))
    await put(live, wanted("q1", amount={"amount": "9000.00", "currency": "EUR"}))
    assert (await targets(live))["q1"]["amount"]["amount"] == "9000.00"
    assert (await put(live, {"name": "q1"}, end="targets/drop")).status_code in (200, 202)
    assert await targets(live) == {}
    assert (await live.read("/v1/partners/acme"))["targets"] == {}
    found = (await live.read("/v1/audit?type=target.set&type=target.dropped"))["items"]
    assert [act["type"] for act in reversed(found)] == ["target.set", "target.set", "target.dropped"]
    again = await put(live, {"name": "q1"}, end="targets/drop")
    assert (again.status_code, again.json()["code"]) == (404, "target.unknown")


@pytest.mark.parametrize(
    "change, code, field",
    [
        ({"program": "nothing"}, "program.unknown", "program"),
        ({"product": "nothing"}, "product.unknown", "product"),
        ({"amount": {"amount": "0.00", "currency": "EUR"}}, "number.out_of_range", "amount"),
        ({"amount": {"amount": "5.00", "currency": "XXY"}}, "money.currency", "amount"),
        ({"measure": "profit"}, "field.choice", "measure"),
        ({"last_day": "2001-01-01"}, "date.out_of_range", "last_day"),
        ({"last_day": "2099-01-01"}, "date.out_of_range", "last_day"),
    ],
)
async def test_each_mistake_is_one_error_that_names_its_field(
    live: Channel, change: dict[str, Any], code: str, field: str
) -> None:
    await live.house("acme")
    answer = await put(live, wanted("q1", **change))
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert (error["code"], error["field"]) == (code, field)
    assert error["message"]


async def test_who_may_set_one(live: Channel) -> None:
    await live.house("acme")
    own = await live.partner_key("acme")
    answer = await live.send("POST", "/v1/partners/acme/targets", wanted("q1"), as_=own)
    assert (answer.status_code, answer.json()["code"]) == (403, "scope.missing")
    unknown = await put(live, wanted("q1"), "nobody")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "partner.unknown")


async def test_the_command_sets_lists_and_drops_targets(live: Channel, tmp_path: Path) -> None:
    await live.house("acme")
    database = live.stack.settings.database_url
    assert database is not None

    async def command(*arguments: str) -> tuple[int, str]:
        variables = servers(database.get_secret_value()) | {"COLUMNS": "200"}
        async with dealreg(tmp_path, "partner", *arguments, **variables) as running:
            code = await asyncio.wait_for(running.process.wait(), 120)
            return code, running.said()

    days = period()
    dated = ("--first", days["first_day"], "--last", days["last_day"])
    one = ("set-target", live.vendor, "acme", "q1", "--measure", "won_value", *dated)
    code, said = await command(*one, "--amount", "5000.00 EUR")
    assert (code, said.splitlines()[0]) == (0, "target q1 of acme is set")
    assert (await targets(live))["q1"]["amount"] == EUROS
    code, said = await command("targets", live.vendor, "--json")
    assert code == 0, said
    [found] = orjson.loads(said.splitlines()[0])["targets"]
    assert found == (await live.read(PATH))["items"][0]
    code, said = await command("targets", live.vendor, "--running", "--as-of", str(datetime.now(UTC).date()))
    assert code == 0
    assert "5000.00 EUR" in said
    assert "0.0000" in said
    assert (await command(*one, "--amount", "5000.00"))[0] == 2
    assert (await command(*one, "--count", "5"))[0] == 2
    assert (await command("drop-target", live.vendor, "acme", "q1"))[0] == 0
    assert await targets(live) == {}
