"""The operating system's Chromium, and the library that drives it, which has a folder of its own (`make browser`)."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

HOME = Path(__file__).parents[1] / ".venv" / "browser"
LIBRARY = HOME / "lib"
AXE = HOME / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
OPTIONS = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run", "--no-proxy-server",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
"""It asks nobody but this machine, whatever a page or the browser itself wants."""


def lacking() -> str | None:
    """What is not installed of all this, and how to install it."""
    if CHROMIUM is None:
        return "no Chromium is installed (Debian: chromium)"
    if not (LIBRARY / "playwright").is_dir():
        return "the library that drives a browser is not installed: make browser"
    return None


def importable() -> None:
    """Make the library importable. It comes last, so that what both environments have is ours."""
    if str(LIBRARY) not in sys.path:
        sys.path.append(str(LIBRARY))
