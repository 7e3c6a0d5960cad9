"""The vendor's credentials: made, listed, rotated, revoked by one that has `credentials:admin`."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import orjson
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

router = APIRouter(route_class=DirectRoute, tags=["credentials"])
_REVOKING: dict[int, tuple[str, ...]] = {404: ("credential.not_found",), 409: ("credential.last_administrator",)}


def _to_come(moment: datetime) -> datetime:
    if moment <= datetime.now(UTC):
        raise PydanticCustomError("time.past", "must lie in the future")
    return moment


class NewCredential(WirePart):
    """A credential to make."""

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
    partner: Identity | None = Field(default=None, description="Reaches this partner's rows alone.")
    principal: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$")] | None = Field(
        default=None, description="Whose keys and answers it shares; its own where absent."
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
    status: Status = Field(
        description="`replaced` from its rotation on; it works beside its successor until `expires_at`."
    )
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="The minute of its last use, told about a minute later.")
    replaces: str | None = Field(description="The credential whose successor it is.")
    replaced_by: str | None = Field(description="Its own successor.")


class CredentialMade(CredentialShown):
    """A new credential with its key, which is shown here alone."""

    key: str = Field(description="`dr_…`, for `Authorization: Bearer`.")


class CredentialReplaced(SecretReplaced):
    """The old key, and how long it works."""

    credential: str


class CredentialRotated(CredentialMade):
    """The successor with its key, which is shown here alone, and what became of the old one."""

    replaced: CredentialReplaced


@router.post(
    "/v1/credentials",
    **plain_spec(NewCredential, 201, CredentialMade, {422: ("request.invalid", "partner.unknown")}),
)
async def create_credential(request: Request) -> Response:
    """Make a credential, with no scope that one's own lacks; its key is shown once.

    Under a `principal` that has keys already, it takes every scope of those too.
    """
    caller = await administrator(request)
    asked = await read_model(request, NewCredential, edge_of(request).settings.max_body_bytes)
    store: Credentials = request.app.state.credentials
    assert_within(caller, asked.scopes, "give")
    if asked.principal is not None:
        # A key under somebody's principal speaks in that one's name, and is answered what that one was.
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
    """Make a successor of the same principal, scopes and partner; the old key ends after the grace period."""
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
    """Revoke a credential that has no scope that one's own lacks; it works nowhere within seconds.

    The vendor's last one with `credentials:admin` stays.
    """
    caller = await administrator(request)
    store: Credentials = request.app.state.credentials
    assert_within(caller, (await store.get(caller.vendor, credential)).scopes, "revoke")
    await store.revoke(caller.vendor, credential, by=caller, keep_administrator=True)
    await edge_of(request).administration.told(caller.vendor)
    return Response(status_code=204, headers=request.state.answer_headers)


def shown(one: Credential) -> dict[str, Any]:
    """What its vendor sees of the credential."""
    return {name: value for name, value in asdict(one).items() if name != "vendor"}


def _made(request: Request, made: Credential, once: dict[str, Any]) -> Response:
    headers = {
        "Location": f"/v1/credentials/{made.credential}",
        "Cache-Control": "no-store",
        **request.state.answer_headers,
    }
    return Response(orjson.dumps({**shown(made), **once}), 201, headers, "application/json")
