"""Routes that create, rotate and revoke credentials; they need `credentials:admin`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from services.registration.api.administrator import administrator
from services.registration.api.crm import Rotation, SecretReplaced
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.routing import DirectRoute
from shared.credentials import (
    PARTNER_SCOPES,
    SCOPES,
    Credential,
    Credentials,
    Scope,
    assert_within,
)
from shared.credentials.row import Status
from shared.http.wire.body import read_model
from shared.http.wire.fields import Identity, Instant, Line, WirePart
from shared.values.written import written_json

router = APIRouter(route_class=DirectRoute, tags=["credentials"])
_REVOKING: dict[int, tuple[str, ...]] = {404: ("credential.not_found",), 409: ("credential.last_administrator",)}


def _to_come(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise PydanticCustomError("time.past", "must be in the future")
    return moment


class NewCredential(WirePart):
    """A credential to create."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "label": "Nordlicht's order desk",
                "partner": "partner-7",
                "scopes": ["registrations:write", "pipeline:read"],
                "expires_at": "2028-01-01T00:00:00Z",
            }
        }
    )

    scopes: tuple[Scope, ...] = Field(min_length=1, max_length=len(SCOPES))
    partner: Identity | None = Field(
        default=None, description="Bind the credential to this partner: it reaches only this partner's data."
    )
    principal: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")] | None = Field(
        default=None,
        description="Principal whose idempotency keys and stored responses it shares. A new one if absent.",
    )
    label: Line | None = None
    expires_at: Annotated[Instant, AfterValidator(_to_come)] | None = None

    @model_validator(mode="after")
    def _partners_do_not_judge(self) -> NewCredential:
        over = [scope for scope in self.scopes if scope not in PARTNER_SCOPES]
        if self.partner is not None and over:
            raise PydanticCustomError(
                "scope.not_for_partners", "a partner's credential cannot have {over}", {"over": ", ".join(over)}
            )
        return self


class CredentialShown(WirePart):
    """A credential, without its secret."""

    credential: str
    principal: str
    partner: str | None
    scopes: list[str]
    label: str | None
    status: Status = Field(description="`replaced` after a rotation; the key still works until `expires_at`.")
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="The minute of its last use; updated about a minute later.")
    replaces: str | None = Field(description="The credential that it replaces.")
    replaced_by: str | None = Field(description="The credential that replaces it.")


class CredentialMade(CredentialShown):
    """A new credential with its key. The key is shown only here."""

    key: str = Field(description="`dr_…`, for `Authorization: Bearer`.")


class CredentialReplaced(SecretReplaced):
    """The old key, and how long it still works."""

    credential: str


class CredentialRotated(CredentialMade):
    """The new credential with its key, and how long the old one works. The key is shown only here."""

    replaced: CredentialReplaced


@router.post(
    "/v1/credentials",
    **plain_spec(NewCredential, 201, CredentialMade, {422: ("request.invalid", "partner.unknown")}),
)
async def create_credential(request: Request) -> Response:
    """Create a credential. Its key is shown once.

    You can only give scopes that your own credential has. To join a `principal` that has keys already, you need every
    scope of those keys too.
    """
    caller = await administrator(request)
    asked = await read_model(request, NewCredential, edge_of(request).settings.max_body_bytes)
    store: Credentials = request.app.state.credentials
    assert_within(caller, asked.scopes, "give")
    if asked.principal is not None:
        # A key under an existing principal acts as that principal and reads its stored responses.
        assert_within(caller, await store.scopes_of(caller.vendor, asked.principal), "give")
    if asked.partner is not None:
        await edge_of(request).references.assert_partner(caller.vendor, asked.partner)
    made, key = await store.create(
        caller.vendor,
        asked.scopes,
        principal=asked.principal,
        partner=asked.partner,
        label=asked.label,
        expires_at=asked.expires_at,
        by=caller,
    )
    await edge_of(request).administration.told(caller.vendor)
    return _made(request, made, {"key": str(key)})


@router.post(
    "/v1/credentials/{credential}/rotation",
    **plain_spec(
        Rotation,
        201,
        CredentialRotated,
        {404: ("credential.not_found",), 409: ("credential.rotated", "credential.ended")},
    ),
)
async def rotate_credential(request: Request, credential: str) -> Response:
    """Replace a key. Principal, scopes and partner stay; the old key works until the grace period ends."""
    caller = await administrator(request)
    asked = await read_model(request, Rotation, edge_of(request).settings.max_body_bytes)
    store: Credentials = request.app.state.credentials
    assert_within(caller, (await store.get(caller.vendor, credential)).scopes, "rotate")
    grace = timedelta(seconds=asked.grace_seconds)
    made, key, replaced = await store.rotate(caller.vendor, credential, by=caller, grace=grace)
    await edge_of(request).administration.told(caller.vendor)
    return _made(request, made, {"key": str(key), "replaced": asdict(replaced)})


@router.delete("/v1/credentials/{credential}", **plain_spec(None, 204, None, _REVOKING))
async def revoke_credential(request: Request, credential: str) -> Response:
    """Revoke a credential. It stops working everywhere within seconds.

    Your own credential needs every scope that the revoked one has. The vendor's last credential with
    `credentials:admin` cannot be revoked.
    """
    caller = await administrator(request)
    store: Credentials = request.app.state.credentials
    assert_within(caller, (await store.get(caller.vendor, credential)).scopes, "revoke")
    await store.revoke(caller.vendor, credential, by=caller, keep_administrator=True)
    await edge_of(request).administration.told(caller.vendor)
    return Response(status_code=204, headers=request.state.answer_headers)


def shown(one: Credential) -> dict[str, Any]:
    """Return the credential as its vendor sees it."""
    return {name: value for name, value in asdict(one).items() if name != "vendor"}


def _made(request: Request, made: Credential, once: dict[str, Any]) -> Response:
    headers = {
        "Location": f"/v1/credentials/{made.credential}",
        "Cache-Control": "no-store",
        **request.state.answer_headers,
    }
    return Response(written_json({**shown(made), **once}), 201, headers, "application/json")
