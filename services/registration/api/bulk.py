"""Bulk intake: NDJSON rows, each with its own key and response, appended in the order sent."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints, TypeAdapter, ValidationError
from starlette.responses import Response

from services.registration.api.documents import bulk_spec
from services.registration.api.edge import Edge, edge_of
from services.registration.api.errors import TooManyRows
from services.registration.api.reading import NDJSON, future, read_trace
from services.registration.api.routing import DirectRoute
from services.registration.intake.acceptance import Accepted
from services.registration.intake.errors import BulkBusy
from services.registration.intake.intake import Intake
from services.registration.intake.kinds import CONFIGURE, KINDS, PUBLISH, MessageKind
from services.registration.intake.submission import Sent, Submission, Submissions
from shared.credentials import Caller
from shared.credentials.dependency import authenticate
from shared.errors import DealregError, FieldProblem, RequestInvalid
from shared.http.echo import echoed
from shared.http.field_problems import field_problems
from shared.http.problems import document_of
from shared.http.wire.body import BodyTooLarge, headers_of, read_bytes
from shared.http.wire.fields import Identity, Instant, WirePart
from shared.http.wire.json_body import MAX_DOCUMENT_VALUES, MAX_VALUES, canonical, check_shape, read_json
from shared.http.wire.off_loop import in_thread, read_off_loop
from shared.policy.reading import MAX_DOCUMENT_BYTES
from shared.settings import Settings
from shared.values.written import written_json

router = APIRouter(route_class=DirectRoute, tags=["bulk"])

MAX_KEY = 200
"""Characters of a row's key. The response repeats it."""
YIELD_EVERY_ROWS = 25
"""Yield to other requests after so many rows: about 2 ms of validation."""
YIELD_EVERY_BYTES = 16_384
"""Yield after so many bytes too, since some kinds are slower."""
LINES_PER_ROW = 10
"""Lines allowed per allowed row, since lines may be empty."""
_DOCUMENTS = frozenset({CONFIGURE.name, PUBLISH.name})


class BulkRow(WirePart):
    """One row: an idempotency key, a kind of request, and its body, including what the path would carry over HTTP."""

    key: Annotated[str, StringConstraints(pattern=r"^[\x20-\x7e]{1,200}$")]
    kind: Annotated[str, StringConstraints(max_length=64)]
    recorded_at: Instant | None = None
    body: dict[str, Any] = Field(default={})


class _Revised(WirePart):
    expected_revision: Annotated[int, Field(ge=1, le=999_999_999)]


_identity: TypeAdapter[str] = TypeAdapter(Identity)


class Parts(Protocol):
    """What rows are read and accepted with: the edge, or a command beside it."""

    @property
    def settings(self) -> Settings: ...
    @property
    def submissions(self) -> Submissions: ...
    @property
    def intake(self) -> Intake: ...


@dataclass(slots=True)
class Row:
    """One row: its line, its key, and what became of it."""

    number: int
    key: str | None
    outcome: Submission | Accepted | DealregError


@router.post("/v1/bulk", **bulk_spec(BulkRow))
async def bulk(request: Request) -> Response:
    """Submit up to 1,000 rows. Each row succeeds or fails by itself. It is safe to send a row again under its key."""
    edge = edge_of(request)
    caller = await authenticate(request)
    async with alone(edge, caller):
        await edge.backlog.check(caller.vendor)
        if "import" in caller.scopes:
            await edge.backlog.check_import(caller.vendor)
        text = await read_bytes(request, edge.settings.max_bulk_body_bytes, NDJSON)
        rows = await _read(edge, caller, text, read_trace(headers_of(request)))
        await accept(edge, rows)
    headers = getattr(request.state, "answer_headers", None)
    return Response(await _answers(rows), 200, headers, NDJSON[0])


@asynccontextmanager
async def alone(edge: Edge, caller: Caller) -> AsyncIterator[None]:
    """Allow one import per vendor at a time, because the order of its rows is its history."""
    if "import" not in caller.scopes:
        yield
        return
    if caller.vendor in edge.importing:
        raise BulkBusy("another import of this vendor is in progress; send the rows again in a second")
    edge.importing.add(caller.vendor)
    try:
        yield
    finally:
        edge.importing.discard(caller.vendor)


async def _read(edge: Edge, caller: Caller, text: bytes, trace: str | None) -> list[Row]:
    rows, bytes_read = [], 0
    for number, line in _lines(text, edge.settings.max_bulk_rows):
        rows.append(await prepared(edge, caller, number, line, trace))
        bytes_read += len(line)
        if len(rows) % YIELD_EVERY_ROWS == 0 or bytes_read > YIELD_EVERY_BYTES:
            bytes_read = 0
            await asyncio.sleep(0)
    return rows


def _lines(text: bytes, most: int) -> list[tuple[int, bytes]]:
    """Return the rows with their line numbers; raise `TooManyRows` before scanning more than the limit."""
    found: list[tuple[int, bytes]] = []
    start, number = 0, 0
    while start < len(text):
        end = text.find(b"\n", start)
        end = len(text) if end < 0 else end
        number += 1
        # One byte over the limit shows that a row is too large; the rest of it is skipped.
        line = text[start : min(end, start + MAX_DOCUMENT_BYTES + 1)]
        start = end + 1
        if len(line) > MAX_DOCUMENT_BYTES or line.strip():
            found.append((number, line))
        if len(found) > most or number > most * LINES_PER_ROW:
            raise TooManyRows(f"more than {most} rows; send at most {most} at once, with few empty lines")
    return found


