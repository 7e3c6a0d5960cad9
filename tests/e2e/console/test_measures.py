"""The channel in numbers: each opens to what it counts, any day can be looked back at, finance sees what is owed."""

from __future__ import annotations

import csv
import io
import re
from decimal import Decimal
from typing import Any

import pytest

from services.console.pages.finance import GROUPS
from services.projections.api import parquet_rows
from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.html import Shown
from tests.e2e.console.person import Person
from tests.e2e.till import AT_ONCE, money, win

ROWS = re.compile(r"/console/registrations/reg_\w+")
TAX_IDS = ("204-829-305", "204-829-321", "204-829-402", "204-829-488")


async def sold(channel: Channel) -> list[dict[str, Any]]:
    """Three deals of one partner and one of another, told over two months; one is won."""
    await channel.house("acme", "bravo", policy={**AT_ONCE, "protection": {"days": 20}})
    claims = []
    for number, (day, partner) in enumerate(((1, "acme"), (2, "acme"), (3, "bravo"), (40, "acme"))):
        customer = {"legal_name": f"Customer {number}", "country": "EG", "tax_id": TAX_IDS[number]}
        claims.append(await channel.on(day).claim(partner, customer=customer, amount=money(f"{100 + number}.50")))
    await win(channel.on(41), "O-1", "acme", "103.50", customer=claims[3]["customer"])
    return claims


async def opened(person: Person, page: Shown) -> int:
    """How many numbers of the page were opened; each list is as long as its number."""
    links = re.findall(r'<a href="(/console/measures/registrations[^"]+)">(\d+)</a>', page.answer.text)
    for path, number in links:
        listed = await person.see(path.replace("&amp;", "&"))
        assert len(set(ROWS.findall(listed.answer.text))) == int(number), path
    return len(links)


async def test_every_number_on_the_page_opens_to_as_many_registrations(importing: Channel, sign_in: SignIn) -> None:
    await sold(importing)
    manager = await sign_in(importing, None)
    page = await manager.see("/console/measures?group_by=partner")
    assert await opened(manager, page) >= 8
    assert "svg" in page.tags
    assert page.text.count("acme") >= 2, "drawn, and in the table"
    # The first three had their twenty days; the fourth won the day after.
    assert "Expired" in page.headings or "Expired" in page.text
    partner = await sign_in(importing, "bravo")
    own = await partner.see("/console/measures?group_by=partner")
    assert "acme" not in own.text
    assert await opened(partner, own) >= 4
    assert (await partner.get("/console/finance")).status_code == 404


async def test_a_past_day_says_what_was_known_then_and_leads_on(importing: Channel, sign_in: SignIn) -> None:
    await sold(importing)
    manager = await sign_in(importing, None)
    then = await manager.see("/console/measures?as_of=2026-01-31&group_by=month")
    form = then.forms[then.form("/console/measures")]
    assert ("as_of", "2026-01-31") in form.pairs
    assert {("at", "2025-12-31"), ("at", "2026-02-28")} <= set(form.buttons)
    listed = await manager.see("/console/measures/registrations?as_of=2026-01-31&of=registrations")
    assert len(set(ROWS.findall(listed.answer.text))) == 3
    empty = await manager.see("/console/measures?as_of=2025-12-31")
    assert "No registration is counted here" in empty.text
    refused = await manager.get("/console/measures?as_of=2999-01-01")
    assert refused.status_code == 422
    answer = await manager.get("/console/measures.csv?group_by=partner&as_of=2026-01-31")
    rows = {row["key"]: row for row in csv.DictReader(io.StringIO(answer.text))}
    assert {key: row["registrations"] for key, row in rows.items()} == {"acme": "2", "bravo": "1"}
    assert rows["acme"]["value"] == "202.00"


