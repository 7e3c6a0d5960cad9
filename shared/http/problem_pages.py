"""`/problems` and `/problems/{code}`: the pages to which the `type` of every problem leads."""

from __future__ import annotations

from html import escape

import orjson
from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from shared.http.problem_remedies import REMEDIES
from shared.http.problems import title_of


def problem_routes() -> APIRouter:
    """Create both routes: HTML by default, JSON on request."""
    router = APIRouter(include_in_schema=False)

    @router.get("/problems")
    async def problems(request: Request) -> Response:
        return _answer(request, "Problem codes", {"problems": [_page(code) for code in sorted(REMEDIES)]})

    @router.get("/problems/{code}")
    async def problem(request: Request, code: str) -> Response:
        if code not in REMEDIES:
            raise HTTPException(404)
        return _answer(request, code, _page(code))

    return router


def _page(code: str) -> dict[str, object]:
    return {"type": f"/problems/{code}", "code": code, "title": title_of(code), "remedy": REMEDIES[code]}


def _answer(request: Request, title: str, document: dict[str, object]) -> Response:
    if "json" in request.headers.get("accept", ""):
        return Response(orjson.dumps(document), media_type="application/json")
    pages = document.get("problems", [document])
    assert isinstance(pages, list)
    rows = "".join(
        f'<dt><a href="{escape(page["type"])}"><code>{escape(page["code"])}</code></a> {escape(page["title"])}</dt>'
        f"<dd>{escape(page['remedy'])}</dd>"
        for page in pages
    )
    return HTMLResponse(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<h1>{escape(title)}</h1><dl>{rows}</dl><p><a href="/problems">All problem codes</a></p></html>'
    )
