"""The columns of a file before it is read: which field each is, and what its cells hold."""

from __future__ import annotations

from dataclasses import dataclass

from services.registration.files.declared import SEPARATORS, Declared, Encoding, Separator
from services.registration.files.fields import FIELDS, FileKind
from services.registration.files.reading import mapped_of
from services.registration.files.reasons import MAX_CELL, FileRefused, Unusable
from services.registration.files.splitting import decoded, first_line, name_of, rows_of, separated

MAX_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A column by its header, and what it becomes so far."""

    header: str
    field: str | None
    """None: it is left out, or nothing says yet what it becomes."""
    known: bool
    """Whether its name or a declaration says what it becomes."""
    samples: tuple[str, ...]
    """The first different cells that are filled, cut."""


def read_headings(
    body: bytes, kind: FileKind, declared: Declared, most: int
) -> tuple[Encoding, Separator, list[Heading]]:
    """Return how the file is split, and its columns; raise `FileRefused` where it cannot be split."""
    try:
        mapped = mapped_of(declared)
        text, encoding = decoded(body, declared.encoding)
        separator = _separator(text, declared.separator, {*FIELDS[kind], *mapped})
        header, *rows = rows_of(text, separator, most) or [(1, [])]
        if not any(one.strip() for one in header[1]):
            raise Unusable("file.row.no_header", "file")
    except Unusable as one:
        raise FileRefused([one]) from one
    cells = [texts for _, texts in rows]
    return encoding, separator, [_heading(one, place, cells, kind, mapped) for place, one in enumerate(header[1])]


def _heading(stated: str, place: int, rows: list[list[str]], kind: FileKind, mapped: dict[str, str]) -> Heading:
    name = name_of(stated)
    field = mapped.get(name, name)
    filled = (texts[place].strip() for texts in rows if len(texts) > place)
    samples = tuple(dict.fromkeys(one[:MAX_CELL] for one in filled if one))[:MAX_SAMPLES]
    return Heading(
        stated.strip(), field if field in FIELDS[kind] else None, not field or field in FIELDS[kind], samples
    )


def _separator(text: str, declared: Separator | None, known: set[str]) -> Separator:
    """Return the separator; where no header is a known name, the only one that the header line has."""
    try:
        return separated(text, declared, known)
    except Unusable as one:
        stand = [name for name, mark in SEPARATORS.items() if mark in first_line(text)]
        if one.reason == "file.separator.no_field" and len(stand) == 1:
            return stand[0]
        raise
