"""How reads of the registration service answer."""

from __future__ import annotations

from typing import Any

from fastapi import Request
from starlette.responses import Response

from shared.http.wire.accept import VARY, chosen
from shared.http.wire.body import JSON
from shared.values.written import written_json


def answer(request: Request, content: Any) -> Response:
    """The content as JSON; raises `NotAcceptable` where the caller takes none."""
    chosen(request.headers.get("accept"), JSON)
    return Response(written_json(content), 200, {**VARY, **request.state.answer_headers}, JSON[0])
