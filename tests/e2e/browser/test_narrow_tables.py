"""Tables on a phone and on a small desk: nobody scrolls sideways to compare, and the menu is one line."""

from __future__ import annotations

from tests.e2e.browser.conftest import At
from tests.e2e.browser.visitor import DESKTOP
from tests.e2e.channel import Channel
from tests.e2e.till import MONEY, money, win

PHONE = {"width": 360, "height": 740}
CUT = """() => [...document.querySelectorAll("main .wide")].filter(
    one => !one.querySelector(".align") && one.scrollWidth > one.clientWidth + 1
).map(one => one.textContent.trim().replace(/\\s+/g, " ").slice(0, 80))"""
"""Tables that are wider than their box; letters under letters excepted."""
NAMES = ("Consolidated Edison Company of New York, Inc.", "Cons Edison Co-NY Inc")


async def sold(channel: Channel) -> str:
    """Wins, a case, a conflict, two customers that may be one, a target; the claim that waits."""
    await channel.house("acme", "bravo", policy=MONEY)
    await channel.claim("acme", amount=money("1234567.00"))
    waiting = await channel.claim("bravo", amount=money("1234567.00"))
    await win(channel, "O-1", "bravo", "1234567.00")
    for partner, name in zip(("acme", "bravo"), NAMES, strict=True):
        await channel.claim(partner, customer={"legal_name": name})
    body = {"name": "year", "measure": "registrations", "count": 10}
    body |= {"first_day": "2026-01-01", "last_day": "2026-12-31"}
    answer = await channel.send("POST", "/v1/partners/acme/targets", body)
    assert answer.status_code in (200, 201, 202), answer.text
    return str(waiting["registration"])


async def test_no_table_is_cut_off_on_a_phone_nor_measures_on_a_desk(live: Channel, at: At) -> None:
    waiting = await sold(live)
    vendor = ("desk", "customers", "conflicts", f"conflicts/{waiting}", "cases", "finance", "finance/journal",
              "partners", "partners/acme", "measures", "measures/targets", "measures/registrations", "measures/shares",
              "money")  # fmt: skip
    for partner, paths in ((None, vendor), ("acme", ("", "money", "measures"))):
        visitor = await at(live, partner)
        await visitor.page.set_viewport_size(PHONE)
        for path in paths:
            await visitor.see(f"/console/{path}".rstrip("/"))
            assert await visitor.page.evaluate(CUT) == [], path
        high = await visitor.page.evaluate("() => document.querySelector('.top').getBoundingClientRect().height")
        assert high <= 150, "the menu is one line"
        await visitor.page.set_viewport_size(DESKTOP)
        await visitor.see("/console/measures")
        assert await visitor.page.evaluate(CUT) == []
