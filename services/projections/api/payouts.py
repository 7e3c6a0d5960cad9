"""`GET /v1/payouts`: each account of a partner by month, with movement and final balance."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import Field
from sqlalchemy.dialects.postgresql import ARRAY
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.context import Queries
from services.projections.api.described import answers
from services.projections.api.finance import Account, Payee, WhoseQuery, conditions, first_of, own, suspended
from services.projections.api.finance_schemas import PayoutPage
from services.projections.api.finance_sheets import described, sheet_answer
from services.projections.api.listing import Listing, ListQuery, Rows, page_document, read_page
from services.projections.api.pipeline import Parts
from services.projections.api.position import Position
from services.projections.api.sheets import Sheet, SheetQuery, list_answer, sheet_form
from services.projections.tables import as_of, payout, standing
from services.projections.views import PAYOUTS
from shared.credentials import Caller
from shared.http.wire.parameters import Month

router = APIRouter(tags=["finance"])

_KEYS = ("partner", "program", "currency", "account")


def amount_of(columns: Any) -> Any:
    """Movement of the month, in the direction in which the account usually grows.

    For `accrued` this is the turnover: earnings pass through it, so its balance is always zero.
    """
    return sa.case(
        (columns.account == "expense", columns.debit_minor - columns.credit_minor),
        (columns.account == "accrued", columns.credit_minor),
        else_=columns.credit_minor - columns.debit_minor,
    )


class PayoutFilters(WhoseQuery):
    """Filters of accounts and months."""

    account: list[Account] = Field([], max_length=6)
    month_from: Month | None = Field(None, description="Only this month and later.")
    month_to: Month | None = Field(None, description="Only this month and earlier.")


class PayoutQuery(PayoutFilters, ListQuery, SheetQuery):
    """Query parameters of the list."""

    blocked: bool | None = Field(
        None, description="True: only what is payable to partners that are suspended. False: all else."
    )


def month_of(asked: WhoseQuery, table: sa.FromClause = payout) -> Any:
    return table.c.posted_month if asked.by == "posted" else table.c.effective_month


def moved(reader: Caller, position: Position, asked: PayoutFilters) -> list[Any]:
    """Return the conditions on rows of `payout`, without the months."""
    columns = payout.c
    filters = [*conditions([(asked.partner, lambda: columns.partner.in_(asked.partner))]), *chosen(columns, asked)]
    if position.clock is not None:
        # Implied by the position; stated so that an index by month starts there.
        filters.append(month_of(asked) <= position.clock.astimezone(UTC).date())
    return [
        columns.vendor == reader.vendor,
        sa.or_(*_known(payout, position)),
        *own(reader, columns.partner),
        *filters,
    ]


def chosen(columns: Any, asked: PayoutFilters) -> list[Any]:
    """Return the conditions on accounts of any partner."""
    return conditions(
        [
            (asked.program, lambda: columns.program.in_(asked.program)),
            (asked.currency, lambda: columns.currency.in_(asked.currency)),
            (asked.account, lambda: columns.account.in_(asked.account)),
        ]
    )


def _known(table: Any, position: Position) -> tuple[Any, Any]:
    """Select rows as of the position, in two parts with an index each: current and superseded."""
    then = as_of(table, position.seq)
    if position.clock is None:
        columns, seq = table.c, position.seq
        return sa.and_(columns.to_seq.is_(None), columns.from_seq <= seq), sa.and_(columns.to_seq > seq, then)
    month = position.clock.astimezone(UTC).date().replace(day=1)
    # Nothing is posted in a past month, so its totals are final.
    return (
        sa.and_(table.c.to_seq.is_(None), table.c.posted_month < month),
        sa.and_(table.c.posted_month == month, table.c.effective_month <= month, then),
    )


def in_months(month: Any, asked: PayoutFilters) -> list[Any]:
    return conditions(
        [
            (asked.month, lambda: month.in_([first_of(one) for one in asked.month])),
            (asked.month_from, lambda: month >= first_of(str(asked.month_from))),
            (asked.month_to, lambda: month <= first_of(str(asked.month_to))),
        ]
    )


def _blocked(reader: Caller, position: Position, asked: PayoutQuery) -> list[Any]:
    if asked.blocked is None:
        return []
    whose = sa.select(standing.c.partner).where(
        standing.c.vendor == reader.vendor, as_of(standing, position.seq), standing.c.suspended
    )
    blocked = sa.and_(payout.c.account == "payable", payout.c.partner.in_(whose))
    return [blocked if asked.blocked else sa.not_(blocked)]


def _accounts(reader: Caller, position: Position, asked: PayoutQuery, where: Sequence[Any]) -> Rows:
    """Select accounts by month with their movement."""
    month = month_of(asked)
    where = [*where, *_blocked(reader, position, asked)]
    columns = {**{name: payout.c[name] for name in _KEYS}, "month": month}
    query = sa.select(
        *(payout.c[name] for name in _KEYS),
        month.label("month"),
        sa.func.sum(payout.c.debit_minor).label("debit"),
        sa.func.sum(payout.c.credit_minor).label("credit"),
        sa.func.sum(amount_of(payout.c)).label("amount_minor"),
        sa.func.sum(payout.c.entries).label("entries"),
    )
    return columns, query.where(*moved(reader, position, asked), *in_months(month, asked), *where).group_by(
        *columns.values()
    )


async def _balances(
    parts: Queries, reader: Caller, position: Position, asked: PayoutFilters, rows: Sequence[Any]
) -> dict[tuple[Any, ...], int]:
    """Load each row's balance at the end of its month, whichever months are requested."""
    if not rows:
        return {}
    columns: list[Any] = [*(sa.column(name, sa.Text) for name in _KEYS), sa.column("month", sa.Date)]
    texts = [sa.cast([row._mapping[name] for row in rows], ARRAY(sa.Text)) for name in _KEYS]
    months = sa.cast([row.month for row in rows], ARRAY(sa.Date))
    page = sa.func.unnest(*texts, months).table_valued(*columns).render_derived("page")
    before: Any = payout.alias("before")
    same = [before.c[name] == page.c[name] for name in _KEYS]
    same += [before.c.vendor == reader.vendor, month_of(asked, before) <= page.c.month]
    named = [page.c[name] for name in (*_KEYS, "month")]
    amounts = sa.union_all(
        *(
            sa.select(*named, amount_of(before.c).label("amount")).select_from(page.join(before, sa.and_(*same, kind)))
            for kind in _known(before, position)
        )
    ).subquery("amounts")
    content = [amounts.c[one.name] for one in named]
    query = sa.select(*content, sa.func.sum(amounts.c.amount)).group_by(*content)
    return {tuple(row[:-1]): int(row[-1]) for row in await parts.rows(query)}


