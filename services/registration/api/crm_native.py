"""Deliveries of native CRMs: verified, kept, and answered at once; they are read by a worker."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import Response

from services.registration.api.crm import verified_by
from services.registration.api.documents import delivery_spec
from services.registration.api.edge import edge_of
from services.registration.api.routing import DirectRoute
from services.registration.crm import hubspot
from services.registration.crm.bodies import SealedBody
from services.registration.crm.notices import Notices
from shared.crash_points import crash_point
from shared.http.wire.fields import WirePart
from shared.http.wire.off_loop import read_off_loop
from shared.values.written import written_json

router = APIRouter(route_class=DirectRoute, tags=["CRM"])

MAX_DELIVERY_BYTES = 1_048_576
"""A hundred events have forty kilobytes, and a property's value is the CRM's to choose."""


class DeliveryTaken(WirePart):
    """What a delivery came to. Whatever it is, it was kept and is not to be sent again."""

    to_read: int = Field(description="Deals to read, and contacts to erase.")
    ignored: int = Field(description="Events of other objects, and echoes of our own writes.")
    unusable: int = Field(description="Events that nobody can use; `GET /v1/crm/{connection}/unusable` lists them.")


@router.post("/v1/crm/{connection}/hubspot", **delivery_spec(DeliveryTaken))
async def receive_hubspot(request: Request, connection: str) -> Response:
    """Receive a batch of HubSpot events. Each is a hint: the deal is read, and told as an opportunity message."""
    crm = edge_of(request).crm
    place, body = await verified_by(crm.configurations, request, connection, MAX_DELIVERY_BYTES)

    def read() -> tuple[Notices, SealedBody]:
        notices = hubspot.read(body, place.settings)
        return notices, crm.bodies.seal(connection, body, notices.subjects)

    notices, sealed = await read_off_loop(len(body), read)
    crash_point("crm.before_delivery")
    await crm.store.deliver(connection, sealed, notices)
    crash_point("crm.after_delivery")
    crm.worker.wake()
    taken = {"to_read": len(notices.hints), "ignored": len(notices.left), "unusable": len(notices.problems)}
    return Response(written_json(taken), 200, media_type="application/json")
