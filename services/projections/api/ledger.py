"""`GET /v1/ledger`: the postings."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.responses import Response

from services.projections.api import finance_documents
from services.projections.api.answers import answer
from services.projections.api.described import answers
from services.projections.api.finance import Account, DatedQuery, Payee, conditions, dated, own
from services.projections.api.finance_csv import Sheet, csv_answer, csv_described, wants_csv
from services.projections.api.finance_schemas import LedgerPage
from services.projections.api.listing import Listing, page_document, read_page
from services.projections.api.pipeline import Parts
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
    ("line", "type", "account", "partner", "program", "amount", "currency", "reward", "registration", "opportunity",
     "effective_at", "posted_at"),
)  # fmt: skip


class LedgerQuery(DatedQuery):
    """Query parameters of the list."""

    account: list[Account] = Field([], max_length=6)
    reward: Line | None = None


@router.get(
    "/v1/ledger",
    summary="Postings of the double entry",
    response_model=None,
    responses=csv_described(answers(LedgerPage, paged=True)),
)
async def list_postings(
    request: Request, reader: Payee, parts: Parts, asked: Annotated[LedgerQuery, Query()]
) -> Response:
    """Debits are positive; the lines of each entry sum to zero. Nothing here is ever changed: what corrects an
    entry is another one, with the effective date of what it corrects. A partner reads the lines of its own accounts.

    With `Accept: text/csv` the answer is every matching row, whatever `limit` says.
    """
    where = [*own(reader, posting.c.partner), *_where(asked)]

    async def documents(rows: Any, _: Any) -> list[dict[str, Any]]:
        return [finance_documents.posting(row, reader) for row in rows]

    if wants_csv(request):
        return await csv_answer(request, parts, reader, LISTING, asked, where, SHEET, documents)
    page = await read_page(LISTING, parts, reader, request, asked, where)
    items = await documents(page.rows, page.position)
    document, headers = page_document(request, reader, page, items, asked)
    return answer(request, document, headers=headers)


def _where(asked: LedgerQuery) -> list[Any]:
    columns = posting.c
    return dated(columns, asked) + conditions(
        [
            (asked.account, lambda: columns.account.in_(asked.account)),
            (asked.reward, lambda: columns.reward_id == asked.reward),
        ]
    )
