"""Candidate keys: whatever two spellings have in common gives both a key, unless too many names share it."""

from __future__ import annotations

from dataclasses import dataclass
from gzip import compress

import pytest

from services.attribution.domain.matching.candidates import MOST_KEY_LENGTH, MOST_KEYS, candidate_keys, keys_by
from services.attribution.domain.matching.candidates_frequent import (
    MOST_BEARERS,
    MOST_BEARERS_OF_ENDS,
    frequent,
    most_bearers,
    read_table,
)
from services.attribution.domain.matching.candidates_skeleton import skeleton, without_article
from services.attribution.domain.matching.name import read_name


@dataclass(frozen=True)
class Words:
    """A name that was read."""

    words: tuple[str, ...]
    forms: tuple[str, ...] = ()
    script: str = "latin"

    @property
    def meanings(self) -> tuple[str, ...]:
        return self.words


def keys(text: str, table: dict[str, int] | None = None, forms: tuple[str, ...] = ()) -> set[str]:
    return {key[2:] for key in keys_by(Words(tuple(text.split()), forms), table or {})}


@pytest.mark.parametrize(
    "word, bones",
    [
        ("schlumberger", "slmbrgr"),
        ("shlyumberger", "slmbrgr"),
        ("khalifa", "klf"),
        ("makkah", "mk"),
        ("philips", "flbs"),
        ("filips", "flbs"),
        ("omar", "Amr"),
        ("yemen", "ymn"),
        ("weber", "wbr"),
        ("xerox", "ksrks"),
        ("hh", "h"),
        ("area51155", "Ar51155"),
        ("mannesmann", "mnsmn"),
        ("cenomi", "snm"),
        ("h", "h"),
        ("", ""),
        ("日立", "日立"),
    ],
)
def test_a_skeleton_has_the_consonants_of_a_word(word: str, bones: str) -> None:
    assert skeleton(word) == bones


def test_an_arabic_article_written_as_one_with_its_word_is_taken_off_where_enough_is_left() -> None:
    assert [without_article(word) for word in ("alinma", "elsewedy", "alba", "nile")] == [
        "inma",
        "sewedy",
        "alba",
        "nile",
    ]


def test_a_word_that_is_telling_is_a_key_by_its_sound_then_by_its_spelling() -> None:
    assert "kslmbrgr" in keys("schlumberger oilfield")
    table = {"kslmbrgr": 6}
    assert "kslmbrgr" not in keys("schlumberger oilfield", table)
    assert "tschlumberger" in keys("schlumberger oilfield", table)
    # an article is a rung of its own: many names have ktl, few have Alktl
    assert "kktl" in keys("alkatel")
    assert "kAlktl" in keys("alkatel", {"kktl": 6})
    assert "kAlktl" in keys("alcatel", {"kktl": 6})


def test_words_that_no_sound_tells_are_keys_in_pairs_of_any_order() -> None:
    table = {"kgnrl": 9, "tgeneral": 9, "kAktrk": 9, "kAlktrk": 9, "telectric": 9}
    assert "sAktrk gnrl" in keys("general electric", table) & keys("electric general", table)
    table["sAktrk gnrl"] = 7
    assert "pelectric general" in keys("general electric", table) & keys("electric general", table)
    table["pelectric general"] = 7
    assert not {key for key in keys("general electric", table) if key[0] in "spkt"}


def test_a_word_that_is_telling_by_its_spelling_alone_pairs_by_its_sound_alone() -> None:
    table = {"ksnm": 9, "krtl": 9, "tretail": 9}
    assert {"tcenomi", "srtl snm"} <= keys("cenomi retail", table)
    assert not [key for key in keys("cenomi retail", {**table, "srtl snm": 5}) if key[0] in "sp"]


def test_a_name_of_which_no_word_tells_is_a_key_by_all_its_sounds() -> None:
    table = {"kslt": 9, "tuniversity": 12, "kAnfrst": 12, "ssd Anfrst": 6, "sAnfrst sd": 6, "tgroup": 12, "kgrb": 12}
    assert "wAnfrst sd" in keys("zayed university", table) & keys("zayd university", table)
    # what is very frequent does not count where another word is there
    assert {"wsb", "wgrb sb"} <= keys("sab group", {**table, "tsab": 5})
    assert not [key for key in keys("schlumberger university", table) if key[0] == "w"]
    assert not [key for key in keys("of to by at", table) if key[0] == "w"]


