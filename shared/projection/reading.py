"""Read journal records for a view: check each vendor's numbers for gaps, and its hash chain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from shared.errors import Corrupt
from shared.events.envelope import GENESIS, Entry
from shared.log.port import Record, StoredRecord
from shared.projection.decoding import DECODING
from shared.projection.parking import Blocked, Unapplied, only_unreadable, subjects_of, why_blocked
from shared.values import is_count

_PREFIX = "dealreg."


class Head(NamedTuple):
    """How far a view has read one vendor's journal: the last sequence number and that entry's hash."""

    seq: int
    hash: str


BEGINNING = Head(0, GENESIS)
ELSEWHERE = Head(2**63, "")
"""Of a vendor that another process folds: each of its entries counts as one that was read before."""


@dataclass(frozen=True, slots=True)
class Halt:
    """The entry at which a view halts, and why."""

    vendor: str
    seq: int
    type: str
    reason: str

    def __str__(self) -> str:
        return f"vendor {self.vendor}, entry {self.seq} ({self.type}): {self.reason}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The good beginning of a batch: entries to fold, the heads after it, and what ended it, if anything.

    The batch goes on after an entry that is set aside, and stands still at a halt.
    """

    entries: list[Entry]
    heads: dict[str, Head]
    """Heads of the vendors that moved."""
    records: int
    halt: Halt | None = None
    aside: Unapplied | None = None


def read(
    records: Sequence[StoredRecord],
    heads: Mapping[str, Head],
    declares: frozenset[str] | None,
    blocked: Blocked | None = None,
    decode: Callable[[StoredRecord], Entry] = DECODING.entry,
) -> Reading:
    """Return the declared entries beyond the heads; drop what a head has already passed (redelivery).

    Given the subjects that are `blocked`, it ends before the first entry that has one of them, or cannot be read.
    """
    entries: list[Entry] = []
    moved: dict[str, Head] = {}
    for count, record in enumerate(records):
        before = moved.get(record.key) or heads.get(record.key, BEGINNING)
        if before is ELSEWHERE:
            continue
        headers = dict(record.headers)
        try:
            head = _next(headers, before)
            if head is None:
                continue
            if declares is None or headers["ce_type"].removeprefix(_PREFIX) in declares:
                if blocked and (why := why_blocked(subjects_of(headers), blocked.get(record.key, {}))):
                    return Reading(entries, moved, count, aside=Unapplied(record, why))
                entries.append(decode(record))
            moved[record.key] = head
        except (Corrupt, KeyError, ValueError) as error:
            if blocked is not None and after(record, before) is not None and only_unreadable(record):
                return Reading(entries, moved, count, aside=Unapplied(record, str(error)))
            return Reading(entries, moved, count, halt_at(record, str(error)))
    return Reading(entries, moved, len(records))


def after(record: StoredRecord, head: Head) -> Head | None:
    """Return the head after the record; None if the record does not follow it."""
    try:
        return _next(dict(record.headers), head)
    except (Corrupt, KeyError, ValueError):
        return None


def _next(headers: Mapping[str, str], head: Head) -> Head | None:
    """Return the head after the entry; None if it was read before; raise `Corrupt` at a gap or a broken chain."""
    seq = int(headers["ce_seq"])
    found = Head(seq, headers["ce_hash"])
    if seq <= head.seq:
        if seq == head.seq and found.hash != head.hash:
            raise Corrupt("a different entry with this number was read before: the journal was rewritten")
        return None
    if seq != head.seq + 1:
        raise Corrupt(f"the journal has a gap: entry {head.seq + 1} is missing")
    if headers["ce_previous"] != head.hash:
        raise Corrupt(f"the chain is broken: its `previous` is not the hash of entry {head.seq}")
    return found


def halt_at(record: Record | StoredRecord, reason: str) -> Halt:
    """Build a halt at this record, even if little of it can be read."""
    headers = dict(record.headers)
    seq = headers.get("ce_seq", "")
    kind = headers.get("ce_type", "unknown").removeprefix(_PREFIX)
    return Halt(record.key, int(seq) if is_count(seq) else 0, kind, reason)
