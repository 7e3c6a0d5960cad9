"""Identity providers: where people sign in, which claims give them which role, and who came."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from services.console.api import Refused
from services.console.forms import ACT, KEY, SEALED, Typed
from services.console.pages.provider import answered_at, origin
from services.console.rendering import query, segment
from services.console.roles import INPUTS as ROLE_INPUTS
from services.console.roles import at, conditions, digest, filled, partner_claim, role_of
from services.console.sessions import SIGN_IN_PATH
from services.console.visit import Visit, go
from shared.credentials import SCOPES
from shared.values.numbers import is_count

PAGE_ROWS = 50
HERE = "/console/providers"
API = "/v1/identity-providers"
NAMED, OF, ROLE, WAS, SEEN = "provider", "of", "number", "was", "seen"
"""Which provider is new or changed, which of its roles and what that was, and the change that the reader saw last."""
INPUTS = ("name", "issuer", "client_id", SEALED, "asks_for", "userinfo", "offered", "session_minutes", "audience",
          "token_type")  # fmt: skip
TOKEN_TYPES = ("at+jwt", "JWT")
DONE = ("settings", "role", "role_removed", "removed")
PEOPLE_DONE = ("blocked", "admitted")
Body = dict[str, Any]


async def listed(visit: Visit) -> Response:
    found = await visit.api.get(API)
    done = "removed" if visit.asked("done") == "removed" else ""
    return visit.show("providers.html", providers=found["providers"], done=done)


async def shown(visit: Visit) -> Response:
    return await _page(visit, Typed())


async def edited(visit: Visit) -> Response:
    """The form of a provider's settings; of a new one with its first role."""
    of = visit.asked(OF)
    one = await visit.api.get(f"{API}/{segment(of)}") if of else None
    return _form(visit, _filled(one) if one else Typed((("asks_for", "openid\nprofile"),)), of, known=one)


async def sent(visit: Visit) -> Response:
    """Set a provider up, or change its settings; what is refused is shown beside what was typed."""
    typed, of = visit.typed, visit.typed.line(OF)
    name, known = of or typed.line(NAMED), None
    if name:
        known = next((one for one in (await visit.api.get(API))["providers"] if one["provider"] == name), None)
    wrong = _wrong(visit, name, known)
    if wrong is not None:
        return _form(visit, typed.refused([wrong], (NAMED,)), of, 422, known)
    body = {**_kept(known), **_settings(typed)} if known else {**_settings(typed), "roles": [role_of(typed)]}
    try:
        await visit.api.write(f"{API}/{segment(name)}", body, typed.line(KEY), method="PUT")
    except Refused as refusal:
        errors = _errors(refusal) if of else at(0, _errors(refusal))
        return _form(visit, typed.refused(errors, (NAMED, *INPUTS, *ROLE_INPUTS)), of, refusal.status, known)
    return go(f"{HERE}/{segment(name)}" + query(done="settings"))


async def role_edited(visit: Visit) -> Response:
    """The form of one role; of a new one without a number."""
    of, number = visit.asked(OF), visit.asked(ROLE)
    roles = (await visit.api.get(f"{API}/{segment(of)}"))["roles"]
    if number and not (number.isascii() and number.isdigit() and len(number) <= 3 and int(number) < len(roles)):
        return visit.page.show("missing.html", 404, why="missing")
    rule = roles[int(number)] if number else None
    return _role_form(visit, Typed(tuple(filled(rule)) if rule else ()), of, digest(rule) if rule else "")


async def role_sent(visit: Visit) -> Response:
    """Add, change or remove a role. It is found by what it was, since others may have changed before it."""
    typed, of, was = visit.typed, visit.typed.line(OF), visit.typed.line(WAS)
    one = await visit.api.get(f"{API}/{segment(of)}")
    roles, removed = list(one["roles"]), typed.one(ACT) == "remove"
    number = next((place for place, rule in enumerate(roles) if digest(rule) == was), None) if was else len(roles)
    if number is None:
        t = visit.page.speech.say
        raise Refused(409, {"code": "role.changed", "detail": t("providers.role_changed")})
    roles[number : number + 1] = [] if removed else [role_of(typed)]
    try:
        await visit.api.write(f"{API}/{segment(of)}", {**_kept(one), "roles": roles}, typed.line(KEY), method="PUT")
    except Refused as refusal:
        errors = _errors(refusal) if removed else at(number, _errors(refusal))
        return _role_form(visit, typed.refused(errors, ROLE_INPUTS), of, was, refusal.status)
    return go(f"{HERE}/{segment(of)}" + query(done="role_removed" if removed else "role"))


async def tried(visit: Visit) -> Response:
    """What somebody with these claims would get."""
    typed, t = visit.typed, visit.page.speech.say
    try:
        claims = json.loads(typed.one("claims"))
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        unread = [{"field": "claims", "message": t("providers.no_claims")}]
        return await _page(visit, typed.refused(unread, ("claims",)), 422, act="trial")
    try:
        answer = await visit.api.ask(f"{API}/{segment(visit.named('provider'))}/trial", {"claims": claims})
    except Refused as refusal:
        return await _page(visit, typed.refused(_errors(refusal), ("claims",)), refusal.status, act="trial")
    return await _page(visit, typed, act="trial", trial=answer)