def test_a_word_that_its_article_alone_makes_telling_counts_without_it_too() -> None:
    table = {"kfsl": 9, "kAnfrst": 12, "tuniversity": 12, "sAnfrst fsl": 6}
    assert "kAlfsl" in keys("alfaisal university", table)
    assert "wAnfrst fsl" in keys("alfaisal university", table) & keys("faisal university", table)


def test_a_short_arabic_name_is_found_by_its_meaning_and_by_its_sound() -> None:
    bahri = read_name("البحري")
    for table, key in (({}, "kbhr"), ({"kbhr": 6}, "wbhr")):
        assert f"c1{key}" in set(keys_by(bahri, table)) & set(keys_by(read_name("Bahri"), table))
    assert "c1gmarine" in set(keys_by(bahri, {})) & set(keys_by(read_name("Marine"), {}))


def test_fewer_pairs_stand_beside_words_that_tell_by_themselves() -> None:
    table = {f"t{word}": 9 for word in ("one", "two", "six", "ten")} | {f"k{bones}": 9 for bones in ("An", "sks", "tn")}
    assert len([key for key in keys("one two six ten", table) if key[0] in "sp"]) == 6
    assert len([key for key in keys("one two six ten schlumberger", table) if key[0] in "sp"]) == 3


def test_a_name_keeps_its_ends_when_a_slip_is_elsewhere() -> None:
    assert keys("microsoft global") & keys("macrosoft global")
    assert keys("chevron") & keys("chevon")
    assert keys("stellantis") & keys("stellaris")
    # where many names begin so, one letter more
    assert {"bchevro", "bchevron"} & keys("chevronics", {"bchevro": 5}) == {"bchevron"}
    assert not [key for key in keys("chevron", {"bchevro": 5, "bchevron": 5}) if key[0] == "b"]


def test_the_only_word_that_is_not_very_frequent_has_ends_of_its_own() -> None:
    table = {"tgroup": 14, "tholding": 5}
    assert {"ftraf", "lgura"} <= keys("trafigura group", table)
    assert not {key for key in keys("trafigura holding", table) if key[0] in "fl"}


def test_words_that_are_joined_or_spaced_differently_meet() -> None:
    assert "gdatasoft" in keys("data soft") & keys("datasoft")


def test_acronyms_meet_what_they_stand_for_without_and_with_the_legal_form() -> None:
    assert "asabi" in keys("saudi arabian basic industries")
    assert "astc" in keys("saudi telecom", forms=("company",)) & keys("stc")
    assert "aibm" in keys("international business machines") & keys("ibm")
    assert "aibm" not in keys("ibm", {"aibm": 8})
    assert not [key for key in keys("one two") if key[0] == "a"]
    assert not [key for key in keys("schlumberger") if key[0] == "a"]


def test_a_name_without_words_has_no_keys() -> None:
    assert candidate_keys(Words(())) == ()
    assert candidate_keys(Words(("",))) == ()


def test_however_long_a_name_is_its_keys_are_few_and_short() -> None:
    long = Words(tuple(f"{'word' * 50}{number}" for number in range(3_000)))
    found = candidate_keys(long)
    assert 0 < len(found) <= MOST_KEYS
    assert max(map(len, found)) <= MOST_KEY_LENGTH
    assert all(key.startswith("c1") for key in found)


def test_names_that_are_equal_to_the_letter_share_a_key_whatever_is_frequent() -> None:
    class Everything(dict[str, int]):
        def __contains__(self, key: object) -> bool:
            return True

    assert {key[2:] for key in keys_by(Words(("general", "electric")), Everything())} == {"ggeneralelectric"}


def test_the_frozen_table_knows_what_half_the_world_is_called() -> None:
    table = frequent()
    assert table["tgroup"] > table["tmotor"] >= MOST_BEARERS["t"].bit_length()
    assert "tschlumberger" not in table
    assert (most_bearers("tgroup"), most_bearers("bgroup1")) == (MOST_BEARERS["t"], MOST_BEARERS_OF_ENDS)


def test_a_table_is_read_as_it_was_written() -> None:
    assert read_table(compress(b"# origin\n= 5\ntgroup\nsa b\n= 6\ntbank")) == {"tgroup": 5, "sa b": 5, "tbank": 6}
