"""A partner's day and a channel manager's, from signing in to what was earned; in Arabic with scripts switched off."""

from __future__ import annotations

from typing import Any

import pytest

from shared.messages import language as language_of
from tests.e2e.browser.conftest import At
from tests.e2e.browser.visitor import DIRECTIONS, Visitor
from tests.e2e.channel import Channel
from tests.e2e.till import AT_ONCE, win

POLICY: dict[str, Any] = {**AT_ONCE, "review": {"auto_approve_if": "never"}}
MINE: dict[str, Any] = {"version": 1, "protection": {"days": 90}}
"""Reviews nothing itself, so what is left to a person is left by the names."""
NILE = {
    "customer__legal_name": "Nile Trading", "customer__country": "EG", "customer__tax_id": "204-829-305",
    "amount__amount": "1234.50", "amount__currency": "USD",
}  # fmt: skip
OTHER = {"legal_name": "شركة الدلتا", "country": "EG", "tax_id": "204-829-321"}
EDISON = ("Consolidated Edison Company of New York, Inc.", "Cons Edison Co-NY Inc")
each_language = pytest.mark.parametrize("language, scripts", [("en", True), ("ar", False)])


def says(language: str, code: str) -> str:
    return language_of(language).say(f"page.{code}")


async def decided(visitor: Visitor, registration: str, verdict: str, **more: str) -> None:
    """Decide on the page that is open."""
    await visitor.page.locator(f'input[name="verdict"][value="{verdict}"]').check()
    for name, value in more.items():
        await visitor.page.locator(f'select[name="{name}"]').select_option(value)
    await visitor.submit(f"/console/registrations/{registration}/review")


@each_language
async def test_the_day_of_a_partner(live: Channel, at: At, language: str, scripts: bool) -> None:
    await live.house("acme", "rival", policy=POLICY)
    mona = await at(live, "acme", language, java_script_enabled=scripts)
    assert says(language, "home.nothing") in await mona.text()
    assert await mona.page.locator("html").get_attribute("dir") == DIRECTIONS[language]
    await mona.follow("/console/register")
    await mona.follow("/console/register/hunting")
    await mona.fill(**NILE)
    await mona.page.locator('input[name="products"][value="X"]').check()
    await mona.page.locator("details:has([name='notes']) > summary").click()
    await mona.fill(notes="<script>alert(1)</script>")
    await mona.press("act=check")
    assert await mona.page.locator("#answer").count() == 1
    # All of it is still there, what was unfolded too.
    await mona.press("act=register")
    assert says(language, "done.registered") in await mona.text()
    assert "<script>alert(1)</script>" in await mona.text()
    number = mona.page.url.partition("/registrations/")[2].partition("?")[0]
    assert (await live.registration(number))["state"] == "in_review"
    await mona.follow(f"/console/registrations/{number}/evidence")
    await mona.page.locator('select[name="kind"]').select_option("demo")
    await mona.fill(on="2026-01-05", note="seen")
    await mona.submit(f"/console/registrations/{number}/evidence")
    assert says(language, "done.evidence") in await mona.text()
    approval = await live.send("POST", f"/v1/registrations/{number}/review", {"verdict": "approve"})
    assert approval.status_code == 200, approval.text
    deal = await win(live, "O-1", "acme", "1234.50")
    await mona.follow("/console/money")
    assert "123.45 USD" in await mona.text()
    await mona.follow(f"/console/deals/{deal}")
    assert "1,234.50 USD" in await mona.text()
    await mona.page.locator('form[action="/console/sign-out"] button').click()
    await mona.page.wait_for_url("**/console/sign-in")
    await mona.see("/console/money")
    assert mona.page.url.endswith("/console/sign-in?next=%2Fconsole%2Fmoney")
    mona.assert_quiet()


@each_language
async def test_the_day_of_a_channel_manager(live: Channel, at: At, language: str, scripts: bool) -> None:
    await live.house("acme", "bravo", policy=POLICY)
    first = await live.claim("acme", evidence=[{"kind": "demo", "on": "2026-01-05"}])
    second = await live.claim("acme", customer=OTHER)
    await live.stack.drained()
    karim = await at(live, None, language, java_script_enabled=scripts)
    await karim.follow(f"/console/registrations/{first['registration']}")
    await karim.press("verdict=verified")
    assert says(language, "evidence.verified") in await karim.text()
    await decided(karim, first["registration"], "approve")
    # The next one that waits is open already; without a reason it is not taken, and says so.
    assert says(language, "decided.approve") in await karim.text()
    assert OTHER["legal_name"] in await karim.text()
    await decided(karim, second["registration"], "reject")
    assert says(language, "form.errors") in await karim.text()
    await decided(karim, second["registration"], "reject", code="outside_policy")
    assert says(language, "desk.nothing") in await karim.text()
    assert await live.states(first, second) == ["protected", "rejected"]
    rival = await live.claim("bravo")
    await live.stack.drained()
    await karim.see("/console/conflicts")
    await karim.follow(f"/console/conflicts/{rival['registration']}")
    assert says(language, "compared.same") in await karim.text()
    await live.bulk([live.row("program.publish", {"policy": {**MINE, "program": "farming"}})])
    for partner, name in zip(("acme", "bravo"), EDISON, strict=True):
        await live.claim(partner, program="farming", customer={"legal_name": name})
    await live.stack.drained()
    await karim.follow("/console/customers")
    await karim.press("same=no")
    assert says(language, "customers.none") in await karim.text()
    await win(live, "O-1", "bravo", "1000.00")
    await live.stack.drained()
    await karim.follow("/console/cases")
    await karim.fill(reason="they agreed")
    await karim.press("verdict=release")
    assert says(language, "cases.none") in await karim.text()
    [case] = (await live.read("/v1/cases"))["items"]
    assert (case["outcome"], case["reason"]) == ("released", "they agreed")
    karim.assert_quiet()
