"""Register, approve, win and what is paid for it, with a keyboard alone; the focus can be seen wherever it goes."""

from __future__ import annotations

from typing import Any

from tests.e2e.browser.conftest import At
from tests.e2e.browser.test_days import POLICY, says
from tests.e2e.channel import Channel
from tests.e2e.till import win

MOST_TABS = 80
_FOCUSED = """
(wanted) => {
  const one = document.activeElement, style = getComputedStyle(one);
  const shown = one === document.body || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2);
  return {there: one.matches(wanted), shown: shown, at: one.outerHTML.slice(0, 200)};
}
"""


async def tab_to(page: Any, wanted: str) -> None:
    """Press Tab until what is wanted has the focus."""
    for _ in range(MOST_TABS):
        await page.keyboard.press("Tab")
        found = await page.evaluate(_FOCUSED, wanted)
        assert found["shown"], f"nobody sees that this has the focus: {found['at']}"
        if found["there"]:
            return
    raise AssertionError(f"the keyboard does not reach {wanted} on {page.url}")


async def enter(page: Any, wanted: str) -> None:
    """Go there and press Enter, which leads to another page."""
    await tab_to(page, wanted)
    async with page.expect_navigation():
        await page.keyboard.press("Enter")


async def test_from_a_registration_to_its_payout(live: Channel, at: At) -> None:
    await live.house("acme", policy=POLICY)
    partner, manager = await at(live, "acme"), await at(live, None)
    page = partner.page
    await tab_to(page, ".skip")
    await page.keyboard.press("Enter")
    assert await page.evaluate("() => document.activeElement.id") == "main"
    await enter(page, 'main a[href="/console/register"]')
    await enter(page, 'main a[href="/console/register/hunting"]')
    for name, text in (("customer.legal_name", "Nile Trading"), ("customer.tax_id", "204-829-305")):
        await tab_to(page, f'[name="{name}"]')
        await page.keyboard.type(text)
    await tab_to(page, '[name="products"][value="X"]')
    await page.keyboard.press("Space")
    await tab_to(page, "details:has([name='project']) > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, '[name="project"]')
    await page.keyboard.type("Phase 2")
    await enter(page, 'button[value="register"]')
    number = page.url.partition("/registrations/")[2].partition("?")[0]
    found = await live.registration(number)
    assert (found["state"], found["project"], found["products"]) == ("in_review", "Phase 2", ["X"])
    desk = manager.page
    await desk.reload()
    await enter(desk, f'a[href="/console/registrations/{number}"]')
    await tab_to(desk, '[name="verdict"]')
    await desk.keyboard.press("Space")
    await enter(desk, f'form[action$="{number}/review"] button')
    assert says("en", "decided.approve") in await manager.text()
    assert (await live.registration(number))["state"] == "protected"
    deal = await win(live, "O-1", "acme", "1234.50")
    await enter(page, 'a[href="/console/money"]')
    assert "Payable 123.45 USD" in await partner.text()
    await enter(page, f'a[href="/console/deals/{deal}"]')
    assert "1,234.50 USD" in await partner.text()
