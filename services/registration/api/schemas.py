"""`/v1/schemas/policy.json` and `vendor.json`: what editors complete by. They hold no secret and need no key."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from starlette.responses import Response

from shared.policy.json_schema import MODELS, json_schema
from shared.values.written import written_json

MEDIA_TYPE = "application/schema+json"
KEPT = {"Cache-Control": "public, max-age=3600"}
"""A release has one schema; an hour after an upgrade every editor has the new one."""


def _reading(name: str) -> Callable[[], Awaitable[Response]]:
    async def read() -> Response:
        return Response(written_json(json_schema(name), indented=True), 200, KEPT, MEDIA_TYPE)

    return read


router = APIRouter(include_in_schema=False)
for _name in MODELS:
    router.add_api_route(f"/v1/schemas/{_name}.json", _reading(_name), name=f"schema_{_name}")
