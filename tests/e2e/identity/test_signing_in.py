"""Signing in to the console by a real identity provider."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from dealreg.runtime.in_process import Stack
from services.console.api import within
from services.console.app import create_app
from shared.credentials import Credentials
from shared.identity.wiring import callers_over
from shared.persons import MasterKey
from tests.e2e.channel import Channel
from tests.e2e.identity.person import MANAGER, SELLER, Person, audited, joined, start
from tests.e2e.identity.real import Real
from tests.until import until


def asked(where: str) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(where).query).items()}


def changed(where: str, **values: str | None) -> str:
    """The address with other parameters; None leaves one out."""
    query = {**asked(where), **values}
    kept = {name: value for name, value in query.items() if value is not None}
    return urlsplit(where)._replace(query=urlencode(kept)).geturl()


async def test_a_manager_signs_in_and_out(live: Channel, one: Real, browser: Person) -> None:
    await live.house("acme")
    await joined(live, one, offered=True)
    await one.person("mia", groups=["managers"])
    page = await browser.see("/console/sign-in?next=/console/money")
    [begin] = [link for link in page.links if link.startswith(start(live))]
    request = await browser.begun(begin)
    stated = asked(request)
    assert (stated["response_type"], stated["code_challenge_method"], stated["scope"]) == (
        "code", "S256", "openid profile groups",
    )  # fmt: skip
    assert len({stated["state"], stated["nonce"], stated["code_challenge"]}) == 3
    answer = await browser.get(await browser.at_provider(request, "mia"))
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/money"), answer.text
    cookies = [one for one in answer.headers.get_list("set-cookie") if "max-age=0" not in one.lower()]
    assert all("HttpOnly" in one and "SameSite=lax" in one for one in cookies)
    assert (await browser.get("/console/desk")).status_code == 200
    # The session's key is a credential as every other: listed, made by the person, ended by signing out.
    [made] = await _keys(live)
    assert made["principal"].startswith("identity:idn_")
    # An act of the vendor's tells the audit trail what waits for it, which else happens within half a minute.
    assert (await live.send("POST", "/v1/credentials", {"scopes": ["events:read"]})).status_code == 201
    [act] = await audited(live, f"subject=credential:{made['credential']}", 1)
    assert act["credential"] == made["principal"].removeprefix("identity:")
    page = await browser.see("/console/design")
    left = await browser.submit(page, page.form("/console/sign-out"))
    page = await browser.see(left.headers["location"])
    assert (await browser.get("/console/desk")).status_code == 303
    assert [one["status"] for one in await _keys(live)] == ["revoked"]
    [away] = [link for link in page.links if link.endswith("/sign-out")]
    assert (await browser.begun(away)).startswith(f"{one.issuer}/session/end?client_id=")


async def test_a_seller_is_the_partners_whose_id_the_claim_has_and_sees_nobody_elses(
    live: Channel, one: Real, browser: Person
) -> None:
    await live.house("acme", "bolt")
    theirs = await live.claim("bolt")
    await joined(live, one)
    await one.person("sam", groups=["sellers"], partner_id="acme")
    assert (await browser.signed_in(start(live), "sam")).status_code == 303
    assert "acme" in (await browser.see("/console/company")).answer.text
    assert (await browser.get("/console/desk")).status_code == 404, "a vendor's page"
    assert (await browser.get(f"/console/registrations/{theirs['registration']}")).status_code == 404
    [made] = await _keys(live)
    assert (made["partner"], made["scopes"]) == ("acme", sorted(SELLER["scopes"]))


@pytest.mark.parametrize("claims", [{"groups": ["cleaners"]}, {"groups": ["managers", "sellers"], "partner_id": "a"}])
async def test_a_person_without_a_role_is_told_what_to_ask_for(
    live: Channel, one: Real, browser: Person, claims: dict[str, Any]
) -> None:
    await joined(live, one)
    await one.person("kim", **{"groups": [], "partner_id": None, **claims})
    answer = await browser.signed_in(start(live), "kim")
    assert (answer.status_code, "dealreg-session" in answer.headers.get("set-cookie", "")) == (403, False)
    assert "channel manager" in answer.text
    assert "You have no role here yet" in answer.text
    browser.client.headers["Accept-Language"] = "ar"
    assert 'dir="rtl"' in (await browser.signed_in(start(live), "kim")).text


async def test_an_answer_is_taken_once_and_in_the_browser_that_asked(live: Channel, one: Real, browser: Person) -> None:
    await live.house("acme")
    await joined(live, one)
    await one.person("mia", groups=["managers"])
    answered = await browser.at_provider(await browser.begun(start(live)), "mia")
    async with Person.browser(live) as thief:
        assert (await thief.get(answered)).status_code == 400, "another browser"
        await thief.begun(start(live))
        assert (await thief.get(answered)).status_code == 400, "which began one of its own"
    # A session that was there before is not taken over.
    browser.client.cookies.set("dealreg-session", "fixed-by-somebody-else", domain="127.0.0.1")
    cookies = dict(browser.client.cookies)
    assert (await browser.get(answered)).status_code == 303
    assert browser.client.cookies["dealreg-session"] != "fixed-by-somebody-else"
    async with Person.browser(live) as again:
        for name, value in cookies.items():
            again.client.cookies.set(name, value, domain="127.0.0.1")
        assert (await again.get(answered)).status_code == 400, "the state was used"
        # The same code under a state of this browser: the provider gives nothing for it twice.
        fresh = asked(await again.begun(start(live)))["state"]
        answer = await again.get(changed(answered, state=fresh))
        assert (answer.status_code, "invalid_grant" in answer.text) == (400, True)


async def test_an_answer_with_another_state_code_or_issuer_signs_nobody_in(
    live: Channel, one: Real, browser: Person
) -> None:
    await joined(live, one)
    await one.person("mia", groups=["managers"])
    answered = await browser.at_provider(await browser.begun(start(live)), "mia")
    variants: tuple[dict[str, str | None], ...] = ({"state": None}, {"state": "x"}, {"state": ""}, {"state": "x" * 200})
    for values in variants:
        assert (await browser.get(changed(answered, **values))).status_code == 400
    twice = f"{answered}&state={asked(answered)['state']}"
    assert (await browser.get(twice)).status_code == 400
    variants = ({"code": "x"}, {"code": "x" * 5_000}, {"code": None}, {"iss": "https://evil.example"}, {"iss": None})
    for values in variants:
        state = asked(await browser.begun(start(live)))["state"]
        answer = await browser.get(changed(answered, **{"state": state, **values}))
        assert (answer.status_code, "dealreg-session" in browser.client.cookies) == (400, False), values


async def test_an_id_token_of_another_nonce_signs_nobody_in(live: Channel, one: Real, browser: Person) -> None:
    await joined(live, one)
    await one.person("mia", groups=["managers"])
    request = changed(await browser.begun(start(live)), nonce="of-somebody-else")
    answer = await browser.get(await browser.at_provider(request, "mia"))
    assert (answer.status_code, "(nonce)" in answer.text) == (400, True)
    request = changed(await browser.begun(start(live)), code_challenge="x" * 43)
    answer = await browser.get(await browser.at_provider(request, "mia"))
    assert (answer.status_code, "invalid_grant" in answer.text) == (400, True), "the code is bound to the verifier"


async def test_one_provider_cannot_answer_for_another(live: Channel, one: Real, two: Real, browser: Person) -> None:
    await joined(live, one, "first")
    await joined(live, two, "second")
    await two.person("mia", groups=["managers"])
    begun = await browser.begun(start(live, "first"))
    elsewhere = await browser.begun(start(live, "second"))
    # The person began at the first; an answer of the second comes with the first's state, at either address.
    async with Person.browser(live) as other:
        answered = await other.at_provider(elsewhere, "mia")
    begun = await browser.begun(start(live, "first"))
    for path in (start(live, "first"), start(live, "second")):
        mixed = urlsplit(changed(answered, state=asked(begun)["state"]))._replace(path=f"{path}/answer").geturl()
        answer = await browser.get(mixed)
        assert (answer.status_code, "dealreg-session" in browser.client.cookies) == (400, False)
        begun = await browser.begun(start(live, "first"))


async def test_somebody_who_declines_is_not_signed_in(live: Channel, one: Real, browser: Person) -> None:
    await joined(live, one)
    state = asked(await browser.begun(start(live)))["state"]
    answer = await browser.get(f"{start(live)}/answer?error=access_denied&state={state}&iss={one.issuer}")
    assert (answer.status_code, "You were not signed in" in answer.text) == (400, True)


async def test_nobody_is_led_elsewhere(live: Channel, one: Real, browser: Person) -> None:
    await joined(live, one)
    await one.person("mia", groups=["managers"])
    answer = await browser.signed_in(f"{start(live)}?{urlencode({'next': '//evil.example'})}", "mia")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console")


async def test_two_vendors_of_one_provider_are_apart(live: Channel, running: Stack, one: Real, browser: Person) -> None:
    await running.vendor(f"{live.vendor}-b")
    other = await Channel.open(running, f"{live.vendor}-b", day=None)
    await joined(live, one)
    reviewer = {"name": "auditor", "when": [{"claim": "groups", "value": "auditors"}], "scopes": ["events:read"]}
    await joined(other, one, roles=[reviewer])
    await one.person("mia", groups=["managers"])
    assert (await browser.signed_in(start(other), "mia")).status_code == 403
    assert (await browser.signed_in(start(live), "mia")).status_code == 303
    assert len(await _keys(live)) == 1
    assert await _keys(other) == []


async def test_a_role_that_is_taken_away_here_ends_access_at_once(live: Channel, one: Real, browser: Person) -> None:
    await live.house("acme")
    client = await joined(live, one)
    await one.person("mia", groups=["managers"])
    await one.person("sam", groups=["sellers"], partner_id="acme")

    async def ended() -> bool:
        return (await browser.get("/console/money")).status_code == 303

    # by blocking the person
    assert (await browser.signed_in(start(live), "mia")).status_code == 303
    [who] = [one for one in (await live.read("/v1/identities"))["identities"] if one["subject"] == "mia"]
    blocked = await live.send("PUT", f"/v1/identities/{who['identity']}/block")
    assert blocked.json()["blocked_at"]
    await until(ended)
    refused = await browser.signed_in(start(live), "mia")
    assert (refused.status_code, "You have no access now" in refused.text) == (403, True)
    assert (await live.send("DELETE", f"/v1/identities/{who['identity']}/block")).json()["blocked_at"] is None
    assert (await browser.signed_in(start(live), "mia")).status_code == 303
    # by another mapping
    document = {"name": "Staff", "issuer": one.issuer, "client_id": client["client_id"],
                "asks_for": ["openid", "profile", "groups"], "roles": [SELLER]}  # fmt: skip
    assert (await live.send("PUT", "/v1/identity-providers/staff", document)).json()["has_secret"]
    await until(ended)
    assert (await browser.signed_in(start(live), "mia")).status_code == 403
    # by removing the provider
    assert (await browser.signed_in(start(live), "sam")).status_code == 303
    assert (await live.send("DELETE", "/v1/identity-providers/staff")).status_code == 204
    await until(ended)
    assert (await browser.get(start(live))).status_code == 404


async def test_what_changes_while_somebody_signs_in_counts(live: Channel, one: Real, browser: Person) -> None:
    client = await joined(live, one)
    await one.person("mia", groups=["managers"])
    answered = await browser.at_provider(await browser.begun(start(live)), "mia")
    roles = [{**MANAGER, "when": SELLER["when"]}]
    document = {"name": "Staff", "issuer": one.issuer, "client_id": client["client_id"], "roles": roles}
    assert (await live.send("PUT", "/v1/identity-providers/staff", document)).status_code == 200
    assert (await browser.get(answered)).status_code == 403


async def test_the_session_ends_with_the_token_or_as_configured(live: Channel, one: Real, browser: Person) -> None:
    await one.person("mia", groups=["managers"])
    for more, seconds in (({}, 600), ({"session_minutes": 30}, 1_800)):
        await joined(live, one, **more)
        assert (await browser.signed_in(start(live), "mia")).status_code == 303
        left = await live.stack.pool.fetchval(
            "SELECT extract(epoch FROM max(expires_at) - now()) FROM console.session WHERE vendor = $1", live.vendor
        )
        assert seconds - 60 < left <= seconds


async def test_over_tls_every_cookie_is_bound_to_the_host(live: Channel, one: Real) -> None:
    await joined(live, one)
    pool, settings = live.stack.pool, live.stack.settings
    found = callers_over(pool, settings)
    master = MasterKey(settings.master_key_bytes())
    app = create_app(pool, master, Credentials(pool, 0), within(_nothing), found.identity.signing_in)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://deals.example") as client:
        answer = await client.get(start(live))
    assert asked(answer.headers["location"])["redirect_uri"] == f"https://deals.example{start(live)}/answer"
    assert answer.headers["set-cookie"].startswith("__Host-dealreg-attempt=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=lax"} <= set(answer.headers["set-cookie"].split("; "))


async def test_what_is_kept_of_a_sign_in_says_nothing(live: Channel, one: Real, browser: Person) -> None:
    client = await joined(live, one)
    stated = asked(await browser.begun(start(live)))
    rows = await live.stack.pool.fetch("SELECT * FROM console.sign_in_attempt WHERE vendor = $1", live.vendor)
    assert len(rows) == 1
    kept = repr([*rows[0].values(), *await live.stack.pool.fetch("SELECT * FROM registration.identity_provider")])
    for secret in (
        stated["state"],
        stated["nonce"],
        browser.client.cookies["dealreg-attempt"],
        client["client_secret"],
    ):
        assert secret not in kept
    shown = await live.read("/v1/identity-providers/staff")
    assert shown["has_secret"]
    assert client["client_secret"] not in repr(shown)


async def _nothing(scope: object, receive: object, send: object) -> None:
    raise ConnectionError("nobody answers")


async def _keys(channel: Channel) -> list[dict[str, Any]]:
    found = await channel.read("/v1/credentials")
    return [one for one in found["credentials"] if one["label"] == "console"]