LISTING = Listing(
    view=PAYOUTS,
    table=payout,
    key=payout.c.partner,
    more_keys=(payout.c.program, payout.c.currency, payout.c.account, sa.column("month")),
    sorts={"month": sa.column("month"), "partner": payout.c.partner},
    default_sort="-month",
    source=_accounts,
)
SHEET = Sheet(
    "payouts",
    (
        "partner",
        "partner_name",
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
    responses=described(answers(PayoutPage, paged=True)),
)
async def list_payouts(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[PayoutQuery, Query()]
) -> Response:
    """`amount` is what the month moved, `balance` what the account came to at its end; accrued is everything ever
    earned, so accrued = held + payable + paid + reversed. `by=effective` counts a correction in the month that it
    corrects, `by=posted` in the month in which it was made. Months are those of UTC.

    With `Accept: text/csv`, or Parquet's type, the answer is every matching row, whatever `limit` says.
    """

    async def documents(rows: Sequence[Any], position: Position) -> list[dict[str, Any]]:
        blocked = await suspended(parts, reader, position.seq, [row.partner for row in rows])
        balances = await _balances(parts, reader, position, asked, rows)
        return [finance_documents.payout(row, balances[tuple(row[: len(_KEYS) + 1])], blocked) for row in rows]

    if form := sheet_form(request, asked):
        return await sheet_answer(request, parts, reader, LISTING, asked, [], SHEET, documents, form)
    page = await read_page(LISTING, parts, reader, request, asked, [])
    items = await documents(page.rows, page.position)
    document, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, document, headers)
