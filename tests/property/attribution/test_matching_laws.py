"""Laws of matching on any text: it never raises, is symmetric, and does not see what people do not see."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from services.attribution.domain.matching.domains import registrable
from services.attribution.domain.matching.identifiers import KINDS, read_identifier
from services.attribution.domain.matching.name import read_name
from services.attribution.domain.matching.score import judge, score

LATIN = (
    "Acme acme ACMEON GmbH Ltd Co & Pacific Gas Elec (TX) No 1 II VIII IBM Intl Bank of Egypt U.S.A. B.V., The Labs "
    "Good Will Goodwill Laboratories al abdul real estate"
)
OTHERS = ["شركة", "النور", "للتجارة", "ООО", "Ромашка", "Α.Ε.", "株式会社", "日立", "주식회사", "삼성"]
WORDS = st.sampled_from([*LATIN.split(), *OTHERS])
NAMES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=8).map(" ".join))
UNSEEN = "\u200b\u200e\u202b\ufeff\u00ad"


@given(NAMES, NAMES)
@settings(max_examples=300)
def test_nothing_raises_and_both_ways_round_are_one(one: str, other: str) -> None:
    first, second = read_name(one), read_name(other)
    there, back = score(first, second), score(second, first)
    assert (there.band, there.score, there.rule) == (back.band, back.score, back.rule)
    judged = judge(first, second)
    assert (judged.band, judged.score, judged.rule) == (there.band, there.score, there.rule)
    assert 0 <= there.score <= 1


@given(NAMES)
@settings(max_examples=200)
def test_a_name_is_never_clear_of_itself(text: str) -> None:
    name = read_name(text)
    assert all(word and word.isascii() and word == word.lower() for word in name.words)
    if not name.blank:
        assert judge(name, name).band in ("same", "look")


@given(st.lists(WORDS, min_size=1, max_size=6), st.data())
@settings(max_examples=200)
def test_spaces_and_unseen_marks_change_nothing(words: list[str], data: st.DataObject) -> None:
    spaced = data.draw(st.sampled_from([" ", "  ", "\u00a0", " \u200b"])).join(words)
    mark = data.draw(st.sampled_from(UNSEEN))
    at = data.draw(st.integers(0, len(spaced)))
    marked = spaced[:at] + mark + spaced[at:]
    plain = read_name(" ".join(words))
    assert read_name(spaced).words == plain.words
    assert read_name(marked).words == plain.words


@given(
    st.lists(st.sampled_from(["acme", "pacific", "gas", "gmbh", "ltd", "b.v.", "bank", "iii"]), min_size=1, max_size=6)
)
@settings(max_examples=100)
def test_case_changes_nothing(words: list[str]) -> None:
    text = " ".join(words)
    assert read_name(text).words == read_name(text.upper()).words == read_name(text.title()).words


@given(st.text(max_size=300), st.sampled_from(KINDS), st.sampled_from([None, "DE", "SA", "XX", "ÄÖ", "de"]))
@settings(max_examples=200)
def test_identifiers_and_domains_never_raise(text: str, kind: str, country: str | None) -> None:
    identifier = read_identifier(kind, text, country)  # type: ignore[arg-type]
    assert identifier is None or identifier.value
    domain = registrable(text)
    assert domain is None or "." in domain
