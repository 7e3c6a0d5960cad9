"""What can go wrong, as one tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class ClientError(Exception):
    """Anything that this client raises."""


class Unreachable(ClientError):
    """No usable answer came in time. A write may have been taken: repeat it under the same key."""


class StillPending(ClientError):
    """Accepted, and not decided in time. Nothing is lost: ask again, or register again under the same key."""

    def __init__(self, location: str) -> None:
        super().__init__(f"{location} is accepted and not decided yet")
        self.location = location


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a request: where, a stable code, and what to do about it."""

    field: str
    code: str
    message: str


class Refused(ClientError):
    """The request was refused; `code` and `status` say why, `problems` names each field."""

    def __init__(self, status: int, code: str, detail: str, problems: Sequence[Problem]) -> None:
        said = "; ".join(f"{one.field}: {one.message}" if one.field else one.message for one in problems)
        super().__init__(f"{status} {code}: {said or detail}")
        self.status, self.code, self.detail, self.problems = status, code, detail, tuple(problems)
