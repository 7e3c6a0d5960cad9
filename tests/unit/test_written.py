"""Answers and commands write JSON in one place, so that instants have one spelling."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import orjson
import pytest

from shared.values.written import rfc3339, written_json
from tests.instants import odd_instants

ROOT = Path(__file__).parents[2]
WHOLE = datetime(2026, 3, 31, 9, tzinfo=UTC)
NOT_ANSWERS = {"cursor.py", "listing.py"}
"""What they write is sealed or digested, and read by nobody."""


@pytest.mark.parametrize(
    "moment, said",
    [
        (WHOLE, "2026-03-31T09:00:00Z"),
        (WHOLE + timedelta(microseconds=120_000), "2026-03-31T09:00:00.120000Z"),
        (WHOLE.astimezone(timezone(timedelta(hours=2))), "2026-03-31T09:00:00Z"),
    ],
)
def test_texts_and_json_say_an_instant_alike(moment: datetime, said: str) -> None:
    assert rfc3339(moment) == said
    assert not odd_instants(said)
    stored = moment.astimezone(UTC)
    assert orjson.loads(written_json([stored])) == [said]


@pytest.mark.parametrize(
    "said",
    [
        "2026-03-31T09:00:00+00:00",
        "2026-03-31 09:00:00Z",
        "2026-03-31T09:00Z",
        "2026-03-31T09:00:00.000000Z",
        "2026-03-31T09:00:00.5Z",
        "2026-03-31T09:00:00",
    ],
)
def test_any_other_spelling_is_seen(said: str) -> None:
    assert odd_instants(f"until {said}.")


def test_no_answer_and_no_command_writes_json_of_its_own() -> None:
    files = [*ROOT.glob("services/*/api/*.py"), *ROOT.glob("dealreg/commands/*.py")]
    assert len(files) > 50
    own = [file.name for file in files if "orjson.dumps" in file.read_text() and file.name not in NOT_ANSWERS]
    assert not own, "call written_json"
