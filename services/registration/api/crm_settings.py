"""How an administrator sets up a connection to a native CRM, and sees what it makes of the CRM's deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints, model_validator
from pydantic_core import PydanticCustomError
from starlette.responses import Response

from services.registration.api.administrator import Administrator, administrator
from services.registration.api.answers import answer
from services.registration.api.documents import plain_spec
from services.registration.api.edge import edge_of
from services.registration.crm.configured import SECRET_KINDS, SettingsShown
from services.registration.crm.settings import HubSpotSettings
from services.registration.crm.store import Unusable
from services.registration.crm.trying import attempt, deal_of
from services.registration.intake.kinds import OPPORTUNITY
from shared.credentials import Caller
from shared.errors import FieldProblem
from shared.http.problems import sentence
from shared.http.wire.body import JSON, read_bytes, read_model
from shared.http.wire.described import COMMON
from shared.http.wire.fields import WirePart
from shared.http.wire.parameters import Count, PathIdentity
from shared.messages import DEFAULT, Language, language, negotiated
from shared.values.written import written_json

router = APIRouter(tags=["CRM"])

PAGE_ROWS = 200
MAX_PAGE_ROWS = 1_000
MAX_SETTINGS_BYTES = 262_144
MAX_TRIED_BYTES = 1_048_576
_KNOWN: dict[int, tuple[str, ...]] = {404: ("connection.unknown",), 409: ("crm.not_configured",)}
_READ: dict[int, tuple[str, ...]] = {**_KNOWN, 422: ("request.invalid",)}
_COMPARED: dict[int, tuple[str, ...]] = {
    **_KNOWN,
    503: (*COMMON[503], "crm.away", "crm.rate_limited", "crm.token_refused", "crm.request_refused"),
}
_TRIED: dict[int, tuple[str, ...]] = {**_KNOWN, 422: ("request.invalid", "crm.record_invalid")}
Secret = Annotated[str, StringConstraints(min_length=8, max_length=4_000, pattern=r"^[\x21-\x7e]+$")]
Subject = Annotated[str, StringConstraints(pattern=r"^(deal|body):[A-Za-z0-9_]{1,64}$")]


class CrmSettings(WirePart):
    """The settings of a connection, and which secrets it has; the secrets themselves are shown nowhere."""

    revision: int = Field(description="How often they were changed. The newest holds for what is read from now on.")
    configured_at: datetime
    settings: HubSpotSettings
    secrets: list[str] = Field(description="`client_secret` and `access_token`, where they are set.")


class CrmSecrets(WirePart):
    """Secrets that the CRM made. Those of before verify until the grace period ends."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"client_secret": "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy", "grace_seconds": 3600}}
    )

    client_secret: Secret | None = Field(None, description="Signs what HubSpot sends.")
    access_token: Secret | None = Field(None, description="Reads deals.")
    grace_seconds: Annotated[int, Field(ge=0, le=604_800)] = 0

    @model_validator(mode="after")
    def _some(self) -> CrmSecrets:
        if self.client_secret is None and self.access_token is None:
            raise PydanticCustomError("field.missing", "give client_secret, access_token or both")
        return self


class CrmSecretsStored(WirePart):
    """When the secrets of before end; null where there were none."""

    client_secret_before_until: datetime | None
    access_token_before_until: datetime | None


class CrmReason(WirePart):
    """One thing that keeps it from being used, and the remedy."""

    field: str
    code: str
    message: str


class CrmUnusable(WirePart):
    """A deal, or a whole delivery, that nobody can use yet."""

    subject: str = Field(description="`deal:…` with the CRM's id, or `body:…` of a delivery.")
    body: str | None = Field(description="The sealed body, as long as it is kept.")
    found_at: datetime
    reasons: list[CrmReason]


class CrmWaiting(WirePart):
    """What waits to be read, and why the CRM is left alone, if it is."""

    tasks: int
    oldest: datetime | None
    until: datetime | None = Field(description="When the CRM is asked again.")
    code: str | None
    detail: str | None
    failures: int


class CrmUnusableList(WirePart):
    """A page of what cannot be used, and what waits. `next` is the path of the next page."""

    unusable: list[CrmUnusable]
    waiting: CrmWaiting
    next: str | None


class CrmReplay(WirePart):
    """What to read again, under the settings of now."""

    model_config = ConfigDict(json_schema_extra={"example": {"subjects": ["deal:332507360001"]}})

    subjects: Annotated[tuple[Subject, ...], Field(min_length=1, max_length=1_000)] | None = None
    all: Literal["unusable", "told"] | None = Field(
        None, description="Everything that is listed as unusable, or every deal that was told."
    )

    @model_validator(mode="after")
    def _one(self) -> CrmReplay:
        if (self.subjects is None) == (self.all is None):
            raise PydanticCustomError("field.missing", "give either subjects or all")
        return self


