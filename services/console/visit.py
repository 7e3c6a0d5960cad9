"""One request of somebody who is signed in, and what becomes of those who are not, or whose API is away."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from services.console.api import Api, Asked, Away, Refused, SignedOut
from services.console.attempts import Attempts
from services.console.forms import MAX_BYTES, SEALED, WHO, Typed, Unreadable, typed_of
from services.console.guard import cookie_name, is_secure
from services.console.rendering import Page, Speech, query
from services.console.sessions import SIGN_IN_PATH, Session, Sessions
from services.console.zones import Zones
from shared.credentials import RateLimit
from shared.errors import DealregError
from shared.identity.signing_in import SigningIn
from shared.messages import language, languages, negotiated
from shared.observability import get_logger, request_id

HOME = "/console"
LANGUAGE_COOKIE = "dealreg-language"
_FORBIDDEN = frozenset('\\"<>\r\n\t')
_log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Console:
    """What every page needs."""

    sessions: Sessions
    api: Api
    attempts: Attempts
    signing_in: SigningIn
    begins: RateLimit
    """Sign-ins by a provider, by the address that begins them: each is a row, and a question to the provider."""
    zones: Zones = field(default_factory=Zones)


@dataclass(frozen=True, slots=True)
class Visit:
    """A request in the name of one person."""

    request: Request
    page: Page
    session: Session
    api: Asked
    typed: Typed

    def show(self, template: str, status: int = 200, **values: Any) -> Response:
        return self.page.show(template, status, **{"typed": self.typed, **values})

    def show_once(self, template: str, **values: Any) -> Response:
        """Show what nobody may see again, not even by going back."""
        self.request.state.once = True
        return self.show(template, **values)

    def asked(self, name: str) -> str:
        """A parameter of the query; empty where there is none."""
        return self.request.query_params.get(name, "").strip()

    def named(self, name: str) -> str:
        """A parameter of the path."""
        return str(self.request.path_params[name])


Handler = Callable[[Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def console_of(request: Request) -> Console:
    return cast(Console, request.app.state.console)


def page_of(request: Request, session: Session | None = None) -> Page:
    """The page of this request, in the language that was chosen or that the browser asks for."""
    tag = request.cookies.get(LANGUAGE_COOKIE, "")
    if tag not in languages():
        tag = negotiated(request.headers.get("accept-language"))
    asked = f"?{request.url.query}" if request.url.query else ""
    return Page(Speech(language(tag)), request.url.path + asked, session)


async def open_page(request: Request) -> Page:
    """A page for everybody, which knows who is signed in, if anybody is."""
    try:
        session = await console_of(request).sessions.read(request.cookies.get(cookie_name(request.scope), ""))
    except DealregError:
        session = None
    return page_of(request, session)


def own_path(text: str) -> str:
    """The path if it is one of the console's, else the console's first: nobody is sent elsewhere."""
    inside = text == HOME or text.startswith((f"{HOME}/", f"{HOME}?"))
    return text if inside and not _FORBIDDEN & set(text) and "//" not in text.partition("?")[0] else HOME


def keep_session(answer: Response, request: Request, identity: str, seconds: int) -> None:
    """Give the browser the id of its session."""
    answer.set_cookie(
        cookie_name(request.scope),
        identity,
        max_age=seconds,
        path="/",
        secure=is_secure(request.scope),
        httponly=True,
        samesite="lax",
    )


def forget(answer: Response, request: Request, name: str) -> None:
    """Have the browser forget a cookie of ours."""
    answer.delete_cookie(name, path="/", secure=is_secure(request.scope), httponly=True, samesite="lax")


def go(path: str) -> Response:
    """Lead to a page; the browser asks for it by GET."""
    return RedirectResponse(path, 303, {"Cache-Control": "no-store"})


def signed_in(
    handler: Handler, *, vendor: bool | None = None, most_bytes: int = MAX_BYTES, files: bool = False
) -> Endpoint:
    """The handler for people who are signed in: of the vendor, of a partner, or (None) of either."""

    async def endpoint(request: Request) -> Response:
        page, typed = page_of(request), Typed()
        try:
            typed = await typed_of(request, most_bytes, files=files) if request.method == "POST" else typed
            identity = request.cookies.get(cookie_name(request.scope), "")
            session = await console_of(request).sessions.read(identity)
            if session is None:
                return _to_sign_in(page, typed)
            page = page_of(request, session)
            try:
                answer = await _visited(request, page, session, typed, handler, vendor)
                return answer if typed.one(SEALED) else _for_back(request, answer)
            except SignedOut:
                await console_of(request).sessions.end(identity)
                return _to_sign_in(replace(page, session=None), typed)
        except Unreadable:
            return page.show("missing.html", 400, why="unreadable")
        except Away:
            return page.show("kept.html", 503, typed=typed, why="away")
        except DealregError as error:
            _log.warning("a page was not shown", code=error.code, detail=error.detail)
            return page.show("kept.html", 503, typed=typed, why="away")

    return endpoint


async def _visited(
    request: Request, page: Page, session: Session, typed: Typed, handler: Handler, vendor: bool | None
) -> Response:
    if vendor is not None and vendor != (session.partner is None):
        return page.show("missing.html", 404, why="missing")
    if request.method == "POST" and typed.one(WHO) != session.who:
        return page.show("kept.html", 409, typed=typed, why="other")
    api = console_of(request).api.asked_by(session, page.speech.tag, request_id())
    page = replace(page, speech=replace(page.speech, zone=await console_of(request).zones.of(session, api)))
    try:
        return await handler(Visit(request, page, session, api, typed))
    except Refused as refusal:
        if refusal.status == 404 and request.method == "GET":
            return page.show("missing.html", 404, why="missing")
        return page.show("refused.html", refusal.status, refusal=refusal, typed=typed)


def _for_back(request: Request, answer: Response) -> Response:
    """Let the browser keep what a form led to, until its user signs out.

    Of a page that may not be stored, Back shows nothing but the question whether the form should be sent again.
    """
    if request.method == "POST" and not getattr(request.state, "once", False):
        answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _to_sign_in(page: Page, typed: Typed) -> Response:
    if typed.pairs:
        return page.show("kept.html", 401, typed=typed, why="ended")
    return go(SIGN_IN_PATH + query(next=page.path))
