"""Errors of the query API."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import DealregError, FieldProblem, Invalid, Unavailable


class NotReached(Unavailable):
    """The view has not reached the requested position yet; ask again."""

    code = "position.not_reached"


class CursorInvalid(Invalid):
    """The cursor is invalid, or belongs to another query or caller."""

    code = "cursor.invalid"


class RegistrationUnknown(DealregError):
    """The caller has no such registration."""

    code = "registration.unknown"
    status = 404


class OpportunityUnknown(DealregError):
    """The caller has no such opportunity."""

    code = "opportunity.unknown"
    status = 404


class RewardUnknown(DealregError):
    """The caller has no such reward."""

    code = "reward.unknown"
    status = 404


class ConflictUnknown(DealregError):
    """The caller has no such conflict."""

    code = "conflict.unknown"
    status = 404


class CaseUnknown(DealregError):
    """The caller has no such case."""

    code = "case.unknown"
    status = 404


class MatchUnknown(DealregError):
    """There is no match of these two registrations."""

    code = "match.unknown"
    status = 404


class VendorAlone(DealregError):
    """Matches show two partners side by side, so partners cannot read them."""

    code = "credential.vendor_only"
    status = 403


class CsvTooLarge(Invalid):
    """More rows match than one CSV may have."""

    code = "csv.too_large"


class FactUnknown(DealregError):
    """The caller sent no such fact."""

    code = "fact.unknown"
    status = 404


class Refused(DealregError):
    """The decider refused the fact; status and code are those of the refusal."""

    def __init__(self, status: int, code: str, detail: str, errors: Sequence[FieldProblem], language: str) -> None:
        super().__init__(detail, errors)
        # Instance values over the class's: one class carries whatever the decider answered.
        self.status = status  # type: ignore[misc]
        self.code = code  # type: ignore[misc]
        self.language = language  # type: ignore[misc]


class NotSandbox(DealregError):
    """The vendor has no clock of its own: it is no sandbox."""

    code = "vendor.not_sandbox"
    status = 409
