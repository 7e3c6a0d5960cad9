"""Write routes: registrations, reviews, links, the vendor, partners, programs."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from services.registration.api.checking import NO_KEY, WouldPublish, asks_to_check, check
from services.registration.api.documents import write_spec
from services.registration.api.reading import MERGE_PATCH, POLICY
from services.registration.api.routing import DirectRoute
from services.registration.api.writing import admitted, received, received_policy, write, write_policy
from services.registration.intake import kinds

registrations = APIRouter(route_class=DirectRoute, tags=["registrations"])
reviews = APIRouter(route_class=DirectRoute, tags=["reviews"])
opportunities = APIRouter(route_class=DirectRoute, tags=["opportunities"])
channel = APIRouter(route_class=DirectRoute, tags=["vendor, partners and programs"])

_ONE = "/v1/registrations/{registration}"


@registrations.post("/v1/registrations", **write_spec(kinds.SUBMIT))
async def submit_registration(request: Request) -> Response:
    """Claim a deal. Fields that only the program requires can follow later; until then the claim has no priority."""
    return await write(request, kinds.SUBMIT)


@registrations.patch(_ONE, **write_spec(kinds.AMEND, media_types=MERGE_PATCH))
async def amend_registration(request: Request, registration: str) -> Response:
    """Amend a claim (merge patch, RFC 7396): sent fields change, null removes a field, absent fields stay."""
    return await write(request, kinds.AMEND, registration, media_types=MERGE_PATCH)


@registrations.post(f"{_ONE}/withdrawal", **write_spec(kinds.WITHDRAW))
async def withdraw_registration(request: Request, registration: str) -> Response:
    """Withdraw a claim. A protected claim is released."""
    return await write(request, kinds.WITHDRAW, registration)


@registrations.post(f"{_ONE}/evidence", **write_spec(kinds.EVIDENCE))
async def add_evidence(request: Request, registration: str) -> Response:
    """Add dated pre-sales work to a registration."""
    return await write(request, kinds.EVIDENCE, registration)


@registrations.post(f"{_ONE}/extension", **write_spec(kinds.EXTENSION))
async def request_extension(request: Request, registration: str) -> Response:
    """Request more time, before protection ends."""
    return await write(request, kinds.EXTENSION, registration)


@registrations.post(f"{_ONE}/objection", **write_spec(kinds.OBJECTION))
async def raise_objection(request: Request, registration: str) -> Response:
    """Object to a reported loss. Protection continues until a reviewer decides, at most to its own end."""
    return await write(request, kinds.OBJECTION, registration)


@registrations.post(f"{_ONE}/confirmation", **write_spec(kinds.CONFIRM))
async def confirm_registration(request: Request, registration: str) -> Response:
    """Confirm that a waiting claim, whose turn has come, is still wanted."""
    return await write(request, kinds.CONFIRM, registration)


@reviews.post(f"{_ONE}/review", **write_spec(kinds.REVIEW))
async def decide_review(request: Request, registration: str) -> Response:
    """Decide what the rules left to a reviewer: approve, reject, revoke, or ask for changes."""
    return await write(request, kinds.REVIEW, registration)


@reviews.post(f"{_ONE}/match", **write_spec(kinds.MATCH))
async def decide_match(request: Request, registration: str) -> Response:
    """Decide whether the customers of two registrations are the same company."""
    return await write(request, kinds.MATCH, registration)


@reviews.post("/v1/matches/{match}/decision", **write_spec(kinds.ANSWER))
async def answer_match(request: Request, match: str) -> Response:
    """Answer a match: are the two customers the same company? The answer also holds for later claims on them."""
    return await write(request, kinds.ANSWER, match)


@reviews.post("/v1/matches/{match}/revocation", **write_spec(kinds.REVOKE))
async def revoke_match(request: Request, match: str) -> Response:
    """Revoke the answer to a match. Undecided claims are asked about again; protected claims stay protected."""
    return await write(request, kinds.REVOKE, match)


@reviews.post("/v1/customers/merge", **write_spec(kinds.MERGE))
async def merge_customers(request: Request) -> Response:
    """Declare that two customers are one. Every claim on either is evaluated again."""
    return await write(request, kinds.MERGE)


@reviews.post("/v1/customers/split", **write_spec(kinds.SPLIT))
async def split_customers(request: Request) -> Response:
    """Declare that two customers are different companies. Customers with an equal identifier cannot be split."""
    return await write(request, kinds.SPLIT)


@reviews.post(f"{_ONE}/verification", **write_spec(kinds.JUDGE))
async def judge_evidence(request: Request, registration: str) -> Response:
    """Verify or refute a piece of evidence. Verified evidence counts when credit is divided."""
    return await write(request, kinds.JUDGE, registration)


@reviews.post("/v1/cases/{case}/resolution", **write_spec(kinds.RESOLVE))
async def resolve_case(request: Request, case: str) -> Response:
    """Decide a case: release what it holds (once the review hold is over), or reverse it."""
    return await write(request, kinds.RESOLVE, case)


@reviews.post("/v1/timers/arm", **write_spec(kinds.ARM))
async def arm_timer(request: Request) -> Response:
    """Arm a failed timer again. A release that repairs the fault does so by itself."""
    return await write(request, kinds.ARM)


@opportunities.post("/v1/opportunities/{opportunity}/link", **write_spec(kinds.LINK))
async def decide_link(request: Request, opportunity: str) -> Response:
    """Link an opportunity to a registration, or to none."""
    return await write(request, kinds.LINK, opportunity)


@channel.put("/v1/vendor/document", **write_spec(kinds.CONFIGURE, checks=WouldPublish))
async def configure_vendor(request: Request) -> Response:
    """Replace the vendor document: products, partner types, tiers, scores, certifications, calendars."""
    if not asks_to_check(request):
        return await write(request, kinds.CONFIGURE)
    caller = await admitted(request, kinds.CONFIGURE)
    _, read = await received(request, kinds.CONFIGURE, caller, NO_KEY, [])
    return await check(request, caller, read)


@channel.post("/v1/rates", **write_spec(kinds.RATES))
async def publish_rates(request: Request) -> Response:
    """Publish exchange rates. Claims that were complete before keep the rates that were known then."""
    return await write(request, kinds.RATES)


@channel.post("/v1/vendor/go-live", **write_spec(kinds.GO_LIVE))
async def go_live(request: Request) -> Response:
    """End the import of history. This cannot be undone."""
    return await write(request, kinds.GO_LIVE)


@channel.post("/v1/sandbox/clock", **write_spec(kinds.MOVE_CLOCK))
async def move_clock(request: Request) -> Response:
    """Move a sandbox's clock forward. What falls due on the way is decided first, each at its own time."""
    return await write(request, kinds.MOVE_CLOCK)