async def prepared(edge: Parts, caller: Caller, number: int, line: bytes, trace: str | None) -> Row:
    """Validate one row; the outcome is a submission, or the error that refuses it."""
    key, read = await read_off_loop(len(line), partial(_parsed, edge, line))
    if isinstance(read, DealregError):
        return Row(number, key, read)
    prepare = partial(_submission, edge, caller, read, trace)
    try:
        # A policy takes milliseconds to read whatever its size.
        slow = read.kind in _DOCUMENTS
        submission = await (in_thread(prepare) if slow else read_off_loop(len(line), prepare))
    except DealregError as error:
        return Row(number, key, error)
    return Row(number, key, submission)


def _parsed(edge: Parts, line: bytes) -> tuple[str | None, BulkRow | DealregError]:
    key = None
    try:
        if len(line) > MAX_DOCUMENT_BYTES:
            raise BodyTooLarge(f"the row is over {MAX_DOCUMENT_BYTES} bytes; send less")
        value = read_json(line, MAX_DOCUMENT_VALUES)
        given = value.get("key") if isinstance(value, dict) else None
        key = echoed(given, MAX_KEY) if isinstance(given, str) else None
        row = _validated(value)
        if row.kind not in _DOCUMENTS:
            if len(line) > edge.settings.max_body_bytes:
                raise BodyTooLarge(f"the row is over {edge.settings.max_body_bytes} bytes")
            check_shape(line, MAX_VALUES)
    except DealregError as error:
        return key, error
    return key, row


def _validated(value: Any) -> BulkRow:
    try:
        row = BulkRow.model_validate_json(canonical(value))
    except ValidationError as error:
        raise RequestInvalid(field_problems(error.errors(include_url=False, include_input=False))) from error
    if row.kind not in KINDS:
        known = ", ".join(KINDS)
        raise RequestInvalid([FieldProblem("kind", "field.choice", f"is not a kind of row; known: {known}")])
    return row


def _submission(edge: Parts, caller: Caller, row: BulkRow, trace: str | None) -> Submission:
    kind = KINDS[row.kind]
    caller.need(kind.scope)
    problems: list[FieldProblem] = []
    if row.recorded_at is not None:
        caller.need("import")
        problems += future(row.recorded_at, "recorded_at")
    body = dict(row.body)
    target, revision = _named(kind, body, problems)
    sent = Sent(kind, body, row.key, target, revision, recorded_at=row.recorded_at, signed_at=None, traceparent=trace)
    try:
        return edge.submissions.prepare(sent, caller, problems)
    except RequestInvalid as error:
        raise RequestInvalid([_inside(one, problems) for one in error.problems], error.count) from error


def _named(kind: MessageKind, body: dict[str, Any], problems: list[FieldProblem]) -> tuple[str, int]:
    """Take from the body what HTTP has in the path and in If-Match."""
    target, revision = "", 0
    if kind.target is not None:
        given = body.pop(kind.target, None)
        if given is None:
            problems.append(FieldProblem(f"body.{kind.target}", "field.missing", "is required"))
        else:
            problems += _checked(_identity, given, f"body.{kind.target}")
            target = given if isinstance(given, str) else ""
    if kind.revision:
        sent = {"expected_revision": body.pop("expected_revision")} if "expected_revision" in body else {}
        try:
            revision = _Revised.model_validate(sent).expected_revision
        except ValidationError as error:
            problems += field_problems(error.errors(include_url=False, include_input=False), "body")
    return target, revision


def _checked(adapter: TypeAdapter[str], given: Any, field: str) -> list[FieldProblem]:
    try:
        adapter.validate_python(given)
    except ValidationError as error:
        return field_problems(error.errors(include_url=False, include_input=False), field)
    return []


def _inside(one: FieldProblem, outside: list[FieldProblem]) -> FieldProblem:
    if one in outside:
        return one
    return FieldProblem(f"body.{one.field}" if one.field else "body", one.code, one.message)


async def accept(edge: Parts, rows: list[Row]) -> None:
    """Accept the valid rows in order; raise `Unavailable` if some may not have been accepted."""
    for unit in _units(rows, edge.intake.unit_max):
        submissions = [row.outcome for row in unit if isinstance(row.outcome, Submission)]
        outcomes = await edge.intake.accept_in_order(submissions)
        for row, outcome in zip(unit, outcomes, strict=True):
            row.outcome = outcome


def _units(rows: list[Row], most: int) -> Iterator[list[Row]]:
    ready = [row for row in rows if isinstance(row.outcome, Submission)]
    for start in range(0, len(ready), most):
        yield ready[start : start + most]


async def _answers(rows: list[Row]) -> bytes:
    content = bytearray()
    for place, row in enumerate(rows, 1):
        content += _answer(row)
        if place % YIELD_EVERY_ROWS == 0:
            await asyncio.sleep(0)
    return bytes(content)


def _answer(row: Row) -> bytes:
    content: dict[str, Any] = {"row": row.number, "key": row.key}
    if isinstance(row.outcome, Accepted):
        content |= {"status": 202, "fact": row.outcome.fact, "location": row.outcome.location}
    elif isinstance(row.outcome, DealregError):
        content |= {"status": row.outcome.status, "problem": document_of(row.outcome, "/v1/bulk")}
    return written_json(content) + b"\n"
