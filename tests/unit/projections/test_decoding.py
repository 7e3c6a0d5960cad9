"""Entries shared by the views of a process: found again by their bytes, never kept beyond the limit."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.errors import Corrupt
from shared.projection.decoding import Decoding
from tests.journals import ordinary_deals, stored


def test_the_same_bytes_are_decoded_once() -> None:
    record = stored(ordinary_deals("maven", 1).records)[0]
    decoding = Decoding()
    assert decoding.entry(record) is decoding.entry(replace(record, offset=99, value=bytes(bytearray(record.value))))


def test_altered_bytes_are_not_taken_for_the_good_ones() -> None:
    record = stored(ordinary_deals("maven", 1).records)[0]
    decoding = Decoding()
    decoding.entry(record)
    with pytest.raises(Corrupt, match="altered"):
        decoding.entry(replace(record, value=record.value.replace(b"Customer", b"Kustomer")))


def test_the_oldest_goes_when_the_limit_is_reached() -> None:
    first, *others = stored(ordinary_deals("maven", 1).records)
    decoding = Decoding(limit=3)
    kept = decoding.entry(first)
    assert decoding.entry(first) is kept
    for record in others[:3]:
        decoding.entry(record)
    assert decoding.entry(first) is not kept
