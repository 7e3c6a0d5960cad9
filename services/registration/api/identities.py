"""Routes about people who came by an identity provider; they need `credentials:admin`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.registration.api.administration import PageQuery
from services.registration.api.administrator import Administrator, administrator
from services.registration.api.answers import answer
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.providers import identity_of
from services.registration.api.routing import DirectRoute
from shared.http.wire.fields import WirePart
from shared.http.wire.parameters import PathIdentity
from shared.identity.people import Identity

router = APIRouter(tags=["identity providers"])
writes = APIRouter(route_class=DirectRoute, tags=["identity providers"])
_UNKNOWN: dict[int, tuple[str, ...]] = {404: ("identity.unknown",), 422: ("request.invalid",)}


class IdentityShown(WirePart):
    """Somebody who came by an identity provider."""

    identity: str = Field(description="The id in facts (`identity:…`) and in the audit trail.")
    issuer: str
    subject: str = Field(description="The provider's `sub`.")
    provider: str = Field(description="By which provider they came last.")
    partner: str | None = Field(description="Whose they were then; null for the vendor's own.")
    first_seen_at: datetime
    last_seen_at: datetime = Field(description="Updated every ten minutes.")
    blocked_at: datetime | None


class IdentityList(WirePart):
    """A page of people, by id. `next` is the path of the next page."""

    identities: list[IdentityShown]
    next: str | None


@router.get("/v1/identities", **plain_spec(None, 200, IdentityList, {422: ("request.invalid",)}))
async def list_identities(request: Request, caller: Administrator, asked: Annotated[PageQuery, Query()]) -> Response:
    """List the people who came by the vendor's identity providers."""
    found = await identity_of(request).people.of(caller.vendor, after=asked.after, limit=asked.limit + 1)
    page = [shown(one) for one in found[: asked.limit]]
    more = len(found) > asked.limit
    following = f"{request.url.path}?after={page[-1]['identity']}&limit={asked.limit}" if more else None
    return answer(request, {"identities": page, "next": following})


@router.get("/v1/identities/{identity}", **plain_spec(None, 200, IdentityShown, _UNKNOWN))
async def read_identity(request: Request, caller: Administrator, identity: PathIdentity) -> Response:
    """Read one person who came by an identity provider."""
    return answer(request, shown(await identity_of(request).people.get(caller.vendor, identity)))


@writes.put("/v1/identities/{identity}/block", **plain_spec(None, 200, IdentityShown, _UNKNOWN))
async def block_identity(request: Request, identity: str) -> Response:
    """Block somebody: tokens are refused and sessions end within seconds, whatever the provider says."""
    caller = await administrator(request)
    found = await identity_of(request).people.block(caller.vendor, identity, by=caller)
    await edge_of(request).administration.told(caller.vendor)
    return answer(request, shown(found))


@writes.delete("/v1/identities/{identity}/block", **plain_spec(None, 200, IdentityShown, _UNKNOWN))
async def admit_identity(request: Request, identity: str) -> Response:
    """Admit somebody again who was blocked."""
    caller = await administrator(request)
    found = await identity_of(request).people.admit(caller.vendor, identity, by=caller)
    await edge_of(request).administration.told(caller.vendor)
    return answer(request, shown(found))


def shown(one: Identity) -> dict[str, Any]:
    """Return the person as the vendor sees them."""
    return asdict(one)


router.include_router(writes)
