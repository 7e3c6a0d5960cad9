"""Signing in: a link works once, a session lives on the server, and nothing that is not ours begins or keeps one."""

from __future__ import annotations

import httpx
import pytest

from services.console.api import within
from services.console.app import create_app
from shared.identity.wiring import callers_over
from shared.persons import MasterKey
from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn
from tests.e2e.console.person import FORM, Person
from tests.until import until

WRITES = ("/console/sign-in", "/console/sign-out", "/console/language", "/console/register/hunting",
          "/console/registrations/reg_1/withdrawal")  # fmt: skip
ELSEWHERE = ("//evil.example", "https://evil.example/console", "/\\evil.example", "/console//evil.example",
             "/console\\@evil.example", "/consoles", "/v1/pipeline", "javascript:alert(1)",
             "/console\r\nX: y")  # fmt: skip


async def test_a_link_signs_in_once_and_only_by_a_press(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    async with Person.browser(live) as person, Person.browser(live) as other:
        link = await person.link("acme")
        for _ in range(2):  # whoever only looks, such as a scanner of mail, uses nothing up
            page = await other.see(link)
            assert "acme" in page.text
        answer = await person.submit(page)
        assert answer.headers["location"] == "/console"
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("dealreg-session=")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert (await person.get("/console")).status_code == 200
        replayed = await other.submit(page)
        assert (replayed.status_code, "set-cookie" in replayed.headers) == (400, False)
        assert "used already" in replayed.text
        assert "used already" in (await other.see(link)).text


@pytest.mark.parametrize("token", ["", "x", "x" * 4_000, "\u0000", "\ud800".encode("utf-8", "surrogatepass").hex()])
async def test_what_is_no_link_signs_nobody_in(live: Channel, token: str) -> None:
    async with Person.browser(live) as person:
        answer = await person.post("/console/sign-in", [("link", token)])
        assert (answer.status_code, "set-cookie" in answer.headers) == (400, False)


async def test_a_link_is_over_after_its_time(live: Channel) -> None:
    async with Person.browser(live) as person:
        page = await person.see(await person.link("acme"))
        await live.stack.pool.execute(
            "UPDATE console.sign_in_link SET expires_at = now() WHERE vendor = $1", live.vendor
        )
        assert (await person.submit(page)).status_code == 400


async def test_a_link_may_be_pasted_whole(live: Channel) -> None:
    async with Person.browser(live) as person:
        link = person.origin + await person.link("acme")
        page = await person.see("/console/sign-in?next=/console/money")
        answer = await person.submit(page, link=f" {link} ")
        assert (answer.status_code, answer.headers["location"]) == (303, "/console/money")


async def test_over_tls_the_cookie_is_bound_to_the_host_and_over_plain_http_nobody_else_is_served(
    live: Channel,
) -> None:
    app = _console(live)
    async with Person.browser(live) as person:
        token = (await person.link("acme")).rpartition("=")[2]
    headers = {"Origin": "https://deals.example", "Content-Type": FORM}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://deals.example") as client:
        answer = await client.post("/console/sign-in", content=f"link={token}", headers=headers)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-dealreg-session=")
    assert {"Secure", "HttpOnly", "Path=/"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    for host in ("deals.example", "127.0.0.1.evil.example", "10.0.0.1", "localhost.evil.example"):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
            assert (await client.get("/console/sign-in")).status_code == 403
    for host in ("localhost:8080", "127.0.0.1:8080", "[::1]:8080"):
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"http://{host}") as client:
            assert (await client.get("/console/sign-in")).status_code == 200


@pytest.mark.parametrize("path", WRITES)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "none"}, {},
    ],
)  # fmt: skip
async def test_a_write_from_a_foreign_page_does_nothing(
    live: Channel, sign_in: SignIn, path: str, headers: dict[str, str]
) -> None:
    person = await sign_in(live, "acme")
    if "Sec-Fetch-Site" in headers:
        headers = {"Origin": person.origin, **headers}
    answer = await person.client.post(path, content="link=x", headers={"Content-Type": FORM, **headers})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)
    assert (await person.get("/console/design")).status_code == 200
    assert (await person.get("/console/company")).status_code != 303, "still signed in"


