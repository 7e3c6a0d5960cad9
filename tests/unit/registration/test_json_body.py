"""JSON as it must be: what is read, what is refused, and that equal bodies have equal bytes."""

from __future__ import annotations

import json

import orjson
import pytest

from shared.http.wire.json_body import (
    MAX_DEPTH,
    JsonDuplicateKey,
    JsonMalformed,
    JsonNumberOutOfRange,
    JsonTooDeep,
    JsonTooManyValues,
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


@pytest.mark.parametrize(
    "number", ["1e400", "1E+400", "-12.5e400", "1e-400", "1E-400", "-2.5e-0400", "0." + 400 * "0" + "1"]
)
def test_a_number_that_would_become_infinite_or_zero_is_refused(number: str) -> None:
    with pytest.raises(JsonNumberOutOfRange):
        read_json(b'{"amount":%s}' % number.encode())


@pytest.mark.parametrize("number", ["1e-99", "1E+20", "12345678901234567890", "0.0000000000000000001", "+49-1e-000"])
def test_what_only_looks_so_is_read_as_it_is(number: str) -> None:
    text = f'"{number}"' if number.startswith("+") else number
    assert read_json(b'{"amount":%s}' % text.encode()) == {"amount": json.loads(text)}


@pytest.mark.parametrize("colon", [":", " :", "\t:", "\n :", "\r: "])
@pytest.mark.parametrize("text", ["", "at 10:30", '\\":', ":30"])
def test_a_key_given_twice_is_found_whatever_stands_around_its_colon(colon: str, text: str) -> None:
    with pytest.raises(JsonDuplicateKey):
        read_json(f'{{"text":"{text}","a"{colon}1,"a"{colon}2}}'.encode())


@pytest.mark.parametrize(
    "text", ['{"a":":b","a":1}', '{"a":1,"a":":b"}', '{"b":{":a":1,":a":2}}', '[{"a":[{"a":1,"a":1}]}]']
)
def test_a_key_given_twice_is_found_whatever_is_lost_with_it(text: str) -> None:
    with pytest.raises(JsonDuplicateKey):
        read_json(text.encode())


@pytest.mark.parametrize(
    "text", ['{":a":":b"}', '{"a":":","b":[":",{":":1}]}', '{"a":"\\":","\\"":1}', '{"a":"\\u0022:"}']
)
def test_texts_and_keys_with_colons_are_read_as_they_are(text: str) -> None:
    assert read_json(text.encode()) == json.loads(text)


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


@pytest.mark.parametrize("most", [2, 3, 100])
def test_values_are_counted_and_what_texts_hold_is_not(most: int) -> None:
    text = b"[" + b",".join([b'",,[{\\",\\\\"'] * (most - 1)) + b"]"
    assert len(read_json(text, most)) == most - 1
    with pytest.raises(JsonTooManyValues):
        read_json(text.replace(b"[", b'["",', 1), most)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        (b"[" * 200_000, JsonTooDeep),
        (b"[" * 100_000 + b"]" * 100_000, JsonTooDeep),
        (b'{"a":' * 30_000, JsonTooDeep),
        (b'[{"a":' * 20 + b"1" + b"}]" * 20, JsonTooDeep),
        (b"[[]," * 40 + b"1" + b"]" * 40, JsonTooDeep),
        (b'["\\\\",' + b"[" * 33 + b"]" * 33 + b"]", JsonTooDeep),
        (b"[1," * 33 + b'"' + b"]" * 40, JsonTooDeep),
        (b"]" * 100_000, JsonMalformed),
        (b"[]" * 2_000, JsonMalformed),
        (b'"' + b"[" * 100_000, JsonMalformed),
        (b'"' + b'\\"' * 50_000, JsonMalformed),
        (b'"' * 100_001, JsonMalformed),
        (b"[" + b"[]," * 100_000 + b"[]]", JsonTooManyValues),
        (b"[" + b"1," * 100_000 + b"1]", JsonTooManyValues),
        (b'{"":0,' * 5 + b'"":0,' * 40_000, JsonTooManyValues),
    ],
)
def test_shape_is_refused_before_anything_is_parsed(
    text: bytes, refused: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = []
    loads = orjson.loads
    monkeypatch.setattr(orjson, "loads", lambda given: (parsed.append(given), loads(given))[1])
    with pytest.raises(refused):
        read_json(text)
    assert bool(parsed) == (refused is JsonMalformed)
