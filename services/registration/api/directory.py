"""Routes that read programs, products and partners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.registration.api.answers import answer
from services.registration.api.documents import in_yaml_too, plain_spec
from services.registration.api.edge import edge_of
from services.registration.api.errors import PartnerNotFound, ProgramNotFound, VendorAlone
from services.registration.directory.reading import in_force, open_to
from shared.credentials import Caller
from shared.credentials.dependency import authenticate
from shared.events.money import Money
from shared.events.target import TargetMeasure
from shared.events.vendor import VendorDocument
from shared.http.wire.accept import VARY, chosen
from shared.http.wire.body import JSON
from shared.http.wire.fields import Identity, Line, WirePart
from shared.http.wire.parameters import Count, PathIdentity
from shared.policy.schema import Policy
from shared.policy.written import MEDIA_TYPE as YAML
from shared.policy.written import as_yaml
from shared.values.written import written_json

router = APIRouter(tags=["directory"])

PAGE_ROWS = 200
MAX_PAGE_ROWS = 1_000
MAX_NAMED = 200
"""Partners that one request can name: those of a page of any list."""
MAX_VERSION = 1_000_000
SAME_DEAL = ("customer", "key", "products", "site", "territory", "close_window_days")
EXCLUSIVITY = ("mode", "max")
WINDOWS = ("contest_window", "waiter_confirm", "on_lost")
_VENDOR_ONLY: dict[int, tuple[str, ...]] = {403: ("credential.vendor_only",)}
_INVALID: dict[int, tuple[str, ...]] = {422: ("request.invalid",)}

Reader = Annotated[Caller, Depends(authenticate)]
"""Any caller with a credential. Checked before anything else in the request."""


class PartnerQuery(BaseModel):
    """Query of the list of partners."""

    model_config = ConfigDict(extra="forbid")

    partner: list[Line] = Field(
        [], max_length=MAX_NAMED, description="Only the partners with one of these ids; unknown ids are left out."
    )
    after: Identity | None = Field(None, description="Last partner of the previous page. Take it from `next`.")
    limit: Annotated[int, Count(1, MAX_PAGE_ROWS)] = Field(PAGE_ROWS, description="Partners per page.")


class ProgramShown(WirePart):
    """A program that partners can register under."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "program": "hunting",
                "version": 3,
                "required_fields": ["customer.legal_name", "customer.tax_id | customer.duns", "amount"],
                "gates": {"min_amount": {"value": "10000", "currency": "USD", "basis": "net"}},
                "same_deal": {
                    "customer": "entity",
                    "key": "deal",
                    "products": "overlap",
                    "site": "ignore",
                    "territory": "ignore",
                    "close_window_days": None,
                },
                "exclusivity": {"mode": "one", "max": None},
                "windows": {"contest_window": "none", "waiter_confirm": "5bd", "on_lost": "none"},
                "withdrawn": False,
                "protection_days": 90,
                "protection_months": None,
                "cooling_off_days": 0,
                "time_zone": "Europe/Berlin",
                "policy": None,
                "versions": None,
            }
        }
    )

    program: str
    version: int | None = Field(description="The version in force; null if none is.")
    required_fields: list[str] = Field(
        description="Fields that a claim needs before it has priority. `a | b` means either."
    )
    gates: dict[str, Any] = Field(description="What a claim must reach to be approved, as the policy states it.")
    same_deal: dict[str, Any] = Field(
        description="When two registrations of a customer are of one deal, as the policy states it."
    )
    exclusivity: dict[str, Any] = Field(description="How many may hold one deal, as the policy states it.")
    windows: dict[str, Any] = Field(
        description="How long claims on one deal are collected before they are compared, a waiter may take to confirm, "
        "and a holder may object to a loss: periods of the policy, `none` for not at all."
    )
    withdrawn: bool = Field(description="Whether it takes no new registrations; those on file go on.")
    protection_days: int | None
    protection_months: int | None
    cooling_off_days: int | None = Field(
        description="So many days after its protection ended a partner's new claim on the deal is rejected."
    )
    time_zone: str | None = Field(description="Whose midnights end days; null if no version is in force.")
    policy: dict[str, Any] | None = Field(default=None, description="The whole policy in force. For the vendor only.")
    versions: list[int] | None = Field(default=None, description="All published versions. For the vendor only.")


