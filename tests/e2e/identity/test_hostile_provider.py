"""Signing in by a provider that lies, is slow, or is no provider at all."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from tests.e2e.channel import Channel
from tests.e2e.identity.hostile import OTHER_KEY, Hostile, shared_secret, signed, unsigned
from tests.e2e.identity.person import Person, configured, start

CLIENT = "dealreg"
ROLE = {"groups": ["managers"]}
TOKEN = {"typ": "JWT"}


async def signing_in(live: Channel, browser: Person, hostile: Hostile, make: Any, **more: Any) -> httpx.Response:
    """The console's answer, where the provider's ID token is what `make` makes of good claims."""
    assert (await configured(live, hostile.issuer, client_id=CLIENT, **more)).status_code == 200
    query = parse_qs(urlsplit(await browser.begun(start(live))).query)
    hostile.id_token = make(hostile.claims(CLIENT, nonce=query["nonce"][0], **ROLE))
    return await browser.get(f"{start(live)}/answer?state={query['state'][0]}&code=x")


async def test_a_good_token_signs_in(live: Channel, hostile: Hostile, browser: Person) -> None:
    answer = await signing_in(live, browser, hostile, lambda good: signed(good, **TOKEN))
    assert answer.status_code == 303, answer.text


WRONG: dict[str, Any] = {
    "(iss)": lambda good: signed({**good, "iss": "https://evil.example"}, **TOKEN),
    "its aud must": lambda good: signed({**good, "aud": "another"}, **TOKEN),
    "(azp)": lambda good: signed({**good, "aud": [CLIENT, "another"]}, **TOKEN),
    "another client (azp)": lambda good: signed({**good, "azp": "another"}, **TOKEN),
    "(nonce)": lambda good: signed({**good, "nonce": "another"}, **TOKEN),
    "another sign-in (nonce)": lambda good: signed({k: v for k, v in good.items() if k != "nonce"}, **TOKEN),
    "alg is not one": lambda good: unsigned(good, **TOKEN),
    "alg": lambda good: shared_secret(good, **TOKEN),
    "signature": lambda good: signed(good, OTHER_KEY, **TOKEN),
    "kid": lambda good: signed(good, **{**TOKEN, "kid": "two"}),
    "expired": lambda good: signed({**good, "exp": int(time.time()) - 60}, **TOKEN),
    "not valid yet": lambda good: signed({**good, "nbf": int(time.time()) + 600}, **TOKEN),
    "sub must": lambda good: signed({k: v for k, v in good.items() if k != "sub"}, **TOKEN),
    "no ID token": lambda good: "",
}


async def test_a_wrong_id_token_signs_nobody_in(live: Channel, hostile: Hostile, browser: Person) -> None:
    for said, make in WRONG.items():
        answer = await signing_in(live, browser, hostile, make)
        assert (answer.status_code, said in answer.text) == (400, True), (said, answer.text)
        assert "dealreg-session" not in browser.client.cookies
    found = await live.read("/v1/credentials")
    assert not [one for one in found["credentials"] if one["label"] == "console"]


PAGE = HTMLResponse("<h1>Sign in to the hotel's network</h1>")
AWAY: dict[str, tuple[str, Response]] = {
    "HTML for discovery": ("/.well-known/openid-configuration", PAGE),
    "a list for discovery": ("/.well-known/openid-configuration", JSONResponse([])),
    "an error for discovery": ("/.well-known/openid-configuration", JSONResponse({}, 500)),
    "a redirect": ("/.well-known/openid-configuration", Response("", 302, {"Location": "http://127.0.0.1:1/"})),
    "ten megabytes": ("/.well-known/openid-configuration", Response(b'{"a":"' + b"x" * 10_000_000 + b'"}')),
    "HTML for keys": ("/jwks", PAGE),
}


@pytest.mark.parametrize("what", AWAY)
async def test_what_is_no_provider_is_said_so(live: Channel, hostile: Hostile, browser: Person, what: str) -> None:
    path, hostile.answers[path] = AWAY[what]  # type: ignore[misc]
    assert (await configured(live, hostile.issuer, client_id=CLIENT)).status_code == 200
    answer = await browser.get(start(live))
    assert (answer.status_code, "The provider does not answer" in answer.text) == (503, True), what


@pytest.mark.parametrize("metadata", [{"issuer": "https://evil.example"}, {"jwks_uri": "file:///etc/passwd"},
                                      {"jwks_uri": None}, {"authorization_endpoint": "javascript:alert(1)"},
                                      {"jwks_uri": "http://10.0.0.1/jwks"}, {"jwks_uri": "https://10.0.0.1/jwks"},
                                      {"jwks_uri": "https://169.254.169.254/latest/meta-data"}])  # fmt: skip
async def test_addresses_that_lead_elsewhere_are_not_followed(
    live: Channel, hostile: Hostile, browser: Person, metadata: dict[str, Any]
) -> None:
    hostile.metadata = metadata
    assert (await configured(live, hostile.issuer, client_id=CLIENT)).status_code == 200
    assert (await browser.get(start(live))).status_code == 503


async def test_a_token_endpoint_that_fails_signs_nobody_in(live: Channel, hostile: Hostile, browser: Person) -> None:
    for answer, status in (
        (PAGE, 503), (JSONResponse({}, 500), 503), (JSONResponse({"error": "invalid_client"}, 401), 400),
        (JSONResponse({"error": "<script>"}, 400), 400),
    ):  # fmt: skip
        hostile.answers["/token"] = answer
        found = await signing_in(live, browser, hostile, lambda good: signed(good, **TOKEN))
        assert found.status_code == status
        assert "<script" not in found.text


async def test_claims_may_come_from_userinfo_about_the_same_person(
    live: Channel, hostile: Hostile, browser: Person
) -> None:
    def bare(good: dict[str, Any]) -> str:
        return signed({name: value for name, value in good.items() if name != "groups"}, **TOKEN)

    hostile.answers["/userinfo"] = JSONResponse({"sub": "sam", "groups": ["managers"], "iss": "overwrites nothing"})
    assert (await signing_in(live, browser, hostile, bare)).status_code == 403, "not asked for"
    assert (await signing_in(live, browser, hostile, bare, userinfo=True)).status_code == 303
    hostile.answers["/userinfo"] = JSONResponse({"sub": "eve", "groups": ["managers"]})
    answer = await signing_in(live, browser, hostile, bare, userinfo=True)
    assert (answer.status_code, "somebody else" in answer.text) == (400, True)


async def test_a_slow_provider_is_waited_for_five_seconds(live: Channel, hostile: Hostile, browser: Person) -> None:
    hostile.late_seconds = 30
    assert (await configured(live, hostile.issuer, client_id=CLIENT)).status_code == 200
    began = time.monotonic()
    answer = await browser.get(start(live))
    assert (answer.status_code, "within 5 s" in answer.text) == (503, True)
    assert time.monotonic() - began < 20
