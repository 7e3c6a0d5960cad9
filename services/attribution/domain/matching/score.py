"""Two names compared: a band, a score and why, in words and in fields."""

from __future__ import annotations

from itertools import pairwise
from typing import Final, NamedTuple

from services.attribution.domain.matching.alignment import Alignment, aligned
from services.attribution.domain.matching.answer import Answer, Band, evidence_of
from services.attribution.domain.matching.forms import kind_of
from services.attribution.domain.matching.name import STATES, Name
from services.attribution.domain.matching.tables import words_of
from services.attribution.domain.matching.words import common, country_of, meaning, synonymous

LOOK: Final = 0.72
"""The score from which a person should look."""
LOOK_ACROSS: Final = 0.65
"""The same where the scripts differ, and one letter can stand for three."""
PART: Final = 0.62
"""The same for a name that is part of the other, unless a word of it is hardly anybody else's."""
TELLING: Final = 0.45
"""The weight from which a word is more than a trade or a kind: enough of it must be equal to the letter."""
OWN: Final = 0.7
"""The weight from which a word is one of few companies: beside it another may be mistyped."""
NEARLY: Final = 0.75
"""The likeness across scripts from which a word may be the other beside a sure one."""
SURE: Final = 0.8
"""The likeness from which a word is surely the other."""
ALONE: Final = 0.7
TWO_WORDS: Final = 1.0
"""The weight from which one word, or several together, are one company's without the legal form's help."""
TOGETHER: Final = 0.85
"""The weight from which all words of two equal names are one company's, where one of them states no form."""
LONG: Final = 4
"""Letters from which one word can be a company's own: groups of companies share three."""
ACRONYM: Final = 4
"""Initials from which a collision is unlikely: three letters are shared by many."""
RARE: Final = 24.0
"""Names of the register up to which a word is one company's own."""
_SHORT: Final = frozenset({"initials", "beginnings"})
FEW_HAVE: Final = 100.0
"""Names of the register up to which a word at the beginning of another name may be that one in short."""
_TRANSLATED_FORMS: Final = frozenset({"kk", "gk", "jh", "gfyxgs", "yxgs"})
"""Of East Asia: 株式会社 is Co., Ltd., Inc. or Corporation, as the company likes, in Latin letters too."""
_TRANSLATED_FREELY: Final = frozenset({"han", "kana", "hangul"})
_VAGUE: Final = frozenset({"", "CO", "CORP"})
TRADE: Final = 60.0
"""Names of the register from which on a word is a trade's."""
KIN: Final = 0.4
"""The score from which a word that is nobody else's makes two names worth a look."""
NOBODYS: Final = 8.0
"""Names of the register up to which a word is nobody else's."""
BESIDE: Final = 2
"""Words that each of two names may have beside it."""
_FINANCE: Final = words_of("finance")
"""What funds and their companies are called, which come in series under one name."""
_GROUP: Final = words_of("group")
_BODIES: Final = words_of("bodies")
"""Kinds of public bodies, which translators name as they like or leave out."""


SAME_RULES: Final = frozenset({"equal", "order", "spacing", "written", "brand", "acronym"})
LOOK_RULES: Final = frozenset(
    {"forms", "places", "initials", "similar", "part", "numbers_one", "common", "group", "kin"}
)


SAME_FROM: Final = 0.9
CLEAR_BELOW: Final = 0.6
"""Scores are kept within their band: same from the first, clear below the second, look between."""


class Judgement(NamedTuple):
    """An answer without its words, for those who compare many."""

    band: Band
    score: float
    rule: str


def judge(one: Name, other: Name) -> Judgement:
    """Band, score and rule for two names; the same either way round."""
    if one.blank or other.blank:
        return _blank(one, other)
    if other.text < one.text:
        one, other = other, one
    return _judged(one, other, aligned(one, other))


def score(one: Name, other: Name) -> Answer:
    """The answer for two names alone, with its evidence; the same either way round."""
    if one.blank or other.blank:
        band, value, rule = _blank(one, other)
        reasons = ", ".join(sorted({one.blank, other.blank} - {""}))
        return Answer(band, value, rule, (("blank", reasons),))
    if other.text < one.text:
        one, other = other, one
    alignment = aligned(one, other)
    band, value, rule = _judged(one, other, alignment)
    return Answer(band, value, rule, evidence_of(one, other, alignment))


