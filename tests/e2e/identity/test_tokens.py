"""A provider's access tokens at the API: what they may do, and which are refused."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from dealreg.runtime.in_process import Stack
from tests.e2e.channel import Channel, claim_of
from tests.e2e.identity.hostile import OTHER_KEY, Hostile, shared_secret, signed, unsigned
from tests.e2e.identity.person import MANAGER, SELLER, audited, configured
from tests.e2e.identity.real import Real

MANAGER_CLAIMS = {"groups": ["managers"]}


async def read(channel: Channel, token: str, path: str = "/v1/pipeline") -> httpx.Response:
    return await channel.stack.client.get(path, headers={"Authorization": f"Bearer {token}"})


async def code(channel: Channel, token: str) -> tuple[int, str]:
    """Status and code of what the token is answered with."""
    answer = await read(channel, token)
    return answer.status_code, answer.json().get("code", "")


async def test_a_token_does_what_a_key_with_the_same_scopes_does(live: Channel, one: Real) -> None:
    await live.house("acme", "bolt")
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, one.issuer, audience=audience)).status_code == 200
    seller = await one.access_token(audience, groups=["sellers"], partner_id="acme")
    manager = await one.access_token(audience, **MANAGER_CLAIMS)
    mine = await live.claim("acme", as_=seller)
    theirs = await live.claim("bolt", customer={"legal_name": "Delta GmbH", "country": "DE"})
    found = (await read(live, seller)).json()["items"]
    assert [row["registration"] for row in found] == [mine["registration"]]
    assert (await read(live, seller, f"/v1/registrations/{theirs['registration']}")).status_code == 404
    refused = await live.send("POST", "/v1/registrations", claim_of("bolt"), as_=seller)
    assert (refused.status_code, refused.json()["code"]) == (403, "partner.not_yours")
    review = {"verdict": "approve"}
    path = f"/v1/registrations/{mine['registration']}/review"
    refused = await live.send("POST", path, review, as_=seller)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing")
    assert len((await read(live, manager)).json()["items"]) == 2
    # The audit trail and the journal name the person.
    [seen] = [one for one in (await live.read("/v1/identities"))["identities"] if one["partner"] == "acme"]
    facts = (await live.read("/v1/events?limit=200"))["items"]
    assert f"identity:{seen['identity']}" in {fact.get("principal") for fact in facts}
    # It administers keys within its own scopes, and its acts are audited.
    made = await live.send("POST", "/v1/credentials", {"scopes": ["events:read"]}, as_=manager)
    assert made.status_code == 201
    over = await live.send("POST", "/v1/credentials", {"scopes": ["vendor:admin"]}, as_=manager)
    assert (over.status_code, over.json()["code"]) == (403, "scope.missing")
    [act] = await audited(live, f"subject=credential:{made.json()['credential']}", 1)
    assert act["actor"] == f"identity:{act['credential']}"
    [same] = await audited(live, f"actor={act['credential']}", 1)
    assert same["subjects"] == act["subjects"]


async def test_what_somebody_saved_is_found_by_any_token_of_theirs_until_they_are_erased(
    live: Channel, one: Real
) -> None:
    await live.house("acme")
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, one.issuer, audience=audience)).status_code == 200
    now = int(time.time())
    claims = {"iss": one.issuer, "aud": audience, "iat": now, **MANAGER_CLAIMS}
    sam, again, kim = [
        await one.signed({**claims, "sub": sub, "exp": now + left})
        for sub, left in (("sam", 600), ("sam", 900), ("kim", 600))
    ]
    body = {"page": "registrations", "name": "Mine", "parameters": {"customer": "Nile"}}
    assert (await live.send("POST", "/v1/saved-views", body, as_=sam)).status_code == 201

    async def names(token: str) -> list[str]:
        return [row["name"] for row in (await read(live, token, "/v1/saved-views")).json()["saved_views"]]

    assert [await names(token) for token in (sam, again, kim, live.key)] == [["Mine"], ["Mine"], [], []]
    [person] = [row for row in (await live.read("/v1/identities"))["identities"] if row["subject"] == "sam"]
    asked = {"principal": f"identity:{person['identity']}"}
    erased = await live.send("POST", "/v1/persons/erasure", asked)
    assert erased.json()["erased"] is True
    assert await names(again) == []


async def test_tokens_of_one_provider_for_two_vendors_are_apart(live: Channel, running: Stack, one: Real) -> None:
    await running.vendor(f"{live.vendor}-b")
    other = await Channel.open(running, f"{live.vendor}-b", day=None)
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, one.issuer, audience=audience)).status_code == 200
    taken = await configured(other, one.issuer, audience=audience)
    assert (taken.status_code, taken.json()["code"]) == (409, "provider.taken")
    assert (await configured(other, one.issuer, audience=f"{audience}/b")).status_code == 200
    await live.house("acme")
    await live.claim("acme")
    mine, theirs = [await one.access_token(where, **MANAGER_CLAIMS) for where in (audience, f"{audience}/b")]
    assert len((await read(live, mine)).json()["items"]) == 1
    assert (await read(live, theirs)).json()["items"] == []
    # A token for both is for neither.
    claims = {"iss": one.issuer, "aud": [audience, f"{audience}/b"], "sub": "sam", **MANAGER_CLAIMS}
    now = int(time.time())
    both = await one.signed({**claims, "iat": now, "exp": now + 60})
    assert await code(live, both) == (401, "token.invalid")


async def test_a_new_key_of_the_provider_is_taken_and_the_old_one_ends(
    live: Channel, two: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, two.issuer, audience=audience)).status_code == 200
    assert (await read(live, await two.access_token(audience, **MANAGER_CLAIMS))).status_code == 200
    now = int(time.time())
    claims = {"iss": two.issuer, "aud": audience, "sub": "sam", "iat": now, "exp": now + 600, **MANAGER_CLAIMS}
    old = await two.signed(claims, jti="never shown before the rotation")
    await two.act("rotate")
    new = await two.access_token(audience, **MANAGER_CLAIMS)
    monkeypatch.setattr("shared.identity.keys.RETRY_SECONDS", 0)
    assert await code(live, new) == (200, "")
    assert await code(live, old) == (401, "token.invalid")


def _token(hostile: Hostile, audience: str, what: str) -> str:
    now = int(time.time())
    good = hostile.claims(audience, **MANAGER_CLAIMS)
    made: dict[str, Any] = {
        "another issuer": lambda: signed({**good, "iss": "https://evil.example"}),
        "another audience": lambda: signed({**good, "aud": "https://other.example"}),
        "the client as audience": lambda: signed({**good, "aud": "dealreg"}),
        "no audience": lambda: signed({k: v for k, v in good.items() if k != "aud"}),
        "alg none": lambda: unsigned(good),
        "alg None": lambda: unsigned(good, alg="None"),
        "HS256 with the public key": lambda: shared_secret(good),
        "RS512, which is not listed": lambda: signed(good, alg="RS512"),
        "ES256 with a key that is not of it": lambda: ".".join(
            (unsigned(good, alg="ES256", kid="one").split(".")[0], signed(good).split(".")[1], "x" * 86)
        ),
        "another key under the same id": lambda: signed(good, OTHER_KEY),
        "an unknown key": lambda: signed(good, kid="two"),
        "a changed claim": lambda: ".".join(
            (signed(good).split(".")[0], signed({**good, "sub": "eve"}).split(".")[1], signed(good).split(".")[2])
        ),
        "an ID token": lambda: signed(good, typ="JWT"),
        "no type": lambda: signed(good, typ=""),
        "not valid yet": lambda: signed({**good, "nbf": now + 120}),
        "of the future": lambda: signed({**good, "iat": now + 120}),
        "no subject": lambda: signed({k: v for k, v in good.items() if k != "sub"}),
        "an empty subject": lambda: signed({**good, "sub": ""}),
        "a subject that is a number": lambda: signed({**good, "sub": 1}),
        "no end": lambda: signed({k: v for k, v in good.items() if k != "exp"}),
        "an end that is a text": lambda: signed({**good, "exp": str(now + 600)}),
        "no beginning": lambda: signed({k: v for k, v in good.items() if k != "iat"}),
        "too long": lambda: signed({**good, "more": "x" * 9_000}),
        "no JSON": lambda: "e30.eA.eA",
        "no header": lambda: "..",
        "critical headers": lambda: signed(good).replace(
            signed(good).split(".")[0], unsigned({}, alg="RS256", kid="one", crit=["exp"], exp=1).split(".")[0]
        ),
    }  # fmt: skip
    return str(made[what]())


WRONG = (
    "another issuer", "another audience", "the client as audience", "no audience", "alg none", "alg None",
    "HS256 with the public key", "RS512, which is not listed", "ES256 with a key that is not of it",
    "another key under the same id", "an unknown key", "a changed claim", "an ID token", "no type", "not valid yet",
    "of the future", "no subject", "an empty subject", "a subject that is a number", "no end", "an end that is a text",
    "no beginning", "too long", "no JSON", "critical headers",
)  # fmt: skip


async def test_what_is_wrong_with_a_token_is_refused_and_said(live: Channel, hostile: Hostile) -> None:
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, hostile.issuer, audience=audience, client_id="dealreg")).status_code == 200
    assert (await read(live, signed(hostile.claims(audience, **MANAGER_CLAIMS)))).status_code == 200
    said = set()
    for what in WRONG:
        answer = await read(live, _token(hostile, audience, what))
        assert (answer.status_code, answer.json()["code"]) == (401, "token.invalid"), (what, answer.text)
        assert answer.json()["detail"]
        said.add(answer.json()["detail"])
    assert len(said) > 10, "each says what is wrong"
    # An unknown kid asks the provider again, but not each time.
    assert hostile.asked.count("/jwks") == 1
    expired = signed(hostile.claims(audience, exp=int(time.time()) - 31, **MANAGER_CLAIMS))
    assert await code(live, expired) == (401, "token.expired")
    # Clocks may be half a minute apart.
    for skewed in ({"exp": int(time.time()) - 15}, {"nbf": int(time.time()) + 15}, {"iat": int(time.time()) + 15}):
        assert (await code(live, signed(hostile.claims(audience, **skewed, **MANAGER_CLAIMS))))[0] == 200


@pytest.mark.parametrize("claims", [{}, {"groups": ["cleaners"]}, {"groups": ["sellers"]},
                                    {"groups": ["sellers"], "partner_id": "no id"}])  # fmt: skip
async def test_claims_without_a_role_are_told_which_roles_there_are(
    live: Channel, hostile: Hostile, claims: dict[str, Any]
) -> None:
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, hostile.issuer, audience=audience)).status_code == 200
    answer = await read(live, signed(hostile.claims(audience, **claims)))
    assert (answer.status_code, answer.json()["code"]) == (403, "role.missing")
    assert "channel manager, seller" in answer.json()["detail"]


async def test_what_is_taken_away_here_ends_a_good_token(live: Channel, hostile: Hostile) -> None:
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, hostile.issuer, audience=audience)).status_code == 200
    token = signed(hostile.claims(audience, **MANAGER_CLAIMS))
    assert await code(live, token) == (200, "")
    [who] = (await live.read("/v1/identities"))["identities"]
    for method, expected in (("PUT", (403, "identity.blocked")), ("DELETE", (200, ""))):
        assert (await live.send(method, f"/v1/identities/{who['identity']}/block")).status_code == 200
        assert await code(live, token) == expected
    assert (await configured(live, hostile.issuer, audience=audience, roles=[SELLER])).status_code == 200
    assert await code(live, token) == (403, "role.missing")
    assert (await configured(live, hostile.issuer, audience=audience, roles=[MANAGER])).status_code == 200
    assert await code(live, token) == (200, "")
    assert (await live.send("DELETE", "/v1/identity-providers/staff")).status_code == 204
    assert await code(live, token) == (401, "token.invalid")
    done = [one["type"] for one in await audited(live, "subject=provider:staff", 4)]
    assert sorted(done) == ["provider.configured"] * 3 + ["provider.removed"]
    done = [one["type"] for one in await audited(live, f"subject=identity:{who['identity']}", 2)]
    assert sorted(done) == ["identity.admitted", "identity.blocked"]


async def test_tokens_share_the_limits_of_keys(live: Channel, hostile: Hostile) -> None:
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, hostile.issuer, audience=audience)).status_code == 200
    answer = await read(live, signed(hostile.claims(audience, **MANAGER_CLAIMS)))
    assert "r=4999;" in answer.headers["RateLimit"]
    again = await read(live, signed(hostile.claims(audience, jti="another token", **MANAGER_CLAIMS)))
    assert int(again.headers["RateLimit"].partition("r=")[2].partition(";")[0]) <= 4_999


async def test_a_provider_that_is_away_is_said_so(live: Channel, hostile: Hostile) -> None:
    audience = f"https://{live.vendor}.example"
    assert (await configured(live, hostile.issuer, audience=audience)).status_code == 200
    hostile.metadata = {"issuer": "https://evil.example"}
    token = signed(hostile.claims(audience, **MANAGER_CLAIMS))
    assert await code(live, token) == (503, "provider.away")
    hostile.metadata = {}
    assert await code(live, token) == (503, "provider.away"), "not asked again at once"
    assert len(hostile.asked) == 1


async def test_the_mapping_can_be_tried_and_an_administrator_gives_no_more_than_it_has(
    live: Channel, one: Real
) -> None:
    assert (await configured(live, one.issuer, audience=live.vendor)).status_code == 200
    tried = await live.send("POST", "/v1/identity-providers/staff/trial", {"claims": {"groups": ["managers"]}})
    assert tried.json()["roles"] == ["channel manager"]
    tried = await live.send("POST", "/v1/identity-providers/staff/trial", {"claims": {}})
    assert "channel manager, seller" in tried.json()["refused"]
    weak = await live.stack.key(live.vendor, ["credentials:admin", "registrations:write", "events:read"])
    same = {"name": "x", "issuer": one.issuer, "audience": "y"}
    for method, path, body in (
        ("PUT", "/v1/identity-providers/other", {**same, "roles": [MANAGER]}),
        ("PUT", "/v1/identity-providers/staff", {**same, "roles": [{**MANAGER, "scopes": ["events:read"]}]}),
        ("DELETE", "/v1/identity-providers/staff", None),
    ):
        refused = await live.send(method, path, body, as_=weak)
        assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing"), method
    partner = await live.stack.key(live.vendor, ["registrations:write"], partner="acme")
    assert (await live.send("GET", "/v1/identity-providers", as_=partner)).status_code == 403


BAD: tuple[tuple[dict[str, Any], str], ...] = (
    ({"issuer": "ftp://x.example"}, "url.invalid"), ({"issuer": "https://u:p@x.example"}, "url.invalid"),
    ({"issuer": "https://x.example?y"}, "url.invalid"), ({"issuer": "https://x.example:port"}, "url.invalid"),
    ({"audience": None}, "provider.purpose"), ({"client_id": "same", "audience": "same"}, "audience.client"),
    ({"algorithms": ["HS256"]}, "field.choice"), ({"algorithms": ["none"]}, "field.choice"),
    ({"client_id": "y", "asks_for": ["profile"]}, "scope.openid"), ({"roles": []}, "list.too_short"),
    ({"roles": [{**MANAGER, "when": []}]}, "role.for_everybody"),
    ({"roles": [{**SELLER, "scopes": ["reviews:write"]}]}, "scope.not_for_partners"),
    ({"roles": [{**SELLER, "partner": "acme"}]}, "role.partner_twice"),
    ({"roles": [{**MANAGER, "scopes": ["everything"]}]}, "field.choice"),
    ({"session_minutes": 1}, "number.out_of_range"), ({"secret": "x"}, "field.unknown"),
)  # fmt: skip


async def test_a_provider_that_would_be_unsafe_is_refused_at_its_field(live: Channel) -> None:
    for more, expected in BAD:
        refused = await configured(live, **{"issuer": "https://login.example", "audience": "x", **more})
        assert refused.status_code == 422, more
        assert expected in {one["code"] for one in refused.json()["errors"]}, (more, refused.text)
    refused = await configured(live, "https://login.example", audience="x", roles=[
        {"name": "x", "when": MANAGER["when"], "partner": "nobody", "scopes": ["pipeline:read"]}])  # fmt: skip
    assert (refused.status_code, refused.json()["code"]) == (422, "partner.unknown")
    assert (await configured(live, "https://login.example", "no id", audience="x")).status_code == 422
