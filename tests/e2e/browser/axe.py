"""axe-core's rules, run in the page that a browser shows."""

from __future__ import annotations

from functools import cache
from typing import Any

from tests.chromium import AXE

_RUN = """
async ([rules, but]) => {
  const options = {resultTypes: ["violations"], elementRef: false};
  if (rules.length) options.runOnly = {type: "rule", values: rules};
  const found = await axe.run(but ? {exclude: [[but]]} : document, options);
  const places = (one) => one.nodes.slice(0, 3).map((node) => [node.html, node.failureSummary]);
  return found.violations.map((one) => [one.id, one.help, places(one)]);
}
"""


@cache
def _source() -> str:
    return AXE.read_text()


async def violations(page: Any, *rules: str, but: str = "") -> list[Any]:
    """The rules that the page (but for one part) breaks, with their first places; of all rules where none is named."""
    if not await page.evaluate("() => typeof axe === 'object'"):
        await page.evaluate(_source())
    return list(await page.evaluate(_RUN, [list(rules), but]))
