"""Finance: what accounts came to by one thing and period, what is not paid and why, and the journal of postings."""

from __future__ import annotations

import asyncio
import calendar
from typing import Any

from starlette.responses import Response

from services.console.pages.registrations import cursor_of
from services.console.partner_names import names_beside, offered
from services.console.rendering import now, query
from services.console.sheets import sheet
from services.console.visit import Visit

GROUPS = ("partner", "program", "currency", "month", "account")
ACCOUNTS = ("accrued", "held", "payable", "paid", "reversed", "expense")
PASSED_THROUGH = "accrued"
"""Of this account the turnover is shown: its postings come to nothing."""
DATES = ("posted", "effective")
PAGE_ROWS = 25
MOST_GROUPS = 50
"""Groups of one page: each is up to six accounts in several currencies."""


async def shown(visit: Visit) -> Response:
    """Accounts by one thing, and what waits to be paid."""
    chosen = _chosen(visit)
    group_by = visit.asked("group_by") if visit.asked("group_by") in GROUPS else GROUPS[0]
    summary, sums, partners, held, (suspended, forms) = await asyncio.gather(
        visit.api.get("/v1/payouts/summary", group_by=group_by, **chosen),
        visit.api.get("/v1/payouts/summary", group_by="currency", **chosen),
        offered(visit),
        visit.api.get("/v1/rewards", status="held", sort="hold_until", limit=PAGE_ROWS, partner=chosen["partner"]),
        visit.api.listed("/v1/payouts", account="payable", blocked="true", limit=PAGE_ROWS, partner=chosen["partner"]),
    )
    rows = [{**line, "opens": _opened(chosen, group_by, line)} for group in summary["groups"] for line in _lines(group)]
    blocked = _owed(suspended["items"])
    ids = [one["partner"] for one in (*held["items"], *blocked)]
    ids += [one["key"] for one in rows[:MOST_GROUPS]] if group_by == "partner" else []
    return visit.show(
        "finance.html",
        rows=rows[:MOST_GROUPS],
        names=await names_beside(visit, partners, ids),
        forms=forms,
        more=max(len(rows) - MOST_GROUPS, 0),
        group_by=group_by,
        groups=GROUPS,
        total=_total(sums["groups"]) if len(rows) > 1 else None,
        partners=partners,
        now=now(),
        accounts=ACCOUNTS,
        dates=DATES,
        chosen=chosen,
        held=held["items"],
        more_held=held["next"] is not None,
        blocked=blocked,
    )


async def journal(visit: Visit) -> Response:
    """One page of postings; the lines of an entry sum to zero."""
    chosen = _postings(visit)
    (found, forms), partners = await asyncio.gather(
        visit.api.listed("/v1/ledger", **chosen, limit=PAGE_ROWS, cursor=visit.asked("cursor")), offered(visit)
    )
    return visit.show(
        "journal.html",
        items=found["items"],
        forms=forms,
        partners=partners,
        names=await names_beside(visit, partners, (one["partner"] for one in found["items"])),
        chosen=chosen,
        accounts=ACCOUNTS,
        dates=DATES,
        following=cursor_of(found["next"]),
    )


async def file(visit: Visit) -> Response:
    """Each account by month, as the API writes it."""
    return await sheet(visit, "/v1/payouts", "payouts", **_chosen(visit))


async def journal_file(visit: Visit) -> Response:
    """Every posting, as the API writes it."""
    return await sheet(visit, "/v1/ledger", "ledger", **_postings(visit))


def _lines(group: dict[str, Any]) -> list[dict[str, Any]]:
    """The accounts of a group, a row for each currency."""
    found: dict[str, dict[str, Any]] = {}
    for one in group["accounts"]:
        line = found.setdefault(one["amount"]["currency"], {"key": group["key"], "accounts": {}})
        line["accounts"][one["account"]] = one["amount"]
    return [found[currency] for currency in sorted(found)]


def _total(sums: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the line of everything together, where everything is of one currency."""
    if len(sums) != 1:
        return None
    [line] = _lines(sums[0])
    return {**line, "opens": {}}


def _opened(chosen: dict[str, Any], group_by: str, line: dict[str, Any]) -> dict[str, str]:
    """The journal behind each amount of the line: the postings that add up to it."""
    first, last = (line["key"], line["key"]) if group_by == "month" else (chosen["month_from"], chosen["month_to"])
    asked = {name: chosen[name] for name in ("by", "partner", "program")}
    asked |= {"date_from": first and f"{first}-01", "date_to": last and _last_day(last)}
    if group_by in ("partner", "program"):
        asked[group_by] = line["key"]
    return {
        name: "/console/finance/journal"
        + query(**asked, account=name if group_by != "account" else line["key"], currency=amount["currency"])
        for name, amount in line["accounts"].items()
        if name != PASSED_THROUGH
    }


def _last_day(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return f"{month}-{calendar.monthrange(year, number)[1]:02}"


def _owed(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The newest balance of each account of a suspended partner."""
    newest: dict[Any, dict[str, Any]] = {}
    for one in sorted(items, key=lambda each: str(each["month"])):
        newest[one["partner"], one["program"], one["currency"]] = one
    return list(newest.values())


def _chosen(visit: Visit) -> dict[str, Any]:
    by = visit.asked("by")
    names = ("partner", "program", "currency", "month_from", "month_to")
    return {"by": by if by in DATES else DATES[0], **{name: visit.asked(name) for name in names}}


def _postings(visit: Visit) -> dict[str, Any]:
    by, account = visit.asked("by"), visit.asked("account")
    names = ("partner", "program", "currency", "date_from", "date_to", "reward")
    return {
        "by": by if by in DATES else DATES[0],
        "account": account if account in ACCOUNTS else "",
        **{name: visit.asked(name) for name in names},
    }