class CrmAsked(WirePart):
    """How many subjects are to be read."""

    to_read: int


class CrmPayload(RootModel[dict[str, Any] | list[Any]]):
    """A batch of events as HubSpot sends it, or a deal as HubSpot answers it."""

    model_config = ConfigDict(json_schema_extra={"example": {"id": "1", "properties": {"dealstage": "closedwon"}}})


class CrmTried(WirePart):
    """What a payload would become. Nothing was stored, sent or fetched."""

    kind: Literal["delivery", "deal"]
    deal: str | None = None
    messages: list[dict[str, Any]] | None = Field(None, description="Canonical opportunity messages.")
    left: str | None = Field(None, description="Why nothing is to be told.")
    reads: list[dict[str, Any]] | None = Field(None, description="What a delivery asks to be read.")
    ignored: list[dict[str, Any]] | None = None
    problems: list[CrmReason]


class CrmComparison(WirePart):
    """What to compare, beside every open deal."""

    model_config = ConfigDict(json_schema_extra={"example": {"days": 30}})

    days: Annotated[int, Field(ge=1, le=90)] | None = Field(
        None, description="Deals changed in so many days; by default as many as the settings say."
    )


class CrmDifference(WirePart):
    """A deal that the CRM and the log do not agree on. It is read, and what it says is told."""

    deal: str
    code: Literal["missing", "stage", "changed", "gone"]
    ours: str | None
    theirs: str | None


class CrmReconciliation(WirePart):
    """The last comparison with the CRM."""

    asked_at: datetime | None = Field(description="Asked for, and not begun yet.")
    started_at: datetime | None
    finished_at: datetime | None
    compared: int
    differing: int
    differences: list[CrmDifference] = Field(description="The first thousand.")


class CrmPage(BaseModel):
    """Query of the list, by subject."""

    model_config = ConfigDict(extra="forbid")

    after: Subject | None = Field(None, description="Last subject of the previous page. Take it from `next`.")
    limit: Annotated[int, Count(1, MAX_PAGE_ROWS)] = Field(PAGE_ROWS, description="Rows per page.")


@router.put("/v1/crm/{connection}/settings", **plain_spec(HubSpotSettings, 200, CrmSettings, {404: _KNOWN[404]}))
async def configure_crm(request: Request, connection: PathIdentity) -> Response:
    """Say how the CRM's deals are read. Deals that were told are read again by a replay."""
    caller = await administrator(request)
    caller.need(OPPORTUNITY.scope)
    edge = edge_of(request)
    asked = await read_model(request, HubSpotSettings, MAX_SETTINGS_BYTES)
    found = await edge.crm.configurations.configure(caller.vendor, connection, asked, by=caller)
    await edge.administration.told(caller.vendor)
    edge.crm.worker.wake()
    return Response(written_json(_shown(found)), 200, request.state.answer_headers, JSON[0])


@router.get("/v1/crm/{connection}/settings", **plain_spec(None, 200, CrmSettings, _READ))
async def read_crm_settings(request: Request, caller: Administrator, connection: PathIdentity) -> Response:
    """Read how the CRM's deals are read."""
    return answer(request, _shown(await edge_of(request).crm.configurations.shown(caller.vendor, connection)))


@router.put("/v1/crm/{connection}/secrets", **plain_spec(CrmSecrets, 200, CrmSecretsStored, {404: _KNOWN[404]}))
async def replace_crm_secrets(request: Request, connection: PathIdentity) -> Response:
    """Store secrets of the CRM, sealed. Old client secrets verify until the grace period ends."""
    caller = await administrator(request)
    caller.need(OPPORTUNITY.scope)
    edge = edge_of(request)
    asked = await read_model(request, CrmSecrets, edge.settings.max_body_bytes)
    grace = timedelta(seconds=asked.grace_seconds)
    ends: dict[str, datetime | None] = {f"{kind}_before_until": None for kind in SECRET_KINDS}
    for kind in SECRET_KINDS:
        if (secret := getattr(asked, kind)) is not None:
            ends[f"{kind}_before_until"] = await edge.crm.configurations.replace_secret(
                caller.vendor, connection, kind, secret, grace, by=caller
            )
    await edge.administration.told(caller.vendor)
    edge.crm.worker.wake()
    headers = {"Cache-Control": "no-store", **request.state.answer_headers}
    return Response(written_json(ends), 200, headers, JSON[0])


