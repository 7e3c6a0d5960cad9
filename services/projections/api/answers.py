"""How answers leave: JSON with an ETag of its content, 304 where the caller has it already."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from fastapi import Request
from starlette.responses import Response

from shared.wire.instants import rfc3339

JSON = "application/json"


def answer(request: Request, content: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The content as JSON; its ETag is a digest of it unless the headers name one."""
    body = orjson.dumps(content, default=_encoded)
    told = {"Cache-Control": "private, no-cache", **(headers or {}), **limits(request)}
    if "ETag" in told:
        return Response(body, status, told, JSON)
    told["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if status == 200 and told["ETag"] in _known(request):
        return Response(None, 304, told)
    return Response(body, status, told, JSON)


def limits(request: Request) -> dict[str, str]:
    """The RateLimit headers that authentication left for this answer."""
    return dict(getattr(request.state, "answer_headers", None) or {})


def _known(request: Request) -> set[str]:
    stated = request.headers.get("if-none-match", "")
    return {one.strip().removeprefix("W/") for one in stated.split(",")}


def _encoded(value: Any) -> Any:
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def instant(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with a Z, without digits that say nothing."""
    return None if moment is None else rfc3339(moment)
