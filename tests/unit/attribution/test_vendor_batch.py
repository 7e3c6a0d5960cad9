"""What a batch knows of its documents: which of them no row can be there for."""

from __future__ import annotations

from datetime import UTC, datetime

from services.attribution.domain.documents.customer import KeyList
from services.attribution.domain.documents.keys import Key, key_of
from services.attribution.domain.documents.kinds import Document
from services.attribution.vendor_batch import VendorBatch
from services.attribution.written import Head

ABSENT, STORED, UNKNOWN = Key("key", "name:absent"), Key("key", "name:stored"), Key("key", "name:unknown")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def moved(batch: VendorBatch, changes: dict[Key, Document]) -> None:
    batch.change(changes)
    seq = batch.head.seq + 1 if batch.head else 1
    batch.head = Head(seq, f"hash {seq}", NOON, NOON)


def test_created_is_what_was_looked_for_and_not_found() -> None:
    batch = VendorBatch("maven", None, {ABSENT: None, STORED: KeyList()})
    moved(batch, {one: KeyList(written="Nile") for one in (ABSENT, STORED, UNKNOWN)})
    written = batch.leave()
    assert written is not None
    assert (written.created, written.unseen) == ({ABSENT}, {UNKNOWN})
    assert {key for key, _, _ in written.rows} == {ABSENT, STORED, UNKNOWN}


def test_a_document_is_created_once_whether_or_not_its_batch_is_committed() -> None:
    batch = VendorBatch("maven", None, {ABSENT: None})
    moved(batch, {ABSENT: KeyList(written="Nile")})
    moved(batch, {ABSENT: KeyList(written="Nile", read=3)})
    first = batch.leave()
    batch.begin((), (), None)
    moved(batch, {ABSENT: KeyList(written="Nile", read=4)})
    second = batch.leave()
    assert first is not None
    assert second is not None
    assert (first.created, second.created) == ({ABSENT}, set())


def test_a_key_made_fast_is_the_key() -> None:
    made = key_of("key", "name:absent")
    assert (made, type(made), made.subject, hash(made)) == (ABSENT, Key, ABSENT.subject, hash(ABSENT))
