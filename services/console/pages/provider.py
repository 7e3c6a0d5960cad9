"""Signing in and out by an identity provider (OpenID Connect)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.attempts import ATTEMPT_LIFE, Attempt
from services.console.guard import attempt_cookie, cookie_name, is_secure, provider_cookie
from services.console.rendering import segment
from services.console.sessions import SIGN_IN_PATH
from services.console.visit import HOME, Console, console_of, forget, go, keep_session, own_path, page_of
from shared.credentials import Caller
from shared.credentials.failures import address_of
from shared.errors import DealregError
from shared.identity.errors import (
    IdentityBlocked,
    ProviderAway,
    ProviderUnknown,
    RoleMissing,
    TokenExpired,
    TokenInvalid,
)
from shared.identity.people import assert_admitted
from shared.identity.signing_in import MAX_CODE, Answer, Arrived, asked
from shared.identity.store import Provider
from shared.observability import get_logger

_YEAR_SECONDS = 31_536_000
_MAX_COOKIE = 200
_log = get_logger(__name__)


async def begun(request: Request) -> Response:
    """Lead to the provider. Nothing is decided by coming here, so a link of any page may lead here too."""
    console = console_of(request)
    if console.begins.take(address_of(request)) < 0:
        return page_of(request).show("provider.html", 429, why="often", detail="")
    try:
        provider = await console.signing_in.provider(**_named(request))
        one, back = asked(), own_path(request.query_params.get("next", HOME))
        where = await console.signing_in.address(provider, one, answered_at(request, **_named(request)))
        browser = await console.attempts.begin(Attempt(provider.vendor, provider.provider, one, back))
    except DealregError as error:
        return _refused(request, error)
    answer = _away_to(where)
    _set(answer, request, attempt_cookie(request.scope), browser, int(ATTEMPT_LIFE.total_seconds()))
    return answer


async def answered(request: Request) -> Response:
    """Take the provider's answer, once, in the browser that asked; begin a session with a new id."""
    console, given = console_of(request), _given(request)
    if given is None:
        return page_of(request).show("provider.html", 400, why="again", detail="")
    try:
        attempt = await console.attempts.take(given["state"], request.cookies.get(attempt_cookie(request.scope), ""))
        named = _named(request)
        # Each provider answers at an address of its own: what another one sends is no answer to this sign-in.
        if attempt is None or (attempt.vendor, attempt.provider) != (named["vendor"], named["provider"]):
            return page_of(request).show("provider.html", 400, why="again", detail="")
        if "code" not in given:
            return page_of(request).show("provider.html", 400, why="declined", detail="")
        provider = await console.signing_in.provider(**named)
        reply = Answer(given["code"], given.get("iss"))
        arrived = await console.signing_in.arrived(
            provider, attempt.asked, reply, answered_at(request, **_named(request))
        )
        identity, ends = await _session(console, arrived)
        await console.sessions.end(request.cookies.get(cookie_name(request.scope), ""))
    except DealregError as error:
        return _refused(request, error)
    answer = go(attempt.back)
    keep_session(answer, request, identity, int((ends - datetime.now(UTC)).total_seconds()))
    _set(answer, request, provider_cookie(request.scope), f"{provider.vendor}/{provider.provider}", _YEAR_SECONDS)
    forget(answer, request, attempt_cookie(request.scope))
    return answer


async def left(request: Request) -> Response:
    """Lead to where people sign out at the provider; the session here has ended before."""
    console = console_of(request)
    try:
        provider = await console.signing_in.provider(**_named(request))
        where = await console.signing_in.sign_out_address(provider, origin(request) + SIGN_IN_PATH)
    except DealregError as error:
        return _refused(request, error)
    return go(SIGN_IN_PATH) if where is None else _away_to(where)


async def choices(request: Request) -> Sequence[Provider]:
    """What the sign-in page offers: what everybody may see, and what this browser signed in by last."""
    console = console_of(request)
    offered = await console.signing_in.providers.offered()
    found = {(one.vendor, one.provider): one for one in offered if one.document.client_id is not None}
    vendor, _, name = request.cookies.get(provider_cookie(request.scope), "")[:_MAX_COOKIE].partition("/")
    if name and (vendor, name) not in found:
        try:
            last = await console.signing_in.provider(vendor, name)
        except ProviderUnknown:
            return list(found.values())
        found = {(vendor, name): last, **found}
    return list(found.values())


def path_of(provider: Provider) -> str:
    """Where signing in by the provider begins."""
    return f"{SIGN_IN_PATH}/{quote(provider.vendor, safe='')}/{quote(provider.provider, safe='')}"


async def _session(console: Console, arrived: Arrived) -> tuple[str, datetime]:
    provider, found = arrived.provider, arrived.granted
    return await console.sessions.begin_by(
        provider.vendor,
        found.scopes,
        principal=arrived.principal,
        partner=found.partner,
        by=Caller(provider.vendor, arrived.principal, found.partner, found.scopes, arrived.identity),
        ends=datetime.fromtimestamp(arrived.ends, UTC),
        once=lambda session: assert_admitted(session, provider, arrived.identity),
    )


def _given(request: Request) -> dict[str, str] | None:
    """The parameters of the answer; None if one comes twice, is too long, or the state is missing."""
    pairs = request.query_params.multi_items()
    found = {name: value for name, value in pairs if name in ("state", "code", "iss", "error")}
    named = [name for name, _ in pairs if name in found]
    plain = len(named) == len(found) and all(len(value) <= MAX_CODE for value in found.values())
    return found if plain and "state" in found else None


_STATUS: dict[type[DealregError], tuple[int, str]] = {
    ProviderUnknown: (404, "unknown"),
    ProviderAway: (503, "away"),
    TokenInvalid: (400, "untrusted"),
    TokenExpired: (400, "untrusted"),
    RoleMissing: (403, "role"),
    IdentityBlocked: (403, "blocked"),
}


def _refused(request: Request, error: DealregError) -> Response:
    status, why = _STATUS.get(type(error), (503, "broken"))
    _log.warning("nobody was signed in", code=error.code, detail=error.detail)
    detail = error.detail if why in ("away", "untrusted", "role") else ""
    return page_of(request).show("provider.html", status, why=why, detail=detail)


def _named(request: Request) -> dict[str, str]:
    return {name: str(request.path_params[name]) for name in ("vendor", "provider")}


def origin(request: Request) -> str:
    """The console's own, as the browser knows it."""
    scheme = "https" if is_secure(request.scope) else "http"
    return f"{scheme}://{request.headers.get('host', '').lower()}"


def answered_at(request: Request, vendor: str, provider: str) -> str:
    """Where the provider sends the browser back to; registered there, to the letter."""
    return f"{origin(request)}{SIGN_IN_PATH}/{segment(vendor)}/{segment(provider)}/answer"


def _away_to(where: str) -> Response:
    return RedirectResponse(where, 303, {"Cache-Control": "no-store"})


def _set(answer: Response, request: Request, name: str, value: str, seconds: int) -> None:
    secure = is_secure(request.scope)
    answer.set_cookie(name, value, max_age=seconds, path="/", secure=secure, httponly=True, samesite="lax")
