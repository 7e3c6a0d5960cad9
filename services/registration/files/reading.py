"""A file as rows of messages: columns mapped to fields, cells in our spelling, what cannot be used named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from services.registration.files import conventions
from services.registration.files.declared import CellProblem, Column, Declared, FileRow, Table
from services.registration.files.fields import CURRENCIES, FIELDS, RECORDED_AT, FileKind, Holds
from services.registration.files.reasons import MAX_CELL, FileRefused, Unusable
from services.registration.files.splitting import Cells, decoded, name_of, rows_of, separated
from shared.http.echo import echoed


def read_file(body: bytes, kind: FileKind, declared: Declared, most: int) -> Table:
    """Read at most so many rows; raise `FileRefused` for what makes the whole file unclear, all of it at once."""
    try:
        return _read(body, kind, declared, most)
    except Unusable as one:
        raise FileRefused([one]) from one


def _read(body: bytes, kind: FileKind, declared: Declared, most: int) -> Table:
    fields = FIELDS[kind]
    mapped = mapped_of(declared)
    values = _pairs(declared.values, "value")
    text, encoding = decoded(body, declared.encoding)
    separator = separated(text, declared.separator, {*fields, *mapped})
    header, *rows = rows_of(text, separator, most) or [(1, [])]
    problems = _values(values, kind)
    columns = _columns(header[1], kind, mapped, values, problems)
    if problems:
        raise FileRefused(problems)
    read = tuple(_column(one, fields, rows, declared, problems) for one in columns)
    if problems:
        raise FileRefused(problems)
    return Table(encoding, separator, read, [_row(cells, read, fields, values) for cells in rows])


def mapped_of(declared: Declared) -> dict[str, str]:
    """Return the fields that are declared, by header; empty for a column that is left out. Raises `Unusable`."""
    return {name_of(header): field for header, field in _pairs(declared.columns, "column").items()}


def _pairs(given: Sequence[str], field: Literal["column", "value"]) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, mark, value = one.rpartition("=") if field == "column" else one.partition("=")
        if not mark or not name.strip() or name.strip() in found:
            raise Unusable("file.column.pair", field, kind=field, text=echoed(one))
        found[name.strip()] = value.strip()
    return found


def _values(values: dict[str, str], kind: FileKind) -> list[Unusable]:
    return [
        Unusable("file.column.no_such_field", "value", text=echoed(one), kind=kind, fields=_listed(kind))
        for one in values
        if one not in FIELDS[kind]
    ]


def _listed(kind: FileKind) -> str:
    return ", ".join(FIELDS[kind])


def _columns(
    header: list[str], kind: FileKind, mapped: dict[str, str], values: dict[str, str], problems: list[Unusable]
) -> list[Column]:
    found: list[Column] = []
    taken: dict[str, str | None] = dict.fromkeys(values)
    for position, stated in enumerate(header):
        name = name_of(stated)
        field = mapped.get(name, name)
        if field in taken:
            problems.append(_twice(field, stated, taken[field]))
        elif field and field not in FIELDS[kind]:
            named = {"column": echoed(stated), "kind": kind, "fields": _listed(kind)}
            problems.append(Unusable("file.column.no_field", "column", **named))
        elif field:
            taken[field] = stated
        found.append(Column(position, stated.strip(), field or None))
    stand = {name_of(stated) for stated in header}
    for name in (one for one in mapped if one not in stand):
        problems.append(Unusable("file.column.absent", "column", column=echoed(name)))
    if not taken:
        problems.append(Unusable("file.row.no_header", "file"))
    return found


def _twice(field: str, column: str, other: str | None) -> Unusable:
    """What is wrong with a field that comes from a column, and from another or from a declared value."""
    named = {"text": echoed(field), "column": echoed(column)}
    if other is None:
        return Unusable("file.column.value_too", "column", **named)
    return Unusable("file.column.twice", "column", **named, other=echoed(other))


def _column(
    column: Column, fields: dict[str, Holds], rows: list[Cells], declared: Declared, problems: list[Unusable]
) -> Column:
    """The column with the way in which it writes dates or decimals; adds a problem where that is unclear."""
    holds = fields.get(column.field or "")
    if holds not in ("day", "number"):
        return column
    filled = [
        (line, cells[column.position].strip())
        for line, cells in rows
        if len(cells) > column.position and cells[column.position].strip()
    ]
    try:
        if holds == "day":
            dates = declared.dates or conventions.dates_of(filled)
            return Column(column.position, column.header, column.field, dates=dates)
        decimal = declared.decimal or conventions.decimals_of(filled)
        return Column(column.position, column.header, column.field, decimal=decimal)
    except Unusable as one:
        problems.append(one.of("dates" if holds == "day" else "decimal", column=echoed(column.header)))
        return column


def _row(cells: Cells, columns: tuple[Column, ...], fields: dict[str, Holds], values: dict[str, str]) -> FileRow:
    line, texts = cells
    row = FileRow(line, {})
    if len(texts) != len(columns):
        reason = Unusable("file.row.cells", cells=str(len(texts)), columns=str(len(columns)))
        row.problems.append(CellProblem(line, None, reason))
        return row
    read: dict[str, Any] = {}
    for field, text in values.items():
        _cell(row, Column(-1, field, field), text, fields[field], read)
    for column in columns:
        if column.field is not None and (text := texts[column.position].strip()):
            _cell(row, column, text, fields[column.field], read)
    _fill(row, read)
    return row


def _cell(row: FileRow, column: Column, text: str, holds: Holds, read: dict[str, Any]) -> None:
    assert column.field is not None
    try:
        read[column.field] = _value(text, column, holds)
    except Unusable as one:
        row.problems.append(CellProblem(row.line, column.header, one))


def _value(text: str, column: Column, holds: Holds) -> Any:
    if holds == "texts":
        return [one.strip() for one in text.split(";") if one.strip()]
    if holds == "day":
        return conventions.day_of(text, column.dates or "iso")
    if holds == "number":
        return conventions.number_of(text, column.decimal or "point")
    if holds == "integer":
        if not (text.isascii() and text.isdigit() and len(text) <= 19):
            raise Unusable("file.value.integer", text=echoed(text, MAX_CELL))
        return int(text)
    return text


def _fill(row: FileRow, read: dict[str, Any]) -> None:
    """The row's body: amounts with their currency, dotted fields as parts."""
    currencies = {
        amount: next((read[one] for one in names if one in read), None) for amount, names in CURRENCIES.items()
    }
    for field, value in read.items():
        if field == RECORDED_AT:
            row.recorded_at = value
        elif field in CURRENCIES:
            currency = currencies[field]
            row.body[field] = {"amount": value, **({} if currency is None else {"currency": currency})}
        elif "." in field:
            part, _, name = field.partition(".")
            within = row.body.setdefault(part, {})
            assert isinstance(within, dict)
            within[name] = value
        elif not any(field in names for names in CURRENCIES.values()):
            row.body[field] = value
