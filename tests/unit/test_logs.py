"""Logs: one JSON object a line, and nothing in it that somebody typed."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.errors import Unavailable
from shared.observability import bind_context, clear_context, configure_logging, get_logger, logs


class Lines(io.StringIO):
    def parsed(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def written() -> Iterator[Lines]:
    """What was logged; the logging of other tests is as it was afterwards."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = Lines()
    configure_logging("registration", stream=stream)
    yield stream
    clear_context()
    structlog.reset_defaults()
    root.handlers[:] = before
    root.setLevel(level)


def test_a_line_begins_with_what_a_reader_looks_for(written: Lines) -> None:
    bind_context(vendor="acme", correlation_id="c-1", seq=7)
    get_logger().info("fact accepted", fact_id="f-1", bytes=465)
    (line,) = written.parsed()
    assert list(line)[:7] == ["ts", "level", "event", "service", "vendor", "correlation_id", "seq"]
    assert line["service"] == "registration"
    assert (line["vendor"], line["seq"], line["fact_id"], line["bytes"]) == ("acme", 7, "f-1", 465)


def test_text_under_an_unknown_key_is_withheld_and_its_loss_is_seen(written: Lines) -> None:
    get_logger().info("fact accepted", contact="Ada Lovelace", body={"email": "ada@example.com"})
    (line,) = written.parsed()
    assert line["withheld"] == ["body", "contact"]
    assert "Ada" not in json.dumps(line)
    assert "ada@" not in json.dumps(line)


def test_an_exception_shows_where_but_not_the_input_it_quotes(written: Lines) -> None:
    try:
        int("ada@example.com")
    except ValueError:
        get_logger().exception("fact refused")
    (line,) = written.parsed()
    assert line["error"] == "ValueError"
    assert line["where"][0].startswith("test_logs.py:")
    assert "ada@" not in json.dumps(line)


def test_an_exception_about_a_server_shows_its_message(written: Lines) -> None:
    try:
        raise Unavailable("the database does not answer")
    except Unavailable:
        get_logger().exception("not ready")
    (line,) = written.parsed()
    assert line["detail"] == "the database does not answer"


def test_lines_of_libraries_have_the_same_form(written: Lines) -> None:
    logging.getLogger("aiokafka.conn").warning("closed after %d ms", 12)
    (line,) = written.parsed()
    assert (line["event"], line["logger"], line["level"]) == ("closed after 12 ms", "aiokafka.conn", "warning")


def test_what_a_driver_repeats_is_said_once_in_a_while_and_counted(
    written: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 0.0
    monkeypatch.setattr(logs.time, "monotonic", lambda: now)
    driver, ours = logging.getLogger("aiokafka"), get_logger()
    for attempt in range(100):
        driver.error("Unable connect to node with id %s: %s", 1, OSError(111, f"attempt {attempt}"))
        ours.warning("request refused")
    driver.error("Unable to update metadata from %s", [1])
    now = logs.SPARING_SECONDS
    driver.error("Unable connect to node with id %s: %s", 1, OSError(111, "refused"))
    lines = written.parsed()
    assert sum(line["event"] == "request refused" for line in lines) == 100
    assert [line["event"] for line in lines if line["level"] == "error"] == [
        "Unable connect to node with id 1: [Errno 111] attempt 0",
        "Unable to update metadata from [1]",
        "Unable connect to node with id 1: [Errno 111] refused (99 more like it)",
    ]
