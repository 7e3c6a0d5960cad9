"""What a batch writes for one vendor: its head, documents, handled facts and entries."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime

from services.attribution.documents import Row
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.faults import Concluded
from shared.log.port import Record

Deadline = tuple[datetime, str, Key]
"""Due time, subject, document: the order in which deadlines fire."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a vendor's journal; `seq` is 0 before its first entry."""

    seq: int
    hash: str
    clock: datetime
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Handled:
    """A decided fact and the entries that it led to."""

    fact_id: str
    body_hash: bytes
    first_seq: int
    last_seq: int


@dataclass(frozen=True, slots=True)
class Written:
    """The changes of a batch for one vendor: written as a whole, if its journal is still at `was`."""

    vendor: str
    was: Head | None
    now: Head
    live: bool
    changed: dict[Key, Document]
    rows: list[Row]
    """The changed documents in stored form."""
    created: Set[Key]
    """Those of them that were not stored before."""
    unseen: Set[Key]
    """Those of which it is not known, since nobody looked for them."""
    handled: dict[str, Handled]
    records: list[Record]
    concluded: list[Concluded]
    """Faults: what raised twice."""
