"""An event loop whose time is a number: where nothing is ready, it moves straight to the next timer."""

from __future__ import annotations

import asyncio
from typing import Any


class Stuck(Exception):
    """Nothing is ready and no timer runs: everybody waits for ever."""


class VirtualLoop(asyncio.BaseEventLoop):
    """No wall time, no threads, no sockets: the same callbacks in the same order, however fast the machine."""

    def __init__(self) -> None:
        super().__init__()
        self._seconds = 0.0
        self._selector = self
        self._clock_resolution = 1e-6

    def time(self) -> float:
        return self._seconds

    def select(self, timeout: float | None) -> list[Any]:
        """What a selector does in a real loop: wait, here by moving time."""
        if timeout is None:
            raise Stuck
        self._seconds += timeout
        return []

    def _process_events(self, event_list: list[Any]) -> None:
        """There are no sockets."""

    def _write_to_self(self) -> None:
        """There are no threads to wake us."""
