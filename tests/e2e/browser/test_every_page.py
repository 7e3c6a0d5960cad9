"""Each kind of page that links lead to, as each role, in both directions: for every eye and width, light and dark."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from tests.e2e.browser.axe import violations
from tests.e2e.browser.conftest import At
from tests.e2e.browser.visitor import DESKTOP, DIRECTIONS, Visitor
from tests.e2e.channel import Channel
from tests.e2e.console.html import Shown
from tests.e2e.console.person import Person
from tests.e2e.console.test_crawl import NUMBERED, assert_each, chosen, crawled

PHONE = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 450}
"""What 200 % leaves of a window of 1280 by 900."""
MOST_BYTES = 60_000
"""Of the page, and of all scripts that it loads."""
WEIGHTS = """
() => {
  const sum = (entries) => entries.reduce((all, one) => all + one.decodedBodySize, 0);
  const scripts = performance.getEntriesByType("resource").filter((one) => one.initiatorType === "script");
  return {html: sum(performance.getEntriesByType("navigation")), scripts: sum(scripts)};
}
"""
CASES = [("acme", "ar"), (None, "en"), ("acme", "en"), (None, "ar")][: int(os.environ.get("BROWSER_CASES", "2"))]
"""A role in each direction; `make pages` tries each role in both."""
ELEMENT = re.compile(r"<(\w+)(?:[^>]*?\bclass=\"([^\"]*)\")?(?:[^>]*?\btype=\"([^\"]*)\")?")


def kinds(pages: list[Shown]) -> list[str]:
    """One path of each kind: pages of one route that are made of the same elements are alike to every rule."""
    found: dict[Any, str] = {}
    for page in pages:
        route = NUMBERED.sub("·", page.path.partition("?")[0])
        found.setdefault((route, frozenset(ELEMENT.findall(page.answer.text))), page.path)
    return list(found.values())


BEYOND = """() => [...document.querySelectorAll("main *")].filter(
    one => one.getBoundingClientRect().right > innerWidth || one.getBoundingClientRect().left < 0
).slice(0, 5).map(one => one.outerHTML.slice(0, 100))"""
"""What does not fit."""


async def faults(visitor: Visitor) -> list[Any]:
    """What is wrong with the page that is open."""
    page = visitor.page
    found: list[Any] = await violations(page)
    await page.emulate_media(color_scheme="dark")
    found += [("dark", one) for one in await violations(page, "color-contrast")]
    await page.emulate_media(color_scheme="light")
    for size in (PHONE, ZOOMED):
        await page.set_viewport_size(size)
        wide = await page.evaluate("() => document.documentElement.scrollWidth")
        if wide > size["width"]:
            found.append((f"scrolls sideways at {size['width']} px", wide, await page.evaluate(BEYOND)))
    await page.set_viewport_size(DESKTOP)
    weights = await page.evaluate(WEIGHTS)
    return found + [one for one in weights.items() if one[1] > MOST_BYTES]


@pytest.mark.parametrize(("partner", "language"), CASES)
async def test_every_kind_of_page_is_for_everybody(
    channel: Channel, at: At, language: str, partner: str | None
) -> None:
    async with Person.browser(channel, language) as person:
        await person.sign_in(partner)
        await chosen(channel, partner)
        pages = await crawled(person, "/console")
    assert_each(pages, partner, language)
    paths = kinds(pages)
    assert len(paths) >= 15, paths
    visitor, wrong = await at(channel, partner, language), {}
    for path in paths:
        await visitor.see(path)
        assert await visitor.page.evaluate("() => document.dir") == DIRECTIONS[language]
        if found := await faults(visitor):
            wrong[path] = found
    assert wrong == {}
    visitor.assert_quiet()
