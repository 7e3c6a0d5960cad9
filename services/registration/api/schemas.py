"""`/v1/schemas/`: what editors complete policies by, and the open registration message. They need no key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from services.registration.api.open_message import NAME, registration_schema
from shared.policy.json_schema import MODELS, json_schema
from shared.values.written import written_json

MEDIA_TYPE = "application/schema+json"
KEPT = {"Cache-Control": "public, max-age=3600"}
"""A release has one schema; an hour after an upgrade every editor has the new one."""


def _reading(schema: Callable[[], dict[str, Any]]) -> Callable[[], Awaitable[Response]]:
    async def read() -> Response:
        return Response(written_json(schema(), indented=True), 200, KEPT, MEDIA_TYPE)

    return read


router = APIRouter(include_in_schema=False)
SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {name: partial(json_schema, name) for name in MODELS}
SCHEMAS[NAME] = registration_schema
"""What is served, by name; `dealreg schemas NAME` prints the same."""
for _name, _schema in SCHEMAS.items():
    router.add_api_route(f"/v1/schemas/{_name}.json", _reading(_schema), name=f"schema_{_name}")
