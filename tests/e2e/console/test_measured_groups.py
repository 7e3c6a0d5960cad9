"""Groups of measures: how many are not shown, one order for both tables, and words that the list explains."""

from __future__ import annotations

import re

from tests.e2e.channel import Channel, claim_of
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown
from tests.e2e.till import AT_ONCE, money, win

HOUSE = "the vendor’s own"
PARTNERS = [f"p{number:02}" for number in range(22)]


def heads(page: Shown, section: str) -> list[str]:
    """The names of the groups of a table, in the order of its rows."""
    [found] = re.findall(rf'aria-labelledby="{section}".*?</section>', page.answer.text, re.S)
    return [re.sub(r"<[^>]+>", "", one) for one in re.findall(r'<th scope="row">(.*?)</th>', found, re.S)]


async def test_what_a_table_leaves_out_is_counted_and_one_press_away(importing: Channel, sign_in: SignIn) -> None:
    await importing.house(*PARTNERS, policy=AT_ONCE)
    names = [*PARTNERS, "p21", "p21", "p05"]
    claims = [
        claim_of(name, customer={"legal_name": f"Customer {place}", "domain": f"customer-{place}.com"})
        for place, name in enumerate(names)
    ]
    await importing.bulk([importing.row("registration.submit", claim) for claim in claims])
    for place in (3, 5, 21):
        await win(importing.on(1), f"O-{place}", PARTNERS[place], "100.00", customer=claims[place]["customer"])
    manager = await sign_in(importing, None)
    page = await manager.see("/console/measures?group_by=partner")
    assert heads(page, "groups")[:2] == ["P21 p21", "P05 p05"]
    assert len(heads(page, "groups")) == 20
    assert heads(page, "revenue") == ["P21 p21", "P05 p05", "P03 p03", HOUSE, "Total"], "in the other table's order"
    assert "Total 210.00 USD 60.00 USD 30.00 USD" in page.text
    assert "Not shown here: 2 more." in page.text
    [link] = {one for one in page.links if "groups=all" in one}
    every = await manager.see(link)
    assert sorted(heads(every, "groups")) == [f"{one.title()} {one}" for one in PARTNERS]
    assert "Not shown here" not in every.text


async def test_each_table_says_which_months_it_means(importing: Channel, sign_in: SignIn) -> None:
    await importing.house("acme", policy=AT_ONCE)
    claim = await importing.on(1).claim("acme", amount=money("10.00"))
    await win(importing.on(40), "O-1", "acme", "100.00", customer=claim["customer"])
    page = await (await sign_in(importing, None)).see("/console/measures?group_by=month")
    assert (heads(page, "groups"), heads(page, "revenue")) == (["2026-01"], ["2026-02", "Total"])
    assert ("Month of registration" in page.text, "Month of win" in page.text) == (True, True)


async def test_a_claim_lost_before_a_verdict_is_explained_where_it_is_called_otherwise(
    importing: Channel, sign_in: SignIn
) -> None:
    await importing.house("acme", "bravo")
    await importing.claim("acme")
    late = await importing.on(1).claim("bravo")
    deal = {"partner": "bravo", "registration": late["registration"], "products": ["X"]}
    await importing.on(2).crm("created", "O-1", **deal)
    await importing.crm("lost", "O-1", **deal)
    assert await importing.states(late) == ["lost"]
    manager = await sign_in(importing, None)
    page = await manager.see("/console/measures/registrations?of=closed")
    assert f"/console/registrations/{late['registration']}" in page.links
    assert "the list of registrations calls it lost or closed" in page.text
    assert "before a verdict counts as “Ended without a verdict”" in (await manager.see("/console/measures")).text
