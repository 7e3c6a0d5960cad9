"""Signing in by a one-time link or a provider, signing out, choosing a language."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from services.console.forms import Typed, Unreadable, typed_of
from services.console.guard import cookie_name, is_secure, provider_cookie
from services.console.pages import provider
from services.console.sessions import SESSION_LIFE, SIGN_IN_PATH
from services.console.visit import HOME, LANGUAGE_COOKIE, console_of, forget, go, keep_session, own_path, page_of
from shared.errors import DealregError
from shared.messages import languages

_YEAR_SECONDS = 31_536_000


async def shown(request: Request) -> Response:
    """Say whom the link would sign in. Nothing is used up yet: mail scanners follow links too."""
    token, back = request.query_params.get("link", ""), own_path(request.query_params.get("next", HOME))
    return await _page(request, token, back)


async def begun(request: Request) -> Response:
    """Use the link up and begin a session with a new id, whatever cookie the browser had."""
    try:
        typed = await typed_of(request)
    except Unreadable:
        typed = Typed()
    token, back = _token(typed.line("link")), own_path(typed.one("next") or HOME)
    sessions = console_of(request).sessions
    try:
        identity = await sessions.begin(token)
        if identity is None:
            return await _page(request, token, back, status=400)
        await sessions.end(request.cookies.get(cookie_name(request.scope), ""))
    except DealregError:
        return page_of(request).show("kept.html", 503, typed=Typed(), why="away")
    answer = go(back)
    keep_session(answer, request, identity, int(SESSION_LIFE.total_seconds()))
    # Whoever comes by a link has no provider to be sent to, whoever sat here before.
    forget(answer, request, provider_cookie(request.scope))
    return answer


async def ended(request: Request) -> Response:
    """End the session here and on the server."""
    name = cookie_name(request.scope)
    try:
        await console_of(request).sessions.end(request.cookies.get(name, ""))
    except DealregError:
        return page_of(request).show("kept.html", 503, typed=Typed(), why="away")
    by_provider = provider_cookie(request.scope) in request.cookies
    answer = go(f"{SIGN_IN_PATH}?left" if by_provider else SIGN_IN_PATH)
    # Back reads what forms led to from the browser's cache; whoever sits here next must not.
    answer.headers["Clear-Site-Data"] = '"cache"'
    forget(answer, request, name)
    return answer


async def spoken(request: Request) -> Response:
    """Keep the language that was chosen, and go back."""
    try:
        typed = await typed_of(request)
    except Unreadable:
        typed = Typed()
    answer = go(own_path(typed.one("next")))
    if typed.one("language") in languages():
        answer.set_cookie(
            LANGUAGE_COOKIE,
            typed.one("language"),
            max_age=_YEAR_SECONDS,
            path="/",
            secure=is_secure(request.scope),
            httponly=True,
            samesite="lax",
        )
    return answer


async def _page(request: Request, token: str, back: str, status: int = 200) -> Response:
    try:
        offered = await console_of(request).sessions.offered(token) if token else None
        found = [] if offered else await provider.choices(request)
    except DealregError:
        return page_of(request).show("kept.html", 503, typed=Typed(), why="away")
    last = request.cookies.get(provider_cookie(request.scope)) if "left" in request.query_params else None
    choices = [(one, provider.path_of(one), f"{one.vendor}/{one.provider}" == last) for one in found]
    return page_of(request).show("sign_in.html", status, offered=offered, token=token, back=back, choices=choices)


def _token(text: str) -> str:
    """The token of a link that was pasted whole, or alone."""
    if "?" not in text:
        return text
    try:
        return parse_qs(urlsplit(text).query).get("link", [""])[0]
    except ValueError:
        return ""
