"""`POST /v1/files/{kind}`: a CSV file, checked or taken, row by row through bulk intake."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.api.answers import answer
from services.registration.api.bulk import YIELD_EVERY_ROWS, Parts, Row, accept, alone, prepared
from services.registration.api.edge import edge_of
from services.registration.api.file_requests import (
    FileQuery,
    Messenger,
    Submitter,
    described,
    in_language_of,
    readable,
)
from services.registration.api.reading import read_trace
from services.registration.files.catalogue import Catalogue, catalogue_of
from services.registration.files.declared import (
    CellProblem,
    Days,
    Decimals,
    Encoding,
    FileRow,
    Separator,
    Table,
)
from services.registration.files.fields import KINDS, FileKind
from services.registration.files.reading import read_file
from services.registration.intake.acceptance import Accepted
from services.registration.intake.submission import Submission
from shared.credentials import Caller
from shared.errors import DealregError, FieldProblem
from shared.http.problems import document_of, in_language, translated
from shared.http.wire.body import headers_of
from shared.http.wire.fields import Identity
from shared.http.wire.json_body import canonical
from shared.messages import Language, language
from shared.values.written import written_json

router = APIRouter(tags=["files"])

ROWS_SHOWN = 20
"""Rows that the answer to a check shows as they would be read."""


class TakenQuery(FileQuery):
    """How the file is read, and whether anything is taken."""

    check: bool = Field(
        False,
        description="Only show how the file is read and what cannot be used, with registrations also products and "
        "programs that there are not now. Takes nothing.",
    )


class RegistrationFileQuery(TakenQuery):
    """As for every file, and which rows are taken."""

    only_usable: bool = Field(
        False,
        description="Take only rows that a check finds usable now: a row with a product or program that there is not "
        "is named, and not taken. Otherwise it is taken, and refused once it is decided.",
    )


class OpportunityFileQuery(TakenQuery):
    """As for every file, and the connection whose opportunities these are."""

    connection: Identity = Field(description="Id of the CRM connection.")


class ColumnShown(BaseModel):
    """How one column is read."""

    column: str
    field: str | None = Field(description="Null: it is left out.")
    decimal: Decimals | None = None
    dates: Days | None = None


class ReadAs(BaseModel):
    """How the file is read."""

    encoding: Encoding
    separator: Separator
    columns: list[ColumnShown]


class UnusableCell(BaseModel):
    """Why a row cannot be used."""

    line: int = Field(description="The line on which the row begins; the header is line 1.")
    column: str | None = Field(description="The header of the column; null where the row as a whole is meant.")
    code: str
    message: str


class RowShown(BaseModel):
    """A row as it would be read, or what became of it."""

    line: int
    customer: str | None = Field(default=None, description="The customer's name, by which people know the row.")
    key: str | None = Field(description="Made from the content, so that the same row is never taken twice.")
    status: int | None = Field(default=None, description="As in bulk: 202, or that of the refusal.")
    fact: str | None = None
    location: str | None = None
    problem: dict[str, Any] | None = None
    body: dict[str, Any] | None = Field(default=None, description="Only of a check.")


class FileReport(BaseModel):
    """What was found in the file, what cannot be used, and what became of the rows."""

    read_as: ReadAs
    rows: int = Field(description="Rows of the file, without header and empty lines.")
    usable: int
    taken: int = Field(description="Zero after a check. A row that was taken before counts, and is not taken again.")
    unusable: list[UnusableCell]
    items: list[RowShown] = Field(description=f"A check shows the first {ROWS_SHOWN} rows, taking shows all.")


@router.post("/v1/files/registrations", **described("registrations", FileReport))
async def take_registrations(
    request: Request, by: Submitter, asked: Annotated[RegistrationFileQuery, Query()]
) -> Response:
    """Submit a CSV file of registrations, a row each. `check=true` shows how it is read and takes nothing."""
    return await _answered(request, by, "registrations", asked, by_catalogue=asked.check or asked.only_usable)


@router.post("/v1/files/opportunities", **described("opportunities", FileReport))
async def take_opportunities(
    request: Request, by: Messenger, asked: Annotated[OpportunityFileQuery, Query()]
) -> Response:
    """Send a CSV file of opportunities, a message each. `check=true` shows how it is read and takes nothing."""
    return await _answered(request, by, "opportunities", asked, asked.connection)


async def _answered(
    request: Request,
    by: Caller,
    kind: FileKind,
    asked: TakenQuery,
    connection: str | None = None,
    *,
    by_catalogue: bool = False,
) -> Response:
    edge = edge_of(request)
    most = edge.settings.max_bulk_rows
    table, said = await readable(request, lambda body: read_file(body, kind, asked.declared(), most))
    trace = read_trace(headers_of(request))
    known = await catalogue_of(edge.directory, by.vendor) if by_catalogue else None
    if asked.check:
        found = await report(edge, by, kind, table, connection, check=True, known=known, said=said)
        return in_language_of(answer(request, found), said)
    async with alone(edge, by):
        await edge.backlog.check(by.vendor)
        if "import" in by.scopes:
            await edge.backlog.check_import(by.vendor)
        taken = await report(edge, by, kind, table, connection, known=known, trace=trace, said=said)
        return in_language_of(answer(request, taken), said)


async def report(
    parts: Parts,
    by: Caller,
    kind: FileKind,
    table: Table,
    connection: str | None,
    *,
    check: bool = False,
    known: Catalogue | None = None,
    trace: str | None = None,
    said: Language | None = None,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> dict[str, Any]:
    """Validate every row, take those that can be used unless it is a check, and say what became of each.

    `progress` is told what is done now, of how many rows, of how many. Reasons are `said` in the default language
    unless told otherwise. By the `known` names what the decider would refuse is named and not taken, but for rows of
    history, which are decided at their own time.
    """
    rows = []
    said = said or language()
    for number, row in enumerate(one for one in table.rows if not one.problems):
        rows.append(await _prepared(parts, by, kind, row, connection, trace))
        if known is not None and row.recorded_at is None and isinstance(rows[-1].outcome, Submission):
            rows[-1].outcome = known.refusal(row.body, said) or rows[-1].outcome
        if number % YIELD_EVERY_ROWS == 0:
            progress("checking rows", number, len(table.rows))
            await asyncio.sleep(0)  # as bulk does, so that others are answered meanwhile
    problems = [_unread(one, said) for row in table.rows for one in row.problems]
    headers = {one.field: one.header for one in table.columns if one.field is not None}
    problems += [one for row in rows for one in _refused(row, headers, said)]
    usable = sum(isinstance(row.outcome, Submission) for row in rows)
    if not check:
        progress("taking rows", 0, usable)
        await accept(parts, rows)
    bodies = {row.line: row.body for row in table.rows}
    shown = [_shown(row, bodies[row.number], said, check=check) for row in rows]
    return {
        "read_as": {
            "encoding": table.encoding,
            "separator": table.separator,
            "columns": [
                {"column": one.header, "field": one.field, "decimal": one.decimal, "dates": one.dates}
                for one in table.columns
            ],
        },
        "rows": len(table.rows),
        "usable": usable,
        "taken": sum(isinstance(row.outcome, Accepted) for row in rows),
        "unusable": sorted(problems, key=lambda one: int(one["line"])),
        "items": shown[:ROWS_SHOWN] if check else shown,
    }


async def _prepared(
    parts: Parts, by: Caller, kind: FileKind, row: FileRow, connection: str | None, trace: str | None
) -> Row:
    body = row.body if connection is None else {"connection": connection, **row.body}
    content = {"kind": KINDS[kind].name, "body": body} | ({"recorded_at": row.recorded_at} if row.recorded_at else {})
    # The same row is the same request, in whichever file and order it comes.
    key = f"file-{hashlib.sha256(canonical(content)).hexdigest()[:40]}"
    return await prepared(parts, by, row.line, written_json({"key": key, **content}), trace)


def _unread(one: CellProblem, said: Language) -> dict[str, Any]:
    return _reason(one.line, one.column, one.reason.code, one.reason.said(said))


def _refused(row: Row, headers: dict[str, str], said: Language) -> list[dict[str, Any]]:
    """What speaks against a row that is read, by the column that it stands in."""
    if not isinstance(row.outcome, DealregError):
        return []
    if not row.outcome.problems:
        message = translated(row.outcome.code, row.outcome.detail, said)
        return [_reason(row.number, None, row.outcome.code, message)]
    return [
        _reason(
            row.number,
            _column(one.field.removeprefix("body."), headers),
            one.code,
            _said_in(row.outcome, one, said),
        )
        for one in row.outcome.problems
    ]


def _said_in(error: DealregError, one: FieldProblem, said: Language) -> str:
    return one.message if error.language == said.tag else translated(one.code, one.message, said)


def _reason(line: int, column: str | None, code: str, message: str) -> dict[str, Any]:
    return {"line": line, "column": column, "code": code, "message": message}


def _column(field: str, headers: dict[str, str]) -> str | None:
    """The header of a field or of the field that it is part of; the field itself where no column has it."""
    named = field
    while named:
        if named in headers:
            return headers[named]
        named = named.rpartition(".")[0]
    return headers.get("currency", "currency") if field.endswith(".currency") else field or None


def _shown(row: Row, body: dict[str, Any], said: Language, *, check: bool) -> dict[str, Any]:
    customer = body.get("customer", {}).get("legal_name")
    content: dict[str, Any] = {"line": row.number, "customer": customer, "key": row.key}
    if isinstance(row.outcome, Accepted):
        content |= {"status": 202, "fact": row.outcome.fact, "location": row.outcome.location}
    elif isinstance(row.outcome, DealregError):
        problem = in_language(document_of(row.outcome, "/v1/files"), said, row.outcome.language)
        content |= {"status": row.outcome.status, "problem": problem}
    return {**content, "body": body} if check else content
