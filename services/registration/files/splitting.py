"""A file's bytes as lines of cells: encoding and separator, declared or found."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection

from services.registration.files.declared import SEPARATORS, Encoding, Separator
from shared.errors import FieldProblem, RequestInvalid

_SAMPLE_BYTES = 1_000
_CODECS: dict[Encoding, str] = {
    "utf-8": "utf-8-sig", "utf-16": "utf-16", "windows-1252": "cp1252", "windows-1256": "cp1256",
}  # fmt: skip
Cells = tuple[int, list[str]]
"""The line on which a row begins, from 1, and its cells."""


def decoded(body: bytes, declared: Encoding | None) -> tuple[str, Encoding]:
    """Return the text and its encoding; raise `RequestInvalid` where it cannot be told."""
    encoding = declared or _found(body)
    codec = _CODECS[encoding]
    if encoding == "utf-16" and not body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # Separators and digits are ASCII, so that half of their bytes is zero.
        codec = "utf-16-le" if body[1:_SAMPLE_BYTES:2].count(0) >= body[0:_SAMPLE_BYTES:2].count(0) else "utf-16-be"
    try:
        return body.decode(codec), encoding
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        if declared is None:
            detail = (
                f"line {line} is not UTF-8, and whether it is windows-1252 (Western) or windows-1256 (Arabic) cannot "
                "be told; declare the encoding, or save the file as UTF-8"
            )
        else:
            detail = f"line {line} is not {encoding}; declare another encoding, or save the file as UTF-8"
        raise RequestInvalid([FieldProblem("encoding", "file.encoding", detail)]) from error


def _found(body: bytes) -> Encoding:
    marked = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return "utf-16" if marked or b"\0" in body[:_SAMPLE_BYTES] else "utf-8"


def separated(text: str, declared: Separator | None, known: Collection[str]) -> Separator:
    """Return the separator: the one that makes most of the header line known names; raise `RequestInvalid`."""
    if declared is not None:
        return declared
    counts = {name: _known(text, mark, known) for name, mark in SEPARATORS.items()}
    best = max(counts.values())
    found = [name for name, count in counts.items() if count == best]
    if best and (len(found) == 1 or not any(mark in _first_line(text) for mark in SEPARATORS.values())):
        return found[0]
    detail = (
        "cannot be told, since the first line names no field that is known; declare the separator, and map the columns"
        if not best
        else "cannot be told; declare it"
    )
    raise RequestInvalid([FieldProblem("separator", "file.separator", detail)])


def _first_line(text: str) -> str:
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
    """Return all rows that are not empty, the header first; raise `RequestInvalid` for one that never ends."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=SEPARATORS[separator], strict=True)
    found: list[Cells] = []
    line = 1
    try:
        for cells in reader:
            if any(one.strip() for one in cells):
                found.append((line, cells))
            if len(found) > most + 1:
                detail = f"has more than {most} rows; split it"
                raise RequestInvalid([FieldProblem("file", "file.too_long", detail)])
            line = reader.line_num + 1
    except csv.Error as error:
        detail = (
            f"line {line}: the quotes of a cell do not match, so nothing after it can be read ({error}); correct it"
        )
        raise RequestInvalid([FieldProblem("file", "file.row", detail)]) from error
    return found
