"""Records that no edge and no decider of this release writes, each spoilt in one way."""

from __future__ import annotations

from dataclasses import replace

from shared.log.port import Record

TWO_MEGABYTES = 2 * 1024 * 1024


def spoilt(good: Record) -> dict[str, Record]:
    """By what is wrong with it; each bears an identity of its own where it has headers at all."""
    return {
        "invalid JSON": replace(_named(good, "p-json"), value=b"{not json"),
        "unknown type": _named(good, "p-type", ce_type="dealreg.moon.landed"),
        "unknown future version": _named(good, "p-version", ce_dataschema="urn:dealreg:event:moon.landed:99"),
        "two megabytes": replace(
            _named(good, "p-large"), value=b'{"partner":"p","name":"' + b"x" * TWO_MEGABYTES + b'"}'
        ),
        "no value": replace(_named(good, "p-null"), value=b""),
        "no headers": replace(good, headers=()),
    }


def _named(record: Record, name: str, **changed: str) -> Record:
    return replace(record, headers=tuple({**dict(record.headers), "ce_id": name, **changed}.items()))
