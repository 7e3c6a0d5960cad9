"""Laws of sealing: what is sealed opens, in its place alone, and its bytes tell nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Corrupt
from shared.persons import MasterKey

key = st.binary(min_size=32, max_size=32)


@given(key, st.binary(max_size=200), st.text(max_size=40))
def test_what_is_wrapped_opens_to_the_same(master: bytes, secret: bytes, context: str) -> None:
    one = MasterKey(master)
    assert MasterKey(master).unwrap(one.wrap(secret, context), context) == secret


@given(key, st.binary(min_size=8, max_size=200), st.text(max_size=40), st.data())
def test_one_changed_bit_does_not_open(master: bytes, secret: bytes, context: str, data: st.DataObject) -> None:
    wrapped = bytearray(MasterKey(master).wrap(secret, context))
    place = data.draw(st.integers(0, len(wrapped) * 8 - 1))
    wrapped[place // 8] ^= 1 << place % 8
    with pytest.raises(Corrupt):
        MasterKey(master).unwrap(bytes(wrapped), context)


@given(key, st.binary(max_size=50), st.text(max_size=20), st.text(max_size=20))
def test_another_place_does_not_open(master: bytes, secret: bytes, context: str, other: str) -> None:
    if context != other:
        wrapped = MasterKey(master).wrap(secret, context)
        with pytest.raises(Corrupt):
            MasterKey(master).unwrap(wrapped, other)


@given(key, key, st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_derived_keys_differ_by_purpose_and_by_master(one: bytes, other: bytes, a: str, b: str) -> None:
    assert (MasterKey(one).derive(a) == MasterKey(one).derive(b)) == (a == b)
    if one != other:
        assert MasterKey(one).derive(a) != MasterKey(other).derive(a)


@given(key, st.binary(min_size=16, max_size=64))
def test_the_same_secret_never_looks_the_same(master: bytes, secret: bytes) -> None:
    one = MasterKey(master)
    assert one.wrap(secret, "c") != one.wrap(secret, "c")
