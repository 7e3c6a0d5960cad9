"""Money: what each account came to, every reward, and how each came about."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.responses import Response

from services.console.pages.home import accounts
from services.console.pages.registrations import cursor_of
from services.console.partner_names import names_of
from services.console.rendering import now, segment
from services.console.sheets import sheet
from services.console.visit import Visit

PAGE_ROWS = 25
STATUSES = ("held", "payable", "reversed")


async def listed(visit: Visit) -> Response:
    """Accounts and one page of rewards."""
    status = _status(visit)
    summary, (rewards, forms) = await asyncio.gather(
        visit.api.get("/v1/payouts/summary", group_by="currency"),
        visit.api.listed("/v1/rewards", status=status, limit=PAGE_ROWS, cursor=visit.asked("cursor")),
    )
    return visit.show(
        "money.html",
        accounts=accounts(summary),
        rewards=rewards["items"],
        names=await names_of(visit, (one["partner"] for one in rewards["items"])),
        forms=forms,
        shown_status=status,
        statuses=STATUSES,
        following=cursor_of(rewards["next"]),
        now=now(),
        partner=visit.session.partner is None,
    )


async def file(visit: Visit) -> Response:
    """Every reward, as the API writes it."""
    return await sheet(visit, "/v1/rewards", "rewards", status=_status(visit))


async def deal(visit: Visit) -> Response:
    """One won deal: from the registration to the postings, with each rule that was applied."""
    path = f"/v1/opportunities/{segment(visit.named('opportunity'))}/attribution"
    found: dict[str, Any] = await visit.api.get(path)
    return visit.show("deal.html", one=found)


def _status(visit: Visit) -> str:
    status = visit.asked("status")
    return status if status in STATUSES else ""
