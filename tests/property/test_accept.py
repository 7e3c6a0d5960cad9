"""`Accept` is read as RFC 9110 has it: the most specific range counts, whatever the order, and q=0 forbids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.http.wire.accept import NotAcceptable, chosen

OFFERED = ("application/json", "text/csv")
RANGES = st.sampled_from(["application/json", "text/csv", "application/*", "text/*", "*/*", "application/xml", "a/b"])
QUALITIES = st.sampled_from([None, "0", "0.0", "0.001", "0.5", "1", "1.000"])
ACCEPTS = st.lists(st.tuples(RANGES, QUALITIES), max_size=6, unique_by=lambda one: one[0])


def written(ranges: list[tuple[str, str | None]]) -> str:
    return ", ".join(name if quality is None else f"{name};q={quality}" for name, quality in ranges)


def answered(accept: str | None) -> str | None:
    try:
        return chosen(accept, OFFERED)
    except NotAcceptable:
        return None


@given(ACCEPTS)
def test_the_best_liked_form_is_sent(ranges: list[tuple[str, str | None]]) -> None:
    said = {name: float(quality or 1) if quality != "0" else 0.0 for name, quality in ranges}

    def liked(one: str) -> float:
        return next((said[n] for n in (one, f"{one.partition('/')[0]}/*", "*/*") if n in said), 0.0)

    if not ranges:
        assert answered(written(ranges)) == OFFERED[0]
    elif max(map(liked, OFFERED)) == 0:
        assert answered(written(ranges)) is None
    else:
        found = answered(written(ranges))
        assert found is not None
        assert liked(found) == max(map(liked, OFFERED))


@given(ACCEPTS.flatmap(lambda ranges: st.tuples(st.just(ranges), st.permutations(ranges))))
def test_the_order_says_nothing(both: tuple[list[tuple[str, str | None]], list[tuple[str, str | None]]]) -> None:
    assert answered(written(both[0])) == answered(written(both[1]))


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    assert answered(text) in {*OFFERED, None}


@pytest.mark.parametrize(
    "accept, form",
    [
        (None, "application/json"),
        ("", "application/json"),
        ("text/csv;q=0, application/json", "application/json"),
        ("TEXT/CSV ; Q=0.9 , application/json;q=0.8", "text/csv"),
        ('application/json;v="a,b;q=0";q=0.2, text/csv;q=0.1', "application/json"),
        ("text/*;q=0.3, */*;q=0.2, text/csv;q=0", "application/json"),
        ("application/xml", None),
    ],
)
def test_forms(accept: str | None, form: str | None) -> None:
    assert answered(accept) == form
