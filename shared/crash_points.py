"""Crash points: named instants between two durable steps, at which a test lets the process die.

In production nothing listens and a point costs one comparison. A process that starts with
`DEALREG_CRASH_AT=<name>` kills itself at that point, with `<name>:3` when it passes it for the third time; with
`<name>!stop` it freezes there until somebody sends SIGCONT.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from itertools import count

CRASH_AT = "DEALREG_CRASH_AT"

listener: Callable[[str], None] | None = None
"""Called at each point; set once at the start, or by a test in its own process."""


def crash_point(name: str) -> None:
    """Pass a crash point; does nothing unless a listener is set."""
    if listener is not None:
        listener(name)


def dying_at(content: str) -> Callable[[str], None]:
    """Return a listener that kills its own process without handlers, `finally` or flushes, like a power cut."""
    place, _, how = content.partition("!")
    chosen, _, times = place.partition(":")
    last, passed, sent = int(times or 1), count(1), signal.SIGSTOP if how == "stop" else signal.SIGKILL

    def die(name: str) -> None:
        if name == chosen and next(passed) == last:
            os.kill(os.getpid(), sent)

    return die


if CRASH_AT in os.environ:
    listener = dying_at(os.environ[CRASH_AT])
