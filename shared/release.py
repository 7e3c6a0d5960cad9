"""Which release this is: it decides, and its name stands in the journal where its decisions begin."""

from __future__ import annotations

import re
from importlib.metadata import version

RELEASE = version("dealreg")

RELEASED: tuple[str, ...] = ()
"""Every release, the oldest first: each can be upgraded from, and its schema with data is kept (`tests/upgrade/`).

None yet: until 0.2.0 is cut, formats of version 1 change in place."""

_NUMBERS = re.compile(r"[0-9]+(\.[0-9]+)*")


def later(release: str, than: str) -> bool:
    """Whether the release came after the other one; of those without a number nobody can say, and of pre-releases."""
    numbers = [_NUMBERS.match(one) for one in (release, than)]
    one, other = (tuple(map(int, found[0].split("."))) if found else () for found in numbers)
    return bool(other) and one > other
