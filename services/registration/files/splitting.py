"""A file's bytes as lines of cells: encoding and separator, declared or found."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection

from services.registration.files.declared import SEPARATORS, Encoding, Separator
from services.registration.files.reasons import Unusable

_SAMPLE_BYTES = 1_000
_CODECS: dict[Encoding, str] = {
    "utf-8": "utf-8-sig", "utf-16": "utf-16", "windows-1252": "cp1252", "windows-1256": "cp1256",
}  # fmt: skip
_LONG_CELL = "field larger than field limit"
"""How the library begins what it says of a cell that it does not read; all else is quotes that do not match."""
Cells = tuple[int, list[str]]
"""The line on which a row begins, from 1, and its cells."""


def decoded(body: bytes, declared: Encoding | None) -> tuple[str, Encoding]:
    """Return the text and its encoding; raise `Unusable` where it cannot be told."""
    encoding = declared or _found(body)
    codec = _CODECS[encoding]
    if encoding == "utf-16" and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Separators and digits are ASCII, so that half of their bytes is zero.
        codec = "utf-16-le" if body[1:_SAMPLE_BYTES:2].count(0) >= body[0:_SAMPLE_BYTES:2].count(0) else "utf-16-be"
    try:
        return body.decode(codec), encoding
    except UnicodeDecodeError as error:
        line = str(body.count(b"\n", 0, error.start) + 1)
        if declared is None:
            raise Unusable("file.encoding.unknown", "encoding", line=line) from error
        raise Unusable("file.encoding.other", "encoding", line=line, encoding=encoding) from error


def _found(body: bytes) -> Encoding:
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if marked or b"\0" in body[:_SAMPLE_BYTES] else "utf-8"


def separated(text: str, declared: Separator | None, known: Collection[str]) -> Separator:
    """Return the separator: the one that makes most of the header line known names; raise `Unusable`."""
    if declared is not None:
        return declared
    counts = {name: _known(text, mark, known) for name, mark in SEPARATORS.items()}
    best = max(counts.values())
    found = [name for name, count in counts.items() if count == best]
    if best and (len(found) == 1 or not any(mark in first_line(text) for mark in SEPARATORS.values())):
        return found[0]
    raise Unusable("file.separator.several" if best else "file.separator.no_field", "separator")


def first_line(text: str) -> str:
    """The line that should name the columns."""
    return next(iter(text.splitlines()), "")


def _known(text: str, mark: str, known: Collection[str]) -> int:
    try:
        header = next(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True), [])
    except csv.Error:
        return 0
    return sum(name_of(one) in known for one in header)


def name_of(header: str) -> str:
    """A header as it is compared."""
    return header.strip().lower()


def rows_of(text: str, separator: Separator, most: int) -> list[Cells]:
    """Return all rows that are not empty, the header first; raise `Unusable` for one that cannot be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=SEPARATORS[separator], strict=True)
    found: list[Cells] = []
    line = 1
    try:
        for cells in reader:
            if any(one.strip() for one in cells):
                found.append((line, cells))
            if len(found) > most + 1:
                raise Unusable("file.too_long", "file", most=str(most))
            line = reader.line_num + 1
    except csv.Error as error:
        if str(error).startswith(_LONG_CELL):
            letters = str(csv.field_size_limit())
            raise Unusable("file.row.long_cell", "file", line=str(line), most=letters) from error
        raise Unusable("file.row.quotes", "file", line=str(line)) from error
    return found
