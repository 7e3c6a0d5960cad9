"""Read a command's input files as UTF-8 line by line; refuse them by file, line, column and remedy."""

from __future__ import annotations

import csv
import gzip
import sys
import zlib
from collections.abc import Iterator, Sequence
from io import BufferedIOBase
from pathlib import Path

from shared.errors import Invalid

MAX_LINE_BYTES = 1_048_576
"""A line of a table is some hundred bytes; a file without any line end must not fill the memory."""
MAX_ROWS = 10_000_000
"""Most rows: three times the largest company register."""
MOST_LINES = 20
"""Line numbers that one message lists."""
BOM = b"\xef\xbb\xbf"
_OTHER_ENCODINGS = {
    b"\xff\xfe\x00\x00": "UTF-32",
    b"\x00\x00\xfe\xff": "UTF-32",
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
}
SAVE_AS = "save it as UTF-8 (in a spreadsheet: CSV UTF-8)"


class FileRefused(Invalid):
    """A file cannot be used as it is."""

    code = "file.refused"


def refused(file: Path, message: str, *, line: int | None = None, column: int | str | None = None) -> FileRefused:
    """Build a refusal that names file, line and column; a column by its number or name."""
    place = str(file)
    if line is not None:
        place += f", line {line}"
    if column is not None:
        place += f", column {column}"
    return FileRefused(f"{place}: {message}")


def raw_lines(file: Path) -> Iterator[tuple[int, bytes]]:
    """Yield the lines by number, as bytes; decompress a file that ends in `.gz`. Raises `FileRefused`."""
    try:
        with _opened(file) as source:
            number = 0
            while line := source.readline(MAX_LINE_BYTES + 1):
                number += 1
                if number == 1:
                    _assert_encoding(file, line)
                    line = line.removeprefix(BOM)
                if len(line) > MAX_LINE_BYTES:
                    raise refused(file, f"the line is longer than {MAX_LINE_BYTES:,} bytes", line=number)
                yield number, line
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise refused(file, f"cannot be decompressed ({error}); compress it again") from error
    except OSError as error:
        raise refused(file, f"cannot be read: {error.strerror or error}") from error


def text_of(file: Path, number: int, line: bytes) -> str:
    """Decode the line; raise `FileRefused` at the first byte that is not UTF-8."""
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        column = len(line[: error.start].decode()) + 1
        detail = f"byte 0x{line[error.start]:02x} is not UTF-8; {SAVE_AS}"
        raise refused(file, detail, line=number, column=column) from error
    if (place := text.find("\0")) >= 0:
        raise refused(file, f"is a NUL character; if the file is UTF-16, {SAVE_AS}", line=number, column=place + 1)
    return text


def table(file: Path, columns: Sequence[str], one_of: Sequence[str] = ()) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows by the number of their last line, each with every column of the file.

    Raises `FileRefused` where it is empty, lacks one of `columns` or all of `one_of`, or has a row of another length
    than its heading.
    """
    rows = csv.reader((text_of(file, number, line) for number, line in raw_lines(file)), strict=True)
    header: list[str] | None = None
    while True:
        try:
            row = next(rows, None)
        except csv.Error as error:
            raise refused(
                file, f"is not CSV here ({error}); quote fields that hold quotes", line=rows.line_num
            ) from error
        if row is None:
            break
        if header is None:
            header = _header(file, row, columns, one_of) if any(row) else None
        elif rows.line_num > MAX_ROWS:
            raise refused(file, f"has more than {MAX_ROWS:,} rows")
        elif row:
            if len(row) != len(header):
                detail = f"has {len(row)} fields, the heading has {len(header)}; quote fields that hold a comma"
                raise refused(file, detail, line=rows.line_num)
            yield rows.line_num, dict(zip(header, row, strict=True))
    if header is None:
        raise refused(file, f"is empty; its first line names the columns: {', '.join(columns) or ' or '.join(one_of)}")


def tell_left(file: Path, lines: Sequence[int], why: str) -> None:
    """Print on standard error which rows were left out, so that nobody misreads the figures."""
    if lines:
        some = ", ".join(map(str, lines[:MOST_LINES])) + (", …" if len(lines) > MOST_LINES else "")
        print(f"{file}: {len(lines):,} rows left out, {why}: lines {some}", file=sys.stderr)


def _opened(file: Path) -> BufferedIOBase:
    return gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")


def _assert_encoding(file: Path, line: bytes) -> None:
    for mark, name in _OTHER_ENCODINGS.items():
        if line.startswith(mark):
            raise refused(file, f"is {name}; {SAVE_AS}", line=1, column=1)


def _header(file: Path, row: list[str], columns: Sequence[str], one_of: Sequence[str]) -> list[str]:
    header = [name.strip() for name in row]
    missing = ", ".join(name for name in columns if name not in header)
    if one_of and not set(one_of).intersection(header):
        missing = " or ".join(one_of)
    if missing:
        detail = f"has no column {missing}; it has {', '.join(header)[:200] or 'none'}"
        if len(header) == 1 and any(mark in header[0] for mark in ";\t"):
            detail += "; separate fields by commas"
        raise refused(file, detail, line=1)
    if twice := sorted({name for name in header if header.count(name) > 1}):
        raise refused(file, f"has the column {', '.join(twice)} twice", line=1)
    return header
