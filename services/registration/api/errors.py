"""Errors of the edge's HTTP side."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import DealregError, FieldProblem


class WouldBeRefused(DealregError):
    """The decider would refuse the fact; status and code are those of that refusal."""

    def __init__(self, status: int, code: str, problems: Sequence[FieldProblem], language: str) -> None:
        super().__init__(" ".join(one.message for one in problems), problems)
        # Instance values over the class's: one class carries whatever the answer would be.
        self.status = status  # type: ignore[misc]
        self.code = code  # type: ignore[misc]
        self.language = language  # type: ignore[misc]


class PreconditionMissing(DealregError):
    """An update must say which revision it is based on."""

    code = "precondition.missing"
    status = 428


class TooManyRows(DealregError):
    """The bulk request has more rows than one may have."""

    code = "bulk.too_many_rows"
    status = 413


class ProgramNotFound(DealregError):
    """The directory has no such program, or none that is open to the caller."""

    code = "program.not_found"
    status = 404


class TemplateNotFound(DealregError):
    """There is no template or preset of this name."""

    code = "template.not_found"
    status = 404


class PartnerNotFound(DealregError):
    """The directory has no such partner, or the caller may not read it."""

    code = "partner.not_found"
    status = 404


class VendorAlone(DealregError):
    """Only the vendor may read this."""

    code = "credential.vendor_only"
    status = 403
