"""`GET /v1/payouts`: each account of a partner by month, with what moved and the balance at the month's end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.answers import answer
from services.projections.api.described import answers
from services.projections.api.finance import Account, Month, Payee, WhoseQuery, conditions, first_of, own, suspended
from services.projections.api.finance_csv import Sheet, csv_answer, csv_described, wants_csv
from services.projections.api.finance_schemas import PayoutPage
from services.projections.api.listing import Listing, ListQuery, page_document, read_page
from services.projections.api.pipeline import Parts
from services.projections.api.position import Position
from services.projections.tables import as_of, payout
from services.projections.views import PAYOUTS
from shared.credentials import Caller

router = APIRouter(tags=["finance"])

# Of `accrued` the turnover is told: what is earned passes through it, so that its balance is always zero.
AMOUNT = sa.case(
    (payout.c.account == "expense", payout.c.debit_minor - payout.c.credit_minor),
    (payout.c.account == "accrued", payout.c.credit_minor),
    else_=payout.c.credit_minor - payout.c.debit_minor,
)
"""What moved, in the direction in which the account usually grows."""
_KEYS = ("partner", "program", "currency", "account")


class PayoutFilters(WhoseQuery):
    """Whose accounts, which of them, and which months."""

    account: list[Account] = Field([], max_length=6)
    month_from: Month | None = Field(None, description="This month or later.")
    month_to: Month | None = Field(None, description="This month or earlier.")


class PayoutQuery(PayoutFilters, ListQuery):
    """Filters, order and page."""


def month_of(asked: WhoseQuery) -> Any:
    return payout.c.posted_month if asked.by == "posted" else payout.c.effective_month


def moved(reader: Caller, seq: int, asked: PayoutFilters) -> list[Any]:
    """The conditions on rows of `payout`, but for the months."""
    columns = payout.c
    filters = conditions(
        [
            (asked.partner, lambda: columns.partner.in_(asked.partner)),
            (asked.program, lambda: columns.program.in_(asked.program)),
            (asked.currency, lambda: columns.currency.in_(asked.currency)),
            (asked.account, lambda: columns.account.in_(asked.account)),
        ]
    )
    return [columns.vendor == reader.vendor, as_of(payout, seq), *own(reader, columns.partner), *filters]


def in_months(month: Any, asked: PayoutFilters) -> list[Any]:
    return conditions(
        [
            (asked.month, lambda: month.in_([first_of(one) for one in asked.month])),
            (asked.month_from, lambda: month >= first_of(str(asked.month_from))),
            (asked.month_to, lambda: month <= first_of(str(asked.month_to))),
        ]
    )


def _accounts(reader: Caller, seq: int, asked: PayoutFilters) -> sa.FromClause:
    """Accounts by month; balances count every earlier month, whichever are asked for."""
    month = month_of(asked).label("month")
    named = [payout.c[name] for name in _KEYS]
    by_month = (
        sa.select(
            *named,
            month,
            sa.func.sum(payout.c.debit_minor).label("debit"),
            sa.func.sum(payout.c.credit_minor).label("credit"),
            sa.func.sum(AMOUNT).label("amount_minor"),
            sa.func.sum(payout.c.entries).label("entries"),
        )
        .where(*moved(reader, seq, asked))
        .group_by(*named, month)
        .subquery("by_month")
    )
    balance = sa.func.sum(by_month.c.amount_minor).over(
        partition_by=[by_month.c[name] for name in _KEYS], order_by=by_month.c.month
    )
    balanced = sa.select(by_month, balance.label("balance")).subquery("balanced")
    return sa.select(balanced).where(*in_months(balanced.c.month, asked)).subquery("accounts")


LISTING = Listing(
    view=PAYOUTS,
    table=payout,
    key=payout.c.partner,
    more_keys=(payout.c.program, payout.c.currency, payout.c.account, sa.column("month")),
    sorts={"partner": payout.c.partner, "month": sa.column("month"), "account": payout.c.account},
    default_sort="-month",
    source=_accounts,
)
SHEET = Sheet(
    "payouts",
    (
        "partner",
        "program",
        "currency",
        "account",
        "month",
        "debit",
        "credit",
        "amount",
        "balance",
        "entries",
        "blocked",
    ),
)


@router.get(
    "/v1/payouts",
    summary="Accounts by partner, program, currency and month",
    response_model=None,
    responses=csv_described(answers(PayoutPage, paged=True)),
)
async def list_payouts(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[PayoutQuery, Query()]
) -> Response:
    """`amount` is what the month moved, `balance` what the account came to at its end; accrued is everything ever
    earned, so accrued = held + payable + paid + reversed. `by=effective` counts a correction in the month that it
    corrects, `by=posted` in the month in which it was made. Months are those of UTC.

    With `Accept: text/csv` the answer is every matching row, whatever `limit` says.
    """

    async def documents(rows: Sequence[Any], position: Position) -> list[dict[str, Any]]:
        blocked = await suspended(parts, reader, position.seq, [row.partner for row in rows])
        return [finance_documents.payout(row, blocked) for row in rows]

    if wants_csv(request):
        return await csv_answer(request, parts, reader, LISTING, asked, [], SHEET, documents)
    page = await read_page(LISTING, parts, reader, request, asked, [])
    items = await documents(page.rows, page.position)
    document, headers = page_document(request, reader, page, items, asked)
    return answer(request, document, headers=headers)
