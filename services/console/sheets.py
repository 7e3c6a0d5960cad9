"""Lists as files to keep: every row, as the API writes it in the form that the address names."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from services.console.api import FORMS
from services.console.visit import Visit


async def sheet(visit: Visit, path: str, name: str, **values: Any) -> Response:
    """Return all rows of the API's list as a file of that name; 404 for a form that no list has."""
    ending = visit.named("form")
    if ending not in FORMS:
        return visit.page.show("missing.html", 404, why="missing")
    answer = await visit.api.file(path, FORMS[ending], **values)
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ending}"', "Cache-Control": "no-store"}
    return Response(answer.content, 200, headers, FORMS[ending])
