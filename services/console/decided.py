"""What a reviewer just decided, said on the page of what waits next."""

from __future__ import annotations

from typing import NamedTuple

from services.console.api import Refused
from services.console.rendering import query, segment
from services.console.visit import Visit

PENDING = "pending"
"""In place of a verdict that was taken and is not carried out yet."""
VERDICTS = (
    "approve", "reject", "action_required", "revoke", "grant_extension", "refuse_extension", "uphold_objection",
    "dismiss_objection", PENDING,
)  # fmt: skip


class Decided(NamedTuple):
    """Whose registration was decided, its customer, how, and until when it is protected now."""

    registration: str
    customer: str
    verdict: str
    protected_until: str | None


def saying(registration: str, verdict: str) -> str:
    """The query of a page that says so."""
    return query(decided=registration, verdict=verdict)


async def just_decided(visit: Visit) -> Decided | None:
    """Return what the address of the page says was decided; None where it names nothing that the reader may see."""
    number, verdict = visit.asked("decided"), visit.asked("verdict")
    if not number or verdict not in VERDICTS:
        return None
    try:
        found = await visit.api.get(f"/v1/registrations/{segment(number)}")
    except Refused:
        return None
    if "customer" not in found:
        return None
    return Decided(number, found["customer"]["legal_name"], verdict, found["protected_until"])
