"""Documents as they are stored: compressed where they are large and no query looks into them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from services.attribution.documents import body_of, columns_of, from_json, rows, stored, text_of
from services.attribution.domain.documents.customer import KeyList, Spellings
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document, due_of
from services.attribution.domain.documents.registration import Registration
from services.attribution.faults import Halted
from shared.compression import compressed
from shared.events.lifecycle import Life
from tests.journals import START, submitted

CLAIM = submitted("reg_a", project='"conflict": or "lookalikes": in quotation marks')
ONE = Registration("reg_a", "demo", "acme", CLAIM, Life("approved", "protected"), START)
KEY = Key("registration", "reg_a")


def test_a_registration_is_compressed_and_read_as_it_was() -> None:
    body = body_of("registration", ONE)
    assert isinstance(body, bytes)
    assert len(body) < len(text_of(body)) / 2
    assert columns_of(body) == (None, body)
    assert stored("maven", KEY, body) == from_json("registration", text_of(body)) == ONE


@pytest.mark.parametrize("change", [{"conflict": "con_1"}, {"lookalikes": ("reg_b",)}])
def test_one_that_queries_look_for_is_json(change: dict[str, object]) -> None:
    body = body_of("registration", replace(ONE, **change))  # type: ignore[arg-type]
    assert isinstance(body, str)
    assert columns_of(body) == (body, None)
    assert stored("maven", KEY, body) == replace(ONE, **change)  # type: ignore[arg-type]


@pytest.mark.parametrize("damaged", [b"", b"\x01no frame", compressed(b"[]"), b"\xffunknown"])
def test_damaged_content_halts_its_vendor(damaged: bytes) -> None:
    with pytest.raises(Halted, match="registration:reg_a cannot be read"):
        stored("maven", KEY, damaged)


def test_one_document_under_several_keys_is_stored_under_each() -> None:
    nile, delta = Spellings(("Nile",)), Spellings(("Delta",))
    found: list[tuple[Key, Document]] = [
        (Key("spelling", "a"), nile), (Key("spelling", "b"), nile), (Key("spelling", "c"), delta),
        (Key("key", "name:nile"), KeyList()), (KEY, ONE), (Key("spelling", "d"), nile),
    ]  # fmt: skip
    assert rows(dict(found)) == [(key, due_of(one), body_of(key.kind, one)) for key, one in found]
    assert body_of("spelling", nile) == '{"names":["Nile"]}'
