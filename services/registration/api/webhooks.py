"""Webhook endpoints: create, change, rotate, disable, enable, replay, test and delete."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import ConfigDict, Field
from starlette.responses import Response

from services.registration.api.crm import Rotation, SecretReplaced
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.routing import DirectRoute
from shared.credentials import Caller
from shared.credentials.dependency import authenticate
from shared.errors import FieldProblem, RequestInvalid
from shared.events.access import MAX_TYPES
from shared.http.wire.body import read_model
from shared.http.wire.event_type import EventType
from shared.http.wire.fields import Identity, Line, WirePart
from shared.http.wire.parameters import MAX_NUMBER
from shared.outward import AddressRefused, target_of
from shared.outward.guard import MAX_URL
from shared.outward.resolving import NameUnresolved
from shared.values.written import written_json
from shared.webhooks import Endpoint, Wanted

router = APIRouter(route_class=DirectRoute, tags=["webhooks"])
_UNKNOWN: dict[int, tuple[str, ...]] = {404: ("endpoint.unknown",)}
_CREATING: dict[int, tuple[str, ...]] = {
    409: ("endpoint.too_many",),
    422: ("request.invalid", "partner.unknown", "endpoint.position"),
}
_EXAMPLE: Any = {"url": "https://receiver.example/dealreg", "name": "order desk", "types": ["registration.approved"]}

Url = Annotated[str, Field(min_length=1, max_length=MAX_URL)]
Types = Annotated[tuple[EventType, ...], Field(max_length=MAX_TYPES)]
Position = Annotated[int, Field(ge=0, le=MAX_NUMBER)]


class NewWebhook(WirePart):
    """A webhook endpoint to create."""

    model_config = ConfigDict(json_schema_extra={"example": _EXAMPLE})

    url: Url = Field(description="Where events are posted to: a public `https://` address.")
    name: Line
    partner: Identity | None = Field(
        None, description="Deliver this partner's feed. A partner's credential always delivers its own."
    )
    types: Types = Field((), description="Only events of these types; all of them without any.")
    ordered: bool = Field(
        False, description="Deliver the events of each subject one after the other; a failed one holds back its own."
    )
    after: Position | None = Field(
        None, description="Begin after this position of the feed; 0 for all of it. Without it, with the next event."
    )


class WebhookChange(WirePart):
    """Fields to change; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"example": {"types": ["registration.approved", "reward.accrued"]}})

    url: Url | None = None
    name: Line | None = None
    types: Types | None = None
    ordered: bool | None = None


class Replay(WirePart):
    """From where to deliver again."""

    model_config = ConfigDict(json_schema_extra={"example": {"after": 1200}})

    after: Position = Field(description="Every event after this position is delivered, with the id that it had before.")


class WebhookShown(WirePart):
    """A webhook endpoint, without its secret."""

    endpoint: str
    partner: str | None = Field(description="The partner whose feed is delivered. Null for the vendor's own.")
    name: str
    url: str
    types: list[str]
    ordered: bool
    state: Literal["enabled", "disabled"]
    disabled_reason: Literal["requested", "failing"] | None
    cursor: int = Field(
        description="The position up to which every event was delivered, is being sent again, or was given up."
    )
    failing_since: datetime | None = Field(description="Since when no delivery has succeeded, though some were tried.")
    created_at: datetime


class WebhookMade(WebhookShown):
    """A new webhook endpoint with its secret. The secret is shown only here."""

    secret: str = Field(description="`whsec_…`, which verifies deliveries (Standard Webhooks).")


class WebhookSecret(WirePart):
    """The new secret, and how long deliveries are signed with the old one too. The secret is shown only here."""

    endpoint: str
    secret: str
    replaced: SecretReplaced


class TestAsked(WirePart):
    """The id of the test event. The delivery log shows what became of it."""

    message: str


async def webhook_administrator(request: Request) -> Caller:
    """Return the caller if it may administer endpoints, and read what they deliver; raise `ScopeMissing`."""
    caller = await authenticate(request)
    caller.need("webhooks:admin")
    caller.need("events:read")
    return caller


@router.post("/v1/webhooks", **plain_spec(NewWebhook, 201, WebhookMade, _CREATING))
async def create_webhook(request: Request) -> Response:
    """Create a webhook endpoint. Its secret is shown once.

    It delivers what `/v1/events` shows to the vendor, or to the partner. It needs the scope `events:read` as well.
    """
    caller = await webhook_administrator(request)
    edge = edge_of(request)
    asked = await read_model(request, NewWebhook, edge.settings.max_body_bytes)
    partner = asked.partner if caller.partner is None else caller.partner
    if asked.partner not in (None, partner):
        raise RequestInvalid([FieldProblem("partner", "partner.not_yours", "must be your own; or leave it out")])
    if asked.partner is not None:
        await edge.references.assert_partner(caller.vendor, asked.partner)
    wanted = Wanted(await _admitted(request, asked.url), asked.name, asked.types, asked.ordered)
    made, secret = await edge.endpoints.create(partner, wanted, after=asked.after, by=caller)
    await edge.administration.told(caller.vendor)
    headers = {"Location": f"/v1/webhooks/{made.endpoint}", **_secret_headers(request)}
    return Response(written_json({**shown(made), "secret": secret}), 201, headers, "application/json")


