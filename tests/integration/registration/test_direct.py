"""The shortcut of plain registrations: on the wire nobody can tell it from the long way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
import pytest_asyncio
from starlette.types import ASGIApp, Receive, Scope, Send

from dealreg.runtime import http_protocol
from dealreg.runtime.server import listen, serving
from dealreg.runtime.shortcut import Shortcut
from dealreg.runtime.surface import surfaced
from services.registration.api.direct import PLAIN
from services.registration.intake.intake import Intake
from shared.credentials import Credentials, operator
from shared.errors import Unavailable
from shared.settings import Settings
from tests.integration.registration.conftest import SUBMISSION, Edge
from tests.integration.registration.test_bad_input import CASES, TEXTS

SECONDS = 120.0
# What differs between any two answers: date, what is left of the rate, and an id that the request did not bring.
_OF_THE_MOMENT = re.compile(rb"(?<=;r=)[0-9]+|(?<=\ndate: )[^\r]+|(?<=x-request-id: )[0-9a-f]{32}")


@dataclass
class Ways:
    """The same application twice: once behind the shortcut, once without."""

    edge: Edge
    ports: dict[str, int] = field(default_factory=dict)
    reached: int = 0
    """Requests that came to the application of the server with the shortcut."""

    async def asked(self, way: str, raw: bytes, *more: bytes) -> bytes:
        """All that is answered until nothing comes or the connection is closed, to bytes sent piece by piece."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.ports[way])
        try:
            for piece in (raw, *more):
                writer.write(piece)
                await writer.drain()
                await asyncio.sleep(0)
            async with asyncio.timeout(SECONDS):
                return await _answer(reader)
        finally:
            writer.transport.abort()

    async def alike(self, raw: bytes, *, first: str = "short") -> bytes:
        """The answer, which is the same both ways, but for what is of the moment."""
        ways = sorted(self.ports, key=lambda way: way != first)
        one, other = [_OF_THE_MOMENT.sub(b"", await self.asked(way, raw)) for way in ways]
        assert one == other
        return one


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: ([0-9]+)", head)
    return head + (await reader.readexactly(int(length[1])) if length else b"")


@pytest_asyncio.fixture(loop_scope="session")
async def ways(edge: Edge) -> AsyncIterator[Ways]:
    async with AsyncExitStack() as stack:
        yield await _served(stack, edge, edge.settings)


async def _served(stack: AsyncExitStack, edge: Edge, settings: Settings) -> Ways:
    made = Ways(edge)

    def counted(app: ASGIApp) -> ASGIApp:
        async def counting(scope: Scope, receive: Receive, send: Send) -> None:
            made.reached += 1
            await app(scope, receive, send)

        return counting

    shortcut = Shortcut(settings)
    shortcut.leads_to(edge.app)
    for way, app, short in (("short", counted(edge.app), shortcut), ("long", edge.app, None)):
        listener = listen("127.0.0.1", 0)
        await stack.enter_async_context(serving(surfaced(app, settings), listener, "", short))
        made.ports[way] = int(listener.getsockname()[1])
    return made


def post(
    body: bytes | dict[str, Any] = SUBMISSION,
    *lines: str,
    start: str = "POST /v1/registrations HTTP/1.1",
    without: Sequence[str] = (),
    **headers: str,
) -> bytes:
    """A request as it is on the wire; headers by name replace the usual ones, and lines follow them."""
    text = body if isinstance(body, bytes) else orjson.dumps(body)
    usual = {
        "host": "edge.example",
        "content-type": "application/json",
        "content-length": str(len(text)),
        "x-request-id": "req-1",
    }
    said = {**usual, **{name.replace("_", "-").lower(): value for name, value in headers.items()}}
    named = [f"{name}: {value}" for name, value in said.items() if name not in without]
    return "\r\n".join([start, *named, *lines, "", ""]).encode("latin-1") + text


def changed(**fields: Any) -> dict[str, Any]:
    return {**SUBMISSION, **fields}


async def warm(ways: Ways, headers: dict[str, str]) -> None:
    """The key is known to the process, as it is from its second request on."""
    answer = await ways.asked("long", post(b"[]", idempotency_key="warm", **headers))
    assert answer.startswith((b"HTTP/1.1 422", b"HTTP/1.1 4"))


