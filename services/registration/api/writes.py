"""The routes that tell something: registrations, reviews, links, the vendor, partners, programs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.registration.api.documents import write_spec
from services.registration.api.reading import MERGE_PATCH, POLICY
from services.registration.api.routing import DirectRoute
from services.registration.api.writing import write, write_policy
from services.registration.intake import kinds

registrations = APIRouter(route_class=DirectRoute, tags=["registrations"])
reviews = APIRouter(route_class=DirectRoute, tags=["reviews"])
opportunities = APIRouter(route_class=DirectRoute, tags=["opportunities"])
channel = APIRouter(route_class=DirectRoute, tags=["vendor, partners and programs"])

_ONE = "/v1/registrations/{registration}"


@registrations.post("/v1/registrations", **write_spec(kinds.SUBMIT))
async def submit_registration(request: Request) -> Response:
    """Claim a deal. Fields that only the program asks for may follow later; until then the claim has no priority."""
    return await write(request, kinds.SUBMIT)


@registrations.patch(_ONE, **write_spec(kinds.AMEND, media_types=MERGE_PATCH))
async def amend_registration(request: Request, registration: str) -> Response:
    """Change a claim (RFC 7396): what is sent changes, null removes, what is not sent stays."""
    return await write(request, kinds.AMEND, registration, media_types=MERGE_PATCH)


@registrations.post(f"{_ONE}/withdrawal", **write_spec(kinds.WITHDRAW))
async def withdraw_registration(request: Request, registration: str) -> Response:
    """Give a claim up; a protected one is released."""
    return await write(request, kinds.WITHDRAW, registration)


@registrations.post(f"{_ONE}/evidence", **write_spec(kinds.EVIDENCE))
async def add_evidence(request: Request, registration: str) -> Response:
    """Put dated pre-sales work on the file."""
    return await write(request, kinds.EVIDENCE, registration)


@registrations.post(f"{_ONE}/extension", **write_spec(kinds.EXTENSION))
async def request_extension(request: Request, registration: str) -> Response:
    """Ask for more time, before protection ends."""
    return await write(request, kinds.EXTENSION, registration)


@registrations.post(f"{_ONE}/confirmation", **write_spec(kinds.CONFIRM))
async def confirm_registration(request: Request, registration: str) -> Response:
    """Say that a waiting claim, whose turn has come, still stands."""
    return await write(request, kinds.CONFIRM, registration)


@reviews.post(f"{_ONE}/review", **write_spec(kinds.REVIEW))
async def decide_review(request: Request, registration: str) -> Response:
    """Decide what the rules left to people."""
    return await write(request, kinds.REVIEW, registration)


@reviews.post(f"{_ONE}/match", **write_spec(kinds.MATCH))
async def decide_match(request: Request, registration: str) -> Response:
    """Say whether the customers of two registrations are the same company."""
    return await write(request, kinds.MATCH, registration)


@reviews.post("/v1/matches/{match}/decision", **write_spec(kinds.ANSWER))
async def answer_match(request: Request, match: str) -> Response:
    """Answer a question of `/v1/matches`; the answer holds for later claims on the same two customers too."""
    return await write(request, kinds.ANSWER, match)


@reviews.post("/v1/matches/{match}/revocation", **write_spec(kinds.REVOKE))
async def revoke_match(request: Request, match: str) -> Response:
    """Take an answer back; who is undecided is asked about again, what is protected stays so."""
    return await write(request, kinds.REVOKE, match)


@reviews.post("/v1/customers/merge", **write_spec(kinds.MERGE))
async def merge_customers(request: Request) -> Response:
    """Say that two customers are one; every claim on either is looked at again."""
    return await write(request, kinds.MERGE)


@reviews.post("/v1/customers/split", **write_spec(kinds.SPLIT))
async def split_customers(request: Request) -> Response:
    """Say that two customers are different ones, whatever their names say; equal identifiers cannot be split."""
    return await write(request, kinds.SPLIT)


@reviews.post(f"{_ONE}/verification", **write_spec(kinds.JUDGE))
async def judge_evidence(request: Request, registration: str) -> Response:
    """Say whether a piece of evidence is true; verified evidence counts when credit is shared out."""
    return await write(request, kinds.JUDGE, registration)


@reviews.post("/v1/cases/{case}/resolution", **write_spec(kinds.RESOLVE))
async def resolve_case(request: Request, case: str) -> Response:
    """Decide a case: release what it holds, once its hold is over, or reverse it."""
    return await write(request, kinds.RESOLVE, case)


@reviews.post("/v1/timers/arm", **write_spec(kinds.ARM))
async def arm_timer(request: Request) -> Response:
    """Arm a timer that failed; a repaired release does so by itself."""
    return await write(request, kinds.ARM)


@opportunities.post("/v1/opportunities/{opportunity}/link", **write_spec(kinds.LINK))
async def decide_link(request: Request, opportunity: str) -> Response:
    """Say which registration an opportunity belongs to, or that it belongs to none."""
    return await write(request, kinds.LINK, opportunity)


@channel.put("/v1/vendor/document", **write_spec(kinds.CONFIGURE))
async def configure_vendor(request: Request) -> Response:
    """Replace the vendor document: products, partner types, tiers, calendars."""
    return await write(request, kinds.CONFIGURE)


@channel.post("/v1/vendor/go-live", **write_spec(kinds.GO_LIVE))
async def go_live(request: Request) -> Response:
    """End the import of history for good."""
    return await write(request, kinds.GO_LIVE)


@channel.post("/v1/partners", **write_spec(kinds.ENROLL))
async def enroll_partner(request: Request) -> Response:
    """Make a company an active partner."""
    return await write(request, kinds.ENROLL)


@channel.patch("/v1/partners/{partner}", **write_spec(kinds.CHANGE, media_types=MERGE_PATCH))
async def change_partner(request: Request, partner: str) -> Response:
    """Change a partner (merge patch)."""
    return await write(request, kinds.CHANGE, partner, media_types=MERGE_PATCH)


@channel.post("/v1/partners/{partner}/suspension", **write_spec(kinds.SUSPEND))
async def suspend_partner(request: Request, partner: str) -> Response:
    """Let a partner register nothing until reinstated; its protections run on."""
    return await write(request, kinds.SUSPEND, partner)


@channel.post("/v1/partners/{partner}/reinstatement", **write_spec(kinds.REINSTATE))
async def reinstate_partner(request: Request, partner: str) -> Response:
    """End a suspension."""
    return await write(request, kinds.REINSTATE, partner)


@channel.post("/v1/programs", **write_spec(kinds.PUBLISH, media_types=POLICY))
async def publish_program(request: Request) -> Response:
    """Publish a policy version, as YAML or JSON; it never changes afterwards."""
    return await write_policy(request, kinds.PUBLISH, POLICY)
