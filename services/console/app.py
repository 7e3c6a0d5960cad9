"""The console as an ASGI application under `/console`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import asyncpg
import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.console.api import Api
from services.console.attempts import Attempts
from services.console.forms import MAX_FILE_FORM_BYTES, MAX_TEXT_BYTES
from services.console.guard import Guard
from services.console.pages import (
    company,
    conflicts,
    design,
    desk,
    files,
    finance,
    health,
    home,
    measures,
    money,
    partners,
    program_templates,
    programs,
    provider,
    providers,
    register,
    registration,
    registrations,
    review,
    sign_in,
    targets,
    webhooks,
    wins,
)
from services.console.rendering import SCRIPT, SCRIPT_PATH, STYLE, STYLE_PATH
from services.console.sessions import SIGN_IN_PATH, Sessions
from services.console.visit import Console, open_page, page_of, signed_in
from shared.credentials import Credentials, RateLimit
from shared.identity.signing_in import SigningIn
from shared.observability import get_logger
from shared.persons import MasterKey

PREFIX = "/console"
BEGINS_A_MINUTE = 120
"""Sign-ins by a provider that one address may begin: an office behind one address on a Monday morning."""
_log = get_logger(__name__)
_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}
_ASSETS = {STYLE_PATH: (STYLE, "text/css"), SCRIPT_PATH: (SCRIPT, "text/javascript")}

_OPEN = [
    Route(SIGN_IN_PATH, sign_in.shown, methods=["GET"]),
    Route(SIGN_IN_PATH, sign_in.begun, methods=["POST"]),
    Route(SIGN_IN_PATH + "/{vendor}/{provider}", provider.begun, methods=["GET"]),
    Route(SIGN_IN_PATH + "/{vendor}/{provider}/answer", provider.answered, methods=["GET"]),
    Route(SIGN_IN_PATH + "/{vendor}/{provider}/sign-out", provider.left, methods=["GET"]),
    Route("/console/sign-out", sign_in.ended, methods=["POST"]),
    Route("/console/language", sign_in.spoken, methods=["POST"]),
    Route("/console/design", design.shown, methods=["GET"]),
]
_PAGES = [
    Route("/console", signed_in(home.shown), methods=["GET"]),
    Route("/console/register", signed_in(register.programs, vendor=False), methods=["GET"]),
    Route("/console/register/{program}", signed_in(register.form, vendor=False), methods=["GET"]),
    Route("/console/register/{program}", signed_in(register.sent, vendor=False), methods=["POST"]),
    Route("/console/file", signed_in(files.form, vendor=False), methods=["GET"]),
    Route("/console/file/template.csv", signed_in(files.template, vendor=False), methods=["GET"]),
    Route(
        "/console/file",
        signed_in(files.sent, vendor=False, most_bytes=MAX_FILE_FORM_BYTES, files=True),
        methods=["POST"],
    ),
    Route("/console/registrations", signed_in(registrations.listed), methods=["GET"]),
    Route("/console/registrations", signed_in(registrations.saved), methods=["POST"]),
    Route("/console/registrations.{form}", signed_in(registrations.file), methods=["GET"]),
    Route("/console/registrations/{registration}", signed_in(registration.shown), methods=["GET"]),
    Route("/console/registrations/{registration}/review", signed_in(review.decided, vendor=True), methods=["POST"]),
    Route(
        "/console/registrations/{registration}/verification", signed_in(review.verified, vendor=True), methods=["POST"]
    ),
    Route("/console/registrations/{registration}/{act}", signed_in(registration.asked, vendor=False), methods=["GET"]),
    Route("/console/registrations/{registration}/{act}", signed_in(registration.done, vendor=False), methods=["POST"]),
    Route("/console/money", signed_in(money.listed), methods=["GET"]),
    Route("/console/money.{form}", signed_in(money.file), methods=["GET"]),
    Route("/console/deals/{opportunity}", signed_in(money.deal), methods=["GET"]),
    Route("/console/measures", signed_in(measures.shown), methods=["GET"]),
    Route("/console/measures", signed_in(measures.saved), methods=["POST"]),
    Route("/console/measures.{form}", signed_in(measures.file), methods=["GET"]),
    Route("/console/measures/revenue.{form}", signed_in(measures.revenue_file), methods=["GET"]),
    Route("/console/measures/registrations", signed_in(measures.listed), methods=["GET"]),
    Route("/console/measures/registrations.{form}", signed_in(measures.listed_file), methods=["GET"]),
    Route("/console/measures/targets", signed_in(targets.listed), methods=["GET"]),
    Route("/console/measures/targets.{form}", signed_in(targets.file), methods=["GET"]),
    Route("/console/measures/shares", signed_in(measures.shared), methods=["GET"]),
    Route("/console/measures/shares.{form}", signed_in(measures.shared_file), methods=["GET"]),
    Route("/console/finance", signed_in(finance.shown, vendor=True), methods=["GET"]),
    Route("/console/finance.{form}", signed_in(finance.file, vendor=True), methods=["GET"]),
    Route("/console/finance/journal", signed_in(finance.journal, vendor=True), methods=["GET"]),
    Route("/console/finance/journal.{form}", signed_in(finance.journal_file, vendor=True), methods=["GET"]),
    Route("/console/company", signed_in(company.shown, vendor=False), methods=["GET"]),
    Route("/console/desk", signed_in(desk.queue, vendor=True), methods=["GET"]),
    Route("/console/customers", signed_in(desk.customers, vendor=True), methods=["GET"]),
    Route("/console/customers/{match}/revocation", signed_in(review.unmatched, vendor=True), methods=["POST"]),
    Route("/console/customers/{match}", signed_in(review.matched, vendor=True), methods=["POST"]),
    Route("/console/cases", signed_in(desk.cases, vendor=True), methods=["GET"]),
    Route("/console/cases/{case}", signed_in(review.resolved, vendor=True), methods=["POST"]),
    Route("/console/partners", signed_in(partners.listed, vendor=True), methods=["GET"]),
    Route("/console/partners/{partner}", signed_in(partners.shown, vendor=True), methods=["GET"]),
    Route("/console/partners/{partner}/keys", signed_in(partners.keyed, vendor=True), methods=["POST"]),
    Route(
        "/console/partners/{partner}/keys/{credential}/revocation",
        signed_in(partners.revoked, vendor=True),
        methods=["POST"],
    ),
    Route("/console/partners/{partner}/targets", signed_in(targets.edited, vendor=True), methods=["GET"]),
    Route("/console/partners/{partner}/targets", signed_in(targets.done, vendor=True), methods=["POST"]),
    Route("/console/partners/{partner}/targets/drop", signed_in(targets.dropped, vendor=True), methods=["POST"]),
    Route("/console/partners/{partner}/{act}", signed_in(partners.done, vendor=True), methods=["POST"]),
    Route("/console/wins", signed_in(wins.listed, vendor=True), methods=["GET"]),
    Route("/console/wins/{opportunity}", signed_in(wins.linked, vendor=True), methods=["POST"]),
    Route("/console/health", signed_in(health.shown, vendor=True), methods=["GET"]),
    Route("/console/health/timers", signed_in(health.armed, vendor=True), methods=["POST"]),
    Route("/console/webhooks", signed_in(webhooks.listed), methods=["GET"]),
    Route("/console/webhooks", signed_in(webhooks.made), methods=["POST"]),
    Route("/console/webhooks/{endpoint}", signed_in(webhooks.shown), methods=["GET"]),
    Route("/console/webhooks/{endpoint}/{act}", signed_in(webhooks.done), methods=["POST"]),
    Route("/console/providers", signed_in(providers.listed, vendor=True), methods=["GET"]),
    Route("/console/providers/{provider}", signed_in(providers.shown, vendor=True), methods=["GET"]),
    Route("/console/providers/{provider}/trial", signed_in(providers.tried, vendor=True), methods=["POST"]),
    Route("/console/providers/{provider}/removal", signed_in(providers.removed, vendor=True), methods=["POST"]),
    Route("/console/provider", signed_in(providers.edited, vendor=True), methods=["GET"]),
    Route("/console/provider", signed_in(providers.sent, vendor=True), methods=["POST"]),
    Route("/console/role", signed_in(providers.role_edited, vendor=True), methods=["GET"]),
    Route("/console/role", signed_in(providers.role_sent, vendor=True), methods=["POST"]),
    Route("/console/people", signed_in(providers.people, vendor=True), methods=["GET"]),
    Route("/console/people/{identity}/block", signed_in(providers.blocked, vendor=True), methods=["POST"]),
    Route("/console/people/{identity}/admission", signed_in(providers.admitted, vendor=True), methods=["POST"]),
    Route("/console/desk/next", signed_in(review.following, vendor=True), methods=["GET"]),
    Route("/console/programs", signed_in(programs.listed, vendor=True), methods=["GET"]),
    Route("/console/programs/{program}", signed_in(programs.shown, vendor=True), methods=["GET"]),
    Route("/console/programs/{program}/withdrawal", signed_in(programs.withdrawn, vendor=True), methods=["POST"]),
    Route("/console/program-templates", signed_in(program_templates.listed, vendor=True), methods=["GET"]),
    Route("/console/policy", signed_in(programs.edited, vendor=True), methods=["GET"]),
    Route("/console/policy", signed_in(programs.sent, vendor=True, most_bytes=MAX_TEXT_BYTES), methods=["POST"]),
    Route("/console/conflicts", signed_in(conflicts.listed, vendor=True), methods=["GET"]),
    Route("/console/conflicts/{registration}", signed_in(conflicts.compared, vendor=True), methods=["GET"]),
]


def create_app(
    pool: asyncpg.Pool, master: MasterKey, credentials: Credentials, api: httpx.AsyncClient, signing_in: SigningIn
) -> ASGIApp:
    """Build the console over the pool of its sessions, a client of the public API, and the identity providers."""
    app = Starlette(
        routes=[*_OPEN, *_PAGES, *(Route(path, _asset(*one), methods=["GET"]) for path, one in _ASSETS.items())],
        exception_handlers={404: _unknown, 405: _unknown, 500: _broken},
    )
    app.router.redirect_slashes = False
    app.state.console = Console(
        Sessions(pool, master, credentials),
        Api(api),
        Attempts(pool, master),
        signing_in,
        RateLimit(BEGINS_A_MINUTE, 60, "sign-ins"),
    )
    return Guard(app)


def _asset(content: bytes, kind: str) -> Callable[[Request], Awaitable[Response]]:
    async def kept(request: Request) -> Response:
        return Response(content, 200, _KEPT, kind)

    return kept


async def _broken(request: Request, error: Exception) -> Response:
    _log.error("a page failed", error=type(error).__name__, exc_info=error)
    return page_of(request).show("missing.html", 500, why="broken")


async def _unknown(request: Request, error: Exception) -> Response:
    return (await open_page(request)).show("missing.html", 404, why="missing")
