"""Routes that list and read webhook endpoints, and the log of what was delivered to them."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.registration.api.administration import PageQuery
from services.registration.api.answers import answer
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.webhooks import WebhookShown, shown, webhook_administrator
from shared.credentials import Caller
from shared.http.wire.fields import WirePart
from shared.http.wire.parameters import MAX_NUMBER, Count, PathIdentity

router = APIRouter(tags=["webhooks"])

MAX_DELIVERIES = 1_000
_UNKNOWN: dict[int, tuple[str, ...]] = {404: ("endpoint.unknown",), 422: ("request.invalid",)}

Administrator = Annotated[Caller, Depends(webhook_administrator)]


class WebhookList(WirePart):
    """A page of webhook endpoints, oldest first. `next` is the path of the next page."""

    webhooks: list[WebhookShown]
    next: str | None


class DeliveryQuery(BaseModel):
    """Query of the delivery log, newest first."""

    model_config = ConfigDict(extra="forbid")

    before: Annotated[int, Count(0, MAX_NUMBER)] | None = Field(
        None, description="Number of the last attempt of the previous page. Take it from `next`."
    )
    outcome: Literal["delivered", "failed", "given_up"] | None = Field(
        None, description="Only attempts with this outcome."
    )
    limit: Annotated[int, Count(1, MAX_DELIVERIES)] = Field(100, description="Rows per page.")


class DeliveryShown(WirePart):
    """One attempt to deliver a message."""

    number: int
    message: str = Field(description="`webhook-id`, the same at every attempt.")
    position: int | None = Field(description="The position of the event in the feed. Null for a test event.")
    type: str
    attempt: int
    at: datetime
    outcome: Literal["delivered", "failed", "given_up"] = Field(
        description="`failed` is tried again at `next_at`; `given_up` is not, since its time was over."
    )
    status: int | None = Field(description="The status that the receiver answered with, if it did.")
    failure: str | None = Field(
        description="`status`, `redirect`, `timeout`, `connection`, `tls`, `name`, `address` or `protocol`."
    )
    took_ms: int
    next_at: datetime | None


class DeliveryList(WirePart):
    """A page of attempts, newest first. `next` is the path of the next page."""

    deliveries: list[DeliveryShown]
    next: str | None


@router.get("/v1/webhooks", **plain_spec(None, 200, WebhookList, _UNKNOWN))
async def list_webhooks(request: Request, caller: Administrator, asked: Annotated[PageQuery, Query()]) -> Response:
    """List webhook endpoints without their secrets. A partner's credential lists the partner's own."""
    found = await edge_of(request).endpoints.of(by=caller, after=asked.after, limit=asked.limit + 1)
    page = found[: asked.limit]
    more = f"{request.url.path}?after={page[-1].endpoint}&limit={asked.limit}" if len(found) > asked.limit else None
    return answer(request, {"webhooks": [shown(one) for one in page], "next": more})


@router.get("/v1/webhooks/{endpoint}", **plain_spec(None, 200, WebhookShown, _UNKNOWN))
async def read_webhook(request: Request, caller: Administrator, endpoint: PathIdentity) -> Response:
    """Read one webhook endpoint: its state, and how far its deliveries are."""
    return answer(request, shown(await edge_of(request).endpoints.get(endpoint, by=caller)))


@router.get("/v1/webhooks/{endpoint}/deliveries", **plain_spec(None, 200, DeliveryList, _UNKNOWN))
async def list_deliveries(
    request: Request, caller: Administrator, endpoint: PathIdentity, asked: Annotated[DeliveryQuery, Query()]
) -> Response:
    """List attempts to deliver, newest first: when, what came back, and when it is tried again."""
    edge = edge_of(request)
    await edge.endpoints.get(endpoint, by=caller)
    found = await edge.deliveries.of(endpoint, before=asked.before, outcome=asked.outcome, limit=asked.limit + 1)
    page = found[: asked.limit]
    more = None
    if len(found) > asked.limit:
        outcome = f"&outcome={asked.outcome}" if asked.outcome else ""
        more = f"{request.url.path}?before={page[-1].number}&limit={asked.limit}{outcome}"
    return answer(request, {"deliveries": [asdict(one) for one in page], "next": more})
