"""JSON as it must be: what is read, what is refused, and that equal bodies have equal bytes."""

from __future__ import annotations

import pytest

from shared.wire.json_body import (
    MAX_DEPTH,
    JsonDuplicateKey,
    JsonMalformed,
    JsonTooDeep,
    canonical,
    read_json,
)


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def test_the_deepest_allowed_nesting_is_read_and_one_more_refused() -> None:
    assert read_json(nested(MAX_DEPTH)) is not None
    with pytest.raises(JsonTooDeep):
        read_json(nested(MAX_DEPTH + 1))


def test_brackets_in_texts_are_no_nesting() -> None:
    assert read_json(b'{"a": "' + b"[{" * 100 + b'\\"[["}')["a"].endswith('"[[')


def test_many_shallow_brackets_are_no_nesting() -> None:
    assert len(read_json(b"[" + b",".join([b"{}"] * 100) + b"]")) == 100


@pytest.mark.parametrize("text", [b"", b"{", b"[1,]", b"{'a': 1}", b"NaN", b"[Infinity]", b"\xff", b"01", b"1 2"])
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(JsonMalformed):
        read_json(text)


def test_a_repeated_key_is_named() -> None:
    with pytest.raises(JsonDuplicateKey) as refused:
        read_json(b'{"a": {"b": 1, "c": 2, "b": 1}}')
    assert [problem.field for problem in refused.value.problems] == ["b"]


def test_numbers_beyond_64_bits_do_not_pass_for_integers() -> None:
    assert isinstance(read_json(b"9" * 30), float)
    for number in (123456789012345678, 2**63 - 1, 2**64 - 1, -(2**63)):
        assert canonical(read_json(str(number).encode())) == str(number).encode()
    for number in (2**64, -(2**63) - 1):
        assert isinstance(read_json(str(number).encode()), float)
    assert isinstance(read_json(b"9" * 5_000), float)


def test_order_and_spacing_do_not_matter_and_values_do() -> None:
    one, other = read_json(b'{"a":1,"b":[1,2]}'), read_json(b'{ "b" : [1, 2], "a" : 1 }')
    assert canonical(one) == canonical(other) == b'{"a":1,"b":[1,2]}'
    assert canonical(read_json(b'{"a":1,"b":[2,1]}')) != canonical(one)


def test_half_a_surrogate_pair_is_not_text() -> None:
    with pytest.raises(JsonMalformed):
        canonical(read_json(b'"\\udfff"'))