async def test_won_value_by_each_thing_leads_to_its_shares(importing: Channel, sign_in: SignIn) -> None:
    await sold(importing)
    manager = await sign_in(importing, None)
    product = importing_product(await manager.get("/console/measures.csv?group_by=product"))
    for group_by, key in (("product", product), ("territory", "EG"), ("segment", ""), ("month", "2026-02")):
        page = await manager.see(f"/console/measures?group_by={group_by}")
        [table] = re.findall(r'aria-labelledby="revenue".*?</section>', page.answer.text, re.S)
        assert key in table
        links = re.findall(r'href="(/console/measures/shares[^"]+)"', table)
        assert links
        for path in links:
            assert "/console/deals/" in (await manager.see(path.replace("&amp;", "&"))).answer.text
        answer = await manager.get(f"/console/measures/revenue.csv?group_by={group_by}")
        assert [row["key"] for row in csv.DictReader(io.StringIO(answer.text))] == [key]
    arabic = await (await sign_in(importing, None, "ar")).see(f"/console/measures?group_by=product&product={product}")
    assert f"/console/measures/shares?product={product}" in arabic.answer.text


def importing_product(answer: Any) -> str:
    """The one product that is registered."""
    [product] = {row["key"] for row in csv.DictReader(io.StringIO(answer.text))}
    return product


async def test_pictures_follow_the_direction_of_the_language(importing: Channel, sign_in: SignIn) -> None:
    await sold(importing)
    bars = {}
    for tag in ("en", "ar"):
        page = await (await sign_in(importing, None, tag)).see("/console/measures")
        found = re.findall(r'<rect class="(\w+)" x="(\d+)" y="\d+" width="(\d+)"', page.answer.text)
        bars[tag] = [(kind, int(x), int(width)) for kind, x, width in found]
        assert page.answer.text.count("<title id=") == 2, "each picture is named"
    assert [(kind, width) for kind, _, width in bars["en"]] == [(kind, width) for kind, _, width in bars["ar"]]
    assert {x for _, x, _ in bars["en"]} == {0}
    assert {x + width for _, x, width in bars["ar"]} == {320}


async def test_finance_shows_balances_the_journal_and_what_is_blocked(
    importing: Channel, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sold(importing)
    await importing.send("POST", "/v1/partners/acme/suspension", {"reason": "audit"})
    manager = await sign_in(importing, None)
    page = await manager.see("/console/finance")
    assert "acme" in page.text
    assert "not paid while the partner is suspended" in page.text
    month = await manager.see("/console/finance?group_by=month&by=effective")
    assert "2026-02" in month.text
    assert "2026-02" not in (await manager.see("/console/finance?group_by=month&month_to=2026-01")).text
    # Each amount opens to the postings that add up to it, whatever it is grouped by.
    for group in GROUPS:
        seen = await manager.see(f"/console/finance?group_by={group}&by=effective")
        opened = [one for one in seen.links if "/finance/journal?" in one and "account=payable" in one]
        assert opened, group
        counted = Decimal(0)
        for one in opened:
            answer = await manager.get(one.replace("/journal?", "/journal.csv?"))
            counted += sum(Decimal(line["amount"]) for line in csv.DictReader(io.StringIO(answer.text)))
        assert abs(counted) == Decimal("10.35"), group
    journal = await manager.see("/console/finance/journal?account=payable")
    assert journal.text.count("Payable") >= 2
    for page in ("/console/finance", "/console/finance/journal", "/console/measures", "/console/money"):
        assert f"{page}.parquet" in {one.partition("?")[0] for one in (await manager.see(page)).links}
        answer = await manager.get(f"{page}.parquet")
        assert (answer.content[:4], answer.content[-4:]) == (b"PAR1", b"PAR1")
        assert answer.headers["content-disposition"].endswith('.parquet"')
    assert (await manager.get("/console/finance.xlsx")).status_code == 404
    with monkeypatch.context() as without:
        without.setattr(parquet_rows, "installed", lambda: False)
        links = {one.partition("?")[0] for one in (await manager.see("/console/finance")).links}
        assert ("/console/finance.csv" in links, "/console/finance.parquet" in links) == (True, False)
        assert "pip install dealreg[parquet]" in (await manager.see("/console/finance.parquet", 406)).text
    answer = await manager.get("/console/finance/journal.csv")
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(Decimal(line["amount"]) for line in lines) == 0
    assert {line["partner"] for line in lines} == {"acme"}
    balances = csv.DictReader(io.StringIO((await manager.get("/console/finance.csv")).text))
    assert {row["account"]: row["blocked"] for row in balances}["payable"] == "partner.suspended"
