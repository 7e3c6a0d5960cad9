"""Decode the log: each record becomes a fact, whatever its content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter, ValidationError

from services.attribution.domain.documents.working_set import FactRejected
from services.attribution.faults import is_infrastructure
from shared.errors import Corrupt
from shared.events.base import Id
from shared.events.codec import decode_fact
from shared.events.envelope import Fact, derived_id
from shared.events.vendor import ClockTicked
from shared.log.port import StoredRecord

_ids: TypeAdapter[str] = TypeAdapter(Id)


@dataclass(frozen=True, slots=True)
class Decoded:
    """A decoded record; with `refused`, one that this release cannot read."""

    record: StoredRecord
    fact: Fact
    refused: FactRejected | None = None
    failed: Exception | None = None
    """The unexpected exception of decoding it."""

    @property
    def type(self) -> str:
        """The record's event type, if it has one."""
        stated = dict(self.record.headers).get("ce_type", "").removeprefix("dealreg.")
        return stated if _is_id(stated) else "unknown"


def decode_records(records: Sequence[StoredRecord], partition: int) -> list[Decoded]:
    """Decode the records. One that cannot be read becomes a refusal under the best id available."""
    return [_decode(record, partition) for record in records]


def _decode(record: StoredRecord, partition: int) -> Decoded:
    try:
        fact = decode_fact(record)
    except Corrupt as error:
        return Decoded(record, _nameless(record, partition), FactRejected("fact.unreadable", detail=error.detail))
    except Exception as error:
        if is_infrastructure(error):
            raise
        return Decoded(record, _nameless(record, partition), failed=error)
    if not _is_id(fact.id):
        return Decoded(
            record, _nameless(record, partition), FactRejected("fact.unreadable", detail="ce_id is not an identifier")
        )
    return Decoded(record, fact)


def _nameless(record: StoredRecord, partition: int) -> Fact:
    """Return an empty fact with the record's id, or an id from its place in the log."""
    stated = dict(record.headers).get("ce_id")
    id_ = stated if stated and _is_id(stated) else derived_id("record", str(partition), str(record.offset))
    epoch = datetime.fromtimestamp(0, UTC)
    return Fact(id=id_, vendor=record.key, event=ClockTicked(), recorded_at=epoch, principal="unknown")


def _is_id(stated: str) -> bool:
    try:
        _ids.validate_python(stated)
    except ValidationError:
        return False
    return True
