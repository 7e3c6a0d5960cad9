"""Every text field of every schema, through every door: refused by name, or kept exactly as it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from pydantic import BaseModel

from services.registration.intake.kinds import KINDS, OPPORTUNITY, PUBLISH
from shared.events.base import Event
from shared.events.sealed import Sealed
from shared.persons import MasterKey, Persons
from tests.integration.registration.conftest import Edge, edge, log, pool  # noqa: F401 (fixtures)
from tests.integration.registration.test_crm import connect, deliver, signed
from tests.property.registration.hostile_texts import (
    BODIES,
    KEY,
    POLICY,
    Path,
    hostile,
    of_policy,
    place,
    places_of,
    put,
    texts,
)

ROUTES = {
    "registration.submit": "POST /v1/registrations",
    "registration.amend": "PATCH /v1/registrations/{}",
    "registration.withdraw": "POST /v1/registrations/{}/withdrawal",
    "registration.confirm": "POST /v1/registrations/{}/confirmation",
    "evidence.add": "POST /v1/registrations/{}/evidence",
    "objection.raise": "POST /v1/registrations/{}/objection",
    "extension.request": "POST /v1/registrations/{}/extension",
    "review.decide": "POST /v1/registrations/{}/review",
    "match.decide": "POST /v1/registrations/{}/match",
    "match.answer": "POST /v1/matches/{}/decision",
    "match.revoke": "POST /v1/matches/{}/revocation",
    "customer.merge": "POST /v1/customers/merge",
    "customer.split": "POST /v1/customers/split",
    "evidence.judge": "POST /v1/registrations/{}/verification",
    "case.resolve": "POST /v1/cases/{}/resolution",
    "timer.arm": "POST /v1/timers/arm",
    "link.decide": "POST /v1/opportunities/{}/link",
    "partner.enroll": "POST /v1/partners",
    "partner.change": "PATCH /v1/partners/{}",
    "partner.score": "POST /v1/partners/{}/scores",
    "partner.certify": "POST /v1/partners/{}/certifications",
    "target.set": "POST /v1/partners/{}/targets",
    "target.drop": "POST /v1/partners/{}/targets/drop",
    "partner.suspend": "POST /v1/partners/{}/suspension",
    "partner.reinstate": "POST /v1/partners/{}/reinstatement",
    "program.publish": "POST /v1/programs",
    "program.withdraw": "POST /v1/programs/{}/withdrawal",
    "rates.publish": "POST /v1/rates",
    "vendor.configure": "PUT /v1/vendor/document",
    "vendor.go_live": "POST /v1/vendor/go-live",
    "clock.move": "POST /v1/sandbox/clock",
}
TARGETS = {"match": f"mat_{'1' * 32}_{'2' * 32}"}
AT_ONCE = 64
_keys = count()


def batched(attempts: Iterable[Attempt], most: int) -> Iterator[list[Attempt]]:
    """The attempts, so many at a time."""
    left = iter(attempts)
    while some := list(islice(left, most)):
        yield some


@dataclass(frozen=True, slots=True)
class Attempt:
    """One hostile text at one place of one kind's body; `whole` is the body with it."""

    kind: str
    path: Path
    text: str
    body: Any

    @property
    def named(self) -> str:
        path = self.path[:-2] if self.path[-1] == KEY else self.path
        return ".".join(str(one) for one in path)

    def __str__(self) -> str:
        return f"{self.kind} {place(self.path)} {self.text!a}"


def attempts(kind: str) -> Iterator[Attempt]:
    for body in [POLICY] if kind == PUBLISH.name else BODIES[kind]:
        for path, text in texts(body):
            for one in hostile(text):
                # What YAML makes of its own line breaks is for the tests of its reader.
                if body is not POLICY or not any(mark in one for mark in "\x85\u2028"):
                    yield Attempt(kind, path, one, put(body, path, one))