class VersionShown(WirePart):
    """One published version of a program."""

    program: str
    version: int
    state: Literal["published", "in_force", "superseded"] = Field(
        description="`published`: it has not taken effect, and is one that a later version overtook or whose day comes."
    )
    withdrawn: bool = Field(description="Whether the program was withdrawn after this version was published.")
    policy: dict[str, Any] = Field(description="The whole policy, defaults filled in.")


class ProgramList(WirePart):
    """Programs that are open to the caller."""

    programs: list[ProgramShown]


class ProductShown(WirePart):
    """A product that can be registered."""

    product: str
    line: str
    aliases: list[str]
    list_price: dict[str, str] | None = None


class ProductList(WirePart):
    """Products, ordered by name."""

    products: list[ProductShown]


class TargetStated(WirePart):
    """A target as it was set last: so much of a measure from its first day through its last."""

    measure: TargetMeasure
    amount: Money | None = Field(description="For a measure that sums amounts.")
    count: int | None = Field(description="For a measure that counts registrations.")
    program: str | None
    product: str | None
    first_day: date
    last_day: date


class PartnerShown(WirePart):
    """A partner and its current terms."""

    partner: str
    name: str
    partner_type: str | None
    tier: str | None
    segments: dict[str, str]
    territories: list[str]
    scores: dict[str, str]
    certifications: dict[str, str | None] = Field(description="The last day of each; null if it does not expire.")
    targets: dict[str, TargetStated] = Field(
        description="What it is to reach, by name; `GET /v1/measures/targets` says how far each is reached."
    )
    status: str


class PartnerList(WirePart):
    """A page of partners, ordered by id. `next` is the path of the next page."""

    partners: list[PartnerShown]
    next: str | None


@router.get("/v1/programs", **plain_spec(None, 200, ProgramList))
async def list_programs(request: Request, reader: Reader) -> Response:
    """List programs. A partner sees those that are open to it."""
    shown = await _programs(request, reader, None)
    return answer(request, {"programs": shown})


@router.get(
    "/v1/programs/{program}",
    **plain_spec(None, 200, ProgramShown, {404: ("program.not_found",), **_INVALID}),
)
async def read_program(request: Request, reader: Reader, program: PathIdentity) -> Response:
    """Read one program."""
    shown = await _programs(request, reader, program)
    if not shown:
        raise ProgramNotFound(f"no program {program} is open to you")
    return answer(request, shown[0])


@router.get(
    "/v1/programs/{program}/versions/{version}",
    **in_yaml_too(plain_spec(None, 200, VersionShown, {404: ("program.not_found",), **_VENDOR_ONLY, **_INVALID})),
)
async def read_version(
    request: Request, reader: Reader, program: PathIdentity, version: Annotated[int, Count(1, MAX_VERSION)]
) -> Response:
    """Read a published version back, superseded ones included: claims that pinned it are decided by it to the end.

    With `Accept: application/yaml` the answer is a text that states the policy, defaults left out: the next version
    can be written from it. For the vendor only.
    """
    if reader.partner is not None:
        raise VendorAlone("a policy shows how rivals are judged; use a credential of the vendor")
    versions = (await edge_of(request).directory.programs(reader.vendor, program)).get(program, [])
    found = next((one for one in versions if one["number"] == version), None)
    if found is None:
        known = ", ".join(str(one["number"]) for one in versions) or "none"
        raise ProgramNotFound(f"program {program} has no version {version}; published: {known}")
    if chosen(request.headers.get("accept"), (*JSON, YAML)) == YAML:
        text = as_yaml(Policy.model_validate_json(written_json(found["policy"])))
        return Response(text, 200, {**VARY, **request.state.answer_headers}, f"{YAML}; charset=utf-8")
    current = in_force(versions)
    state = "in_force" if found is current else "superseded" if found["in_effect"] is not None else "published"
    return answer(
        request,
        {"program": program, "version": version, "state": state, "withdrawn": found["withdrawn"],
         "policy": found["policy"]},
    )  # fmt: skip


