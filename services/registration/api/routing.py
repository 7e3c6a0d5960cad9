"""Routes whose endpoints read their requests themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

_Endpoint = Callable[..., Awaitable[Response]]


class DirectRoute(APIRoute):
    """Calls the endpoint with the request and the path's parameters, and sends what it answers.

    Our endpoints authenticate, read and validate by themselves, in an order that FastAPI's own machinery cannot
    keep (who asks comes before what is asked); running that machinery for nothing cost a tenth of the rate.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        endpoint = cast(_Endpoint, self.endpoint)

        async def handle(request: Request) -> Response:
            return await endpoint(request, **request.path_params)

        return handle
