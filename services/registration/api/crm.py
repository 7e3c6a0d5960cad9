"""Signed CRM webhooks, and management of the connections that authenticate them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Protocol, TypeVar

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.registration.api.administrator import administrator
from services.registration.api.documents import plain_spec, webhook_spec
from services.registration.api.edge import edge_of
from services.registration.api.reading import as_object
from services.registration.api.routing import DirectRoute
from services.registration.api.writing import answer
from services.registration.intake.connections import ConnectionUnknown, SignatureInvalid
from services.registration.intake.kinds import OPPORTUNITY
from services.registration.intake.submission import Sent, Submission
from shared.credentials import Caller, assert_within
from shared.credentials.dependency import limit
from shared.credentials.failures import Failures
from shared.http.wire.body import JSON, headers_of, read_bytes, read_model
from shared.http.wire.fields import Line, WirePart
from shared.http.wire.json_body import read_json
from shared.http.wire.off_loop import read_off_loop
from shared.values.written import written_json

router = APIRouter(route_class=DirectRoute, tags=["CRM"])
_UNKNOWN: dict[int, tuple[str, ...]] = {404: ("connection.unknown",)}
_CARRIED = (OPPORTUNITY.scope,)
"""Scopes that the secret of a connection carries."""
_Verified = TypeVar("_Verified", covariant=True)


class NewConnection(WirePart):
    """A CRM connection to create."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "sales CRM, production"}})

    name: Line


class Rotation(WirePart):
    """How long the old secret or key works beside the new one."""

    model_config = ConfigDict(json_schema_extra={"example": {"grace_seconds": 3600}})

    grace_seconds: Annotated[int, Field(ge=0, le=604_800)] = 0


class ConnectionShown(WirePart):
    """A CRM connection."""

    connection: str
    name: str
    created_at: datetime


class ConnectionMade(ConnectionShown):
    """A new CRM connection with its secret. The secret is shown only here."""

    secret: str = Field(description="`whsec_…`, the secret that signs messages (Standard Webhooks).")


class SecretReplaced(WirePart):
    """How long the old secret or key still works."""

    expires_at: datetime = Field(
        description="When the old one stops working; with a grace of 0, the time of the rotation."
    )
    grace_seconds: int = Field(
        description="Seconds from the rotation until then. Less than requested if the old one expires sooner."
    )


class SecretMade(WirePart):
    """The new secret of a connection, and how long the old one verifies. The secret is shown only here."""

    connection: str
    secret: str
    replaced: SecretReplaced


@router.post("/v1/crm/{connection}/opportunities", **webhook_spec(OPPORTUNITY))
async def receive_opportunity(request: Request, connection: str) -> Response:
    """Receive an opportunity message. The message id is the idempotency key, so a retry has no second effect."""
    edge = edge_of(request)
    verified, body = await verified_by(edge.connections, request, connection, edge.settings.max_body_bytes)
    # After the signature, so that unsigned requests cannot use up the CRM's rate.
    limit(request, f"crm:{connection}")
    caller = Caller(verified.vendor, f"crm:{connection}", None, frozenset(_CARRIED), connection)

    def read() -> Submission:
        content = as_object(read_json(body))
        sent = Sent(OPPORTUNITY, content, verified.message_id, connection, signed_at=verified.signed_at)
        return edge.submissions.prepare(sent, caller)

    accepted = await edge.intake.accept(await read_off_loop(len(body), read))
    headers = {"Location": accepted.location, **request.state.answer_headers}
    return Response(written_json(answer(accepted)), 202, headers, "application/json")


class Verifier(Protocol[_Verified]):
    """Verifies deliveries of connections."""

    def has_met(self, connection: str) -> bool: ...

    async def verify(self, connection: str, headers: Mapping[str, str], body: bytes) -> _Verified: ...


async def verified_by(
    verifier: Verifier[_Verified], request: Request, connection: str, limit_bytes: int
) -> tuple[_Verified, bytes]:
    """Whose message it is, and its body; raises `TooMany` where the address sent too many that were nobody's.

    Then a connection that nothing was told of yet is not looked up, and one that was goes on where its signature holds.
    """
    failures = Failures(request)
    if failures.too_many() and not verifier.has_met(connection):
        raise failures.refusal("signature")
    body = await read_bytes(request, limit_bytes, JSON)
    try:
        return await verifier.verify(connection, headers_of(request), body), body
    except (ConnectionUnknown, SignatureInvalid) as error:
        if failures.too_many():
            raise failures.refusal("signature") from error
        failures.count()
        raise


@router.post("/v1/crm-connections", **plain_spec(NewConnection, 201, ConnectionMade))
async def create_connection(request: Request) -> Response:
    """Create a CRM connection. Its secret is shown once."""
    caller = await administrator(request)
    assert_within(caller, _CARRIED, "give")
    edge = edge_of(request)
    asked = await read_model(request, NewConnection, edge.settings.max_body_bytes)
    made, secret = await edge.connections.create(caller.vendor, asked.name, by=caller)
    await edge.administration.told(caller.vendor)
    shown = {"connection": made.connection, "name": made.name, "created_at": made.created_at, "secret": secret}
    headers = {"Location": f"/v1/crm-connections/{made.connection}", "Cache-Control": "no-store"}
    return Response(written_json(shown), 201, {**headers, **request.state.answer_headers}, "application/json")


@router.post("/v1/crm-connections/{connection}/rotation", **plain_spec(Rotation, 200, SecretMade, _UNKNOWN))
async def rotate_connection(request: Request, connection: str) -> Response:
    """Create a new secret. The old one verifies until the grace period ends."""
    caller = await administrator(request)
    assert_within(caller, _CARRIED, "rotate")
    edge = edge_of(request)
    asked = await read_model(request, Rotation, edge.settings.max_body_bytes)
    grace = timedelta(seconds=asked.grace_seconds)
    secret, replaced = await edge.connections.rotate(caller.vendor, connection, grace, by=caller)
    await edge.administration.told(caller.vendor)
    headers = {"Cache-Control": "no-store", **request.state.answer_headers}
    content = {"connection": connection, "secret": secret, "replaced": asdict(replaced)}
    return Response(written_json(content), 200, headers, "application/json")


@router.delete("/v1/crm-connections/{connection}", **plain_spec(None, 204, None, _UNKNOWN))
async def delete_connection(request: Request, connection: str) -> Response:
    """Delete a CRM connection. Its messages are refused from now on."""
    caller = await administrator(request)
    assert_within(caller, _CARRIED, "revoke")
    edge = edge_of(request)
    await edge.connections.delete(caller.vendor, connection, by=caller)
    await edge.administration.told(caller.vendor)
    return Response(status_code=204, headers=request.state.answer_headers)
