"""The codec: the only place that turns envelopes into log records and back (CloudEvents 1.0, binary mode)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

import orjson
from pydantic import BaseModel, ValidationError

from shared.errors import Corrupt, Invalid
from shared.events.base import VENDOR_ONLY, Event
from shared.events.envelope import Entry, Fact
from shared.events.registry import event_class, upcast
from shared.events.sealed import Sealed
from shared.events.trusted import trusting
from shared.log.port import Record, StoredRecord
from shared.values import BadValue, computed_instant

MAX_VALUE_BYTES = 262_144
"""Largest JSON value of one event: a quarter of Kafka's default message limit, so headers always fit."""

RETELLS = "ce_retells"
_PREFIX = "dealreg."
_UNHASHED = ("ce_hash", "traceparent")
"""Headers outside the promised bytes; they come last."""


class TooLarge(Invalid):
    """The event does not fit the log's size limit."""

    code = "event.too_large"
    status = 413


def content_of(entry: Entry) -> bytes:
    """The event's JSON in its newest version."""
    return entry.content if entry.content is not None else _json(entry.event)


def _json(event: Event) -> bytes:
    # Absent optional fields are left out, so that adding one later changes no stored byte.
    return event.__pydantic_serializer__.to_json(event, exclude_none=False, exclude_unset=False, exclude_defaults=True)


def _value(event: Event, limit: int) -> bytes:
    value = _json(event)
    if len(value) > limit:
        raise TooLarge(f"{event.type} has {len(value)} bytes; the limit is {limit}; shorten its texts")
    return value


@lru_cache(maxsize=4_096)  # the entries of a fact share its time, and a view meets each entry's twice
def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _attributes(event: Event, vendor: str, id_: str, time: str) -> list[tuple[str, str]]:
    named, schema = _named(type(event))
    return [
        ("ce_specversion", "1.0"),
        ("ce_id", id_),
        ("ce_source", f"/vendors/{vendor}"),
        named,
        ("ce_time", time),
        schema,
        ("content-type", "application/json"),
    ]


@cache
def _named(event: type[Event]) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("ce_type", _PREFIX + event.type), ("ce_dataschema", f"urn:dealreg:{event.type}:{event.version}")


def encode_fact(fact: Fact, limit: int = MAX_VALUE_BYTES) -> Record:
    """The record of a fact; raises `TooLarge`."""
    headers = _attributes(fact.event, fact.vendor, fact.id, _instant(fact.recorded_at))
    headers += [("ce_subject", fact.event.subjects()[0]), ("ce_principal", fact.principal)]
    if fact.partner is not None:
        headers.append(("ce_partner", fact.partner))
    if fact.importing:
        headers.append(("ce_importing", "true"))
    if fact.appended_at is not None:
        headers.append(("ce_appendedat", _instant(fact.appended_at)))
    if fact.retells is not None:
        headers.append((RETELLS, fact.retells))
    if fact.traceparent is not None:
        headers.append(("traceparent", fact.traceparent))
    return Record(fact.vendor, tuple(headers), _value(fact.event, limit))


def retold(record: StoredRecord | Record, id_: str, root: str, appended_at: datetime) -> Record:
    """Build the record of a resent fact under another id; everything else, sealed texts included, is unchanged."""
    changed = {"ce_id": id_, "ce_appendedat": _instant(appended_at), RETELLS: root}
    kept = [(name, text) for name, text in record.headers if name not in changed]
    return Record(record.key, (*kept, *changed.items()), record.value)


def decode_fact(record: StoredRecord | Record) -> Fact:
    """The fact of a record; raises `Corrupt` where no release of ours can have written it."""
    headers = dict(record.headers)
    try:
        appended = headers.get("ce_appendedat")
        return Fact(
            id=headers["ce_id"],
            vendor=record.key,
            event=_read(*_class_of(headers["ce_type"], headers["ce_dataschema"]), record.value, trusted=False),
            recorded_at=computed_instant(datetime.fromisoformat(headers["ce_time"])),
            principal=headers["ce_principal"],
            partner=headers.get("ce_partner"),
            importing=headers.get("ce_importing") == "true",
            appended_at=computed_instant(datetime.fromisoformat(appended)) if appended else None,
            traceparent=headers.get("traceparent"),
            retells=headers.get(RETELLS),
        )
    except (BadValue, KeyError, ValueError) as error:
        raise Corrupt(f"fact {headers.get('ce_id')!r} cannot be read: {_first_line(error)}") from error


def entry_record(
    *,
    vendor: str,
    seq: int,
    event: Event,
    cause: str,
    clock: datetime,
    known_at: datetime,
    subjects: tuple[str, ...],
    principal: str | None,
    previous: str,
    traceparent: str | None = None,
    limit: int = MAX_VALUE_BYTES,
) -> tuple[str, Record]:
    """The hash and the record of the next journal entry, chained to the one before; raises `TooLarge`."""
    value = _value(event, limit)
    headers = [
        *_attributes(event, vendor, f"{vendor}:{seq}", _instant(known_at)),
        ("ce_subject", subjects[0]),
        ("ce_subjects", ",".join(subjects)),
        ("ce_seq", str(seq)),
        ("ce_clock", _instant(clock)),
        ("ce_cause", cause),
        ("ce_previous", previous),
    ]
    if principal is not None:
        headers.append(("ce_principal", principal))
    digest = entry_hash(headers, value)
    headers.append(("ce_hash", digest))
    if traceparent is not None:  # outside the promised bytes, so outside the hash
        headers.append(("traceparent", traceparent))
    return digest, Record(vendor, tuple(headers), value)


