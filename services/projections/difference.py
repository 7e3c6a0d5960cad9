"""What a verification tells: where the stored and the re-derived first part."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing found wrong with a view, or with the journal itself."""

    view: str
    """`journal` where the log is damaged, `books` where money does not add up."""
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