def test_the_bodies_have_every_text_field_of_every_schema() -> None:
    assert BODIES.keys() == KINDS.keys() == ROUTES.keys() | {OPPORTUNITY.name}
    for name, kind in KINDS.items():
        if kind is not PUBLISH:
            tried = {place(path) for body in BODIES[name] for path, _ in texts(body)}
            assert places_of(kind.body.model_json_schema(by_alias=True)) <= tried, name
    words = {"credit.roles.*", "rewards.*.pct", "conflict.evidence.weights.*.<key>"}  # of a closed list, or no text
    assert of_policy() - words <= {place(path) for path, _ in texts(POLICY)}


class Kept:
    """What the log has: each fact's event, sealed texts opened."""

    def __init__(self, edge: Edge) -> None:  # noqa: F811
        self._edge = edge
        self._persons = Persons(edge.pool, MasterKey(edge.settings.master_key_bytes()))

    async def read(self) -> None:
        self._events = {fact.id: fact.event for fact in await self._edge.facts()}
        sealed = [box for event in self._events.values() for box in _parts(event, Sealed)]
        self._opened = await self._persons.unseal("acme", sealed)

    def has(self, fact: str, text: str) -> bool:
        event = self._events[fact]
        return text in _strings(event) or text in [self._opened[box] for box in _parts(event, Sealed)]


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, Event | BaseModel):
        value = value.model_dump(mode="json")
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _parts(value: Any, cls: type[Any]) -> Iterator[Any]:
    if isinstance(value, cls):
        yield value
    elif isinstance(value, BaseModel):
        for _, one in value:
            yield from _parts(one, cls)
    elif isinstance(value, tuple):
        for one in value:
            yield from _parts(one, cls)


def refused_by_name(attempt: Attempt, problem: dict[str, Any], prefix: str = "") -> bool:
    """Whether the problem names the field, or a part that it belongs to; a body that is no Unicode is one whole."""
    if problem["code"] == "json.malformed":
        return not _utf8(attempt.text)
    if problem["code"] == "policy.invalid" and problem["errors"][0]["code"] == "policy.syntax":
        # Named by line and column, since a text that cannot be read has no fields yet.
        readable = attempt.text.isprintable() and all(ord(one) < 0x10000 for one in attempt.text)
        return not readable and "line 1, column" in problem["detail"]
    names = [one["field"].removeprefix(prefix) for one in problem["errors"]]
    return any(
        name and (f"{attempt.named}.".startswith(f"{name}.") or name.startswith(attempt.named)) for name in names
    )


def _utf8(text: str) -> bool:
    return not any(0xD800 <= ord(one) < 0xE000 for one in text)


async def judge(edge: Edge, told: list[tuple[Attempt, int, dict[str, Any]]], prefix: str = "") -> None:  # noqa: F811
    kept = Kept(edge)
    await kept.read()
    wrong = [
        f"{attempt}: {status} {answer}"
        for attempt, status, answer in told
        if not (kept.has(answer["fact"], attempt.text) if status == 202 else refused_by_name(attempt, answer, prefix))
    ]
    assert not wrong, f"{len(wrong)} of {len(told)}, such as {wrong[:5]}"
    assert len(told) > len({(attempt.kind, attempt.path) for attempt, _, _ in told})


def _target(kind: str) -> str:
    return TARGETS.get(str(KINDS[kind].target), "t-1")


async def test_through_bulk(edge: Edge) -> None:  # noqa: F811
    headers = {**await edge.key(), "Content-Type": "application/x-ndjson"}
    told = []
    for rows in batched([one for kind in KINDS for one in attempts(kind)], 1_000):
        lines = b"\n".join(_row(one) for one in rows)
        answer = await edge.client.post("/v1/bulk", content=lines, headers=headers)
        assert answer.status_code == 200, answer.text
        for attempt, line in zip(rows, answer.content.splitlines(), strict=True):
            one = orjson.loads(line)
            told.append((attempt, one["status"], one if one["status"] == 202 else one["problem"]))
    await judge(edge, told, "body.")


