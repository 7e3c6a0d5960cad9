"""Facts of the installation's operator: a vendor is created."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg

from services.registration.intake.acceptance import Accepted
from services.registration.intake.errors import KeyReused
from services.registration.intake.intake import Intake
from services.registration.intake.kinds import CONFIGURE, PUBLISH, MessageKind
from services.registration.intake.messages.message import Context, Message, Seals
from services.registration.intake.submission import Sent, Submissions
from shared.credentials import OPERATOR, operator
from shared.database import database_errors
from shared.errors import DealregError
from shared.events.base import Event
from shared.events.envelope import fact_id
from shared.events.vendor import VendorCreated, VendorMode
from shared.http.wire.fields import Line
from shared.receipts import receipt_of

_KEY = "vendor.create"


class CreateVendor(Message):
    """A vendor to create."""

    name: Line
    mode: VendorMode

    def event(self, context: Context, sealed: Seals) -> Event:
        return VendorCreated(name=self.name, mode=self.mode)


# Not a bulk kind: a credential belongs to a vendor, so none can create one.
_CREATE = MessageKind("vendor.create", "vendor:admin", CreateVendor)


class VendorExists(DealregError):
    """The vendor exists with another name or mode."""

    code = "vendor.exists"
    status = 409


class VendorUnknown(DealregError):
    """There is no vendor with this id."""

    code = "vendor.unknown"
    status = 404


async def create_vendor(
    intake: Intake,
    submissions: Submissions,
    vendor: str,
    *,
    name: str,
    mode: VendorMode,
    recorded_at: datetime | None = None,
) -> Accepted:
    """Create the vendor, once. An importing vendor begins at `recorded_at`, before all of its history.

    Raises `VendorExists` if it exists with another name or mode.
    """
    sent = Sent(_CREATE, {"name": name, "mode": mode}, _KEY, recorded_at=recorded_at)
    try:
        return await intake.accept(submissions.prepare(sent, operator(vendor)))
    except KeyReused as error:
        raise VendorExists(f"the vendor {vendor!r} was created with another name or mode") from error


async def publish(
    intake: Intake, submissions: Submissions, vendor: str, document: dict[str, Any], policy: str
) -> list[Accepted]:
    """Give the live vendor its document and a program, once; both are decided when the workers run."""
    sent = (
        Sent(CONFIGURE, document, f"{_KEY}.document"),
        Sent(PUBLISH, {"policy": policy}, f"{_KEY}.program"),
    )
    return [await intake.accept(submissions.prepare(one, operator(vendor))) for one in sent]


async def assert_vendor(pool: asyncpg.Pool, vendor: str) -> None:
    """Assert that the vendor exists; raise `VendorUnknown`."""
    if await receipt_of(pool, vendor, fact_id(vendor, OPERATOR, _KEY)) is not None:
        return
    # The receipt is deleted after some days; the directory has the vendor by then.
    with database_errors():
        if await pool.fetchval("SELECT true FROM registration.directory_vendor WHERE vendor = $1", vendor):
            return
    raise VendorUnknown(f"there is no vendor {vendor!r}; create it with: dealreg vendor create {vendor}")