@router.patch("/v1/webhooks/{endpoint}", **plain_spec(WebhookChange, 200, WebhookShown, _UNKNOWN))
async def change_webhook(request: Request, endpoint: str) -> Response:
    """Change address, name, types or order. What is left out stays."""
    caller = await webhook_administrator(request)
    edge = edge_of(request)
    asked = await read_model(request, WebhookChange, edge.settings.max_body_bytes)
    given = {name: value for name, value in asked.model_dump(exclude_unset=True).items() if value is not None}
    if "url" in given:
        given["url"] = await _admitted(request, given["url"])
    found = await edge.endpoints.change(endpoint, given, by=caller)
    return await _done(request, caller, found)


@router.post("/v1/webhooks/{endpoint}/rotation", **plain_spec(Rotation, 200, WebhookSecret, _UNKNOWN))
async def rotate_webhook(request: Request, endpoint: str) -> Response:
    """Create a new secret. Until the grace period ends deliveries carry signatures of both."""
    caller = await webhook_administrator(request)
    edge = edge_of(request)
    asked = await read_model(request, Rotation, edge.settings.max_body_bytes)
    secret, replaced = await edge.endpoints.rotate(endpoint, timedelta(seconds=asked.grace_seconds), by=caller)
    await edge.administration.told(caller.vendor)
    content = {"endpoint": endpoint, "secret": secret, "replaced": asdict(replaced)}
    return Response(written_json(content), 200, _secret_headers(request), "application/json")


@router.post("/v1/webhooks/{endpoint}/disablement", **plain_spec(None, 200, WebhookShown, _UNKNOWN))
async def disable_webhook(request: Request, endpoint: str) -> Response:
    """Deliver nothing more, until it is enabled. It keeps its place in the feed."""
    caller = await webhook_administrator(request)
    return await _done(request, caller, await edge_of(request).endpoints.disable(endpoint, by=caller))


@router.post("/v1/webhooks/{endpoint}/enablement", **plain_spec(None, 200, WebhookShown, _UNKNOWN))
async def enable_webhook(request: Request, endpoint: str) -> Response:
    """Deliver again, from where it stopped."""
    caller = await webhook_administrator(request)
    return await _done(request, caller, await edge_of(request).endpoints.enable(endpoint, by=caller))


@router.post(
    "/v1/webhooks/{endpoint}/replay",
    **plain_spec(
        Replay,
        200,
        WebhookShown,
        {**_UNKNOWN, 409: ("endpoint.disabled",), 422: ("request.invalid", "endpoint.position")},
    ),
)
async def replay_webhook(request: Request, endpoint: str) -> Response:
    """Deliver every event after a position, again or for the first time. Ids stay the same."""
    caller = await webhook_administrator(request)
    edge = edge_of(request)
    asked = await read_model(request, Replay, edge.settings.max_body_bytes)
    return await _done(request, caller, await edge.endpoints.replay(endpoint, asked.after, by=caller))


@router.post("/v1/webhooks/{endpoint}/test", **plain_spec(None, 202, TestAsked, _UNKNOWN))
async def test_webhook(request: Request, endpoint: str) -> Response:
    """Send one event of the type `webhook.test`, also while the endpoint is disabled. It is not repeated."""
    caller = await webhook_administrator(request)
    message = await edge_of(request).endpoints.test(endpoint, by=caller)
    headers = {"Location": f"/v1/webhooks/{endpoint}/deliveries", **request.state.answer_headers}
    return Response(written_json({"message": message}), 202, headers, "application/json")


@router.delete("/v1/webhooks/{endpoint}", **plain_spec(None, 204, None, _UNKNOWN))
async def delete_webhook(request: Request, endpoint: str) -> Response:
    """Delete a webhook endpoint. Nothing more is delivered to it."""
    caller = await webhook_administrator(request)
    edge = edge_of(request)
    await edge.endpoints.delete(endpoint, by=caller)
    await edge.administration.told(caller.vendor)
    return Response(status_code=204, headers=request.state.answer_headers)


def shown(one: Endpoint) -> dict[str, Any]:
    """Return the endpoint as whoever administers it sees it."""
    return {name: value for name, value in asdict(one).items() if name not in ("vendor", "revision")}


async def _admitted(request: Request, url: str) -> str:
    """The address in its one spelling; raises 422. A name is looked up again for every connection."""
    try:
        target = target_of(url)
        await edge_of(request).outward.addresses(target)
    except (AddressRefused, NameUnresolved) as error:
        raise RequestInvalid([FieldProblem("url", error.code, error.detail)]) from error
    return target.url


async def _done(request: Request, caller: Caller, found: Endpoint) -> Response:
    await edge_of(request).administration.told(caller.vendor)
    return Response(written_json(shown(found)), 200, request.state.answer_headers, "application/json")


def _secret_headers(request: Request) -> dict[str, str]:
    return {"Cache-Control": "no-store", **request.state.answer_headers}