@router.get("/v1/crm/{connection}/unusable", **plain_spec(None, 200, CrmUnusableList, _READ))
async def list_crm_unusable(
    request: Request, caller: Administrator, connection: PathIdentity, asked: Annotated[CrmPage, Query()]
) -> Response:
    """List deals and deliveries that cannot be used, each with its reasons."""
    crm = edge_of(request).crm
    await crm.configurations.shown(caller.vendor, connection)
    found = await crm.listing.unusable(connection, after=asked.after, limit=asked.limit + 1)
    page = found[: asked.limit]
    following = f"{request.url.path}?after={page[-1].subject}&limit={asked.limit}" if len(found) > asked.limit else None
    waiting = asdict(await crm.listing.waiting(connection))
    said = language(negotiated(request.headers.get("accept-language")))
    return answer(request, {"unusable": _listed(page, said), "waiting": waiting, "next": following})


@router.post("/v1/crm/{connection}/replay", **plain_spec(CrmReplay, 200, CrmAsked, _KNOWN))
async def replay_crm(request: Request, connection: PathIdentity) -> Response:
    """Read deals again, and deliveries that could not be used. What differs from what was told appends new facts."""
    caller = await _writer(request)
    edge = edge_of(request)
    asked = await read_model(request, CrmReplay, edge.settings.max_body_bytes)
    await edge.crm.configurations.shown(caller.vendor, connection)
    listing = edge.crm.listing
    if asked.subjects is not None:
        count = await listing.replay(connection, asked.subjects)
    else:
        count = await (listing.replay_told if asked.all == "told" else listing.replay_unusable)(connection)
    edge.crm.worker.wake()
    return Response(written_json({"to_read": count}), 200, request.state.answer_headers, JSON[0])


@router.post("/v1/crm/{connection}/try", **plain_spec(CrmPayload, 200, CrmTried, _TRIED))
async def try_crm(request: Request, connection: PathIdentity) -> Response:
    """Show what a delivery or a fetched deal would become, and why not. Nothing is stored, sent or fetched."""
    caller = await _writer(request)
    crm = edge_of(request).crm
    payload = await read_bytes(request, MAX_TRIED_BYTES, JSON)
    await crm.configurations.shown(caller.vendor, connection)
    place = await crm.configurations.get(connection)
    deal = deal_of(payload)
    known = {} if deal is None else await crm.store.known(connection, [deal])
    tried = attempt(place, payload, known, crm.submissions)
    return Response(written_json(tried), 200, request.state.answer_headers, JSON[0])


@router.post("/v1/crm/{connection}/reconciliation", **plain_spec(CrmComparison, 200, CrmReconciliation, _COMPARED))
async def reconcile_crm(request: Request, connection: PathIdentity) -> Response:
    """Compare the CRM's open and recently changed deals with ours now; those that differ are read."""
    caller = await _writer(request)
    crm = edge_of(request).crm
    asked = await read_model(request, CrmComparison, edge_of(request).settings.max_body_bytes)
    await crm.configurations.shown(caller.vendor, connection)
    await crm.reconciler.reconcile(connection, asked.days)
    crm.worker.wake()
    found = asdict(await crm.reconciler.last(connection))
    return Response(written_json(found), 200, request.state.answer_headers, JSON[0])


@router.get("/v1/crm/{connection}/reconciliation", **plain_spec(None, 200, CrmReconciliation, _READ))
async def read_crm_reconciliation(request: Request, caller: Administrator, connection: PathIdentity) -> Response:
    """Read the last comparison."""
    crm = edge_of(request).crm
    await crm.configurations.shown(caller.vendor, connection)
    return answer(request, asdict(await crm.reconciler.last(connection)))


async def _writer(request: Request) -> Caller:
    caller = await administrator(request)
    caller.need(OPPORTUNITY.scope)
    return caller


def _shown(found: SettingsShown) -> dict[str, Any]:
    return {
        "revision": found.revision,
        "configured_at": found.configured_at,
        "settings": found.settings.model_dump(mode="json"),
        "secrets": list(found.secrets),
    }


def _reason(one: FieldProblem, said: Language) -> dict[str, str]:
    """The reason in the reader's language: in another than English the sentence of its code, as problems have it."""
    message = one.message if said.tag == DEFAULT else sentence(one.code, said) or one.message
    return {"field": one.field, "code": one.code, "message": message}


def _listed(page: Sequence[Unusable], said: Language) -> list[dict[str, Any]]:
    return [
        {
            "subject": one.subject,
            "body": one.body,
            "found_at": one.found_at,
            "reasons": [_reason(reason, said) for reason in one.reasons],
        }
        for one in page
    ]
