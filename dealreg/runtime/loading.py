"""When a process looks for garbage: not while it loads, and afterwards only in what it has made since."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

COLLECT_AFTER = (50_000, 20, 50)
"""Objects made before a collection, by generation. Some hundred requests under way hold about a hundred objects each;
at the default of 700 they are walked again for every second request, which cost 40 % of the processor."""


def settled() -> None:
    """What was made so far stays to the end, so collections skip it, and come seldom."""
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)


@contextmanager
def loading() -> Iterator[None]:
    """Inside the block no garbage is collected: what modules make stays, and looking took a seventh of the time."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
