"""What identifies a record: its key, and the CloudEvents id that a position remembers."""

from __future__ import annotations

from shared.errors import Corrupt, Invalid
from shared.log.port import Headers, StoredRecord

ID_HEADER = "ce_id"


def text(key: str) -> str:
    """The key, if both logs can keep it; raises `Invalid`."""
    if not key or "\0" in key or not key.isprintable():
        raise Invalid(f"{key!r} is not a valid record key")
    return key


def ce_id(headers: Headers) -> str | None:
    """The event's identity, as its sender gave it."""
    return next((value for name, value in headers if name == ID_HEADER), None)


def assert_remembered(
    topic: str, partition: int, offset: int, found: StoredRecord | None, remembered: str | None
) -> None:
    """The record before a position is in the log, and the one whose id was stored with it; raises `Corrupt`."""
    place = f"{topic}/{partition} at offset {offset}"
    if found is None or found.offset != offset:
        raise Corrupt(f"{place}: the record that was read before is gone; the log was truncated or replaced")
    if remembered is not None and ce_id(found.headers) != remembered:
        raise Corrupt(f"{place}: found {ce_id(found.headers)} where {remembered} was read before; the log was replaced")
