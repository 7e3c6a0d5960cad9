"""Lists as files: every matching row as CSV or Parquet, beside JSON."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from fastapi import Request
from pydantic import BaseModel, Field
from starlette.responses import Response, StreamingResponse

from services.projections.api import parquet_rows
from services.projections.api.answers import JSON, answer, form, limits
from services.projections.api.csv_rows import BOM, csv_text
from services.projections.api.described import Responses
from shared.errors import FieldProblem, RequestInvalid
from shared.http.wire.accept import VARY, NotAcceptable
from shared.http.wire.described import HEADERS

CSV = "text/csv"
PARQUET = "application/vnd.apache.parquet"
ROWS_PER_READ = 1_000

Kind = Literal["text", "texts", "integer", "number", "yes_or_no", "day", "instant"]
"""What a column holds. CSV has text alone, Parquet a type for each."""
Flat = dict[str, Any]
"""A row by column, with values as JSON documents have them."""
Pages = AsyncIterator[list[Flat]]


def _kinds() -> dict[str, Kind]:
    columns: dict[Kind, str] = {
        "texts": "products cases rewards won_value",
        "integer": "revision extensions open_opportunities won_opportunities lost_opportunities number line entries",
        "number": "amount base cap left value debit credit balance days_left review_hours",
        "yes_or_no": "house",
        "day": "close_date submitted_on approved_on protected_on protected_to ended_on",
        "instant": "submitted_at completed_at protected_from protected_until ended_at hold_until effective_at "
        "posted_at changed_at opened_at closed_at",
    }
    return {name: kind for kind, names in columns.items() for name in names.split()}


KINDS: Mapping[str, Kind] = _kinds()
"""By column, whichever sheet has it; any other is text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """How a list is written as a file: columns in order, and the amount to total."""

    name: str
    columns: tuple[str, ...]
    amount: str = "amount_minor"
    """The database column that the header totals, per currency."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """Of columns that `KINDS` does not name."""

    def kind(self, column: str) -> Kind:
        return self.kinds.get(column) or KINDS.get(column, "text")


class SheetQuery(BaseModel):
    """Query parameter of lists that are files, too."""

    bom: bool = Field(
        False,
        description="With `Accept: text/csv`: begin with a byte order mark, by which Excel recognises UTF-8.",
    )


def offered() -> tuple[str, ...]:
    """Return the forms in which this service has its lists; Parquet only where the optional library is."""
    return (JSON, CSV, *([PARQUET] if parquet_rows.installed() else []))


def sheet_form(request: Request, asked: SheetQuery) -> str | None:
    """Return `CSV` or `PARQUET`, None for JSON; raise `NotAcceptable`, and 422 for a mark where there is no CSV."""
    try:
        found = form(request, *offered())
    except NotAcceptable as error:
        if PARQUET in offered() or PARQUET not in request.headers.get("accept", "").lower():
            raise
        raise NotAcceptable(f"{error.detail}; Parquet needs `pip install dealreg[parquet]` at the service") from error
    if asked.bom and found != CSV:
        detail = "only goes with `Accept: text/csv`; leave it out"
        raise RequestInvalid([FieldProblem("bom", "field.not_applicable", detail)])
    return None if found == JSON else found


def list_answer(request: Request, document: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Answer the list as JSON; its `Link` names the other forms that `Accept` can ask for at the same address."""
    stated = dict(headers or {})
    links = [f'<>; rel="alternate"; type="{one}"' for one in offered() if one != JSON]
    stated["Link"] = ", ".join([*([stated["Link"]] if "Link" in stated else []), *links])
    return answer(request, document, headers=stated)


def sheet_response(
    request: Request, asked: SheetQuery, sheet: Sheet, kind: str, pages: Pages, headers: Mapping[str, str] | None = None
) -> Response:
    """Stream the rows in the form that `sheet_form` found."""
    name = f"{sheet.name}.{'csv' if kind == CSV else 'parquet'}"
    said = {"Content-Disposition": f'attachment; filename="{name}"', **(headers or {}), **VARY, **limits(request)}
    if kind == PARQUET:
        return StreamingResponse(parquet_rows.written(sheet, pages), 200, said, PARQUET)
    return StreamingResponse(_csv(sheet, pages, mark=asked.bom), 200, said, CSV)


async def one_page(rows: Iterable[Flat]) -> Pages:
    """Rows that are in memory already."""
    yield list(rows)


async def _csv(sheet: Sheet, pages: Pages, *, mark: bool) -> AsyncIterator[str]:
    yield (BOM if mark else "") + csv_text([dict(zip(sheet.columns, sheet.columns, strict=True))], sheet.columns)
    async for rows in pages:
        if rows:
            yield csv_text(rows, sheet.columns)


def files_too(responses: Responses, headers: Mapping[str, Any] | None = None) -> Responses:
    """Describe the responses: CSV and Parquet beside JSON, with headers that they alone have."""
    responses[200]["content"] = {
        CSV: {"schema": {"type": "string"}},
        PARQUET: {"schema": {"type": "string", "format": "binary"}},
    }
    responses[200]["headers"] = {**responses[200]["headers"], "Link": HEADERS["Link"], **(headers or {})}
    return responses
