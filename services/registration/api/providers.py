"""Routes that set up, read and remove identity providers; they need `credentials:admin`."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field, StringConstraints
from starlette.responses import Response

from services.registration.api.administrator import Administrator, administrator
from services.registration.api.answers import answer
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.routing import DirectRoute
from shared.credentials import assert_within
from shared.errors import FieldProblem, RequestInvalid
from shared.http.wire.body import read_model
from shared.http.wire.parameters import PathIdentity
from shared.identity.document import DocumentPart, ProviderDocument
from shared.identity.errors import ProviderUnknown, RoleMissing
from shared.identity.roles import granted
from shared.identity.store import Provider
from shared.identity.wiring import Identity
from shared.values import BadValue, parse_identifier

router = APIRouter(tags=["identity providers"])
writes = APIRouter(route_class=DirectRoute, tags=["identity providers"])
_UNKNOWN: dict[int, tuple[str, ...]] = {404: ("provider.unknown",), 422: ("request.invalid",)}
EXAMPLE: dict[str, Any] = {
    "name": "Acme staff",
    "issuer": "https://login.acme.example",
    "client_id": "dealreg",
    "client_secret": "the secret of the client, where it has one",
    "asks_for": ["openid", "profile", "groups"],
    "audience": "https://deals.acme.example",
    "roles": [
        {
            "name": "channel manager",
            "when": [{"claim": "groups", "value": "channel-managers"}],
            "scopes": ["reviews:write", "partners:admin", "pipeline:read", "events:read"],
        },
        {
            "name": "partner's seller",
            "when": [{"claim": ["realm_access", "roles"], "value": "seller"}],
            "partner_claim": "partner_id",
            "scopes": ["registrations:write", "pipeline:read"],
        },
    ],
}


class NewProvider(ProviderDocument):
    """An identity provider as it is to be."""

    model_config = ConfigDict(json_schema_extra={"example": EXAMPLE})

    client_secret: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[\x20-\x7e]+$")] | None = (
        Field(
            default=None, description="Shown nowhere. Without it, the one of the same client at the same issuer stays."
        )
    )

    @property
    def document(self) -> ProviderDocument:
        """What is stored as it is read: everything but the secret."""
        return ProviderDocument.model_validate_json(self.model_dump_json(exclude={"client_secret"}))


class ProviderShown(ProviderDocument):
    """An identity provider, without its client's secret."""

    provider: str
    has_secret: bool
    changed_at: datetime


class ProviderList(DocumentPart):
    """The vendor's identity providers."""

    providers: list[ProviderShown]


class Trial(DocumentPart):
    """Claims of a token, to learn what they would give."""

    model_config = ConfigDict(json_schema_extra={"example": {"claims": {"groups": ["channel-managers"]}}})

    claims: dict[str, Any]


class TrialAnswer(DocumentPart):
    """Whose somebody with these claims would be, and what they may do."""

    partner: str | None
    scopes: list[str]
    roles: list[str] = Field(description="The names of the rules that fit.")
    refused: str | None = Field(description="Why they would get nothing; null if they get something.")


@writes.put(
    "/v1/identity-providers/{provider}",
    **plain_spec(
        NewProvider,
        200,
        ProviderShown,
        {409: ("provider.taken", "provider.too_many"), 422: ("request.invalid", "partner.unknown")},
    ),
)
async def set_identity_provider(request: Request, provider: str) -> Response:
    """Set up an identity provider, or replace what was set up. People who signed in by it sign in again.

    You can only give scopes that your own credential has, and only replace a provider that gives no others.
    """
    caller = await administrator(request)
    name = _named(provider)
    asked = await read_model(request, NewProvider, edge_of(request).settings.max_body_bytes)
    found = identity_of(request)
    assert_within(caller, asked.granted_scopes, "give")
    with suppress(ProviderUnknown):
        assert_within(caller, (await found.providers.get(caller.vendor, name)).document.granted_scopes, "revoke")
    for partner in sorted({role.partner for role in asked.roles if role.partner is not None}):
        await edge_of(request).references.assert_partner(caller.vendor, partner)
    made = await found.providers.configure(caller.vendor, name, asked.document, asked.client_secret, by=caller)
    await edge_of(request).administration.told(caller.vendor)
    return answer(request, shown(made))


@writes.delete("/v1/identity-providers/{provider}", **plain_spec(None, 204, None, _UNKNOWN))
async def remove_identity_provider(request: Request, provider: str) -> Response:
    """Remove an identity provider. Its tokens are refused, and its sessions end."""
    caller = await administrator(request)
    found = identity_of(request)
    assert_within(caller, (await found.providers.get(caller.vendor, provider)).document.granted_scopes, "revoke")
    await found.providers.remove(caller.vendor, provider, by=caller)
    await edge_of(request).administration.told(caller.vendor)
    return Response(status_code=204, headers=request.state.answer_headers)


@writes.post(
    "/v1/identity-providers/{provider}/trial",
    **plain_spec(Trial, 200, TrialAnswer, _UNKNOWN),
)
async def try_identity_provider(request: Request, provider: str) -> Response:
    """Read claims by the provider's mapping: what would somebody get who comes with them? Nothing changes."""
    caller = await administrator(request)
    asked = await read_model(request, Trial, edge_of(request).settings.max_body_bytes)
    one = await identity_of(request).providers.get(caller.vendor, provider)
    try:
        found = granted(one.document.roles, asked.claims)
    except RoleMissing as error:
        return answer(request, {"partner": None, "scopes": [], "roles": [], "refused": error.detail})
    content = {"partner": found.partner, "scopes": sorted(found.scopes), "roles": list(found.roles), "refused": None}
    return answer(request, content)


@router.get("/v1/identity-providers", **plain_spec(None, 200, ProviderList))
async def list_identity_providers(request: Request, caller: Administrator) -> Response:
    """List the vendor's identity providers, without their clients' secrets."""
    found = await identity_of(request).providers.of(caller.vendor)
    return answer(request, {"providers": [shown(one) for one in found]})


@router.get("/v1/identity-providers/{provider}", **plain_spec(None, 200, ProviderShown, _UNKNOWN))
async def read_identity_provider(request: Request, caller: Administrator, provider: PathIdentity) -> Response:
    """Read one identity provider, without its client's secret."""
    return answer(request, shown(await identity_of(request).providers.get(caller.vendor, provider)))


def identity_of(request: Request) -> Identity:
    """Return what this application knows callers by."""
    found: Identity = request.app.state.identity
    return found


def shown(one: Provider) -> dict[str, Any]:
    """Return the provider as its vendor sees it."""
    return {
        "provider": one.provider,
        **one.document.model_dump(mode="json"),
        "has_secret": one.has_secret,
        "changed_at": one.changed_at,
    }


def _named(text: str) -> str:
    try:
        return parse_identifier(text)
    except BadValue as error:
        problem = FieldProblem("provider", error.reason, error.detail)
        raise RequestInvalid([problem]) from error


router.include_router(writes)