@channel.post("/v1/partners", **write_spec(kinds.ENROLL))
async def enroll_partner(request: Request) -> Response:
    """Enroll a company as an active partner."""
    return await write(request, kinds.ENROLL)


@channel.patch("/v1/partners/{partner}", **write_spec(kinds.CHANGE, media_types=MERGE_PATCH))
async def change_partner(request: Request, partner: str) -> Response:
    """Change a partner (merge patch, RFC 7396)."""
    return await write(request, kinds.CHANGE, partner, media_types=MERGE_PATCH)


@channel.post("/v1/partners/{partner}/scores", **write_spec(kinds.SCORE))
async def score_partner(request: Request, partner: str) -> Response:
    """Give a partner a score, by name."""
    return await write(request, kinds.SCORE, partner)


@channel.post("/v1/partners/{partner}/certifications", **write_spec(kinds.CERTIFY))
async def certify_partner(request: Request, partner: str) -> Response:
    """Say that a partner has a certification, and until when."""
    return await write(request, kinds.CERTIFY, partner)


@channel.post("/v1/partners/{partner}/targets", **write_spec(kinds.SET_TARGET))
async def set_target(request: Request, partner: str) -> Response:
    """Set what a partner is to reach within a period, by name. Set again, the newer target replaces the older."""
    return await write(request, kinds.SET_TARGET, partner)


@channel.post("/v1/partners/{partner}/targets/drop", **write_spec(kinds.DROP_TARGET))
async def drop_target(request: Request, partner: str) -> Response:
    """Drop a target: it counts no longer."""
    return await write(request, kinds.DROP_TARGET, partner)


@channel.post("/v1/partners/{partner}/suspension", **write_spec(kinds.SUSPEND))
async def suspend_partner(request: Request, partner: str) -> Response:
    """Suspend a partner: it cannot register deals until it is reinstated. Its protections continue."""
    return await write(request, kinds.SUSPEND, partner)


@channel.post("/v1/partners/{partner}/reinstatement", **write_spec(kinds.REINSTATE))
async def reinstate_partner(request: Request, partner: str) -> Response:
    """End a suspension."""
    return await write(request, kinds.REINSTATE, partner)


@channel.post("/v1/programs", **write_spec(kinds.PUBLISH, media_types=POLICY, checks=WouldPublish))
async def publish_program(request: Request) -> Response:
    """Publish a policy version as YAML or JSON. A published version never changes."""
    if not asks_to_check(request):
        return await write_policy(request, kinds.PUBLISH, POLICY)
    caller = await admitted(request, kinds.PUBLISH)
    read, places = await received_policy(request, kinds.PUBLISH, caller, NO_KEY, [], POLICY)
    return await check(request, caller, read, places)


@channel.post("/v1/programs/{program}/withdrawal", **write_spec(kinds.WITHDRAW_PROGRAM))
async def withdraw_program(request: Request, program: str) -> Response:
    """Withdraw a program: it takes no new registrations until a later version is in force. Those on file go on."""
    return await write(request, kinds.WITHDRAW_PROGRAM, program)
