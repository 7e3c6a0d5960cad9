"""The one exception tree: every error that leaves a module is a `DealregError` with a stable code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field: a dotted path (`""` for the whole), a stable code, a remedy in words."""

    field: str
    code: str
    message: str


class DealregError(Exception):
    """Base of all errors raised on purpose; `status` is the HTTP status a caller would see."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, detail: str, problems: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)


class Invalid(DealregError):
    """The input can never be accepted as it stands; `problems` lists everything wrong with it."""

    code = "invalid"
    status = 422


class Unavailable(DealregError):
    """A server we depend on did not answer; nothing was done, try again."""

    code = "unavailable"
    status = 503


class Ambiguous(Unavailable):
    """The work may or may not have been done; repeating it with the same identity is safe."""

    code = "ambiguous"


class Fenced(DealregError):
    """Another owner took this partition: nothing was written and nothing may be."""

    code = "fenced"
    status = 503


class Corrupt(DealregError):
    """What is stored contradicts what was remembered (truncated log, broken chain): stop and tell a person."""

    code = "corrupt"


class Unfoldable(Corrupt):
    """An event cannot follow what was folded before it: a mistake of the rule that wrote it, or of the journal."""


def known(value: Value | None, what: str) -> Value:
    """The value, which what was folded before promises; raises `Unfoldable` where it is absent."""
    if value is None:
        raise Unfoldable(f"there is no {what}, though the journal promises it")
    return value


class Misconfigured(DealregError):
    """A setting, of ours or of a server, would break a guarantee; the message names it and the remedy."""

    code = "misconfigured"