@router.get("/v1/vendor/document", **plain_spec(None, 200, VendorDocument, _VENDOR_ONLY))
async def read_document(request: Request, reader: Reader) -> Response:
    """Read the vendor document back, whole. For the vendor only."""
    if reader.partner is not None:
        raise VendorAlone("the document names calendars and tiers of others too; use a credential of the vendor")
    stored = await edge_of(request).directory.document(reader.vendor)
    return answer(request, VendorDocument.model_validate_json(written_json(stored)).model_dump(mode="json"))


@router.get("/v1/products", **plain_spec(None, 200, ProductList))
async def list_products(request: Request, reader: Reader) -> Response:
    """List the products that can be registered, with their lines and aliases."""
    document = await edge_of(request).directory.document(reader.vendor)
    return answer(request, {"products": document.get("products", [])})


@router.get("/v1/partners", **plain_spec(None, 200, PartnerList, _INVALID))
async def list_partners(request: Request, reader: Reader, asked: Annotated[PartnerQuery, Query()]) -> Response:
    """List partners, ordered by id. A partner sees only itself."""
    most = asked.limit
    only = asked.partner or None
    if reader.partner is not None:
        only = [reader.partner] if not asked.partner or reader.partner in asked.partner else []
    found = await edge_of(request).directory.partners(reader.vendor, after=asked.after or "", only=only, limit=most + 1)
    more = len(found) > most
    same = [("partner", one) for one in asked.partner]
    following = None
    if more:
        following = "/v1/partners?" + urlencode([*same, ("after", found[most - 1]["partner"]), ("limit", most)])
    return answer(request, {"partners": found[:most], "next": following})


@router.get(
    "/v1/partners/{partner}",
    **plain_spec(None, 200, PartnerShown, {404: ("partner.not_found",), **_INVALID}),
)
async def read_partner(request: Request, reader: Reader, partner: PathIdentity) -> Response:
    """Read one partner. A partner can read only itself."""
    found = []
    if reader.partner in (None, partner):
        found = await edge_of(request).directory.partners(reader.vendor, only=[partner], limit=1)
    if not found:
        raise PartnerNotFound(f"there is no partner {partner} that you may see")
    return answer(request, found[0])


async def _programs(request: Request, caller: Caller, only: str | None) -> list[dict[str, Any]]:
    directory = edge_of(request).directory
    programs = await directory.programs(caller.vendor, only)
    if caller.partner is None:
        return [_program(name, versions, whole=True) for name, versions in programs.items()]
    partners = await directory.partners(caller.vendor, only=[caller.partner], limit=1)
    if not partners:
        return []
    tiers = (await directory.document(caller.vendor)).get("tiers", [])
    return [
        _program(name, versions, whole=False)
        for name, versions in programs.items()
        if (current := in_force(versions))
        and not current["withdrawn"]
        and open_to(current["policy"], partners[0], tiers)
    ]


def _program(name: str, versions: list[dict[str, Any]], *, whole: bool) -> dict[str, Any]:
    current = in_force(versions)
    policy = current["policy"] if current else {}
    return {
        "program": name,
        "version": current["number"] if current else None,
        "required_fields": policy.get("required_fields", []),
        # Nobody should learn a minimum by being rejected. What a gate asks by default is nothing.
        "gates": {gate: asked for gate, asked in (policy.get("gates") or {}).items() if asked},
        "same_deal": _of(policy.get("same_deal"), SAME_DEAL),
        "exclusivity": _of(policy.get("exclusivity"), EXCLUSIVITY),
        "windows": _of(policy.get("conflict"), WINDOWS),
        "withdrawn": (current or versions[-1])["withdrawn"],
        "protection_days": policy.get("protection", {}).get("days"),
        "protection_months": policy.get("protection", {}).get("months"),
        "cooling_off_days": policy.get("protection", {}).get("cooling_off_days"),
        "time_zone": policy.get("time_zone", "UTC") if current else None,
        # A policy shows how rivals are judged, caps included, so only the vendor may read it.
        "policy": policy if whole and current else None,
        "versions": [version["number"] for version in versions] if whole else None,
    }


def _of(family: Mapping[str, Any] | None, names: tuple[str, ...]) -> dict[str, Any]:
    """What partners may know of a family of the policy before they register."""
    return {name: family.get(name) for name in names} if family else {}