async def test_a_session_id_that_was_there_before_is_not_taken_over(live: Channel) -> None:
    await live.house("acme")
    async with Person.browser(live) as person:
        person.client.cookies.set("dealreg-session", "fixed-by-somebody-else", domain="127.0.0.1")
        page = await person.see(await person.link("acme"))
        answer = await person.submit(page)
        first = person.client.cookies["dealreg-session"]
        assert first != "fixed-by-somebody-else"
        assert answer.status_code == 303
        # Signing in again begins another one, and ends the first.
        await person.sign_in("acme")
        assert person.client.cookies["dealreg-session"] != first
        async with Person.browser(live) as thief:
            thief.client.cookies.set("dealreg-session", first)
            assert (await thief.get("/console")).status_code == 303


@pytest.mark.parametrize("back", ELSEWHERE)
async def test_nobody_is_led_elsewhere(live: Channel, back: str) -> None:
    async with Person.browser(live) as person:
        token = (await person.link("acme")).rpartition("=")[2]
        for pairs, path in (
            ([("next", back)], "/console/language"),
            ([("link", token), ("next", back)], "/console/sign-in"),
        ):
            answer = await person.post(path, pairs)
            assert (answer.status_code, answer.headers["location"]) == (303, "/console")


async def test_signing_out_ends_the_session_and_its_key(live: Channel, sign_in: SignIn) -> None:
    person = await sign_in(live, "acme")
    copied = person.client.cookies["dealreg-session"]
    [made] = [one for one in await _keys(live) if one["label"] == "console"]
    assert made["status"] == "active"
    page = await person.see("/console/design")
    answer = await person.submit(page, page.form("/console/sign-out"))
    assert answer.headers["location"] == "/console/sign-in"
    person.client.cookies.set("dealreg-session", copied, domain="127.0.0.1")
    assert (await person.get("/console")).status_code == 303
    [made] = [one for one in await _keys(live) if one["label"] == "console"]
    assert made["status"] == "revoked"


async def test_a_role_that_is_taken_away_ends_access(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    assert (await person.get("/console")).status_code == 200
    [made] = [one for one in await _keys(live) if one["label"] == "console"]
    assert (await live.send("DELETE", f"/v1/credentials/{made['credential']}")).status_code in (200, 204)

    async def ended() -> bool:
        answer = await person.get("/console/money")
        return answer.status_code == 303 and answer.headers["location"].startswith("/console/sign-in?next=")

    await until(ended)


async def test_a_session_outlives_the_process_and_its_key_is_nowhere_in_clear(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    cookies = {"dealreg-session": person.client.cookies["dealreg-session"]}
    transport = httpx.ASGITransport(_console(live))  # another process, which has the database and the master key
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies=cookies) as client:
        # Its API is away, and it knows who asks.
        answer = await client.get("/console")
        assert (answer.status_code, "acme" in answer.text) == (503, True)
    rows = await live.stack.pool.fetch("SELECT * FROM console.session WHERE vendor = $1", live.vendor)
    stored = b"".join(value for row in rows for value in row.values() if isinstance(value, bytes))
    assert stored
    assert b"dr_" not in stored
    assert cookies["dealreg-session"].encode() not in stored


async def test_the_first_address_leads_to_the_console_and_that_to_signing_in(live: Channel) -> None:
    async with Person.browser(live) as person:
        for path, following in (
            ("/", "/console"),
            ("/console", "/console/sign-in?next=%2Fconsole"),
            ("/console/money?status=held", "/console/sign-in?next=%2Fconsole%2Fmoney%3Fstatus%3Dheld"),
        ):
            for method in ("GET", "HEAD"):
                answer = await person.client.request(method, path)
                assert (answer.status_code, answer.headers["location"]) == (303, following)
        assert (await person.get("/docs")).status_code == 200


async def test_every_answer_forbids_frames_scripts_and_copies(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme")
    person = await sign_in(live, "acme")
    paths = ("/console", "/console/design", "/console/none", "/console/sign-in", "/console/registrations.csv")
    for answer in [*[await person.get(path) for path in paths], await person.post("/console/none", [])]:
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy
        assert "script-src" not in policy
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers.get_list("referrer-policy") == ["same-origin"], "else browsers say Origin: null"
        assert "dr_" not in answer.text, "the key of the API stays on the server"


def _console(channel: Channel) -> object:
    """A console of its own over the same database, whose API is away."""
    stack = channel.stack

    async def away(scope: object, receive: object, send: object) -> None:
        raise ConnectionError("nobody answers")

    master, found = MasterKey(stack.settings.master_key_bytes()), callers_over(stack.pool, stack.settings)
    return create_app(stack.pool, master, found.credentials, within(away), found.identity.signing_in)


async def _keys(channel: Channel) -> list[dict[str, object]]:
    found = await channel.read("/v1/credentials")
    return list(found["credentials"])
