"""What the sender of a file declares of it, and what was found where nothing is declared."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from services.registration.files.reasons import Unusable

Encoding = Literal["utf-8", "utf-16", "windows-1252", "windows-1256"]
Separator = Literal["comma", "semicolon", "tab", "bar"]
Decimals = Literal["point", "comma"]
Days = Literal["iso", "dmy", "mdy"]

SEPARATORS: dict[Separator, str] = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}


@dataclass(frozen=True, slots=True)
class Declared:
    """How to read the file; None means that it is found in the file, and refused where it is not plain."""

    encoding: Encoding | None = None
    separator: Separator | None = None
    decimal: Decimals | None = None
    dates: Days | None = None
    columns: tuple[str, ...] = ()
    """Each `header=field`, for headers that are no field themselves; `header=` leaves the column out."""
    values: tuple[str, ...] = ()
    """Each `field=value`, the same for every row."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file as it is read."""

    position: int
    header: str
    field: str | None
    """None: left out."""
    decimal: Decimals | None = None
    dates: Days | None = None


@dataclass(frozen=True, slots=True)
class CellProblem:
    """Why a row cannot be used: the line it begins on, from 1, and the header of the column."""

    line: int
    column: str | None
    reason: Unusable


@dataclass(slots=True)
class FileRow:
    """One row as a body of its kind of message."""

    line: int
    body: dict[str, object]
    recorded_at: str | None = None
    problems: list[CellProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """A file as it was read."""

    encoding: Encoding
    separator: Separator
    columns: tuple[Column, ...]
    rows: list[FileRow]
