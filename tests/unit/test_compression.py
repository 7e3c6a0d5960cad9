"""Stored content: as small as its dictionary makes it, the same bytes when read, and damage is an error."""

from __future__ import annotations

import contextlib
import hashlib
import threading
from importlib import resources

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

import shared.compression
from shared.compression import CURRENT, compressed, decompressed
from shared.errors import Corrupt

# What was stored needs the very bytes of its dictionary: another one is added under the next number.
DICTIONARIES = {1: "9cff8ac8d6da56950e47fbbd9c166e98f6b1832867a237979b32bc88ed586cc5"}
ENTRY = (
    b'[["ce_specversion","1.0"],["ce_id","acme:1"],["ce_source","/vendors/acme"],'
    b'["ce_type","dealreg.registration.completed"],["ce_time","2026-11-29T04:03:11.652025Z"]]'
)
KEPT = bytes.fromhex(
    "0128b52ffd20a2bd010033c206a9d403f512caaf5dc408634218148aae7c11e38bca611a7398c60108fcace1e887a420"
    "ac4109c1f9130ba3a04e40c28e36d38f25"
)
"""`ENTRY` as the first release stored it."""


def test_dictionaries_are_those_that_were_released() -> None:
    folder = resources.files(shared.compression)
    found = {one.name.partition(".")[0]: one for one in folder.iterdir() if one.name.endswith(".dictionary")}
    digests = {int(number): hashlib.sha256(one.read_bytes()).hexdigest() for number, one in found.items()}
    assert digests == DICTIONARIES
    assert max(digests) == CURRENT


def test_what_was_stored_stays_readable() -> None:
    assert decompressed(KEPT) == ENTRY


@given(st.binary(max_size=2_000) | st.text(max_size=500).map(str.encode))
def test_content_comes_back_as_it_was_and_never_grows_by_more_than_a_byte(content: bytes) -> None:
    stored = compressed(content)
    assert decompressed(stored) == content
    assert len(stored) <= len(content) + 1


def test_the_dictionary_knows_what_an_entry_looks_like() -> None:
    alone = len(zstandard.ZstdCompressor().compress(ENTRY))
    assert len(compressed(ENTRY)) < alone / 2


def test_content_of_a_quarter_of_a_megabyte_comes_back() -> None:
    content = b'{"policy":"' + b"x" * 262_144 + b'"}'
    assert decompressed(compressed(content)) == content


@pytest.mark.parametrize("stored", [b"", bytes([CURRENT + 1]) + compressed(ENTRY)[1:], compressed(ENTRY)[:-3], b"\xff"])
def test_what_is_no_stored_form_is_corrupt(stored: bytes) -> None:
    with pytest.raises(Corrupt):
        decompressed(stored)


def test_a_flipped_bit_is_corrupt_or_other_content() -> None:
    stored = compressed(ENTRY)
    for place in range(len(stored)):
        for bit in range(8):
            damaged = bytearray(stored)
            damaged[place] ^= 1 << bit
            with contextlib.suppress(Corrupt):
                decompressed(bytes(damaged))


def test_threads_have_contexts_of_their_own() -> None:
    wrong: list[int] = []

    def work(number: int) -> None:
        content = ENTRY + bytes([number]) * 200
        if any(decompressed(compressed(content)) != content for _ in range(500)):
            wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
