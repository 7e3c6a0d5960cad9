"""`GET /v1/ledger`: the postings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.described import answers
from services.projections.api.finance import Account, DatedQuery, Payee, conditions, dated, own
from services.projections.api.finance_schemas import LedgerPage
from services.projections.api.finance_sheets import described, sheet_answer
from services.projections.api.listing import Listing, page_document, read_page
from services.projections.api.pipeline import Parts
from services.projections.api.sheet_names import DEAL
from services.projections.api.sheets import Sheet, SheetQuery, list_answer, sheet_form
from services.projections.tables import posting
from services.projections.views import LEDGER
from shared.http.wire.fields import Line

router = APIRouter(tags=["finance"])

LISTING = Listing(
    view=LEDGER,
    table=posting,
    key=posting.c.seq,
    more_keys=(posting.c.line,),
    sorts={"posted_at": posting.c.posted_at, "effective_at": posting.c.effective_at},
    default_sort="-posted_at",
    dates=(posting.c.posted_at, posting.c.effective_at),
)
SHEET = Sheet(
    "ledger",
    ("line", "type", "account", "partner", "partner_name", "program", "debit", "credit", "amount", "currency", "reward",
     "registration", "customer", "opportunity", *DEAL, "effective_at", "posted_at"),
)  # fmt: skip


class LedgerQuery(DatedQuery, SheetQuery):
    """Query parameters of the list."""

    account: list[Account] = Field([], max_length=6)
    reward: Line | None = None


@router.get(
    "/v1/ledger",
    summary="Postings of the double entry",
    response_model=None,
    responses=described(answers(LedgerPage, paged=True)),
)
async def list_postings(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[LedgerQuery, Query()]
) -> Response:
    """Debits are positive; the lines of each entry sum to zero. Nothing here is ever changed: what corrects an
    entry is another one, with the effective date of what it corrects. A partner reads the lines of its own accounts.

    With `Accept: text/csv`, or Parquet's type, the answer is every matching row, whatever `limit` says.
    """
    where = [*own(reader, posting.c.partner), *_where(asked)]

    async def lines(rows: Any, _: Any) -> list[dict[str, Any]]:
        return [finance_documents.ledger_line(row, reader) for row in rows]

    if form := sheet_form(request, asked):
        return await sheet_answer(request, parts, reader, LISTING, asked, where, SHEET, lines, form)
    page = await read_page(LISTING, parts, reader, request, asked, where)
    items = [finance_documents.posting(row, reader) for row in page.rows]
    document, headers = page_document(request, reader, page, items, asked)
    return list_answer(request, document, headers)


def _where(asked: LedgerQuery) -> list[Any]:
    columns = posting.c
    return dated(columns, asked) + conditions(
        [
            (asked.account, lambda: columns.account.in_(asked.account)),
            (asked.reward, lambda: columns.reward_id == asked.reward),
        ]
    )
