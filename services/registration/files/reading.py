"""A file as rows of messages: columns mapped to fields, cells in our spelling, what cannot be used named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from services.registration.files import conventions
from services.registration.files.declared import CellProblem, Column, Declared, FileRow, Table
from services.registration.files.fields import CURRENCIES, FIELDS, RECORDED_AT, FileKind, Holds
from services.registration.files.splitting import Cells, decoded, name_of, rows_of, separated
from shared.errors import FieldProblem, RequestInvalid
from shared.http.echo import echoed


def read_file(body: bytes, kind: FileKind, declared: Declared, most: int) -> Table:
    """Read at most so many rows; raise `RequestInvalid` for what makes the whole file unclear, all of it at once."""
    fields = FIELDS[kind]
    mapped = _pairs(declared.columns, "column", "header=field")
    values = _pairs(declared.values, "value", "field=value")
    text, encoding = decoded(body, declared.encoding)
    separator = separated(text, declared.separator, {*fields, *map(name_of, mapped)})
    header, *rows = rows_of(text, separator, most) or [(1, [])]
    problems = _values(values, kind)
    columns = _columns(header[1], kind, {name_of(one): field for one, field in mapped.items()}, values, problems)
    if problems:
        raise RequestInvalid(problems)
    read = tuple(_column(one, fields, rows, declared, problems) for one in columns)
    if problems:
        raise RequestInvalid(problems)
    return Table(encoding, separator, read, [_row(cells, read, fields, values) for cells in rows])


def _pairs(given: Sequence[str], field: str, form: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in given:
        name, mark, value = one.rpartition("=") if field == "column" else one.partition("=")
        if not mark or not name.strip() or name.strip() in found:
            detail = f"must be {form}, each name once; not {echoed(one)}"
            raise RequestInvalid([FieldProblem(field, "file.column", detail)])
        found[name.strip()] = value.strip()
    return found


def _values(values: dict[str, str], kind: FileKind) -> list[FieldProblem]:
    return [
        FieldProblem("value", "file.column", f"{echoed(one)} is no field of {kind}; use one of: {_listed(kind)}")
        for one in values
        if one not in FIELDS[kind]
    ]


def _listed(kind: FileKind) -> str:
    return ", ".join(FIELDS[kind])


def _columns(
    header: list[str], kind: FileKind, mapped: dict[str, str], values: dict[str, str], problems: list[FieldProblem]
) -> list[Column]:
    found: list[Column] = []
    taken = dict.fromkeys(values, "value")
    for position, stated in enumerate(header):
        name = name_of(stated)
        field = mapped.pop(name, name)
        if field in taken:
            detail = f"{echoed(field)} is given by column {echoed(stated)} and by {taken[field]}; leave one out"
            problems.append(FieldProblem("column", "file.column", detail))
        elif field and field not in FIELDS[kind]:
            detail = (
                f"column {echoed(stated)} is no field of {kind}; map it (header=field), or leave it out (header=). "
                f"Fields: {_listed(kind)}"
            )
            problems.append(FieldProblem("column", "file.column", detail))
        elif field:
            taken[field] = f"column {echoed(stated)}"
        found.append(Column(position, stated.strip(), field or None))
    for name in mapped:
        detail = f"the file has no column {echoed(name)}; correct the mapping"
        problems.append(FieldProblem("column", "file.column", detail))
    if not taken:
        problems.append(FieldProblem("file", "file.row", "has no header line; name the columns in the first line"))
    return found


def _column(
    column: Column, fields: dict[str, Holds], rows: list[Cells], declared: Declared, problems: list[FieldProblem]
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
    field, code = ("dates", "file.dates") if holds == "day" else ("decimal", "file.decimal")
    try:
        if holds == "day":
            dates = declared.dates or conventions.dates_of(filled)
            return Column(column.position, column.header, column.field, dates=dates)
        decimal = declared.decimal or conventions.decimals_of(filled)
        return Column(column.position, column.header, column.field, decimal=decimal)
    except conventions.Unclear as error:
        problems.append(FieldProblem(field, code, f"column {echoed(column.header)}, {error}"))
        return column


def _row(cells: Cells, columns: tuple[Column, ...], fields: dict[str, Holds], values: dict[str, str]) -> FileRow:
    line, texts = cells
    row = FileRow(line, {})
    if len(texts) != len(columns):
        detail = f"has {len(texts)} cells, the first line has {len(columns)}; correct the row"
        row.problems.append(CellProblem(line, None, "file.row", detail))
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
    except ValueError as error:
        row.problems.append(CellProblem(row.line, column.header, "file.value", f"{error}; correct it"))


def _value(text: str, column: Column, holds: Holds) -> Any:
    if holds == "texts":
        return [one.strip() for one in text.split(";") if one.strip()]
    if holds == "day":
        return conventions.day_of(text, column.dates or "iso")
    if holds == "number":
        return conventions.number_of(text, column.decimal or "point")
    if holds == "integer":
        if not (text.isascii() and text.isdigit() and len(text) <= 19):
            raise ValueError(f"{text[:40]!r} is not a whole number")
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
