"""Rows as CSV, safe for spreadsheets."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

BOM = "\ufeff"
"""The byte order mark, as the first character."""
# A spreadsheet runs a cell that starts like this as a formula; a partner must not run anything at the vendor.
# Some spreadsheets treat full-width forms like the plain ones.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """Format the rows as RFC 4180."""
    buffer = io.StringIO()
    lines = ([safe(plain(row[name])) for name in columns] for row in rows)
    csv.writer(buffer, lineterminator="\r\n").writerows(lines)
    return buffer.getvalue()


def safe(value: Any) -> str:
    """Return the value as a cell that no spreadsheet runs."""
    cell = "" if value is None else str(value)
    return f"'{cell}" if cell.startswith(_FORMULA) and isinstance(value, str) else cell


def plain(value: Any) -> Any:
    """Return the value of a document as one cell."""
    if isinstance(value, dict):
        return Decimal(value["amount"])  # a number, so that its sign is not treated as a formula
    if isinstance(value, list):
        return "; ".join(value)
    return str(value).lower() if isinstance(value, bool) else value
