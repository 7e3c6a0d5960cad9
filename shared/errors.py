"""The one exception tree: every error that leaves a module is a `DealregError` with a stable code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypeVar

Value = TypeVar("Value")

MAX_FIELD_PROBLEMS = 100
"""At most so many problems of one request are kept and listed."""


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """One thing wrong with one field: dotted path (`""` for the whole), stable code, message with remedy."""

    field: str
    code: str
    message: str
    line: int | None = None
    """Where it stands in a text that was sent; both count from 1. None where the field is in no such text."""
    column: int | None = None


class DealregError(Exception):
    """Base of all errors raised on purpose; `status` is the HTTP status a caller would see."""

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    language: ClassVar[str | None] = None
    """The tag of the language of `detail`, where the caller could ask for another."""

    def __init__(self, detail: str, problems: Sequence[FieldProblem] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.problems = tuple(problems)


class Invalid(DealregError):
    """The input is invalid; `problems` lists everything wrong with it."""

    code = "invalid"
    status = 422


class RequestInvalid(DealregError):
    """The request cannot be accepted as it stands; every problem is listed."""

    code: ClassVar[str] = "request.invalid"
    status: ClassVar[int] = 422

    def __init__(self, problems: Sequence[FieldProblem], count: int = 0) -> None:
        first = f"{problems[0].field}: {problems[0].message}" if problems[0].field else problems[0].message
        self.count = count or len(problems)
        detail = f"{self.count} problem{'s' * (self.count != 1)}"
        # Problems that are not reported are not kept: a thousand bad bulk rows would hold a gigabyte.
        super().__init__(f"{detail} in the request; first: {first}", problems[:MAX_FIELD_PROBLEMS])


class TooMany(DealregError):
    """The caller exceeded a rate limit; it can continue after `retry_after_seconds`."""

    code: ClassVar[str] = "rate.exceeded"
    status: ClassVar[int] = 429
    retry_after_seconds: int = 1


class Unavailable(DealregError):
    """A server that we depend on did not answer. Nothing was done; try again."""

    code = "unavailable"
    status = 503


class Ambiguous(Unavailable):
    """The work may or may not have been done; repeating it with the same identity is safe."""

    code = "ambiguous"


class Fenced(DealregError):
    """Another worker owns this partition now: nothing was written and nothing may be."""

    code = "fenced"
    status = 503


class Corrupt(DealregError):
    """Stored data contradicts itself (truncated log, broken chain): stop and alert the operator."""

    code = "corrupt"


class Unfoldable(Corrupt):
    """An event cannot follow the events before it: a bug of the rule that wrote it, or a damaged journal."""


def known(value: Value | None, what: str) -> Value:
    """The value, which what was folded before promises; raises `Unfoldable` where it is absent."""
    if value is None:
        raise Unfoldable(f"there is no {what}, though the journal promises it")
    return value


class Misconfigured(DealregError):
    """A setting of dealreg or of a server would break a guarantee; the message names it and the remedy."""

    code = "misconfigured"