PLAIN_BODIES: dict[str, bytes | dict[str, Any]] = {
    "the example": SUBMISSION,
    "everything": changed(
        contact={"name": "Jana Adler", "email": "jana@adler.example", "phone": "+49 30 1"},
        notes="line one\n\ttwo",
        evidence=[{"kind": "demo", "on": "2025-11-12", "note": "two hours"}],
        list_amount={"amount": "50000", "currency": "EUR"},
        further_customers=["Zweite GmbH"],
        units=3,
    ),
    "unusual letters": changed(site="Łódź 漢字 مرحبا 😀", project='a "quoted": \\ name'),
    "white space": b" \n\t" + orjson.dumps(SUBMISSION, option=orjson.OPT_INDENT_2) + b"\r\n",
    "escapes": orjson.dumps(SUBMISSION).replace(b"Kanzlei", b"\\u004banzlei"),
    "digits": changed(external_id="1" * 40),
    "other order": dict(reversed(SUBMISSION.items())),
}
TAKEN_HEADS: dict[str, dict[str, str]] = {
    "a browser's": {"accept": "*/*", "accept-language": "ar", "accept-encoding": "gzip", "user-agent": "x"},
    "behind a proxy": {"x-forwarded-for": "10.0.0.1", "x-forwarded-proto": "https", "via": "1.1 proxy"},
    "kept alive": {"connection": "Keep-Alive"},
    "a charset": {"content-type": 'application/json; charset="UTF-8"'},
    "a trace": {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"},
    "a trace that is none": {"traceparent": "00-1-2-3"},
    "a request id that is none": {"x-request-id": "a b"},
    "not acceptable": {"accept": "text/html"},
}


@pytest.mark.parametrize("first", ["short", "long"])
async def test_a_plain_registration_is_answered_alike_and_accepted_once(ways: Ways, first: str) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    told = []
    for name, body in PLAIN_BODIES.items():
        told.append(await ways.alike(post(body, idempotency_key=f"{first} {name}", **headers), first=first))
    for name, more in TAKEN_HEADS.items():
        told.append(await ways.alike(post(SUBMISSION, **{"idempotency-key": name} | headers | more), first=first))
    assert {one.partition(b"\r\n")[0] for one in told} == {b"HTTP/1.1 202 Accepted"}
    assert ways.reached == 0
    facts = await ways.edge.facts()
    assert len(facts) == len({fact.id for fact in facts}) == len(told)
    traces = {fact.traceparent for fact in facts}
    assert traces == {None, TAKEN_HEADS["a trace"]["traceparent"]}


@pytest.mark.parametrize("way", ["short", "long"])
async def test_both_ways_write_the_same_fact(ways: Ways, way: str) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    for name, body in PLAIN_BODIES.items():
        await ways.asked(way, post(body, idempotency_key=name, **headers))
    facts = await ways.edge.facts()
    assert [fact.principal for fact in facts] == [facts[0].principal] * len(PLAIN_BODIES)
    for fact, body in zip(facts, PLAIN_BODIES.values(), strict=True):
        sent = body if isinstance(body, dict) else orjson.loads(body)
        event: Any = fact.event
        assert event.customer.legal_name == sent["customer"]["legal_name"]
        assert (event.site, event.external_id) == (sent.get("site"), sent.get("external_id"))


async def test_every_wrong_body_is_refused_alike(ways: Ways) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    bodies: list[bytes] = [
        *[orjson.dumps(body) for _, body, _ in CASES],
        *[text for _, text, _ in TEXTS],
        b"[]", b'"text"', b"7", b"null", b"", b"{}", b"\xef\xbb\xbf{}", b'{"amount": {"amount": ' + b"9" * 30 + b"}}",
        b'{"site": 1e400}', b'{"site": 1e-400}', b'{"program"\t: "a", "program": "b"}', b'{"a": "\\u0022:", "a": 1}',
        b" " * 4_096 + b"{}",
    ]  # fmt: skip
    for body in bodies:
        answer = await ways.alike(post(body, idempotency_key="k", **headers))
        assert answer.startswith(b"HTTP/1.1 4"), body[:80]
    assert await ways.edge.facts() == []


async def test_every_head_that_is_not_plain_is_answered_alike(ways: Ways) -> None:
    edge = ways.edge
    good = await edge.key()
    keys = {
        "none": {},
        "other scope": await edge.key("pipeline:read"),
        "a partner's": await edge.key("registrations:write", partner="nordlicht"),
        "another partner's": await edge.key("registrations:write", partner="suedlicht"),
        "no bearer": {"Authorization": good["Authorization"].replace("Bearer", "Basic")},
        "small letters": {"Authorization": good["Authorization"].replace("Bearer", "bearer")},
        "wrong secret": {"Authorization": good["Authorization"][:-43] + "A" * 43},
        "no key": {"Authorization": "Bearer  "},
        "an expired one": await _ended(edge, expires=True),
        "a revoked one": await _ended(edge, expires=False),
    }
    for headers in keys.values():
        await warm(ways, headers)
    requests = [post(SUBMISSION, **{"idempotency-key": name} | headers) for name, headers in keys.items()]
    key = {**good, "idempotency-key": "k"}
    requests += [
        post(SUBMISSION, **good),
        post(SUBMISSION, **good, idempotency_key=""),
        post(SUBMISSION, **good, idempotency_key="ü"),
        post(SUBMISSION, **good, idempotency_key="x" * 201),
        *[post(SUBMISSION, **key, content_type=kind) for kind in ("", "text/plain", "application/json; charset=ascii")],
        post(SUBMISSION, **key, content_encoding="gzip"),
        post(SUBMISSION, **key, dealreg_recorded_at="2025-01-01T00:00:00Z"),
        post(SUBMISSION, **key, prefer="wait=0"),
        post(SUBMISSION, **key, if_match='"1"'),
        post(SUBMISSION, **key, origin="https://a.example"),
        post(SUBMISSION, **key, host="a/b"),
        post(SUBMISSION, f"Idempotency-Key: {'y' * 9}", **key),
        post(SUBMISSION, "Host: b", **key),
        post(SUBMISSION, **key, connection="close"),
        post(SUBMISSION, **key, expect="100-continue"),
        post(SUBMISSION, **key, start="POST /v1/registrations HTTP/1.0"),
        post(SUBMISSION, **key, start="POST /v1/registrations?check=true HTTP/1.1"),
        post(SUBMISSION, **key, start="POST /v1/registrations/ HTTP/1.1"),
        post(SUBMISSION, **key, start="POST http://other.example/v1/registrations HTTP/1.1"),
        post(SUBMISSION, **key, start="PUT /v1/registrations HTTP/1.1"),
        post(SUBMISSION, **key, content_length="99999999"),
        post(b"4\r\n{  }\r\n0\r\n\r\n", **key, without=["content-length"], transfer_encoding="chunked"),
    ]  # fmt: skip
    for raw in requests:
        await ways.alike(raw)


async def _ended(edge: Edge, *, expires: bool) -> dict[str, str]:
    store: Credentials = edge.app.state.credentials
    soon = datetime.now(UTC) - timedelta(seconds=1) if expires else None
    made, token = await store.create("acme", ["registrations:write"], expires_at=soon)
    if not expires:
        await store.revoke("acme", made.credential, by=operator("acme"))
    return {"Authorization": f"Bearer {token}"}


async def test_a_header_that_nobody_weighed_goes_the_long_way(ways: Ways) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    assert not PLAIN & {"prefer", "dealreg-recorded-at", "content-encoding", "origin", "expect", "transfer-encoding"}
    await ways.asked("short", post(SUBMISSION, idempotency_key="k", x_new="1", **headers))
    assert ways.reached == 1


async def test_a_body_may_come_in_pieces_and_requests_one_behind_the_other(ways: Ways) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    raw = post(SUBMISSION, idempotency_key="pieces", **headers)
    for cut in (5, raw.index(b"\r\n\r\n") + 4, len(raw) - 1):
        assert b" 202 " in await ways.asked("short", raw[:cut], raw[cut:])
    reader, writer = await asyncio.open_connection("127.0.0.1", ways.ports["short"])
    pages = [
        post(SUBMISSION, idempotency_key=f"k{number}", x_request_id=f"r{number}", **headers) for number in range(3)
    ]
    writer.write(b"".join(pages))
    async with asyncio.timeout(SECONDS):
        told = [await _answer(reader) for _ in pages]
    assert [re.search(rb"x-request-id: (r[0-9])", one)[1] for one in told] == [b"r0", b"r1", b"r2"]  # type: ignore[index]
    assert len({one.rpartition(b"\r\n\r\n")[2] for one in told}) == 3
    writer.transport.abort()


async def test_a_failure_is_told_alike_and_not_tried_again(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    tried = 0

    async def away(self: object, batch: Sequence[Any]) -> None:
        nonlocal tried
        tried += len(batch)
        raise Unavailable("the log is away")

    acceptance = type(ways.edge.app.state.edge.intake._acceptance)
    monkeypatch.setattr(acceptance, "take", away)
    answer = await ways.alike(post(SUBMISSION, idempotency_key="k", accept_language="ar", **headers))
    assert (answer.partition(b"\r\n")[0], tried) == (b"HTTP/1.1 503 Service Unavailable", 2)
    assert b"retry-after: " in answer
    monkeypatch.undo()

    def full(self: Intake, submissions: object) -> None:
        raise Unavailable("the service is stopping")

    monkeypatch.setattr(Intake, "_enqueue", full)
    assert b" 503 " in await ways.alike(post(SUBMISSION, idempotency_key="k", **headers))
    monkeypatch.undo()
    assert b" 202 " in await ways.alike(post(SUBMISSION, idempotency_key="k", **headers))
    assert b"idempotency.key_reused" in await ways.alike(post(changed(site="Kiel"), idempotency_key="k", **headers))


async def test_a_key_in_use_and_a_key_at_its_limit_go_the_long_way(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    many = [ways.asked("short", post(SUBMISSION, idempotency_key="k", **headers)) for _ in range(20)]
    told = await asyncio.gather(*many)
    assert {one.partition(b"\r\n")[0] for one in told} == {b"HTTP/1.1 202 Accepted"}
    assert len({one.rpartition(b"\r\n\r\n")[2] for one in told}) == len(await ways.edge.facts()) == 1
    monkeypatch.setattr(ways.edge.app.state.rate, "seconds", 3_600 * ways.edge.app.state.rate.most)
    while ways.edge.app.state.rate.take(headers["Authorization"].split("_")[1]) >= 0:
        pass
    answer = await ways.alike(post(SUBMISSION, idempotency_key="k2", **headers))
    assert answer.startswith(b"HTTP/1.1 429 ")
    assert len(await ways.edge.facts()) == 1


async def test_each_use_of_a_key_is_counted_and_noted_once(ways: Ways) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    who = headers["Authorization"].split("_")[1]
    rate, uses = ways.edge.app.state.rate, ways.edge.app.state.credentials.uses
    for body in (SUBMISSION, changed(site="")):
        rate._buckets.pop(who, None)
        uses._minutes.clear()
        await ways.asked("short", post(body, idempotency_key="k", **headers))
        left, _ = rate._buckets[who]
        assert rate.most - left == 1
        assert who in uses._minutes


async def test_a_body_that_does_not_come_is_waited_for_alike(ways: Ways, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    monkeypatch.setattr(http_protocol, "BODY_IDLE_SECONDS", 0.05)
    raw = post(SUBMISSION, idempotency_key="k", **headers)
    assert b" 408 " in await ways.alike(raw[:-1])
    # Whom the head refuses is not waited for.
    assert b" 401 " in await ways.alike(post(SUBMISSION, idempotency_key="k")[:-1])
    assert await ways.edge.facts() == []


async def test_a_client_that_went_away_is_accepted_and_harms_nobody(ways: Ways) -> None:
    headers = await ways.edge.key()
    await warm(ways, headers)
    for number in range(5):
        _, writer = await asyncio.open_connection("127.0.0.1", ways.ports["short"])
        writer.write(post(SUBMISSION, idempotency_key=f"gone{number}", **headers))
        await writer.drain()
        writer.transport.abort()
    assert b" 202 " in await ways.asked("short", post(SUBMISSION, idempotency_key="here", **headers))


async def test_only_the_named_hosts_and_every_header_of_tls(edge: Edge) -> None:
    settings = edge.settings.model_copy(update={"allowed_hosts": "edge.example", "hsts_seconds": 60})
    async with AsyncExitStack() as stack:
        ways = await _served(stack, edge, settings)
        headers = await edge.key()
        await warm(ways, headers)
        told = await ways.alike(post(SUBMISSION, idempotency_key="k", **headers))
        assert (b" 202 " in told, b"strict-transport-security: max-age=60\r\n" in told, ways.reached) == (True, True, 0)
        assert b" 421 " in await ways.alike(
            post(SUBMISSION, idempotency_key="k", **{**headers, "host": "evil.example"})
        )


async def test_a_stopping_server_answers_what_is_under_way_and_closes(edge: Edge) -> None:
    headers = await edge.key()
    stack = AsyncExitStack()
    ways = await _served(stack, edge, edge.settings)
    await warm(ways, headers)
    await ways.asked("short", post(SUBMISSION, idempotency_key="warm", **headers))
    release = asyncio.Event()
    acceptance = edge.app.state.edge.intake._acceptance
    take = acceptance.take

    async def held(batch: Sequence[Any]) -> Any:
        await release.wait()
        return await take(batch)

    acceptance.take = held
    asking = asyncio.create_task(ways.asked("short", post(SUBMISSION, idempotency_key="late", **headers)))
    while not edge.app.state.edge.intake._under_way:
        await asyncio.sleep(0.005)
    closing = asyncio.create_task(stack.aclose())
    await asyncio.sleep(0.3)
    release.set()
    answer = await asking
    await closing
    assert answer.startswith(b"HTTP/1.1 202 ")
    assert b"\r\nconnection: close\r\n" in answer
    assert ways.reached == 0
