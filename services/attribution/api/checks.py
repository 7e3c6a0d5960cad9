"""`POST /v1/registrations/check`: is this deal claimed? `GET /v1/checks`: who asked."""

from __future__ import annotations

import asyncio
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.attribution.api.constant_time import held
from services.attribution.api.described import CHECK, LIST
from services.attribution.api.parts import Checks, checks_of
from services.attribution.api.schemas import BlindCheck
from services.attribution.check_log import Check
from services.attribution.checking import Looked
from services.attribution.domain.documents.working_set import FactRejected
from shared.credentials import Caller
from shared.credentials.dependency import authenticate, caller
from shared.errors import DealregError, FieldProblem, RequestInvalid
from shared.http.wire.accept import VARY, chosen
from shared.http.wire.body import JSON, read_model
from shared.http.wire.deals import claimant
from shared.http.wire.fields import Identity
from shared.http.wire.parameters import Count
from shared.messages import Words, language, negotiated
from shared.values.written import rfc3339, written_json

router = APIRouter(tags=["checks"])
MAX_PAGE = 500
DEFAULT_PAGE = 50


class CheckRefused(DealregError):
    """The decider would refuse the claim. Status and code are those of its first reason."""

    def __init__(self, reasons: tuple[FactRejected, ...], words: Words) -> None:
        first = reasons[0]
        said = [FieldProblem(one.field, one.code, words.refusal(vars(one))) for one in reasons]
        super().__init__(said[0].message, said)
        # Instance values over the class's: one class carries whatever the decider answers.
        self.status = first.status  # type: ignore[misc]
        self.code = first.code  # type: ignore[misc]
        self.language = words.language.tag  # type: ignore[misc]


class CheckQuery(BaseModel):
    """Query of the list of blind checks."""

    model_config = ConfigDict(extra="forbid")

    partner: Identity | None = Field(None, description="Only checks of this partner.")
    after: Identity | None = Field(None, description="Last check of the previous page. Take it from `next`.")
    limit: Annotated[int, Count(1, MAX_PAGE)] = Field(DEFAULT_PAGE, description="Items per page.")


@router.post("/v1/registrations/check", summary="Whether a deal is claimed already", **CHECK)
async def check_deal(request: Request) -> Response:
    """Check whether a deal is already claimed, before you register it. Only the check itself is recorded.

    Send an identifier of the customer: `tax_id`, `company_id`, `duns`, `lei`, or a `domain` of its own. The response
    says nothing about the existing claim. Not even its timing does: it is sent at a multiple of a quarter of a second.
    The request takes no `Idempotency-Key`.
    """
    since = asyncio.get_running_loop().time()
    asker = await authenticate(request)
    asker.need("registrations:write")
    checks = checks_of(request)
    asked = await read_model(request, BlindCheck, checks.settings.max_body_bytes, {"partner": asker.partner})
    partner = claimant(asked.partner, asker.partner)
    checks.limit(request, asker.credential, f"{asker.vendor}|{partner}")
    words = Words(language(negotiated(request.headers.get("accept-language"))))
    looked = await held(checks.look(asker.vendor, asker.principal, asked.claim(partner)), since)
    if isinstance(looked.found, tuple):
        raise CheckRefused(looked.found, words)
    shown = {
        "answer": looked.found.answer,
        "settles": looked.found.settles,
        "own": looked.found.own,
        "as_of": _as_of(asker, looked),
        "sentence": words.blind(looked.found.answer, looked.found.settles, looked.found.own),
    }
    headers = {"Cache-Control": "no-store", "Content-Language": words.language.tag, "Vary": "Accept-Language"}
    headers |= request.state.answer_headers
    return Response(written_json(shown), 200, headers, "application/json")


def _as_of(asker: Caller, looked: Looked) -> int | str:
    # The vendor's numbers would show a partner how active its rivals are.
    return looked.seq if asker.partner is None else rfc3339(looked.at)


@router.get("/v1/checks", summary="Blind checks that were asked, by pages", **LIST)
async def list_checks(
    request: Request,
    reader: Annotated[Caller, Depends(caller("pipeline:read"))],
    checks: Annotated[Checks, Depends(checks_of)],
    asked: Annotated[CheckQuery, Query()],
) -> Response:
    """List checks, newest first. A partner reads its own. Checks are kept for a year."""
    partner = asked.partner if reader.partner is None else reader.partner
    found: list[Check] | None = []
    if partner == asked.partner or asked.partner is None:
        found = await checks.log.page(reader.vendor, partner=partner, after=asked.after, limit=asked.limit + 1)
    if found is None:
        detail = "is not a check that you can see; take it from `next` of the previous page"
        raise RequestInvalid([FieldProblem("after", "cursor.invalid", detail)])
    chosen(request.headers.get("accept"), JSON)
    headers = {"Cache-Control": "private, no-cache", **VARY, **request.state.answer_headers}
    following = None
    if len(found) > asked.limit:
        found = found[: asked.limit]
        kept = [(name, value) for name, value in request.query_params.multi_items() if name != "after"]
        following = f"{request.url.path}?{urlencode([*kept, ('after', found[-1].check_id)])}"
        headers["Link"] = f'<{following}>; rel="next"'
    items = [_shown(one, reader) for one in found]
    return Response(written_json({"items": items, "next": following}), 200, headers, "application/json")


def _shown(one: Check, reader: Caller) -> dict[str, object]:
    return {
        "check": one.check_id,
        "at": rfc3339(one.at),
        "partner": one.partner,
        "principal": one.principal if reader.partner is None else None,
        "program": one.program,
        "identifiers": one.identifiers,
        "customer": one.customer.hex(),
        "answer": one.answer,
    }
