"""Logs as one JSON object a line on standard error, in which no personal data can appear.

Numbers and booleans may stand under any key. Text may stand only under the keys named here, and an
exception's message only where the exception speaks about servers, never about what somebody typed.
"""

from __future__ import annotations

import logging
import sys
import time
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any, TextIO
from uuid import UUID

import asyncpg
import orjson
import structlog

from shared.errors import Corrupt, Fenced, Misconfigured, Unavailable

# fmt: off
TEXT_KEYS = frozenset({
    "ts", "level", "event", "service", "vendor", "correlation_id", "request_id", "seq", "logger",
    "error", "where", "detail", "code", "reason",
    "method", "route", "status", "host",
    "fact_id", "type", "topic", "owner", "worker", "server", "view", "release", "revision", "state",
})
# fmt: on
"""Keys under which text is ours: identifiers, names of our own things, words we wrote."""
KEY_ORDER = ("ts", "level", "event", "service", "vendor", "correlation_id", "request_id", "seq")
FRAMES = 8
DETAIL_CHARACTERS = 500
SPARING_SECONDS = 10.0
"""A broker that was away for eleven seconds led to 40,000 lines: ninety readers, each ten times a second."""
SPARING_MOST = 1_000
"""Messages that are remembered; a driver has a few dozen, and one that puts values into them begins anew here."""
SPARED = ("aiokafka", "asyncpg")
"""Drivers that say the same thing at every attempt, and every connection of them; our own lines give the reason too."""

SPEAKS_ABOUT_SERVERS = (Unavailable, Misconfigured, Corrupt, Fenced, OSError)
_OF_KAFKA = "aiokafka.errors"
"""The module of its errors, which speak about servers too. Where another log is used nobody loads it."""

Event = MutableMapping[str, Any]

get_logger = structlog.stdlib.get_logger


def configure_logging(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Every log of this process, the libraries' included, is one JSON line on `stream`, else standard error."""
    before = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        lambda _logger, _method, event: {"service": service, **event},
        _add_time,
        _describe_exception,
        keep_impersonal,
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *before],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(formatter)
    handler.addFilter(_Sparing())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # Its lines carry query strings, and those carry names of companies and people.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("httpx").setLevel(logging.WARNING)


class _Sparing(logging.Filter):
    """Passes what a driver says once in so many seconds, with the number of lines that were left out before."""

    def __init__(self) -> None:
        super().__init__()
        # By the message before its values are put in.
        self._said: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if not record.name.startswith(SPARED):
            return True
        said, now = (record.name, str(record.msg)), time.monotonic()
        last, left_out = self._said.get(said, (-SPARING_SECONDS, 0))
        if now - last < SPARING_SECONDS:
            self._said[said] = last, left_out + 1
            return False
        if len(self._said) >= SPARING_MOST:
            self._said.clear()
        self._said[said] = now, 0
        if left_out:
            record.msg = f"{record.msg} ({left_out} more like it)"
        return True


def bind_context(**values: str | int | None) -> None:
    """Every later line of this task (and of tasks it starts) carries these: vendor, correlation_id, seq."""
    structlog.contextvars.bind_contextvars(**{key: value for key, value in values.items() if value is not None})


def request_id() -> str | None:
    """The id of the request that is answered, if one is."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return None if found is None else str(found)


def clear_context() -> None:
    structlog.contextvars.clear_contextvars()


def keep_impersonal(_logger: object, _method: str, event: Event) -> Event:
    """Drops what could be somebody's text; a dropped key is named, so that its loss is seen."""
    kept: Event = {}
    dropped = []
    for key, value in event.items():
        if key.startswith("_") or isinstance(value, bool | int | float) or key in TEXT_KEYS:
            kept[key] = value
        elif isinstance(value, UUID | datetime):
            kept[key] = str(value)
        elif value is not None:
            dropped.append(key)
    if dropped:
        kept["withheld"] = sorted(dropped)
    return kept


def render(_logger: object, _method: str, event: Event) -> str:
    """The line: what a reader looks for first comes first."""
    first = {key: event[key] for key in KEY_ORDER if event.get(key) is not None}
    rest = {key: value for key, value in event.items() if key not in first and value is not None}
    return orjson.dumps({**first, **rest}, default=str).decode()


def _add_time(_logger: object, _method: str, event: Event) -> Event:
    event["ts"] = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event


def _describe_exception(_logger: object, _method: str, event: Event) -> Event:
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        frames = traceback.extract_tb(error.__traceback__)[-FRAMES:]
        event["error"] = type(error).__name__
        event["where"] = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames]
        if isinstance(error, SPEAKS_ABOUT_SERVERS) or type(error).__module__ == _OF_KAFKA:
            event["detail"] = str(error)[:DETAIL_CHARACTERS]
        elif isinstance(error, asyncpg.PostgresError):
            event["detail"] = error.sqlstate
    return event
