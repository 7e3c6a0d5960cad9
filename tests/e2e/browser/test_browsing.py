"""What browsers do by themselves: back and forward, frames, forms from elsewhere, what is kept after signing out."""

from __future__ import annotations

from typing import Any

from dealreg.runtime.pages import PAGES
from tests.e2e.browser.axe import violations
from tests.e2e.browser.conftest import At
from tests.e2e.browser.test_days import NILE
from tests.e2e.browser.test_every_page import faults
from tests.e2e.browser.visitor import Visitor
from tests.e2e.channel import Channel
from tests.e2e.console.person import Person

ELSEWHERE = "http://elsewhere.invalid/"


async def elsewhere(visitor: Visitor, html: str) -> None:
    """Open a page of another origin."""

    async def answered(route: Any) -> None:
        await route.fulfill(body=html, content_type="text/html")

    await visitor.page.context.route(f"{ELSEWHERE}**", answered)
    await visitor.page.goto(ELSEWHERE)


async def test_back_leads_to_what_was_there_before_a_form_and_nothing_is_sent_again(live: Channel, at: At) -> None:
    await live.house("acme")
    visitor = await at(live, "acme")
    page, form = visitor.page, "/console/register/hunting"
    await visitor.see(form)
    await visitor.press("act=register")
    assert await page.locator('[aria-invalid="true"]').count() > 0
    await visitor.follow("/console/money")
    await page.go_back()
    assert await page.locator('[aria-invalid="true"]').count() > 0, "what was wrong is still said"
    await visitor.fill(**NILE)
    await page.locator('input[name="products"][value="X"]').check()
    await visitor.press("act=check")
    await visitor.press("act=register")
    made = page.url
    assert "/console/registrations/" in made
    await page.go_back()
    assert page.url.endswith(form)
    assert await page.locator('[name="customer.legal_name"]').input_value() == "Nile Trading"
    await page.go_forward()
    assert page.url == made
    assert len((await live.read("/v1/pipeline"))["items"]) == 1
    # Whoever sits down here after the partner signed out reads nothing of it.
    await page.locator('form[action="/console/sign-out"] button').click()
    await page.wait_for_url("**/console/sign-in")
    for _ in range(3):
        await page.evaluate("() => history.back()")
        await page.wait_for_timeout(300)
        assert "Nile Trading" not in await page.content()


async def test_no_other_site_shows_the_console_in_a_frame(channel: Channel, at: At) -> None:
    visitor = await at(channel, "acme")
    await elsewhere(visitor, f'<title>x</title><iframe src="{visitor.origin}/console/money"></iframe>')
    [_, frame] = visitor.page.frames
    assert "Earned" not in await frame.content()
    assert frame.url.startswith("chrome-error:")


async def test_a_form_of_another_site_does_nothing(channel: Channel, at: At) -> None:
    visitor = await at(channel, "acme")
    action = f"{visitor.origin}/console/sign-out"
    await elsewhere(
        visitor, f'<title>x</title><form method="post" action="{action}"><button>win a prize</button></form>'
    )
    async with visitor.page.expect_navigation() as navigation:
        await visitor.page.locator("button").click()
    assert (await (await navigation.value).request.response()).status == 403
    await visitor.see("/console/money")
    assert visitor.page.url.endswith("/console/money"), "still signed in"


async def test_what_answers_show_is_for_everybody_too(live: Channel, at: At, chromium: Any) -> None:
    """Pages that no link leads to: what was refused, what is missing, who is not signed in."""
    await live.house("acme")
    wrong: dict[str, Any] = {}
    for language in ("en", "ar"):
        visitor = await at(live, "acme", language)

        async def look(name: str, visitor: Visitor = visitor, language: str = language) -> None:
            if found := await faults(visitor):
                wrong[f"{name} in {language}"] = found

        await visitor.see("/console/register/hunting")
        await visitor.press("act=register")
        await look("a form with errors")
        await visitor.see("/console/nothing", 404)
        await look("a missing page")
        await visitor.see("/console/register/hunting")
        await visitor.page.context.clear_cookies()
        await visitor.fill(**NILE)
        await visitor.press("act=register")
        assert await visitor.page.locator('input[value="Nile Trading"]').count() == 1, "nothing typed is lost"
        await look("a session that ended")
        async with Person.browser(live) as person:
            link = await person.link("acme")
        await visitor.see(link)
        await look("a link that signs in")
        await visitor.see("/console/sign-in?link=used")
        await look("a link that does not")
        visitor.assert_quiet()
    assert wrong == {}


async def test_the_first_page_and_the_api_document_are_for_everybody(channel: Channel, chromium: Any) -> None:
    """But for what Swagger UI draws, whose contrast is not ours."""
    async with Visitor.open(chromium, channel.stack.base_url) as visitor:
        await visitor.page.set_content(PAGES["/"][1])
        assert await faults(visitor) == []
        await visitor.page.goto("/docs")
        await visitor.page.locator(".opblock").first.wait_for()
        assert await violations(visitor.page, but=".swagger-ui") == []
