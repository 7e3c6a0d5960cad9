"""Names that somebody made to be slow: each is read and compared by steps that grow with its length alone.

Where a comparison tries one choice after the other, these take longer than any test may.
"""

from __future__ import annotations

from itertools import product

import pytest

from services.attribution.domain.matching.name import read_name
from services.attribution.domain.matching.parties import Party, score_parties
from services.attribution.domain.matching.phrases import _initials
from services.attribution.domain.matching.words import JOINING


def party(name: str) -> Party:
    return Party(name=read_name(name, "DE"), identifiers=(), country="DE", domain=None)


@pytest.mark.parametrize("joining", ["＆", "and ", "& ", "und ", "et "])
@pytest.mark.parametrize("initials", ["aaaz", "uuuz", "eeez", "aaaaaaaz", "uuuuuuuz", "eeeeeeez"])
def test_a_name_of_conjunctions_beside_its_initials_is_read(joining: str, initials: str) -> None:
    for name in (f"{initials} {joining * 200}"[:200], f"{(joining * 200)[:190]} {initials}"):
        assert read_name(name, "DE").words


@pytest.mark.parametrize("letters", ["a", "ab", "aab"])
def test_a_name_of_beginnings_is_compared_with_one_word_of_them(letters: str) -> None:
    parts, whole = " ".join([(letters * 6)[:6]] * 27), party((letters * 200)[:190] + "z")
    for one in (parts, parts + " b", parts + " z"):
        assert score_parties(party(one), whole).rule


def test_initials_are_found_as_by_trying_every_choice() -> None:
    assert "and" in JOINING
    words = ("and", "alpha", "beta")
    for count in range(5):
        for some in product(words, repeat=count):
            for letters in ("", "a", "b", "ab", "aa", "aab", "ba", "abab", "aaaa"):
                assert _initials(letters, list(some)) == any(
                    letters == "".join(word[0] for word, given in zip(some, chosen, strict=True) if given)
                    for chosen in product((True, False), repeat=count)
                    if all(given or word in JOINING for word, given in zip(some, chosen, strict=True))
                )
