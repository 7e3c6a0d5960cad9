"""The release: the journal names it where its decisions begin."""

from __future__ import annotations

import re
from importlib.metadata import version

RELEASE = version("dealreg")

RELEASED: tuple[str, ...] = ()
"""Every release, the oldest first: each can be upgraded from, and its schema with data is kept (`tests/upgrade/`).

None yet: until 0.2.0 is cut, formats of version 1 change in place."""

_NUMBERS = re.compile(r"[0-9]+(\.[0-9]+)*")


def later(release: str, than: str) -> bool:
    """Return whether the release is later than the other; False for pre-releases and releases without a number."""
    numbers = [_NUMBERS.match(one) for one in (release, than)]
    one, other = (tuple(map(int, found[0].split("."))) if found else () for found in numbers)
    return bool(other) and one > other