def _row(attempt: Attempt) -> bytes:
    kind = KINDS[attempt.kind]
    body = {"policy": attempt.body} if kind is PUBLISH else dict(attempt.body)
    if kind.target is not None:
        body[kind.target] = _target(attempt.kind) if kind.target not in body else body[kind.target]
    if kind.revision:
        body["expected_revision"] = 1
    return json.dumps({"key": f"k{next(_keys)}", "kind": attempt.kind, "body": body}).encode()


async def test_through_http(edge: Edge) -> None:  # noqa: F811
    told = []
    for kind in ROUTES:
        headers = await edge.key()
        # What is behind is what bulk has in front of it, so that each third variant of each field is enough here.
        for some in batched(islice(attempts(kind), 0, None, 3), AT_ONCE):
            answers = await asyncio.gather(*[_send(edge, headers, one) for one in some])
            told += [(one, got.status_code, got.json()) for one, got in zip(some, answers, strict=True)]
    await judge(edge, told)


async def _send(
    edge: Edge,  # noqa: F811
    headers: dict[str, str],
    attempt: Attempt,
    target: str = "",
) -> httpx.Response:
    method, _, path = ROUTES[attempt.kind].partition(" ")
    media = "application/merge-patch+json" if method == "PATCH" else "application/json"
    more = {"Content-Type": media, "Idempotency-Key": f"k{next(_keys)}", "If-Match": '"1"'}
    return await edge.client.request(
        method,
        path.format(target or _target(attempt.kind)),
        content=json.dumps(attempt.body),
        headers={**headers, **more},
    )


async def test_through_a_webhook(edge: Edge) -> None:  # noqa: F811
    connection, secret = await connect(edge)
    told = []
    for some in batched(attempts(OPPORTUNITY.name), AT_ONCE):
        bodies = [json.dumps(one.body).encode() for one in some]
        sent = [deliver(edge, connection, signed(secret, body, f"msg_{next(_keys)}"), body) for body in bodies]
        told += [(one, got.status_code, got.json()) for one, got in zip(some, await asyncio.gather(*sent), strict=True)]
    await judge(edge, told)


async def test_in_a_path(edge: Edge) -> None:  # noqa: F811
    headers = await edge.key()
    for kind, route in ROUTES.items():
        if "{}" not in route:
            continue
        for text in hostile(_target(kind)):
            if not _utf8(text) or not text.strip():
                continue  # no path can say the first, and the others are no part of one
            attempt = Attempt(kind, (str(KINDS[kind].target),), text, BODIES[kind][0])
            answer = await _send(edge, headers, attempt, quote(text, safe=""))
            if answer.status_code == 202:
                kept = Kept(edge)
                await kept.read()
                assert kept.has(answer.json()["fact"], text), str(attempt)
            elif answer.status_code != 404:
                assert answer.status_code == 422, (str(attempt), answer.text)
                assert refused_by_name(attempt, answer.json(), "path."), (str(attempt), answer.text)


ENROLLED = """
INSERT INTO registration.directory_partner (vendor, partner, name, segments, status, seq)
VALUES ('acme', 'p-1', 'P 1', '{}', 'active', 1)
"""
FORMS: dict[str, dict[str, Any]] = {
    "/v1/credentials": {
        "scopes": ["pipeline:read"], "partner": "p-1", "principal": "desk-1", "label": "desk 1",
        "expires_at": "2200-01-01T00:00:00Z",
    },
    "/v1/crm-connections": {"name": "CRM 1"},
}  # fmt: skip


@pytest.mark.parametrize("path", FORMS)
async def test_in_a_form_of_the_administration(edge: Edge, path: str) -> None:  # noqa: F811
    headers = await edge.key()
    await edge.pool.execute(ENROLLED)
    for at, text in texts(FORMS[path]):
        for one in hostile(text):
            attempt = Attempt(path, at, one, put(FORMS[path], at, one))
            answer = await edge.client.post(path, content=json.dumps(attempt.body), headers={
                **headers, "Content-Type": "application/json"})  # fmt: skip
            if answer.status_code == 201:
                assert one in _strings(answer.json()), str(attempt)
            else:
                assert answer.status_code in (400, 422), (str(attempt), answer.text)
                assert refused_by_name(attempt, answer.json()), (str(attempt), answer.text)
