"""The first row in which stored and recomputed data differ."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """The first difference of a view, or of the journal itself."""

    view: str
    """The view; `journal` if the log is damaged, `books` if money does not add up, `webhooks` if one is missing."""
    vendor: str
    table: str
    key: str
    column: str
    expected: str
    found: str

    def __str__(self) -> str:
        return (
            f"{self.view}: vendor {self.vendor}, {self.table} {self.key}, {self.column}: "
            f"expected {self.expected}, found {self.found}"
        )