def _judged(one: Name, other: Name, alignment: Alignment) -> Judgement:
    value = _value(one, other, alignment)
    rule = _rule(one, other, alignment, value)
    if rule in SAME_RULES:
        return Judgement("same", round(max(value, SAME_FROM), 4), rule)
    if rule in LOOK_RULES:
        return Judgement("look", round(min(max(value, CLEAR_BELOW), SAME_FROM - 0.0001), 4), rule)
    return Judgement("clear", round(min(value, CLEAR_BELOW - 0.0001), 4), rule)


def _value(one: Name, other: Name, alignment: Alignment) -> float:
    ours, theirs = one.weights, other.weights
    total = sum(ours) + sum(theirs)
    matched = 0.0
    for pair in alignment.pairs:
        weight = sum(ours[at] for at in pair.ours) + sum(theirs[at] for at in pair.theirs)
        matched += weight * pair.likeness.degree
    return matched / total if total else 0.0


def _rule(one: Name, other: Name, alignment: Alignment, value: float) -> str:
    if not alignment.pairs:
        return "nothing"
    left = _left_over(one, alignment.ours, other)
    right = _left_over(other, alignment.theirs, one)
    if not left and not right:
        return _whole(one, other, alignment, value)
    digits = [word for word in (*left, *right) if word.isdigit()]
    if digits:
        both = any(word.isdigit() for word in left) and any(word.isdigit() for word in right)
        return "numbers" if both or value < LOOK else "numbers_one"
    if not left or not right:
        return _part(one, other, alignment, value, left or right, shorter=other if left else one)
    if value >= KIN and one.script == other.script == "latin" and _kin(one, other, alignment, left, right):
        return "kin"
    # Of two names that go on with another trade each, hardly one pair in fifty is one company.
    if one.script == other.script and all(common(word) >= TRADE for word in (*left, *right)):
        return "differ"
    return _similar(one, other, value)


def _left_over(name: Name, places: tuple[int, ...], other: Name) -> list[str]:
    """The words at these places, but for a state in the other name's brackets and what translators add or leave out."""
    words = [name.words[at] for at in places]
    if words and name.script != other.script:
        words = [word for word in words if word not in _BODIES and not _said(word, name)]
    if not words or not other.states:
        return words
    beside = " ".join(other.states).split()
    return [word for word in words if word not in beside]


def _said(word: str, name: Name) -> bool:
    """Whether the word beside it says it too, as translators use two words for one: كهرباء is "electric power"."""
    return any((one == word) != (other == word) and synonymous(one, other) for one, other in pairwise(name.words))


def _whole(one: Name, other: Name, alignment: Alignment, value: float) -> str:
    hows = {pair.likeness.how for pair in alignment.pairs}
    if not _SHORT.isdisjoint(hows):
        rule = "acronym" if "initials" in hows and _acronym(one, other) else "initials"
    elif hows <= {"equal"}:
        rule = "order" if alignment.crossed else "equal"
    elif hows <= {"equal", "spacing"}:
        rule = "spacing"
    elif _written(one, other, alignment):
        rule = "written"
    else:
        rule = _similar(one, other, value)
    if rule in SAME_RULES:
        if _states_differ(one, other):
            return "places"
        if forms_differ(one, other):
            return "forms"
        if not (one.forms and other.forms) and max(one.weights) < ALONE and sum(one.weights) < TOGETHER:
            return "common"
    return rule


def _acronym(one: Name, other: Name) -> bool:
    """Whether one name is nothing but the initials of the other, too many to be so by chance."""
    short, long = (one, other) if len(one.words) < len(other.words) else (other, one)
    return len(short.words) == 1 and len(short.words[0]) == len(long.words) >= ACRONYM and not short.forms


