"""Laws of reading JSON: the fast reader never hides a key that was given twice, and agrees with the careful one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.wire.json_body import JsonDuplicateKey, read_json

spaces = st.sampled_from(["", "", "", " ", "\t", "\n", "\r", "  "])
# Texts that hold what the fast reader counts.
texts = st.one_of(st.sampled_from(['a":', 'a\\":', '":', " :", "a", ":"]), st.text(max_size=5))
names = st.sampled_from(["a", "b", '":', " :", "\u00e9"])
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), texts)


@st.composite
def written(draw: st.DrawFn, depth: int = 2) -> tuple[str, bool]:
    """A text of JSON, and whether any object in it names a key twice."""
    kind = draw(st.sampled_from(["scalar", "list", "object", "object"] if depth else ["scalar"]))
    if kind == "scalar":
        return json.dumps(draw(scalars), ensure_ascii=draw(st.booleans())), False
    parts = draw(st.lists(written(depth - 1), max_size=4))
    twice = any(inner for _, inner in parts)
    if kind == "list":
        return f"[{','.join(text for text, _ in parts)}]", twice
    keys = [draw(names) for _ in parts]
    told = [
        f"{draw(spaces)}{json.dumps(key, ensure_ascii=draw(st.booleans()))}{draw(spaces)}:{draw(spaces)}{text}"
        for key, (text, _) in zip(keys, parts, strict=True)
    ]
    return f"{{{','.join(told)}}}", twice or len(set(keys)) < len(keys)


@given(written())
def test_a_key_given_twice_is_refused_wherever_it_stands(case: tuple[str, bool]) -> None:
    text, twice = case
    if twice:
        with pytest.raises(JsonDuplicateKey):
            read_json(text.encode())
    else:
        assert _same(read_json(text.encode()), json.loads(text))


def _same(one: Any, other: Any) -> bool:
    """Equal, where an integer beyond 64 bits is the float nearest to it."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(_same, one, other))
    wide = isinstance(other, int) and not -(2**63) <= other < 2**64
    return bool(one == (float(other) if wide else other))
