"""Times from other people's clocks: none lies beyond the time at which its fact is recorded, through whichever door."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import orjson
import pytest

from services.registration.intake.foreign_clocks import FOREIGN_CLOCK_SECONDS, in_the_future
from tests.integration.registration.conftest import SUBMISSION, Edge
from tests.integration.registration.test_bulk import answers, row, send
from tests.integration.registration.test_crm import CANCELLED, REFUNDED, WON, connect, deliver, signed

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
LATE = "2099-01-01T00:00:00Z"


def problems(document: Any) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for one in document["errors"]]


@pytest.mark.parametrize("event", ["created", "changed", "won", "lost", "reopened"])
async def test_a_message_of_the_future_is_refused_and_later_ones_are_taken(edge: Edge, event: str) -> None:
    connection, secret = await connect(edge)
    body = orjson.dumps({"event": event, "external_id": "006-1", "source_time": LATE})
    refused = await deliver(edge, connection, signed(secret, body, "m1"), body)
    assert (refused.status_code, problems(refused.json())) == (422, [("source_time", "time.future")])
    body = orjson.dumps({**WON, "source_time": datetime.now(UTC).isoformat()})
    assert (await deliver(edge, connection, signed(secret, body, "m2"), body)).status_code == 202


@pytest.mark.parametrize("order", [REFUNDED, CANCELLED])
async def test_an_order_of_the_future_is_refused(edge: Edge, order: dict[str, Any]) -> None:
    connection, secret = await connect(edge)
    body = orjson.dumps({**order, "source_time": "9999-12-31T23:59:59-14:00"})
    refused = await deliver(edge, connection, signed(secret, body), body)
    assert refused.status_code == 422
    assert await edge.facts() == []


@pytest.mark.parametrize(
    "kind, body, field",
    [
        ("opportunity", {"connection": "crm", **WON, "source_time": LATE}, "body.source_time"),
        ("evidence.add", {"registration": "reg_a", "kind": "demo", "on": "2099-01-01"}, "body.on"),
        (
            "registration.submit",
            {**SUBMISSION, "evidence": [{"kind": "demo", "on": "2025-01-01"}, {"kind": "poc", "on": "2099-01-01"}]},
            "body.evidence.1.on",
        ),
    ],
)
async def test_a_row_is_held_to_the_time_that_it_brings_else_to_now(
    edge: Edge, kind: str, body: dict[str, Any], field: str
) -> None:
    importer = await edge.key("opportunities:write", "registrations:write", "import")
    past = {"kind": kind, "body": body}
    rows = [{**row("a"), **past}, {**row("b", recorded_at="2016-10-20T09:00:00Z"), **past}]
    # What is no future now was one then.
    told = orjson.loads(orjson.dumps(body).replace(b"2099-01-01", b"2016-11-01"))
    rows += [{**row("c", recorded_at="2016-10-20T09:00:00Z"), "kind": kind, "body": told}]
    rows += [{**row("d"), "kind": kind, "body": told}]
    found = answers(await send(edge, importer, *rows))
    assert [one["status"] for one in found] == [422, 422, 422, 202]
    for one in found[:3]:
        assert (field, "time.future") in problems(one["problem"])


@pytest.mark.parametrize("seconds, refused", [(FOREIGN_CLOCK_SECONDS, 0), (FOREIGN_CLOCK_SECONDS + 1, 1)])
@pytest.mark.parametrize("hours", [-14, 0, 14])
def test_a_clock_may_run_a_little_ahead_in_any_zone(seconds: int, refused: int, hours: int) -> None:
    at = (NOW + timedelta(seconds=seconds)).astimezone(timezone(timedelta(hours=hours)))
    found = in_the_future([("source_time", at), ("other", None)], NOW)
    assert [one.code for one in found] == ["time.future"] * refused


@pytest.mark.parametrize("day, refused", [(date(2026, 7, 1), 0), (date(2026, 7, 2), 1), (date.max, 1), (date.min, 0)])
def test_a_day_that_has_begun_somewhere_is_no_future(day: date, refused: int) -> None:
    assert len(in_the_future([("on", day)], NOW)) == refused


@pytest.mark.parametrize("latest", [datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)])
def test_the_ends_of_the_calendar_are_compared_like_any_time(latest: datetime) -> None:
    found = in_the_future([("source_time", datetime.max.replace(tzinfo=UTC)), ("on", date.max)], latest)
    assert len(found) == (2 if latest.year == 1 else 0)
