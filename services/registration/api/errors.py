"""Errors of the edge's HTTP side."""

from __future__ import annotations

from shared.errors import DealregError


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


class PartnerNotFound(DealregError):
    """The directory has no such partner, or the caller may not read it."""

    code = "partner.not_found"
    status = 404
