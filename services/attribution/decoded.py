"""What the log tells: each record as a fact, whatever stands in it."""

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
    """A record as a fact; with `refused`, one that this release cannot read."""

    record: StoredRecord
    fact: Fact
    refused: FactRejected | None = None
    failed: Exception | None = None
    """What reading it raised, where nobody foresaw it."""

    @property
    def type(self) -> str:
        """The wire name that the record bears, where it bears one."""
        stated = dict(self.record.headers).get("ce_type", "").removeprefix("dealreg.")
        return stated if _is_id(stated) else "unknown"


def decode_records(records: Sequence[StoredRecord], partition: int) -> list[Decoded]:
    """The records as facts. One that cannot be read becomes a refusal under the best identity it has."""
    return [_decode(record, partition) for record in records]


def _decode(record: StoredRecord, partition: int) -> Decoded:
    try:
        fact = decode_fact(record)
    except Corrupt:
        return Decoded(record, _nameless(record, partition), FactRejected("fact.unreadable"))
    except Exception as error:
        if is_infrastructure(error):
            raise
        return Decoded(record, _nameless(record, partition), failed=error)
    if not _is_id(fact.id):
        return Decoded(record, _nameless(record, partition), FactRejected("fact.unreadable"))
    return Decoded(record, fact)


def _nameless(record: StoredRecord, partition: int) -> Fact:
    """A fact that says nothing, under the identity that the record states, else under that of its place."""
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
