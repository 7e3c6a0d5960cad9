"""Responses: JSON with an ETag of its content, 304 if the caller has it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from starlette.responses import Response

from shared.http.wire.accept import VARY, chosen
from shared.values.written import rfc3339, written_json

JSON = "application/json"


def answer(request: Request, content: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The content as JSON; its ETag is a digest of it unless the headers name one.

    304 where the caller has it, and for `If-None-Match: *`, which any answer that is there matches. A strong ETag that
    the headers name is a revision, which says too little to compare by. Raises `NotAcceptable`.
    """
    form(request, JSON)
    body = written_json(content, default=_encoded)
    found = {"Cache-Control": "private, no-cache", **VARY, **(headers or {}), **limits(request)}
    named = found.setdefault("ETag", f'"{digest(body)}"')
    known = _known(request)
    compared = named.startswith("W/") or "ETag" not in (headers or {})
    if status == 200 and (known == {"*"} or (compared and named.removeprefix("W/") in known)):
        return Response(None, 304, found)
    return Response(body, status, found, JSON)


def digest(body: bytes) -> str:
    """Return the ETag of a content."""
    return hashlib.sha256(body).hexdigest()[:32]


def form(request: Request, *offered: str) -> str:
    """Return the media type that the caller prefers; raise `NotAcceptable`."""
    return chosen(request.headers.get("accept"), offered)


def limits(request: Request) -> dict[str, str]:
    """Return the RateLimit headers that authentication left for this response."""
    return dict(getattr(request.state, "answer_headers", None) or {})


def _known(request: Request) -> set[str]:
    stated = request.headers.get("if-none-match", "")
    return {one.strip().removeprefix("W/") for one in stated.split(",")}


def _encoded(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def instant(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with a Z, without digits that say nothing."""
    return None if moment is None else rfc3339(moment)