def encode_entry(**content: Any) -> tuple[Entry, Record]:
    """As `entry_record`, with the entry itself."""
    digest, record = entry_record(**content)
    content.pop("limit", None)
    return Entry(**{"traceparent": None, **content, "hash": digest}), record


def decode_entry(record: StoredRecord | Record) -> Entry:
    """The journal entry of a record; raises `Corrupt` where it cannot be read or its hash does not match."""
    headers = dict(record.headers)
    try:
        if recorded_hash(record) != headers["ce_hash"]:
            raise Corrupt(f"journal entry {headers.get('ce_id')!r} was altered: its hash does not match its bytes")
        cls, version = _class_of(headers["ce_type"], headers["ce_dataschema"])
        event = _read(cls, version, record.value, trusted=True)
        known_at, clock = headers["ce_time"], headers["ce_clock"]
        moment = datetime.fromisoformat(known_at)
        return Entry(
            vendor=record.key,
            seq=int(headers["ce_seq"]),
            event=event,
            cause=headers["ce_cause"],
            clock=moment if clock == known_at else datetime.fromisoformat(clock),
            known_at=moment,
            subjects=tuple(headers["ce_subjects"].split(",")),
            principal=headers.get("ce_principal"),
            previous=headers["ce_previous"],
            hash=headers["ce_hash"],
            traceparent=headers.get("traceparent"),
            content=record.value if version == cls.version else None,
        )
    except (KeyError, ValueError) as error:
        raise Corrupt(f"journal entry {headers.get('ce_id')!r} cannot be read: {_first_line(error)}") from error


def entry_type(record: StoredRecord | Record) -> str:
    """The wire name of a record without decoding its value."""
    for name, text in record.headers:
        if name == "ce_type":
            return text.removeprefix(_PREFIX)
    raise KeyError("ce_type")


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


def entry_hash(headers: Sequence[tuple[str, str]], value: bytes) -> str:
    """What chains an entry to the next: over its promised headers and its value."""
    digest = hashlib.sha256(orjson.dumps(headers))
    digest.update(value)
    return digest.hexdigest()


def recorded_hash(record: StoredRecord | Record) -> str:
    """What the entry's hash must be for the bytes that the record has."""
    promised = len(record.headers)
    while promised and record.headers[promised - 1][0] in _UNHASHED:
        promised -= 1
    return entry_hash(record.headers[:promised], record.value)


@lru_cache(maxsize=512)  # more than there are types; whoever writes others fills no memory
def _class_of(type_: str, dataschema: str) -> tuple[type[Event], int]:
    """The class that reads what these headers name, and its version; raises `Corrupt`."""
    version = int(dataschema.rpartition(":")[2])
    return event_class(type_.removeprefix(_PREFIX), version), version


def _read(cls: type[Event], version: int, value: bytes, *, trusted: bool) -> Event:
    try:
        if version < cls.version:
            return cls.model_validate_json(orjson.dumps(upcast(cls.type, version, orjson.loads(value))))
        return trusting(cls).validate_json(value) if trusted else cls.model_validate_json(value)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise Corrupt(f"{cls.type} version {version} does not fit its schema at {path!r}: {first['msg']}") from error


def canonical(entry: Entry) -> bytes:
    """The promised content of an entry, the same on every log and machine: sealed text stands as its person's id."""
    content = {
        "seq": entry.seq,
        "type": entry.event.type,
        "version": entry.event.version,
        "subjects": entry.subjects,
        "clock": _instant(entry.clock),
        "data": _unsealable(entry.event),
    }
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def _unsealable(value: Any) -> Any:
    if isinstance(value, Sealed):
        return {"person": value.person}
    if isinstance(value, BaseModel):
        present = ((name, getattr(value, name)) for name in type(value).model_fields)
        return {name: _unsealable(one) for name, one in present if one is not None}
    if isinstance(value, tuple | list):
        return [_unsealable(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _unsealable(one) for name, one in value.items()}
    if isinstance(value, datetime):
        return _instant(value)
    return value


@cache
def _vendor_only(part: type[BaseModel]) -> frozenset[str]:
    audience = VENDOR_ONLY["audience"]
    fields = part.model_fields.items()
    return frozenset(
        name
        for name, field in fields
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("audience") == audience
    )


def for_partner(value: Any) -> Any:
    """An event's JSON content without the fields that only the vendor may see."""
    if isinstance(value, BaseModel):
        hidden = _vendor_only(type(value))
        return {name: for_partner(getattr(value, name)) for name in type(value).model_fields if name not in hidden}
    if isinstance(value, tuple | list):
        return [for_partner(one) for one in value]
    if isinstance(value, dict):
        return {str(name): for_partner(one) for name, one in value.items()}
    if isinstance(value, datetime):
        return _instant(value)
    return value