async def removed(visit: Visit) -> Response:
    """Remove a provider: its sessions end."""
    t = visit.page.speech.say
    if visit.typed.one("sure") != "yes":
        unsure = [{"field": "sure", "message": t("providers.sure")}]
        return await _page(visit, visit.typed.refused(unsure, ("sure",)), 422, act="removal")
    await visit.api.delete(f"{API}/{segment(visit.named('provider'))}")
    return go(HERE + query(done="removed"))


async def people(visit: Visit) -> Response:
    """Who came by an identity provider."""
    found = await visit.api.get("/v1/identities", limit=PAGE_ROWS, after=visit.asked("after"))
    items, done = found["identities"], visit.asked("done")
    return visit.show(
        "people.html",
        people=items,
        following=items[-1]["identity"] if found["next"] else "",
        done=done if done in PEOPLE_DONE else "",
    )


async def blocked(visit: Visit) -> Response:
    """Block somebody."""
    await visit.api.write(_block(visit), None, visit.typed.line(KEY), method="PUT")
    return go("/console/people" + query(done="blocked"))


async def admitted(visit: Visit) -> Response:
    """Admit somebody again who was blocked."""
    await visit.api.delete(_block(visit))
    return go("/console/people" + query(done="admitted"))


async def _page(
    visit: Visit, typed: Typed, status: int = 200, *, act: str = "", trial: dict[str, Any] | None = None
) -> Response:
    name, told = visit.named("provider"), visit.asked("done")
    one = await visit.api.get(f"{API}/{segment(name)}")
    return visit.show(
        "provider_shown.html",
        status,
        one=one,
        roles=[{**rule, "lines": conditions(rule), "claim": partner_claim(rule)} for rule in one["roles"]],
        # Where the browser comes back to: what the provider has to know to the letter.
        answer=answered_at(visit.request, visit.session.vendor, name),
        after=origin(visit.request) + SIGN_IN_PATH,
        typed=typed,
        act=act,
        trial=trial,
        done=told if told in DONE else "",
    )


def _form(visit: Visit, typed: Typed, of: str, status: int = 200, known: Body | None = None) -> Response:
    seen = known["changed_at"] if known else ""
    return visit.show(
        "provider_form.html",
        status,
        typed=typed,
        of=of,
        seen=seen,
        scopes=SCOPES,
        types=TOKEN_TYPES,
        has_secret=known is not None and known["has_secret"],
        secret=SEALED,
    )


def _role_form(visit: Visit, typed: Typed, of: str, was: str, status: int = 200) -> Response:
    return visit.show("role.html", status, typed=typed, of=of, was=was, scopes=SCOPES)


def _wrong(visit: Visit, name: str, known: Body | None) -> dict[str, str] | None:
    """What speaks against sending the form, whatever it says."""
    t, of = visit.page.speech.say, visit.typed.line(OF)
    if not name:
        return {"field": NAMED, "message": t("providers.unnamed")}
    if known is not None and not of:
        return {"field": NAMED, "message": t("providers.taken", name=name)}
    if of and (known is None or known["changed_at"] != visit.typed.line(SEEN)):
        return {"field": "", "message": t("providers.changed")}
    return None


def _settings(typed: Typed) -> Body:
    """The settings that the form has. What is empty there is not set."""
    body: Body = {name: typed.line(name) or None for name in ("client_id", SEALED, "audience")}
    minutes = typed.line("session_minutes")
    body["session_minutes"] = (int(minutes) if is_count(minutes) else minutes) or None
    body |= {name: typed.line(name) for name in ("name", "issuer")}
    body |= {name: typed.one(name) == "yes" for name in ("userinfo", "offered")}
    return {**body, "asks_for": typed.lines("asks_for"), "token_type": typed.line("token_type") or TOKEN_TYPES[0]}


def _filled(one: Body) -> Typed:
    pairs = [(name, str(one[name] or "")) for name in ("name", "issuer", "client_id", "session_minutes", "audience")]
    pairs += [(name, "yes") for name in ("userinfo", "offered") if one[name]]
    return Typed((*pairs, ("asks_for", "\n".join(one["asks_for"])), ("token_type", one["token_type"])))


def _kept(one: Body) -> Body:
    """The provider as it is sent back: what is shown of it alone is left out."""
    return {name: value for name, value in one.items() if name not in ("provider", "has_secret", "changed_at")}


def _errors(refusal: Refused) -> list[dict[str, Any]]:
    return refusal.errors or [{"field": "", "message": refusal.detail}]


def _block(visit: Visit) -> str:
    return f"/v1/identities/{segment(visit.named('identity'))}/block"
