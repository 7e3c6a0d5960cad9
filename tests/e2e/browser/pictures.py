"""Pictures of the console with the demo's data: `python -m tests.e2e.browser.pictures`, which `make pictures` runs.

The demo is imported into a folder that is thrown away, or into the one that DEALREG_DATA_DIR names, which is faster the
second time. Names and amounts are the sample's; days are counted from today, so pictures differ from day to day.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.chromium import CHROMIUM, OPTIONS, importable, lacking
from tests.e2e.browser.visitor import DESKTOP, Visitor

ROOT = Path(__file__).parents[3]
PICTURES = ROOT / "docs" / "pictures"
DEALREG = Path(sys.executable).with_name("dealreg")
MOST_BYTES = 150_000
MOST_LINES = 2_000
"""Of what the demo says before it prints its links."""
LINK = re.compile(r"(http://\S+)(/console/sign-in\?link=\S+)")
FILLED = {"customer__legal_name": "Blackzim", "customer__country": "EG", "customer__tax_id": "204-829-305"}


@asynccontextmanager
async def demo(folder: str) -> AsyncIterator[list[tuple[str, str]]]:
    """The demo as a process of its own; address and path of each link that signs in."""
    environment = {**os.environ, "DEALREG_DATA_DIR": folder, "DEALREG_PORT": "0"}
    process = await asyncio.create_subprocess_exec(
        DEALREG, "run", "--demo", cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        links: list[tuple[str, str]] = []
        for _ in range(MOST_LINES):
            line = (await process.stdout.readline()).decode()
            links += LINK.findall(line)
            if len(links) == 2 or not line:
                break
        yield links
    finally:
        process.send_signal(signal.SIGINT)
        await process.communicate()


async def taken(visitor: Visitor, name: str) -> None:
    """Take a picture of what the window shows."""
    path = PICTURES / f"{name}.png"
    await visitor.page.screenshot(path=path)
    size = path.stat().st_size
    print(f"{path.relative_to(ROOT)}: {size:,} bytes")
    assert size <= MOST_BYTES, f"{path.name} is too large to be kept"


async def of_the_partner(visitor: Visitor) -> None:
    """Home, a form that was checked, the page of a registration."""
    await taken(visitor, "partner")
    await visitor.follow("/console/register")
    await visitor.page.locator('main a[href^="/console/register/"]').first.click()
    await visitor.fill(**FILLED)
    await visitor.page.locator('input[name="products"]').nth(2).check()
    await visitor.press("act=check")
    await taken(visitor, "register")
    await visitor.follow("/console")
    await visitor.page.locator('main a[href^="/console/registrations/"]').first.click()
    await visitor.page.wait_for_load_state()
    await taken(visitor, "registration")


async def of_the_manager(visitor: Visitor) -> None:
    """The desk, two claims side by side, money; the desk in Arabic."""
    await taken(visitor, "desk")
    await visitor.follow("/console/conflicts")
    await visitor.page.locator('main a[href^="/console/conflicts/"]').first.click()
    await visitor.page.wait_for_load_state()
    await taken(visitor, "conflict")
    await visitor.follow("/console/money")
    await taken(visitor, "money")
    await visitor.page.locator('button[name="language"][value="ar"]').click()
    await visitor.page.wait_for_load_state()
    await taken(visitor, "money-ar")


async def main() -> None:
    if reason := lacking():
        raise SystemExit(f"error: {reason}")
    importable()
    from playwright.async_api import async_playwright

    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="dealreg-", ignore_cleanup_errors=True) as folder:
        async with demo(os.environ.get("DEALREG_DATA_DIR", folder)) as links, async_playwright() as playwright:
            browser: Any = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(OPTIONS))
            for (origin, link), take in zip(links, (of_the_partner, of_the_manager), strict=True):
                async with Visitor.open(browser, origin, viewport={**DESKTOP, "height": 800}) as visitor:
                    await visitor.sign_in(link)
                    await take(visitor)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
