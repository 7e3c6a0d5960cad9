"""What FastAPI refuses by itself, parameters above all, as the same problem documents."""

from __future__ import annotations

from typing import cast

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from shared.errors import RequestInvalid
from shared.http.field_problems import field_problems
from shared.http.problem_responses import answered, install_error_handlers, instance_of
from shared.http.problems import document_of


def install_problem_handlers(app: FastAPI) -> None:
    """Turn every error that leaves the application into a problem document."""
    install_error_handlers(app)
    app.add_exception_handler(RequestValidationError, _on_validation)


async def _on_validation(request: Request, error: Exception) -> Response:
    error = cast(RequestValidationError, error)
    found = []
    for one in error.errors():
        where, *path = one["loc"] or ("body",)
        # A query parameter keeps its name; only headers get the prefix `header.`.
        loc = (f"{where}.{path[0]}", *path[1:]) if where == "header" and path else tuple(path)
        found.append({**one, "loc": loc})
    refused = RequestInvalid(field_problems(found))
    body = document_of(refused, instance_of(request))
    return answered(request, body, getattr(request.state, "answer_headers", None))
