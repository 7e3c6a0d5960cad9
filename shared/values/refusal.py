"""The one error of all parse functions."""

from __future__ import annotations

from typing import ClassVar

from shared.errors import DealregError, FieldProblem


class BadValue(DealregError):
    """A text is no value of its kind: `reason` is the stable code, `detail` says how to write it.

    The detail never repeats what was sent, which may be a secret, a megabyte or no Unicode.
    """

    code: ClassVar[str] = "request.invalid"
    status: ClassVar[int] = 422

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(remedy, (FieldProblem("", reason, remedy),))
        self.reason = reason

    def at(self, field: str) -> FieldProblem:
        """The problem as it is reported for this field."""
        return FieldProblem(field, self.reason, self.detail)
