"""Claims that meet: whoever holds the deal now stands beside the claim, and what makes them one deal is what holds."""

from __future__ import annotations

import re

from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown

SHORT = {"protection": {"days": 20}}
ONE = {"legal_name": "Consolidated Edison Company of New York, Inc."}
OTHER = {"legal_name": "Cons Edison Co-NY Inc"}


def same(page: Shown) -> str:
    """What the page gives as reasons that it is one deal; empty where it gives none."""
    found = re.search(r"Why it is the same deal</h2><ul>(.*?)</ul>", page.answer.text, re.S)
    return re.sub(r"<[^>]+>", " ", found[1]).strip() if found else ""


def row(page: Shown, name: str) -> list[str]:
    """The cells of the row with that heading."""
    found = re.search(rf'<tr><th scope="row">{name}</th>(.*?)</tr>', page.answer.text, re.S)
    assert found is not None, page.text
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<td[^>]*>(.*?)</td>", found[1], re.S)]


async def test_whoever_holds_the_deal_now_stands_beside_the_claim(importing: Channel, sign_in: SignIn) -> None:
    channel = await importing.house("acme", "bravo", "chase", policy=SHORT)
    first = await channel.claim("acme")
    second = await channel.on(1).claim("bravo")
    third = await channel.on(2).claim("chase")
    await channel.pass_time(25)
    assert await channel.states(first, second, third) == ["expired", "protected", "waiting"]
    [conflict] = (await channel.read(f"/v1/conflicts?state=open&registration={third['registration']}"))["items"]
    assert conflict["customer"] == "Nile Trading"
    assert [one["registration"] for one in conflict["behind"]] == [second["registration"]]
    manager = await sign_in(channel, None)
    listed = await manager.see("/console/conflicts")
    assert "Nile Trading" in listed.text
    assert f"/console/registrations/{second['registration']}" in listed.links, "it waits behind bravo now"
    page = await manager.see(f"/console/conflicts/{third['registration']}")
    assert row(page, "Partner") == ["Chase chase", "Bravo bravo", "Acme acme"]
    heads = re.findall(r'<th scope="col">(.*?)</th>', page.answer.text)
    assert heads == ["Standing", "this claim", "holds the deal now", "met before, has ended"]
    assert same(page) == "tax id 204829305"
    # From the holder's side the waiting claim is met, and the claim that ended comes last.
    page = await manager.see(f"/console/conflicts/{second['registration']}")
    assert row(page, "Partner") == ["Bravo bravo", "Acme acme"]
    assert same(page) == "", "what it met has ended"
    arabic = await (await sign_in(channel, None, "ar")).see(f"/console/conflicts/{third['registration']}")
    assert "الرقم الضريبي 204829305" in arabic.text.replace("⁨", "").replace("⁩", "")


async def test_a_partner_reads_of_its_conflict_what_it_waits_for_without_names(
    importing: Channel, sign_in: SignIn
) -> None:
    channel = await importing.house("acme", "bravo")
    holder = await channel.claim("acme")
    await channel.on(1).claim("bravo")
    [own] = (await channel.read("/v1/conflicts", as_=await channel.partner_key("bravo")))["items"]
    assert own["customer"] == "Nile Trading"
    dates = {name: holder[name] for name in ("protected_from", "protected_until")}
    assert own["behind"] == [dates]


async def test_an_answer_that_is_taken_back_makes_no_same_deal_any_more(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", "bravo")
    await live.claim("acme", customer=ONE)
    newer = await live.claim("bravo", customer=OTHER)
    manager = await sign_in(live, None)
    page = await manager.see("/console/customers")
    number = next(place for place, one in enumerate(page.forms) if one.action.startswith("/console/customers/"))
    answered = await manager.follow(await manager.submit(page, number, button="yes"))
    compared = await manager.see(f"/console/conflicts/{newer['registration']}")
    assert same(compared) == "a person’s answer"
    undo = next(place for place, one in enumerate(answered.forms) if one.action.endswith("/revocation"))
    await manager.follow(await manager.submit(answered, undo))
    compared = await manager.see(f"/console/conflicts/{newer['registration']}")
    assert same(compared) == ""
    assert "match:person" not in compared.answer.text
