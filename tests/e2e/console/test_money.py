"""What is held says why, of which customer it is, and leads to its case; accounts of one currency add up."""

from __future__ import annotations

import re

from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.till import AT_ONCE, DEAL, MONEY, win


async def breached(channel: Channel) -> str:
    """Acme's reward is held by a case, and its day is over; the case."""
    await channel.house("acme", "bravo", policy=MONEY)
    await channel.claim("acme")
    await channel.on(1).claim("bravo")
    await win(channel.on(2), "O-1", "bravo", "1000.00")
    await channel.pass_time(60)
    [case] = (await channel.read("/v1/cases?state=open"))["items"]
    return str(case["case"])


async def test_a_partner_reads_that_a_case_holds_its_money_whatever_day_has_passed(
    importing: Channel, sign_in: SignIn
) -> None:
    await breached(importing)
    partner = await sign_in(importing, "acme")
    page = await partner.see("/console/money")
    assert "held: a case is open" in page.text
    assert "held until" not in page.text, "that day is over"
    assert "Nile Trading" in page.text
    assert not [link for link in page.links if "/console/cases" in link], "a partner has no such page"
    assert "محجوز: قضية مفتوحة" in (await (await sign_in(importing, "acme", "ar")).see("/console/money")).text


async def test_what_finance_calls_held_leads_to_the_case_with_customer_holder_and_winner(
    importing: Channel, sign_in: SignIn
) -> None:
    case = await breached(importing)
    manager = await sign_in(importing, None)
    finance = await manager.see("/console/finance")
    assert "Nile Trading" in finance.text
    [link] = [one for one in finance.links if "/console/cases?" in one]
    assert link.endswith(f"#case-{case}")
    page = await manager.see(link.partition("#")[0])
    assert f"case-{case}" in page.ids
    assert "Nile Trading" in page.headings
    assert {"acme", "bravo"} <= set(page.text.split())
    shown = re.findall(r"<dd>.*?</dd>", page.answer.text)
    assert not [one for one in shown if ">reg_" in one], "named, not numbered"
    form = next(number for number, one in enumerate(page.forms) if one.action.startswith("/console/cases/"))
    assert ("verdict", "release") in page.forms[form].buttons


async def test_finance_adds_up_what_is_of_one_currency_and_offers_partners_by_name(
    importing: Channel, sign_in: SignIn
) -> None:
    await importing.house("acme", "bravo", policy=AT_ONCE)
    tax_ids = ("204-829-305", "204-829-321")
    for number, partner in enumerate(("acme", "bravo")):
        customer = {"legal_name": f"Customer {number}", "country": "EG", "tax_id": tax_ids[number]}
        await importing.on(number).claim(partner, customer=customer)
        await win(importing, f"O-{number}", partner, f"{number + 1}000.00", customer=customer)
    manager = await sign_in(importing, None)
    page = await manager.see("/console/finance")
    [foot] = re.findall(r"<tfoot>(.*?)</tfoot>", page.answer.text, re.S)
    assert "Total300.00 USD" in re.sub(r"<[^>]+>", "", foot)
    assert '<option value="acme" label="Acme"></option>' in page.answer.text
    await win(importing.on(3), "O-3", "acme", "500.00", "EUR", customer=DEAL["customer"])
    two = await manager.see("/console/finance")
    assert "<tfoot>" not in two.answer.text, "amounts of two currencies have no total"


async def test_a_partners_page_says_its_segments_as_its_own_page_does(live: Channel, sign_in: SignIn) -> None:
    await live.house()
    body = {"partner": "acme", "name": "Acme", "segments": {"office": "Cairo"}}
    await live.bulk([live.row("partner.enroll", body)])
    page = await (await sign_in(live, None)).see("/console/partners/acme")
    assert "office Cairo" in page.text
