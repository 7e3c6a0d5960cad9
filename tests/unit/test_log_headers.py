"""Headers as the table has them: read to what was written, whatever the names, and what is damaged is said to be."""

from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Corrupt
from shared.events.codec import encode_fact
from shared.log.headers import headers_in, written_headers
from tests.bench.mixed import History

_NAMES = st.sampled_from(["ce_id", "ce_time", "traceparent", "ce_retells"]) | st.text(max_size=8)


@given(st.lists(st.tuples(_NAMES, st.text(max_size=20) | st.none())))
def test_headers_are_read_as_they_were_written(headers: list[tuple[str, str | None]]) -> None:
    assert headers_in(written_headers(headers)) == tuple(headers)


def test_a_letter_means_the_same_name_for_ever() -> None:
    record = encode_fact(next(iter(History("acme", 1).house())))
    headers = tuple(record.headers)
    assert orjson.loads(written_headers(headers)) == ["abcdefghnr", *[value for _, value in headers]]
    letters = "abcdefghijklmnopqrst"
    names = [name for name, _ in headers_in(orjson.dumps([letters, *letters]))]
    assert names == [
        "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "ce_dataschema", "content-type", "ce_subject",
        "ce_subjects", "ce_seq", "ce_clock", "ce_cause", "ce_previous", "ce_principal", "ce_hash", "traceparent",
        "ce_partner", "ce_importing", "ce_appendedat", "ce_retells",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "damaged",
    [b"", b"{}", b"[]", b"[1]", b'[["ce_id", "1"]]', b'["ab", "1"]', b'["Z", "1"]', b'["", 1]', b'["", ["a"]]'],
)
def test_damaged_headers_are_found(damaged: bytes) -> None:
    with pytest.raises((Corrupt, ValueError)):
        headers_in(damaged)
