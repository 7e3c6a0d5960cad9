"""What CRMs tell, signed; and the connections under which they may."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated

import orjson
from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.registration.api.administrator import administrator
from services.registration.api.documents import plain_spec, webhook_spec
from services.registration.api.edge import edge_of
from services.registration.api.reading import as_object
from services.registration.api.routing import DirectRoute
from services.registration.api.writing import answer
from services.registration.intake.kinds import OPPORTUNITY
from services.registration.intake.submission import Sent, Submission
from shared.credentials import Caller, assert_within, limit
from shared.http.wire.body import JSON, read_bytes, read_model
from shared.http.wire.fields import Line, WirePart
from shared.http.wire.json_body import read_json
from shared.http.wire.off_loop import read_off_loop

router = APIRouter(route_class=DirectRoute, tags=["CRM"])
_UNKNOWN: dict[int, tuple[str, ...]] = {404: ("connection.unknown",)}
_CARRIED = (OPPORTUNITY.scope,)
"""What the secret of a connection lets its holder do."""


class NewConnection(WirePart):
    """A CRM that will send its opportunities."""

    model_config = ConfigDict(json_schema_extra={"example": {"name": "sales CRM, production"}})

    name: Line


class Rotation(WirePart):
    """How long the old secret works beside the new one."""

    model_config = ConfigDict(json_schema_extra={"example": {"grace_seconds": 3600}})

    grace_seconds: Annotated[int, Field(ge=0, le=604_800)] = 0


class ConnectionShown(WirePart):
    """A CRM connection."""

    connection: str
    name: str
    created_at: datetime


class ConnectionMade(ConnectionShown):
    """A new CRM connection with its secret, which is shown here alone."""

    secret: str = Field(description="`whsec_…`, for signing by Standard Webhooks.")


class SecretReplaced(WirePart):
    """How long the old one works."""

    expires_at: datetime = Field(description="When the old one ends; for a grace of 0, the moment of the rotation.")
    grace_seconds: int = Field(description="Seconds from the rotation to that end, which may have been due sooner.")


class SecretMade(WirePart):
    """The new secret of a connection, which is shown here alone, and how long the old one verifies."""

    connection: str
    secret: str
    replaced: SecretReplaced


@router.post("/v1/crm/{connection}/opportunities", **webhook_spec(OPPORTUNITY))
async def receive_opportunity(request: Request, connection: str) -> Response:
    """Take an opportunity message; the message id is its key, so a retry has one effect and one answer."""
    edge = edge_of(request)
    body = await read_bytes(request, edge.settings.max_body_bytes, JSON)
    verified = await edge.connections.verify(connection, request.headers, body)
    # After the signature: a flood of strangers must not use up what the CRM may send.
    limit(request, f"crm:{connection}")
    caller = Caller(verified.vendor, f"crm:{connection}", None, frozenset(_CARRIED), connection)

    def read() -> Submission:
        content = as_object(read_json(body))
        sent = Sent(OPPORTUNITY, content, verified.message_id, connection, signed_at=verified.signed_at)
        return edge.submissions.prepare(sent, caller)

    accepted = await edge.intake.accept(await read_off_loop(len(body), read))
    headers = {"Location": accepted.location, **request.state.answer_headers}
    return Response(orjson.dumps(answer(accepted)), 202, headers, "application/json")


@router.post("/v1/crm-connections", **plain_spec(NewConnection, 201, ConnectionMade))
async def create_connection(request: Request) -> Response:
    """Make a connection; its secret is shown once."""
    caller = await administrator(request)
    assert_within(caller, _CARRIED, "give")
    edge = edge_of(request)
    asked = await read_model(request, NewConnection, edge.settings.max_body_bytes)
    made, secret = await edge.connections.create(caller.vendor, asked.name, by=caller)
    await edge.administration.told(caller.vendor)
    shown = {"connection": made.connection, "name": made.name, "created_at": made.created_at, "secret": secret}
    headers = {"Location": f"/v1/crm-connections/{made.connection}", "Cache-Control": "no-store"}
    return Response(orjson.dumps(shown), 201, {**headers, **request.state.answer_headers}, "application/json")


@router.post("/v1/crm-connections/{connection}/rotation", **plain_spec(Rotation, 200, SecretMade, _UNKNOWN))
async def rotate_connection(request: Request, connection: str) -> Response:
    """Make a new secret; the old one verifies for the grace period yet."""
    caller = await administrator(request)
    assert_within(caller, _CARRIED, "rotate")
    edge = edge_of(request)
    asked = await read_model(request, Rotation, edge.settings.max_body_bytes)
    grace = timedelta(seconds=asked.grace_seconds)
    secret, replaced = await edge.connections.rotate(caller.vendor, connection, grace, by=caller)
    await edge.administration.told(caller.vendor)
    headers = {"Cache-Control": "no-store", **request.state.answer_headers}
    content = {"connection": connection, "secret": secret, "replaced": asdict(replaced)}
    return Response(orjson.dumps(content), 200, headers, "application/json")


@router.delete("/v1/crm-connections/{connection}", **plain_spec(None, 204, None, _UNKNOWN))
async def delete_connection(request: Request, connection: str) -> Response:
    """End a connection; its messages are refused from here on."""
    caller = await administrator(request)
    assert_within(caller, _CARRIED, "revoke")
    edge = edge_of(request)
    await edge.connections.delete(caller.vendor, connection, by=caller)
    await edge.administration.told(caller.vendor)
    return Response(status_code=204, headers=request.state.answer_headers)
