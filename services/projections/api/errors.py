"""What the queries refuse."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import DealregError, FieldProblem, Invalid, Unavailable


class NotReached(Unavailable):
    """The view has not read as far as was asked; nothing is wrong, ask again."""

    code = "position.not_reached"


class CursorInvalid(Invalid):
    """The cursor is none of ours, or belongs to another question or another caller."""

    code = "cursor.invalid"


class RegistrationUnknown(DealregError):
    """The caller has no such registration."""

    code = "registration.unknown"
    status = 404


class OpportunityUnknown(DealregError):
    """The caller has no such opportunity."""

    code = "opportunity.unknown"
    status = 404


class CaseUnknown(DealregError):
    """The caller has no such case."""

    code = "case.unknown"
    status = 404


class MatchUnknown(DealregError):
    """Nobody was asked about these two registrations, and nobody said anything of them."""

    code = "match.unknown"
    status = 404


class VendorAlone(DealregError):
    """What is read here shows two partners side by side: no partner's credential reads it."""

    code = "credential.vendor_only"
    status = 403


class CsvTooLarge(Invalid):
    """More rows match than one CSV holds."""

    code = "csv.too_large"


class FactUnknown(DealregError):
    """The caller sent no such fact."""

    code = "fact.unknown"
    status = 404


class Refused(DealregError):
    """The decider refused the fact that was asked about; the status and code are those of the refusal."""

    def __init__(self, status: int, code: str, detail: str, errors: Sequence[FieldProblem]) -> None:
        super().__init__(detail, errors)
        # Instance values over the class's: one class carries whatever the decider answered.
        self.status = status  # type: ignore[misc]
        self.code = code  # type: ignore[misc]
