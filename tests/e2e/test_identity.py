"""Two partners claim product X: whether their customers are one is read alike at every door, however it is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.channel import Channel
from tests.e2e.test_blind_check import CHECK

WAITS, ASKED, FREE = ("waiting", "conflict"), ("in_review", "customer_match"), ("protected", None)
ONE = "Aardvark Bar"


def at(legal_name: str = ONE, **known: str) -> dict[str, Any]:
    return {"legal_name": legal_name, **known}


def tax(country: str, *numbers: str) -> tuple[dict[str, Any], ...]:
    """One name twice, with these numbers."""
    return tuple(at(country=country, tax_id=number) for number in numbers)


PAIRS: dict[str, tuple[dict[str, Any], dict[str, Any], tuple[str, str | None]]] = {
    # one number, written in two ways
    "germany": (*tax("DE", "DE136695976", "136 695 976"), WAITS),
    "germany, lower case": (*tax("DE", "de 136.695.976", "DE136695976"), WAITS),
    "germany, no-break spaces": (*tax("DE", "136\u00a0695\u00a0976", "DE136695976"), WAITS),
    "germany, with a label": (*tax("DE", "USt-IdNr. DE136695976", "136695976"), WAITS),
    "germany, country on one side": (at(tax_id="DE136695976"), at(country="DE", tax_id="136695976"), WAITS),
    "germany, wrong country": (at(country="US", tax_id="DE136695976"), at(country="DE", tax_id="136695976"), WAITS),
    "switzerland": (*tax("CH", "CHE-116.281.710 MWST", "CHE-116.281.710"), WAITS),
    "switzerland, in french": (*tax("CH", "CHE-116.281.710 TVA", "CHE116281710IVA"), WAITS),
    "norway": (*tax("NO", "NO 995 525 828 MVA", "995525828"), WAITS),
    "greece": (*tax("GR", "EL094259216", "094 259 216"), WAITS),
    "northern ireland": (*tax("GB", "XI980780684", "GB 980 7806 84"), WAITS),
    "netherlands": (*tax("NL", "NL004495445B01", "004495445"), WAITS),
    "france": (*tax("FR", "FR 40 303 265 045", "303 265 045"), WAITS),
    "india": (*tax("IN", "27AAPFU0939F1ZV", "AAPFU0939F"), WAITS),
    "saudi arabia, in arabic digits": (
        *tax("SA", "٣٠٠٠٥٥١٨٤٤٠٠٠٠٣", "300055184400003"),
        WAITS,
    ),
    "oman": (*tax("OM", "OM1100012345", "1100012345"), WAITS),
    "united states": (*tax("US", "04-2103594", "042103594"), WAITS),
    "duns": (at("Zebra", duns="15-048-3782"), at(duns="150483782"), WAITS),
    "lei": (at("Zebra", lei="5493001kjtiigc8y1r12"), at(lei="5493 001K JTII GC8Y 1R12"), WAITS),
    # another number
    "another number": (*tax("DE", "DE136695976", "DE123475223"), FREE),
    "two countries": (at(country="EG", tax_id="204829305"), at(country="KW", tax_id="204829305"), FREE),
    "one equal, one differs": (
        at("Zebra", tax_id="DE136695976", duns="150483782"),
        at(tax_id="DE136695976", duns="987654328"),
        ASKED,
    ),
    # no number at all
    "unknown": (at(tax_id="unknown"), at("Zebra Works", tax_id="unknown"), FREE),
    "none, in arabic": (at(tax_id="لا يوجد"), at("Zebra Works", tax_id="لا يوجد"), FREE),
    "nines": (at(tax_id="999999999"), at("Zebra Works", tax_id="999-999-999"), FREE),
    "a run": (at(country="US", tax_id="12-3456789"), at("Zebra Works", country="US", tax_id="12-3456789"), FREE),
    "wrong check digit": (at(country="DE", tax_id="DE136695970"), at("Zebra", country="DE", tax_id="136695970"), FREE),
    "unknown, and one name": (at(tax_id="n/a"), at(tax_id="n/a"), ASKED),
    "wrong on one side, and one name": (*tax("DE", "DE136695970", "DE136695976"), ASKED),
    # domains
    "a host": (at(domain="aardvark-bar.example"), at(domain="shop.aardvark-bar.example"), WAITS),
    "a page": (at(domain="https://www.Aardvark-Bar.com/contact?x=1"), at(domain="aardvark-bar.com."), WAITS),
    "a mail address": (at(domain="sales@aardvark-bar.co.uk"), at(domain="http://b.aardvark-bar.co.uk:8080"), WAITS),
    "letters and punycode": (at(domain="bücher-bar.de"), at(domain="www.XN--BCHER-BAR-Q9A.DE"), WAITS),
    "free mail": (at(domain="t-online.de"), at("Zebra Works", domain="t-online.de"), FREE),
    "free mail of another country": (at(domain="info@yahoo.com.sa"), at("Zebra", domain="yahoo.com.sa"), FREE),
    "shops": (at(domain="a.myshopify.com"), at("Zebra Works", domain="a.myshopify.com"), FREE),
    "pages": (at(domain="https://aardvark.github.io/"), at("Zebra Works", domain="aardvark.github.io"), FREE),
    "a public suffix": (at(domain="co.uk"), at("Zebra Works", domain="co.uk"), FREE),
    "free mail, and one name": (at(domain="gmx.net"), at(domain="gmx.net"), ASKED),
}


@pytest.mark.parametrize("case", PAIRS)
async def test_the_second_claim_meets_the_first_where_their_customers_are_one(importing: Channel, case: str) -> None:
    one, other, expected = PAIRS[case]
    channel = await importing.house("a", "b")
    first = await channel.claim("a", customer=one)
    second = await channel.on(1).claim("b", customer=other)
    assert (first["state"], (second["state"], second["hold"])) == ("protected", expected)
    # what is stored stays as it was written
    assert second["customer"] == other


async def test_the_blind_check_says_what_a_claim_would_meet(live: Channel) -> None:
    channel = await live.house("a", "b")
    await channel.claim("a", customer=at("Zebra", country="CH", tax_id="CHE-116.281.710 MWST"))
    await channel.claim("a", customer=at("Giraffe", domain="giraffe.example"))
    headers = {"Authorization": f"Bearer {await channel.partner_key('b')}"}

    async def ask(**customer: str) -> str:
        question = {"program": "hunting", "customer": at(**customer), "products": ["X"]}
        answer = await channel.stack.client.post(CHECK, json=question, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["answer"])

    assert await ask(country="CH", tax_id="116.281.710") == "likely_conflict"
    assert await ask(domain="www.giraffe.example") == "likely_conflict"
    assert await ask(country="CH", tax_id="CHE-116.281.711") == "needs_identifier"
    assert await ask(tax_id="unknown", domain="t-online.de") == "needs_identifier"


async def test_an_opportunity_finds_its_registration_by_another_spelling(importing: Channel) -> None:
    channel = await importing.house("a")
    held = await channel.claim("a", customer=at(country="NO", tax_id="995525828"))
    customer = at("Zebra", country="NO", tax_id="NO 995 525 828 MVA")
    await channel.on(1).crm("created", "opp-1", customer=customer, partner="a", products=["X"])
    [linked] = (await channel.read("/v1/opportunities"))["items"]
    assert linked["registration"] == held["registration"]