def _written(one: Name, other: Name, alignment: Alignment) -> bool:
    """Whether what is not equal is only bent, cut, mistyped or heard, and what is sure says whose name it is."""
    across = one.script != other.script
    surest, together, telling = 0.0, 0.0, TELLING
    for pair in alignment.pairs:
        likeness = pair.likeness
        if likeness.how == "compound":
            return False
        if likeness.how in ("equal", "spacing", "article") or (across and likeness.degree >= SURE):
            weight = max(one.weights[at] for at in pair.ours)
            surest, together = max(surest, weight), together + weight
        elif likeness.degree < (NEARLY if across else SURE):
            return False
        else:
            together = -TWO_WORDS
        if likeness.how in ("spelling", "sound"):
            telling = OWN
    return surest >= telling or (across and together >= TWO_WORDS)


def _part(one: Name, other: Name, alignment: Alignment, value: float, rest: list[str], shorter: Name) -> str:
    longer = other if shorter is one else one
    if any(pair.likeness.how in _SHORT for pair in alignment.pairs):
        return "initials"
    exact = all(pair.likeness.how in ("equal", "spacing") for pair in alignment.pairs)
    if not exact:
        return _similar(one, other, value)
    if _brand(shorter, longer, rest):
        return "brand"
    head = longer.words[: len(shorter.words)] == shorter.words
    if head and all(_places(word) for word in rest):
        return "group" if max(shorter.weights) >= TELLING else "differ"
    rarest = min(common(word) for word in shorter.words)
    return "part" if value >= PART or rarest <= (FEW_HAVE if head else RARE) else "differ"


def _brand(shorter: Name, longer: Name, rest: list[str]) -> bool:
    """Whether the longer name is the shorter one and a trade, and the shorter one is hardly anybody else's."""
    head = longer.words[: len(shorter.words)] == shorter.words
    several = len(shorter.words) > 1
    if rest != ["group"] and (any(_places(word) for word in rest) or not head):
        return False
    if min(common(word) for word in shorter.words) > RARE:
        return False
    if several:
        return bool(longer.forms and not shorter.forms)
    return len(shorter.words[0]) >= LONG and not (shorter.forms and longer.forms)


def _kin(one: Name, other: Name, alignment: Alignment, left: list[str], right: list[str]) -> bool:
    """Whether both have one word that is nobody else's, and few beside it: Aveo Oncology, Aveo Pharmaceuticals."""
    if max(len(left), len(right)) > BESIDE or not _FINANCE.isdisjoint((*left, *right)):
        return False
    # Trades that the register does not know stand at the end of a name, its own word mostly at the beginning.
    shared = (
        one.words[pair.ours[0]]
        for pair in alignment.pairs
        if pair.likeness.degree >= SURE and not (pair.ours[0] and pair.theirs[0])
    )
    return any(
        len(word) >= LONG and common(word) <= NOBODYS and meaning(word) == word and not _places(word) for word in shared
    )


def _places(word: str) -> bool:
    return word in _GROUP or country_of(word) is not None or word in STATES


def _similar(one: Name, other: Name, value: float) -> str:
    return "similar" if value >= (LOOK if one.script == other.script else LOOK_ACROSS) else "differ"


def _states_differ(one: Name, other: Name) -> bool:
    return bool(one.states and other.states and not set(one.states) & set(other.states))


def forms_differ(one: Name, other: Name) -> bool:
    """Whether both names have legal forms that cannot be one company's; across scripts their class is compared."""
    ours, theirs = set(one.forms) - {"co"}, set(other.forms) - {"co"}
    if not ours or not theirs or ours & theirs:
        return False
    if _TRANSLATED_FORMS.isdisjoint(ours) != _TRANSLATED_FORMS.isdisjoint(theirs):
        return False
    if one.script == other.script:
        return True
    free = not _TRANSLATED_FREELY.isdisjoint((one.script, other.script))
    kinds, others = {kind_of(form) for form in ours} - _VAGUE, {kind_of(form) for form in theirs} - _VAGUE
    return bool(not free and kinds and others and not kinds & others)


def _blank(one: Name, other: Name) -> Judgement:
    reasons = {one.blank, other.blank}
    if reasons & {"empty", "placeholder", "address"} or one.key != other.key:
        return Judgement("clear", 0.0, "no_name")
    return Judgement("look", CLEAR_BELOW, "little")
