"""Bulk intake: rows succeed or fail by themselves, in order, and a second sending changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import orjson
import pytest

from shared.events.case import CaseResolved
from shared.events.envelope import opportunity_id
from shared.events.registration import RegistrationAmended, RegistrationSubmitted
from shared.log.port import partition_of
from shared.partitions.ownership import Ownership
from tests.integration.registration.conftest import SUBMISSION, Edge

NDJSON = {"Content-Type": "application/x-ndjson"}
TWO = {
    "customer": {"legal_name": "Nile Trading", "tax_id": "123"},
    "other_customer": {"legal_name": "Nil Handel", "domain": "nile.example"},
}
REFUND = {"refund": "r-1", "amount": {"amount": "40.00", "currency": "EUR"}}


def row(key: str, kind: str = "registration.submit", body: Any = SUBMISSION, **rest: Any) -> dict[str, Any]:
    return {"key": key, "kind": kind, "body": body, **rest}


async def send(edge: Edge, headers: dict[str, str], *rows: Any) -> httpx.Response:
    lines = [one if isinstance(one, bytes) else orjson.dumps(one) for one in rows]
    return await edge.client.post("/v1/bulk", content=b"\n".join(lines), headers={**headers, **NDJSON})


def answers(response: httpx.Response) -> list[dict[str, Any]]:
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/x-ndjson"
    return [orjson.loads(line) for line in response.content.splitlines()]


async def test_rows_are_appended_in_their_order_across_batches(edge: Edge) -> None:
    edge.app.state.edge.intake.unit_max = 40
    rows = [row(f"k{number}", body={**SUBMISSION, "external_id": f"n{number}"}) for number in range(150)]
    told = answers(await send(edge, await edge.key(), *rows))
    assert [(one["row"], one["key"], one["status"]) for one in told] == [
        (number + 1, f"k{number}", 202) for number in range(150)
    ]
    events = [fact.event for fact in await edge.facts()]
    assert [event.external_id for event in events] == [f"n{number}" for number in range(150)]  # type: ignore[attr-defined]


async def test_a_row_and_a_request_with_the_same_key_are_the_same(edge: Edge) -> None:
    headers = await edge.key()
    single = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**headers, "Idempotency-Key": "k"})
    [told] = answers(await send(edge, headers, row("k")))
    assert (told["fact"], told["location"]) == (single.json()["fact"], single.json()["location"])
    assert len(await edge.facts()) == 1


async def test_sent_again_everything_is_answered_from_before(edge: Edge) -> None:
    headers = await edge.key()
    rows = [row(f"k{number}") for number in range(20)]
    first = await send(edge, headers, *rows[:12])
    again = answers(await send(edge, headers, *rows))
    assert again[:12] == answers(first)
    assert len(await edge.facts()) == 20


async def test_a_key_twice_in_one_request_is_one_row(edge: Edge) -> None:
    other = {**SUBMISSION, "products": ["GTX Basic"]}
    told = answers(await send(edge, await edge.key(), row("k"), row("k"), row("k", body=other)))
    assert [one["status"] for one in told] == [202, 202, 422]
    assert told[0]["fact"] == told[1]["fact"]
    assert told[2]["problem"]["code"] == "idempotency.key_reused"
    assert len(await edge.facts()) == 1


async def test_bad_rows_are_told_each_and_good_ones_are_taken(edge: Edge) -> None:
    key = await edge.key("registrations:write")
    told = answers(
        await send(
            edge,
            key,
            row("good"),
            b'{"key": "short", "kind": "registration.sub',
            b'{"key": "coded", "body": "\xff\xfe"}',
            b"[1, 2]",
            row("field", body={**SUBMISSION, "site": "", "vat": 1}),
            row("kind", "registration.delete"),
            row("scope", "vendor.go_live", {}),
            row("target", "registration.withdraw", {}),
            {"kind": "registration.submit", "body": SUBMISSION},
            row("times", recorded_at="2020-01-01T00:00:00Z"),
            row("last"),
        )
    )
    codes = [one["problem"]["code"] if "problem" in one else one["status"] for one in told]
    assert codes == [
        202, "json.malformed", "json.malformed", "request.invalid", "request.invalid", "request.invalid",
        "scope.missing", "request.invalid", "request.invalid", "scope.missing", 202,
    ]  # fmt: skip
    assert [one["row"] for one in told] == list(range(1, 12))
    named = [(one["field"], one["code"]) for one in told[4]["problem"]["errors"]]
    assert named == [("body.site", "text.too_short"), ("body.vat", "field.unknown")]
    assert told[7]["problem"]["errors"][0]["field"] == "body.registration"
    assert told[8]["problem"]["errors"][0] == {"field": "key", "code": "field.missing", "message": "is required"}
    assert len(await edge.facts()) == 2


async def test_each_kind_becomes_its_event(edge: Edge) -> None:
    rows = [
        row("1", "vendor.configure", {"products": [{"product": "GTX Pro", "line": "GTX"}]}),
        row("2", "partner.enroll", {"partner": "p1", "name": "P"}),
        row("3", "partner.change", {"partner": "p1", "tier": "gold"}),
        row("4", "partner.suspend", {"partner": "p1", "reason": "x"}),
        row("5", "partner.reinstate", {"partner": "p1"}),
        row("6", "program.publish", {"policy": "program: hunting\nversion: 1\nprotection: {days: 90}\n"}),
        row("7", "program.publish", {"policy": {"program": "b", "version": 1, "protection": {"days": 9}}}),
        row("8", "registration.submit"),
        row("9", "registration.amend", {"registration": "reg_a", "expected_revision": 2, "site": "B"}),
        row("10", "evidence.add", {"registration": "reg_a", "kind": "demo", "on": "2026-01-01"}),
        row("11", "extension.request", {"registration": "reg_a"}),
        row("12", "registration.confirm", {"registration": "reg_a"}),
        row("13", "review.decide", {"registration": "reg_a", "verdict": "approve"}),
        row("14", "match.decide", {"registration": "reg_a", "other": "reg_b", "same": False}),
        row("15", "opportunity", {"connection": "crm", "event": "won", "external_id": "7"}),
        row("16", "link.decide", {"opportunity": "opp_a", "registration": None}),
        row("17", "registration.withdraw", {"registration": "reg_a"}),
        row("18", "evidence.judge", {"registration": "reg_a", "evidence": "ev_1", "verdict": "verified"}),
        row("19", "evidence.judge", {"registration": "reg_a", "evidence": "ev_1", "verdict": "refuted"}),
        row("20", "case.resolve", {"case": "case_a", "verdict": "reverse", "reason": "the holder was not there"}),
        row("21", "opportunity", {"connection": "crm", "event": "refunded", "external_id": "7", **REFUND}),
        row("22", "opportunity", {"connection": "crm", "event": "cancelled", "external_id": "7", "refund": "c-1"}),
        row("23", "match.answer", {"match": f"mat_{'a' * 32}_{'b' * 32}", "same": True, "note": "one owner"}),
        row("24", "match.revoke", {"match": f"mat_{'b' * 32}_{'a' * 32}"}),
        row("25", "customer.merge", TWO),
        row("26", "customer.split", TWO),
        row("27", "timer.arm", {"subject": "reward:rew_a", "timer": "reward.hold"}),
        row("28", "objection.raise", {"registration": "reg_a"}),
        row("29", "vendor.go_live", {}),
        row("30", "clock.move", {"to": "2027-03-31T09:00:00Z"}),
    ]
    told = answers(await send(edge, await edge.key(), *rows))
    assert [one["status"] for one in told] == [202] * len(rows), told
    events = [fact.event for fact in await edge.facts()]
    assert [event.type for event in events] == [
        "vendor.configured", "partner.enrolled", "partner.changed", "partner.suspended", "partner.reinstated",
        "program.published", "program.published", "registration.submitted", "registration.amended", "evidence.added",
        "extension.requested", "registration.confirmed", "review.decided", "customer.match_decided",
        "opportunity.won", "link.decided", "registration.withdrawn", "evidence.verified", "evidence.refuted",
        "case.resolved", "order.refunded", "order.cancelled", "customer.match_decided", "customer.match_revoked",
        "customer.merged", "customer.split", "timer.armed", "objection.raised", "vendor.went_live",
        "clock.moved",
    ]  # fmt: skip
    assert isinstance(events[8], RegistrationAmended)
    assert (events[8].expected_revision, events[8].fields) == (2, ("site",))
    for told_of in (14, 20, 21):
        assert events[told_of].opportunity == opportunity_id("acme", "crm", "7")  # type: ignore[attr-defined]
    assert isinstance(events[19], CaseResolved)
    assert (events[19].case, events[19].verdict) == ("case_a", "reverse")
    answered, revoked, merged = events[22:25]
    assert answered.subjects() == (f"registration:reg_{'a' * 32}", f"registration:reg_{'b' * 32}")
    assert answered.note == "one owner"  # type: ignore[attr-defined]
    assert revoked.subjects() == answered.subjects()[::-1]
    assert merged.other_customer.domain == "nile.example"  # type: ignore[attr-defined]


async def test_what_is_no_question_is_answered_as_unknown(edge: Edge) -> None:
    key = await edge.key()
    told = answers(await send(edge, key, row("1", "match.answer", {"match": "reg_a", "same": True})))
    assert told[0]["problem"]["code"] == "match.unknown"
    headers = {**key, "Idempotency-Key": "k"}
    one = await edge.client.post("/v1/matches/mat_a/revocation", json={}, headers=headers)
    assert (one.status_code, one.json()["code"]) == (404, "match.unknown")
    assert await edge.facts() == []


async def test_an_import_brings_its_own_times(edge: Edge) -> None:
    importer = await edge.key("registrations:write", "import")
    told = answers(await send(edge, importer, row("a", recorded_at="2016-10-20T09:00:00+02:00"), row("b")))
    assert [one["status"] for one in told] == [202, 202]
    brought, now = await edge.facts()
    assert (brought.recorded_at, brought.importing) == (datetime(2016, 10, 20, 7, tzinfo=UTC), True)
    assert not now.importing
    assert datetime.now(UTC) - now.recorded_at < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("recorded_at", "code"),
    [("2999-01-01T00:00:00Z", "recorded_at.future"), ("2016-10-20", "time.impossible"), (0, "field.type")],
)
async def test_times_that_cannot_be_are_refused(edge: Edge, recorded_at: Any, code: str) -> None:
    importer = await edge.key("registrations:write", "import")
    [told] = answers(await send(edge, importer, row("a", recorded_at=recorded_at)))
    assert [(one["field"], one["code"]) for one in told["problem"]["errors"]] == [("recorded_at", code)]
    assert await edge.facts() == []


async def test_the_recorded_time_of_one_request_needs_the_scope(edge: Edge) -> None:
    headers = {"Idempotency-Key": "k", "Dealreg-Recorded-At": "2016-10-20T09:00:00Z"}
    refused = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**headers, **await edge.key()})
    assert (refused.status_code, refused.json()["code"]) == (403, "scope.missing")
    importer = await edge.key("registrations:write", "import")
    taken = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**headers, **importer})
    assert taken.status_code == 202
    [fact] = await edge.facts()
    assert (fact.recorded_at, fact.importing) == (datetime(2016, 10, 20, 9, tzinfo=UTC), True)
    assert isinstance(fact.event, RegistrationSubmitted)


@pytest.mark.parametrize(
    ("stated", "code"),
    [("yesterday", "recorded_at.invalid"), ("2016-10-20T09:00:00", "recorded_at.invalid"),
     ("2999-01-01T00:00:00Z", "recorded_at.future")],
)  # fmt: skip
async def test_the_recorded_time_of_one_request_is_checked(edge: Edge, stated: str, code: str) -> None:
    importer = await edge.key("registrations:write", "import")
    headers = {"Idempotency-Key": "k", "Dealreg-Recorded-At": stated, **importer}
    answer = await edge.client.post("/v1/registrations", json=SUBMISSION, headers=headers)
    assert [one["code"] for one in answer.json()["errors"]] == [code]


async def test_too_many_rows_and_too_long_rows_are_refused(edge: Edge) -> None:
    key = await edge.key()
    many = await send(edge, key, *[row(f"k{number}") for number in range(edge.settings.max_bulk_rows + 1)])
    assert (many.status_code, many.json()["code"]) == (413, "bulk.too_many_rows")
    long = row("long", body={**SUBMISSION, "notes": "x" * edge.settings.max_body_bytes})
    told = answers(await send(edge, key, long, row("good")))
    assert [one["status"] for one in told] == [413, 202]
    assert len(await edge.facts()) == 1


async def test_other_types_are_no_bulk(edge: Edge) -> None:
    answer = await edge.client.post("/v1/bulk", json=[row("k")], headers=await edge.key())
    assert (answer.status_code, answer.json()["code"]) == (415, "body.media_type")


async def test_an_import_waits_while_the_decider_is_behind(edge: Edge) -> None:
    backlog = edge.app.state.edge.backlog
    backlog._limit = 5
    importer = await edge.key("registrations:write", "import")
    assert len(answers(await send(edge, importer, *[row(f"k{number}") for number in range(6)]))) == 6
    backlog._seen = None
    refused = await send(edge, importer, row("more"))
    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (429, "bulk.backlog", "1")
    # One request of a person is not held up by it.
    single = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**importer, "Idempotency-Key": "p"})
    assert single.status_code == 202
    partition = partition_of("acme", edge.log.partitions)
    decider = Ownership(edge.pool, "attribution", edge.log.partitions, "worker", 15)
    held = await decider.take(partition)
    assert held is not None
    async with edge.pool.acquire() as connection, connection.transaction():
        await decider.advance(connection, held, 7, None)
    backlog._seen = None
    assert len(answers(await send(edge, importer, row("more")))) == 1


async def test_one_import_of_a_vendor_at_a_time(edge: Edge) -> None:
    importer = await edge.key("registrations:write", "import")
    edge.app.state.edge.importing.add("acme")
    refused = await send(edge, importer, row("k"))
    assert (refused.status_code, refused.json()["code"]) == (429, "bulk.busy")
    assert len(answers(await send(edge, await edge.key(), row("k")))) == 1
    edge.app.state.edge.importing.discard("acme")
    assert len(answers(await send(edge, importer, row("k")))) == 1
    assert edge.app.state.edge.importing == set()


async def test_an_amount_with_a_newline_is_no_amount(edge: Edge) -> None:
    """Counted by its characters, 1250.5 with a newline would be 125.05."""
    wrong = {"amount": "1250.5\n", "currency": "EUR"}
    refund = {"connection": "crm", "event": "refunded", "external_id": "7", "refund": "r-1", "amount": wrong}
    rows = [row("1", body={**SUBMISSION, "amount": wrong}), row("2", "opportunity", refund)]
    for told in answers(await send(edge, await edge.key(), *rows)):
        assert [(one["field"], one["code"]) for one in told["problem"]["errors"]] == [
            ("body.amount", "money.not_decimal")
        ]
    assert await edge.facts() == []


async def test_a_paused_import_takes_nothing_and_says_why(edge: Edge) -> None:
    await edge.pool.execute(
        "INSERT INTO attribution.halted (vendor, partition, facts_from, journal_from, reason, release, subject, skip) "
        "VALUES ('acme', 0, 0, 0, 'its import is paused at fact:f1', '1', 'fact:f1', false)"
    )
    backlog = edge.app.state.edge.backlog
    importer = await edge.key("registrations:write", "import")
    paused = await send(edge, importer, row("k"))
    dated = {**importer, "Idempotency-Key": "p", "Dealreg-Recorded-At": "2026-01-01T00:00:00Z"}
    single = await edge.client.post("/v1/registrations", json=SUBMISSION, headers=dated)
    for refused in (paused, single):
        assert (refused.status_code, refused.json()["code"]) == (409, "import.paused")
        assert "paused at fact:f1" in refused.json()["detail"]
    assert await edge.facts() == []
    # People's requests, which bring no time of their own, are the decider's to judge.
    live = await edge.client.post("/v1/registrations", json=SUBMISSION, headers={**importer, "Idempotency-Key": "p"})
    assert live.status_code == 202
    await edge.pool.execute("DELETE FROM attribution.halted")
    backlog._paused = None
    assert [one["status"] for one in answers(await send(edge, importer, row("k")))] == [202]
