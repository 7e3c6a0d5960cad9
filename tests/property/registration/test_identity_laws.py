"""Laws of identity: ids are version 5 UUIDs of their parts, and different parts give different ids."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.events.base import Short
from shared.events.envelope import derived_id, fact_id

NAMESPACE = uuid.UUID("6f0b6a52-2c0e-5f7e-9d0c-6a8c1f5f4a11")
text = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
_short: TypeAdapter[str] = TypeAdapter(Short)


@given(st.lists(text, min_size=1, max_size=4))
def test_an_id_is_the_uuid_of_its_parts(parts: list[str]) -> None:
    assert derived_id(*parts) == uuid.uuid5(NAMESPACE, "\x1f".join(parts)).hex


def test_a_fact_id_never_changes() -> None:
    assert fact_id("acme", "key:x", "k") == "046e7787a4685c838699b44b5352042c"


@given(st.characters())
def test_a_line_holds_no_control_and_every_other_character(character: str) -> None:
    point = ord(character)
    banned = (
        point < 32 or 127 <= point < 160 or 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069
        or 0xD800 <= point <= 0xDFFF
    )  # fmt: skip
    if banned:
        with pytest.raises(ValidationError):
            _short.validate_python(f"a{character}b")
    else:
        assert _short.validate_python(f"a{character}b") == f"a{character}b"
