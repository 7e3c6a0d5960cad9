"""Parameters of paths and queries: what is read, and what another reader would have taken for something else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.http.wire.parameters import Count, Day, Moment, Month, PathIdentity, Seconds
from shared.values.written import in_utc, rfc3339


class Asked(BaseModel):
    limit: Annotated[int, Count(1, 1_000)] = 50
    wait: Seconds = 1.0
    month: Month | None = None
    day: Day | None = None
    at: Moment | None = None
    named: PathIdentity | None = None


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({}, {"limit": 50, "wait": 1.0}),
        ({"limit": "1"}, {"limit": 1}),
        ({"limit": "1000"}, {"limit": 1_000}),
        ({"wait": "0"}, {"wait": 0.0}),
        ({"wait": "0.25"}, {"wait": 0.25}),
        ({"month": "2026-03"}, {"month": "2026-03"}),
        ({"day": "2026-03-31"}, {"day": date(2026, 3, 31)}),
        ({"at": "2026-03-31T09:00:00+02:00"}, {"at": datetime(2026, 3, 31, 7, tzinfo=UTC)}),
        ({"at": "2026-03-31T09:00:00 02:00"}, {"at": datetime(2026, 3, 31, 7, tzinfo=UTC)}),
        ({"named": "reg_5f0c"}, {"named": "reg_5f0c"}),
    ],
)
def test_what_is_meant_is_read(given: dict[str, str], read: dict[str, Any]) -> None:
    asked = Asked.model_validate(given)
    assert {name: getattr(asked, name) for name in read} == read


@pytest.mark.parametrize(
    ("field", "given", "code"),
    [
        *(
            ("limit", text, "field.type")
            for text in ("", "²", "٣", "１", "Ⅷ", "1_0", " 1", "1\n", "+1", "-1", "007", "00000199999999", "1.0", "1e2")
        ),
        ("limit", "0", "number.out_of_range"),
        ("limit", "1001", "number.out_of_range"),
        ("limit", "9999999999999999999", "number.out_of_range"),
        ("limit", "9" * 400, "field.type"),
        *(("wait", text, "field.type") for text in ("", "NaN", "inf", "1e1", "1_0", "٣", "-1", ".5", "5\n")),
        *(("month", text, "date.impossible") for text in ("0000-00", "2026-13", "٢٠٢٦-٠٣", "2026-03\n", "2026-3")),
        *(("month", text, "date.out_of_range") for text in ("9999-12", "0001-01")),
        *(("day", text, "date.impossible") for text in ("2026-02-30", "20260331", "2026-03-31\n", "1767258000")),
        *(("day", text, "date.out_of_range") for text in ("9999-12-31", "0001-01-01")),
        *(("at", text, "time.impossible") for text in ("2026-03-31T09:00:00", "2026-12-31T23:59:60Z", "1767258000")),
        *(
            ("at", text, "time.out_of_range")
            for text in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00Z")
        ),
        *(("named", text, "text.pattern") for text in ("", "\x00", "a\n", "../a", "ä", "a" * 81)),
    ],
)
def test_what_only_looks_like_a_value_is_refused(field: str, given: str, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({field: given})
    assert [error["type"] for error in refused.value.errors()] == [code]


def test_the_schema_says_the_bounds() -> None:
    described = Asked.model_json_schema()["properties"]
    assert (described["limit"]["type"], described["limit"]["minimum"], described["limit"]["maximum"]) == (
        "integer",
        1,
        1_000,
    )
    assert described["day"]["anyOf"][0] == {"type": "string", "format": "date"}


@pytest.mark.parametrize(
    ("stored", "said"),
    [
        (datetime(2026, 3, 31, 9, tzinfo=UTC), "2026-03-31T09:00:00Z"),
        # As the driver reads -infinity and infinity.
        (datetime(1, 1, 1), "0001-01-01T00:00:00Z"),
        (datetime(9999, 12, 31, 23, 59, 59, 999_999), "9999-12-31T23:59:59.999999Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
    ],
)
def test_whatever_is_stored_is_said(stored: datetime, said: str) -> None:
    assert rfc3339(stored) == said
    assert in_utc(stored).tzinfo is UTC
