"""Parking: set aside an entry that a view cannot apply, and with it every later one of its subjects (G8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from shared.errors import Corrupt
from shared.events.codec import recorded_hash
from shared.events.registry import event_class
from shared.log.port import StoredRecord

MAX_PARKED_ENTRIES = 10_000
"""Parked entries of a view on one partition. With more, the view itself is wrong, and it halts."""
MAX_REASON = 2_000

Blocked = Mapping[str, Mapping[str, int]]
"""By vendor: each parked subject, and the entry since which it is parked."""

_SUBJECTS = """
SELECT vendor, subject, min(seq) AS since FROM projections.parked, unnest(subjects) AS subject
WHERE view = $1 AND version = $2 AND vendor = ANY ($3::text[]) GROUP BY vendor, subject
"""
_PARK = """
INSERT INTO projections.parked (view, version, vendor, seq, partition, type, subjects, reason, headers, value)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An entry to park, and why."""

    record: StoredRecord
    reason: str

    @property
    def seq(self) -> int:
        return int(self._headers["ce_seq"])

    @property
    def type(self) -> str:
        return self._headers["ce_type"].removeprefix("dealreg.")

    @property
    def subjects(self) -> tuple[str, ...]:
        """Subjects, as the entry lists them."""
        return subjects_of(self._headers)

    @property
    def _headers(self) -> dict[str, str]:
        return dict(self.record.headers)


def subjects_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """Return every subject that the entry touches, without decoding it."""
    return tuple(headers["ce_subjects"].split(","))


def why_blocked(subjects: Iterable[str], blocked: Mapping[str, int]) -> str | None:
    """Return the reason to park an entry of these subjects; None if it can be applied."""
    found = next((one for one in subjects if one in blocked), None)
    return None if found is None else f"{found} is parked since entry {blocked[found]}"


def only_unreadable(record: StoredRecord) -> bool:
    """Whether a record that cannot be decoded has the bytes that were written, of a type and version known here.

    Then it is poison for its own subjects alone; else the journal is damaged, or this release too old, and a view
    must halt.
    """
    headers = dict(record.headers)
    try:
        event_class(headers["ce_type"].removeprefix("dealreg."), int(headers["ce_dataschema"].rpartition(":")[2]))
        subjects_of(headers)
    except (Corrupt, KeyError, ValueError):
        return False
    return recorded_hash(record) == headers.get("ce_hash")


async def blocked_of(connection: Any, view: str, version: int, vendors: Iterable[str]) -> dict[str, dict[str, int]]:
    """Load the parked subjects of these vendors."""
    found: dict[str, dict[str, int]] = {}
    for row in await connection.fetch(_SUBJECTS, view, version, sorted(vendors)):
        found.setdefault(row["vendor"], {})[row["subject"]] = row["since"]
    return found


async def parked_entries(connection: Any, view: str, version: int, partition: int) -> int:
    """Count the view's parked entries on the partition."""
    found: int = await connection.fetchval(
        "SELECT count(*) FROM projections.parked WHERE view = $1 AND version = $2 AND partition = $3",
        view,
        version,
        partition,
    )
    return found


async def park(
    connection: Any, view: str, version: int, partition: int, aside: Unapplied, subjects: Sequence[str]
) -> None:
    """Park the entry under these subjects, within the caller's transaction."""
    record = aside.record
    content = aside.seq, partition, aside.type, list(subjects), aside.reason[:MAX_REASON]
    await connection.execute(_PARK, view, version, record.key, *content, orjson.dumps(record.headers), record.value)


async def parked_of(connection: Any, view: str, version: int) -> dict[tuple[str, int], str]:
    """Load every parked entry of the view, by vendor and number, and why."""
    rows = await connection.fetch(
        "SELECT vendor, seq, reason FROM projections.parked WHERE view = $1 AND version = $2", view, version
    )
    return {(row["vendor"], row["seq"]): row["reason"] for row in rows}
