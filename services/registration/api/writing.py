"""One write: authenticate, read, accept, and wait for the decision if asked to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import httpx
from fastapi import Request
from starlette.responses import Response

from services.registration.api.edge import Edge, edge_of
from services.registration.api.reading import (
    check_identity,
    read_key,
    read_recorded_at,
    read_revision,
    read_trace,
    read_wait,
)
from services.registration.intake.acceptance import Accepted
from services.registration.intake.kinds import CONFIGURE, MessageKind
from services.registration.intake.submission import Sent, Submission
from shared.credentials import Caller
from shared.credentials.dependency import authenticate
from shared.errors import FieldProblem
from shared.http.wire.body import JSON, headers_of, read_bytes
from shared.http.wire.json_body import MAX_DOCUMENT_VALUES, MAX_VALUES, read_json
from shared.http.wire.off_loop import in_thread, read_off_loop
from shared.observability import get_logger
from shared.policy.json_text import json_as_yaml
from shared.policy.reading import MAX_DOCUMENT_BYTES, Places, decoded, read_placed
from shared.values.written import written_json

ACCEPTED = 202
WAIT_MARGIN_SECONDS = 2.0
"""Extra time for the query API's response to arrive."""
# Statuses of the query API that say nothing about the fact: it is pending, or the read failed.
_NOT_DECIDED = frozenset({202, 401, 429})

_log = get_logger(__name__)


Read = Callable[[], Submission]
"""Validates a request that was received whole; raises what refuses it."""
ReadPlaces = Callable[[], Places]
"""Tells where each parameter of a valid policy stands in the text that was sent."""


async def write(
    request: Request, kind: MessageKind, target: str = "", *, media_types: tuple[str, ...] = JSON
) -> Response:
    """Accept the request as a fact (once) and return 202 with its location, or the decided state."""
    caller = await admitted(request, kind)
    problems: list[FieldProblem] = []
    key = read_key(headers_of(request), problems)
    length, read = await received(request, kind, caller, key, problems, target, media_types=media_types)
    return await accept(request, edge_of(request), await read_off_loop(length, read), caller)


async def admitted(request: Request, kind: MessageKind) -> Caller:
    """Return who sends it; raise where the credential is none, or lacks the scope."""
    caller = await authenticate(request)
    caller.need(kind.scope)
    return caller


async def received(
    request: Request,
    kind: MessageKind,
    caller: Caller,
    key: str,
    problems: list[FieldProblem],
    target: str = "",
    *,
    media_types: tuple[str, ...] = JSON,
) -> tuple[int, Read]:
    """Receive the request's body; return its length and how to validate it."""
    edge = edge_of(request)
    recorded_at = read_recorded_at(request, caller, problems)
    revision = read_revision(request, problems) if kind.revision else 0
    if kind.target is not None:
        check_identity(kind.target, target, problems)
    document = kind is CONFIGURE
    limit = MAX_DOCUMENT_BYTES if document else edge.settings.max_body_bytes
    text = await read_bytes(request, limit, media_types) or b"{}"
    trace = read_trace(headers_of(request))

    def read() -> Submission:
        body = read_json(text, MAX_DOCUMENT_VALUES if document else MAX_VALUES)
        sent = Sent(kind, body, key, target, revision, recorded_at=recorded_at, traceparent=trace)
        return edge.submissions.prepare(sent, caller, problems)

    return len(text), read


async def write_policy(request: Request, kind: MessageKind, media_types: tuple[str, ...]) -> Response:
    """Do the same as `write` for a body that is a policy's text."""
    caller = await admitted(request, kind)
    problems: list[FieldProblem] = []
    key = read_key(headers_of(request), problems)
    read, _ = await received_policy(request, kind, caller, key, problems, media_types)
    # Reading a policy takes milliseconds, and tens of them for a hostile one.
    return await accept(request, edge_of(request), await in_thread(read), caller)


async def received_policy(
    request: Request,
    kind: MessageKind,
    caller: Caller,
    key: str,
    problems: list[FieldProblem],
    media_types: tuple[str, ...],
) -> tuple[Read, ReadPlaces]:
    """Receive a policy's text; return how to validate it, and how to find the places of its parameters."""
    edge = edge_of(request)
    recorded_at = read_recorded_at(request, caller, problems)
    text = await read_bytes(request, MAX_DOCUMENT_BYTES, media_types)
    is_json = headers_of(request).get("content-type", "").partition(";")[0].strip().lower() in JSON
    trace = read_trace(headers_of(request))

    def policy() -> str:
        return json_as_yaml(text) if is_json else decoded(text)

    def read() -> Submission:
        sent = Sent(kind, {"policy": policy()}, key, recorded_at=recorded_at, traceparent=trace)
        return edge.submissions.prepare(sent, caller, problems)

    return read, lambda: read_placed(policy().encode())[1]


async def accept(request: Request, edge: Edge, submission: Submission, caller: Caller) -> Response:
    """Accept the submission and return the response; raise what refuses it."""
    if submission.recorded_at is not None:
        await edge.backlog.check_import(caller.vendor)
    accepted = await edge.intake.accept(submission)
    headers = answer_headers(accepted, getattr(request.state, "answer_headers", {}))
    seconds = read_wait(request)
    if seconds and edge.query_client is not None and "pipeline:read" in caller.scopes:
        decided = await _decided(edge.query_client, accepted, seconds, request.headers["authorization"])
        if decided is not None:
            return _as_read(decided, headers)
    return Response(answer_text(accepted), ACCEPTED, headers, JSON[0])


def answer_headers(accepted: Accepted, limits: Mapping[str, str]) -> dict[str, str]:
    """Return the headers of the response, given those of the rate limit."""
    return {"Location": accepted.location, **limits}


def answer_text(accepted: Accepted) -> bytes:
    """Return the body of the response."""
    return written_json(answer(accepted))


def answer(accepted: Accepted) -> dict[str, Any]:
    """Return the stored response: the same for the first request and for each retry."""
    return {"fact": accepted.fact, "location": accepted.location}


async def _decided(
    client: httpx.AsyncClient, accepted: Accepted, seconds: int, authorization: str
) -> httpx.Response | None:
    """Ask the query API for the decided state; return None if it is not decided or cannot be read."""
    try:
        read = await client.get(
            accepted.location,
            params={"min_position": accepted.fact, "wait": seconds},
            headers={"Authorization": authorization},
            timeout=seconds + WAIT_MARGIN_SECONDS,
        )
    except httpx.HTTPError as error:
        # The fact is accepted, which is what the caller must know; the decision can be read later.
        _log.warning("waiting for a decision failed", error=type(error).__name__)
        return None
    return None if read.status_code in _NOT_DECIDED or read.status_code >= 500 else read


def _as_read(read: httpx.Response, headers: dict[str, str]) -> Response:
    kept = {name: read.headers[name] for name in ("etag", "content-type", "cache-control") if name in read.headers}
    return Response(read.content, read.status_code, {**kept, **headers, "Preference-Applied": "wait"})
