"""Routes that list and read credentials and CRM connections, without their secrets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.registration.api.administrator import Administrator
from services.registration.api.answers import answer
from services.registration.api.crm import ConnectionShown
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.keys import CredentialShown, shown
from services.registration.intake.connections import Connection
from shared.credentials import Credentials
from shared.http.wire.fields import Identity, WirePart
from shared.http.wire.parameters import Count, PathIdentity

credentials = APIRouter(tags=["credentials"])
connections = APIRouter(tags=["CRM"])

PAGE_ROWS = 200
MAX_PAGE_ROWS = 1_000
_INVALID: dict[int, tuple[str, ...]] = {422: ("request.invalid",)}
_NO_CREDENTIAL: dict[int, tuple[str, ...]] = {404: ("credential.not_found",), **_INVALID}
_NO_CONNECTION: dict[int, tuple[str, ...]] = {404: ("connection.unknown",), **_INVALID}


class PageQuery(BaseModel):
    """Query of a list, oldest first."""

    model_config = ConfigDict(extra="forbid")

    after: Identity | None = Field(None, description="Last id of the previous page. Take it from `next`.")
    limit: Annotated[int, Count(1, MAX_PAGE_ROWS)] = Field(PAGE_ROWS, description="Rows per page.")


class CredentialQuery(PageQuery):
    """Query of the list of credentials."""

    partner: Identity | None = Field(None, description="Only credentials that are bound to this partner.")


class CredentialList(WirePart):
    """A page of credentials, oldest first. `next` is the path of the next page."""

    credentials: list[CredentialShown]
    next: str | None


class ConnectionList(WirePart):
    """A page of CRM connections, oldest first. `next` is the path of the next page."""

    connections: list[ConnectionShown]
    next: str | None


@credentials.get("/v1/credentials", **plain_spec(None, 200, CredentialList, _NO_CREDENTIAL))
async def list_credentials(
    request: Request, caller: Administrator, asked: Annotated[CredentialQuery, Query()]
) -> Response:
    """List the vendor's credentials without their keys, ended ones included."""
    store: Credentials = request.app.state.credentials
    found = await store.of(caller.vendor, partner=asked.partner, after=asked.after, limit=asked.limit + 1)
    page = [shown(one) for one in found[: asked.limit]]
    following = _next(request, found, asked, "credential")
    if following is not None and asked.partner is not None:
        following = f"{following}&partner={asked.partner}"
    return answer(request, {"credentials": page, "next": following})


@credentials.get("/v1/credentials/{credential}", **plain_spec(None, 200, CredentialShown, _NO_CREDENTIAL))
async def read_credential(request: Request, caller: Administrator, credential: PathIdentity) -> Response:
    """Read one credential, without its key."""
    return answer(request, shown(await request.app.state.credentials.get(caller.vendor, credential)))


@connections.get("/v1/crm-connections", **plain_spec(None, 200, ConnectionList, _NO_CONNECTION))
async def list_connections(request: Request, caller: Administrator, asked: Annotated[PageQuery, Query()]) -> Response:
    """List the vendor's CRM connections, without their secrets."""
    found = await edge_of(request).connections.of(caller.vendor, after=asked.after, limit=asked.limit + 1)
    page = [_connection(one) for one in found[: asked.limit]]
    return answer(request, {"connections": page, "next": _next(request, found, asked, "connection")})


@connections.get("/v1/crm-connections/{connection}", **plain_spec(None, 200, ConnectionShown, _NO_CONNECTION))
async def read_connection(request: Request, caller: Administrator, connection: PathIdentity) -> Response:
    """Read one CRM connection, without its secrets."""
    return answer(request, _connection(await edge_of(request).connections.get(caller.vendor, connection)))


def _connection(one: Connection) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "vendor"}


def _next(request: Request, found: Sequence[Any], asked: PageQuery, name: str) -> str | None:
    """Return the path of the next page, or None if there is none."""
    if len(found) <= asked.limit:
        return None
    return f"{request.url.path}?after={getattr(found[asked.limit - 1], name)}&limit={asked.limit}"
