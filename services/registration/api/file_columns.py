"""`POST /v1/files/{kind}/columns`: the columns of a file, so that a person can say which field each is."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from services.registration.api.answers import answer
from services.registration.api.edge import edge_of
from services.registration.api.file_requests import (
    FileQuery,
    Messenger,
    Submitter,
    described,
    in_language_of,
    readable,
)
from services.registration.files.declared import Encoding, Separator
from services.registration.files.fields import FIELDS, FileKind
from services.registration.files.heading import MAX_SAMPLES, read_headings

router = APIRouter(tags=["files"])


class ColumnFound(BaseModel):
    """A column of the file."""

    column: str = Field(description="Its header.")
    field: str | None = Field(
        description="The field that it becomes, by its name or by `column`. Null: it is left out, or not known yet."
    )
    known: bool = Field(description="False: its name is no field, and no `column` says what it becomes.")
    samples: list[str] = Field(description=f"Up to {MAX_SAMPLES} of its first different cells, cut.")


class FileColumns(BaseModel):
    """The columns of a file, in order, and the fields that they can become."""

    encoding: Encoding
    separator: Separator
    columns: list[ColumnFound]
    fields: list[str] = Field(description="What `column` can name.")


@router.post("/v1/files/registrations/columns", **described("registrations", FileColumns))
async def find_registration_columns(request: Request, by: Submitter, asked: Annotated[FileQuery, Query()]) -> Response:
    """Return the columns of a CSV file of registrations and the fields that they can become. Takes nothing."""
    return await _answered(request, "registrations", asked)


@router.post("/v1/files/opportunities/columns", **described("opportunities", FileColumns))
async def find_opportunity_columns(request: Request, by: Messenger, asked: Annotated[FileQuery, Query()]) -> Response:
    """Return the columns of a CSV file of opportunities and the fields that they can become. Takes nothing."""
    return await _answered(request, "opportunities", asked)


async def _answered(request: Request, kind: FileKind, asked: FileQuery) -> Response:
    most = edge_of(request).settings.max_bulk_rows
    found, said = await readable(request, lambda body: read_headings(body, kind, asked.declared(), most))
    encoding, separator, headings = found
    columns: list[dict[str, Any]] = [
        {"column": one.header, "field": one.field, "known": one.known, "samples": one.samples} for one in headings
    ]
    content = {"encoding": encoding, "separator": separator, "columns": columns, "fields": list(FIELDS[kind])}
    return in_language_of(answer(request, content), said)
