"""Reading a journal: repeated entries drop, gaps and broken chains stop, undeclared types pass by unread."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import VendorWentLive
from shared.log.port import StoredRecord, bare
from shared.projection.reading import BEGINNING, ELSEWHERE, Head, read
from tests.journals import Journal, stored, submitted

pytestmark = pytest.mark.unit

SUBMITTED = frozenset({"registration.submitted"})


@pytest.fixture
def records() -> list[StoredRecord]:
    journal = Journal()
    for registration in ("reg_a", "reg_b", "reg_c"):
        journal.submit(registration)
        journal.complete(registration)
    return stored(journal.records)


def with_header(record: StoredRecord, name: str, text: str) -> StoredRecord:
    return replace(record, headers=tuple((one, text if one == name else old) for one, old in record.headers))


def test_declared_entries_are_decoded_and_the_head_passes_all(records: list[StoredRecord]) -> None:
    reading = read(records, {}, SUBMITTED)
    assert [entry.seq for entry in reading.entries] == [1, 3, 5]
    assert reading.heads["maven"].seq == 6
    assert reading.halt is None


def test_what_was_read_before_is_dropped(records: list[StoredRecord]) -> None:
    heads = read(records[:4], {}, SUBMITTED).heads
    again = read(records, heads, SUBMITTED)
    assert [entry.seq for entry in again.entries] == [5]
    assert read(records, again.heads, SUBMITTED).entries == []


def test_records_of_another_share_pass_by_even_bare(records: list[StoredRecord]) -> None:
    mixed = [bare(100, "other"), *records[:3], bare(103, "other"), replace(records[3], key="other"), *records[3:]]
    reading = read(mixed, {"other": ELSEWHERE}, SUBMITTED)
    assert [entry.seq for entry in reading.entries] == [1, 3, 5]
    assert (reading.records, reading.halt, reading.heads.keys()) == (len(mixed), None, {"maven"})


def test_a_gap_stops_with_everything_before_it(records: list[StoredRecord]) -> None:
    reading = read([*records[:3], *records[4:]], {}, SUBMITTED)
    assert [entry.seq for entry in reading.entries] == [1, 3]
    assert reading.records == 3
    assert reading.halt is not None
    assert (reading.halt.vendor, reading.halt.seq) == ("maven", 5)
    assert "entry 4 is missing" in reading.halt.reason


def test_a_broken_chain_stops(records: list[StoredRecord]) -> None:
    reading = read([records[0], with_header(records[1], "ce_previous", "f" * 64)], {}, SUBMITTED)
    assert reading.halt is not None
    assert "chain is broken" in reading.halt.reason


def test_a_rewritten_head_stops(records: list[StoredRecord]) -> None:
    reading = read(records[:1], {"maven": Head(1, "e" * 64)}, SUBMITTED)
    assert reading.halt is not None
    assert "rewritten" in reading.halt.reason


def test_altered_bytes_stop(records: list[StoredRecord]) -> None:
    altered = replace(records[0], value=records[0].value.replace(b"Globex", b"Globax"))
    reading = read([altered], {}, SUBMITTED)
    assert reading.halt is not None
    assert "altered" in reading.halt.reason


class MoonLanded(VendorWentLive):
    type = "moon.landed"


class LaterSubmitted(RegistrationSubmitted):
    version = 99


def test_an_unknown_type_passes_by_unless_everything_is_declared() -> None:
    journal = Journal()
    journal.submit("reg_a")
    journal.add(MoonLanded())
    records = stored(journal.records)
    assert read(records, {}, SUBMITTED).halt is None
    halt = read(records, {}, None).halt
    assert halt is not None
    assert (halt.type, halt.seq) == ("moon.landed", 2)
    assert "unknown to this release" in halt.reason


def test_an_unknown_version_of_a_declared_type_stops() -> None:
    journal = Journal()
    journal.add(LaterSubmitted(**submitted("reg_a").model_dump()))
    halt = read(stored(journal.records), {}, SUBMITTED).halt
    assert halt is not None
    assert "version 99 is unknown" in halt.reason
    assert read(stored(journal.records), {}, frozenset({"vendor.created"})).halt is None


def test_vendors_of_one_partition_have_heads_of_their_own(records: list[StoredRecord]) -> None:
    other = Journal("other")
    other.submit("reg_x")
    mixed = [records[0], *stored(other.records), records[1]]
    heads = read(mixed, {"maven": BEGINNING}, SUBMITTED).heads
    assert {vendor: head.seq for vendor, head in heads.items()} == {"maven": 2, "other": 1}
