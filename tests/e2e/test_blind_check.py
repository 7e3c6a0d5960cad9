"""A partner asks whether a deal is claimed before it registers it, and learns nothing else."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from shared.settings import Settings
from tests.e2e.channel import CUSTOMER, Channel

CHECK = "/v1/registrations/check"
QUESTION: dict[str, Any] = {"program": "hunting", "customer": CUSTOMER, "products": ["X"]}
HOLDER = "rival-holder"


async def ask(channel: Channel, key: str, **question: Any) -> httpx.Response:
    headers = {"Authorization": f"Bearer {key}"}
    return await channel.stack.client.post(CHECK, json={**QUESTION, **question}, headers=headers)


async def test_a_partner_learns_that_a_deal_is_claimed_and_nothing_of_the_claim(live: Channel) -> None:
    # given a deal of "rival-holder", written in another way than B will write it
    channel = await live.house(HOLDER, "b", "c")
    customer = {"legal_name": "Al-Nil for Trade", "city": "Alexandria", "country": "EG", "tax_id": "204 829 305"}
    held = await channel.claim(
        HOLDER, customer=customer, amount={"amount": "777123.00", "currency": "EUR"}, close_date="2027-03-31",
        contact={"name": "Jana Adler"}, project="Lighthouse",
    )  # fmt: skip
    assert held["state"] == "protected"
    b, c = await channel.partner_key("b"), await channel.partner_key("c")
    # when B asks for the deal, C for another product, and C with nothing but a name
    met, clear = await ask(channel, b), await ask(channel, c, products=["Z"])
    unsettled = await ask(channel, c, customer={"legal_name": "Al-Nil for Trade"})
    # then each has its answer
    assert [one.json()["answer"] for one in (met, clear, unsettled)] == [
        "likely_conflict", "clear", "needs_identifier",
    ]  # fmt: skip
    assert unsettled.json()["settles"] == [
        f"customer.{kind}" for kind in ("tax_id", "company_id", "duns", "lei", "domain")
    ]
    # and no byte of it is the rival's
    seq = (await channel.read("/v1/pipeline"))["seq"]
    rivals = {HOLDER, HOLDER.title(), held["registration"], "Al-Nil", "Alexandria", "777123", "2027-03-31", "Jana",
              "Lighthouse", "protected", f": {seq}", f":{seq},"}  # fmt: skip
    for answer in (met, clear, unsettled):
        raw = answer.text + str(answer.headers)
        assert not [told for told in rivals if told in raw], raw
    # and nothing was registered by asking
    assert [one["registration"] for one in (await channel.read("/v1/pipeline"))["items"]] == [held["registration"]]
    # and the vendor sees who asked, each partner its own
    shown = (await channel.read("/v1/checks"))["items"]
    assert [(one["partner"], one["answer"], one["identifiers"]) for one in shown] == [
        ("c", "needs_identifier", []), ("c", "clear", ["tax_id"]), ("b", "likely_conflict", ["tax_id"]),
    ]  # fmt: skip
    assert [one["check"] for one in (await channel.read("/v1/checks", as_=b))["items"]] == [shown[2]["check"]]


async def test_who_asks_too_often_waits(live: Channel) -> None:
    channel = await live.house("b", "c")
    b, most = await channel.partner_key("b"), Settings().checks_per_minute
    answers = await asyncio.gather(*(ask(channel, b) for _ in range(most + 10)))
    # One more every two seconds, on a machine that takes so long.
    assert sum(answer.status_code == 200 for answer in answers) >= most
    refused = [answer for answer in answers if answer.status_code == 429]
    assert {answer.json()["code"] for answer in refused} == {"rate.exceeded"}
    assert all(1 <= int(answer.headers["Retry-After"]) <= 2 for answer in refused)
    # Other requests of the partner, and other partners' checks, are not held up by it.
    assert (await channel.get("/v1/pipeline", as_=b)).status_code == 200
    assert (await ask(channel, await channel.partner_key("c"))).status_code == 200


async def test_one_document_describes_it_beside_the_rest(live: Channel) -> None:
    paths = (await live.stack.client.get("/openapi.json")).json()["paths"]
    assert set(paths[CHECK]) == {"post"}
    assert set(paths["/v1/checks"]) == {"get"}
    assert {"/v1/registrations", "/v1/pipeline", "/v1/programs"} <= paths.keys()
