"""Laws of candidate keys and of the index: for any text, in any order."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.attribution.domain.matching.candidates import MOST_KEY_LENGTH, MOST_KEYS, candidate_keys
from services.attribution.domain.matching.index import NameIndex
from services.attribution.domain.matching.name import read_name

ANY_TEXT = st.text(max_size=200)
WORDS = st.sampled_from(
    [
        "Nile",
        "Schlumberger",
        "Group",
        "International",
        "Bank",
        "Al",
        "Delta",
        "Foods",
        "Trading",
        "ABB",
        "النيل",
        "日立",
    ]
)
NAMES = st.lists(WORDS, min_size=1, max_size=5).map(" ".join)


@settings(max_examples=100)
@given(ANY_TEXT)
@example("\ud800")
@example("\u200f" * 50)
@example("a" * 10_000)
@example("test@example.com")
def test_no_text_raises_and_keys_are_few_short_and_different(text: str) -> None:
    keys = candidate_keys(read_name(text))
    assert len(keys) <= MOST_KEYS
    assert len(set(keys)) == len(keys)
    assert all(0 < len(key) <= MOST_KEY_LENGTH for key in keys)
    assert keys == candidate_keys(read_name(text))


@given(NAMES, NAMES)
def test_one_name_finds_another_exactly_where_that_finds_it(one: str, other: str) -> None:
    found = []
    for asked, listed in ((one, other), (other, one)):
        index = NameIndex()
        index.add("listed", read_name(listed))
        found.append(bool(index.find(read_name(asked)).found))
    shared = not set(candidate_keys(read_name(one))).isdisjoint(candidate_keys(read_name(other)))
    assert found == [shared, shared]


@settings(max_examples=100)
@given(
    st.lists(st.tuples(st.integers(0, 9).map(str), NAMES), max_size=30).flatmap(
        lambda listed: st.tuples(st.just(listed), st.permutations(listed))
    ),
    NAMES,
)
def test_what_is_found_depends_on_what_is_listed_and_not_on_the_order(
    listed: tuple[list[tuple[str, str]], list[tuple[str, str]]], asked: str
) -> None:
    answers = []
    for order in listed:
        index = NameIndex()
        for id_, text in order:
            index.add(id_, read_name(text))
        answers.append(index.find(read_name(asked)))
    assert answers[0] == answers[1]


@given(st.lists(st.tuples(st.integers(0, 9).map(str), NAMES), max_size=20), NAMES)
def test_a_name_that_came_and_went_leaves_no_trace(listed: list[tuple[str, str]], passing: str) -> None:
    kept, other = NameIndex(), NameIndex()
    for id_, text in listed:
        kept.add(id_, read_name(text))
        other.add(id_, read_name(text))
    other.add("passing", read_name(passing))
    other.remove("passing", read_name(passing))
    assert len(other) == len(kept)
    assert [other.find(read_name(text)) for _, text in listed] == [kept.find(read_name(text)) for _, text in listed]


@given(NAMES)
def test_a_name_finds_itself_most_alike(text: str) -> None:
    index = NameIndex()
    index.add("other", read_name("Delta Trading Group"))
    index.add("own", read_name(text))
    assert max(one.alike for one in index.find(read_name(text)).found) == 100
