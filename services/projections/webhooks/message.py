"""Messages on their way to an endpoint, and how each attempt came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import orjson

TEST = "webhook.test"
"""The type of a test event, which is no entry of the feed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A message that is to be sent (again)."""

    message: str
    position: int | None
    """None for a test event."""
    subject: str | None
    """Where the endpoint keeps the order of each subject: the one that waits with it."""
    attempts: int
    first_at: datetime
    next_at: datetime


class Outgoing(NamedTuple):
    """A message with its body."""

    waiting: Waiting
    type: str
    body: bytes


class Attempt(NamedTuple):
    """How one attempt came out."""

    outgoing: Outgoing
    at: datetime
    status: int | None
    failure: str | None
    seconds: float

    @property
    def delivered(self) -> bool:
        """Whether the receiver took it: any 2xx."""
        return self.status is not None and 200 <= self.status < 300


def test_body(at: str) -> bytes:
    """A test event: it has the fields of an event, and no place in the feed."""
    return orjson.dumps({
        "position": 0, "type": TEST, "version": 1, "decision": False, "clock": at, "cause": None, "subjects": [],
        "data": {},
    })  # fmt: skip
