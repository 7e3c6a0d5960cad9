"""What pages show after a form was sent, for every eye and width: a file's columns, a search, a question in parts."""

from __future__ import annotations

import pytest

from tests.e2e.browser.conftest import At
from tests.e2e.browser.test_every_page import faults
from tests.e2e.browser.test_narrow_tables import CUT, PHONE
from tests.e2e.browser.visitor import DESKTOP, Visitor
from tests.e2e.channel import CUSTOMER, Channel
from tests.e2e.till import MONEY, win

FILE = "program;Firma;customer.country;customer.tax_id;products;Vertreter\nhunting;Müller;EG;204-829-321;X;Jana Adler\n"


async def assert_for_everybody(visitor: Visitor) -> None:
    assert await faults(visitor) == [], visitor.page.url
    await visitor.page.set_viewport_size(PHONE)
    assert await visitor.page.evaluate(CUT) == [], visitor.page.url
    await visitor.page.set_viewport_size(DESKTOP)


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_columns_of_a_file_are_chosen(live: Channel, at: At, language: str) -> None:
    await live.house("acme")
    visitor = await at(live, "acme", language)
    page = visitor.page
    await visitor.see("/console/file")
    file = {"name": "deals.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
    await page.locator('input[name="file"]').set_input_files(file)
    await visitor.press("act=check")
    await assert_for_everybody(visitor)
    await page.locator("#column-2").select_option("Firma=customer.legal_name")
    await page.locator("#column-6").select_option("Vertreter=")
    await visitor.press("act=check")
    await assert_for_everybody(visitor)
    await visitor.press("act=take")
    await assert_for_everybody(visitor)
    [one] = (await live.read("/v1/pipeline"))["items"]
    assert one["customer"]["legal_name"] == "Müller"
    visitor.assert_quiet()


async def test_a_win_is_linked_to_what_was_looked_for(live: Channel, at: At) -> None:
    await live.house("acme", policy=MONEY)
    claim = await live.claim("acme")
    for number in range(3):
        await win(live, f"O-{number}", "acme", "1000.00", customer={"legal_name": f"Delta {number}"})
    visitor = await at(live, None)
    page = visitor.page
    await visitor.see("/console/wins")
    await page.locator("#customer-2").fill("Nile")
    await page.locator("#customer-2").press("Enter")
    await page.wait_for_load_state()
    assert "#win-opp_" in page.url, "the browser stays at the win"
    await assert_for_everybody(visitor)
    await page.locator(f'input[value="{claim["registration"]}"]').check()
    await page.locator("form:has(input:checked) button.main").first.click()
    await page.wait_for_url("**done=linked")
    visitor.assert_quiet()


async def test_a_question_is_answered_in_parts(live: Channel, at: At) -> None:
    await live.house("acme", policy={"review": {"auto_approve_if": "never"}})
    claim = await live.claim("acme", customer=CUSTOMER, site="Cairo")
    at_claim = f"/console/registrations/{claim['registration']}"
    ask = {"verdict": "action_required", "fields": ["site", "contact", "notes"]}
    await live.send("POST", f"/v1/registrations/{claim['registration']}/review", ask)
    visitor = await at(live, "acme")
    await visitor.see(f"{at_claim}/amendment")
    await assert_for_everybody(visitor)
    await visitor.page.locator('input[name="kept"][value="site"]').check()
    await visitor.submit(f"{at_claim}/amendment")
    await assert_for_everybody(visitor)
    assert "The reviewer waits for the rest, too." in await visitor.text()
    visitor.assert_quiet()
