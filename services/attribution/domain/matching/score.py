"""Two names compared: a band, a score and why, in words and in fields."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.attribution.domain.matching.alignment import Alignment, aligned
from services.attribution.domain.matching.forms import kind_of
from services.attribution.domain.matching.name import Name
from services.attribution.domain.matching.tables import words_of
from services.attribution.domain.matching.words import common

Band = Literal["same", "look", "clear"]

LOOK: Final = 0.72
"""The score from which a person should look."""
LOOK_ACROSS: Final = 0.65
"""The same where the scripts differ, and one letter can stand for three."""
TELLING: Final = 0.45
"""The weight from which a word is more than a trade or a kind: enough of it must be equal to the letter."""
OWN: Final = 0.7
"""The weight from which a word is one of few companies: beside it another may be mistyped."""
NEARLY: Final = 0.75
"""The likeness across scripts from which a word may be the other beside a sure one."""
SURE: Final = 0.8
"""The likeness from which a word is surely the other."""
RARE: Final = 24.0
"""Names of the register up to which a word is one company's own."""
_TRADES: Final = words_of("trades")


@dataclass(frozen=True, slots=True)
class Answer:
    """What the names (and, for parties, identifiers and places) say: the band, its score, the reason."""

    band: Band
    score: float
    rule: str
    sentence: str
    evidence: tuple[tuple[str, str], ...] = ()


def score(one: Name, other: Name) -> Answer:
    """The answer for two names alone; the same either way round."""
    if (other.text, other.country or "") < (one.text, one.country or ""):
        one, other = other, one
    if one.blank or other.blank:
        return _blank(one, other)
    alignment = aligned(one, other)
    value = _value(one, other, alignment)
    rule = _rule(one, other, alignment, value)
    band: Band = "same" if rule in SAME_RULES else "look" if rule in LOOK_RULES else "clear"
    return Answer(band, round(value, 4), rule, rule)


SAME_RULES: Final = frozenset({"equal", "order", "spacing", "written", "brand"})
LOOK_RULES: Final = frozenset({"forms", "country", "places", "initials", "similar", "part", "numbers_one", "common"})


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
    left = [one.words[at] for at in alignment.ours]
    right = [other.words[at] for at in alignment.theirs]
    if not left and not right:
        return _whole(one, other, alignment, value)
    digits = [word for word in (*left, *right) if word.isdigit()]
    if digits:
        return "numbers" if any(w.isdigit() for w in left) and any(w.isdigit() for w in right) else "numbers_one"
    if not left or not right:
        return _part(one, other, alignment, value, left or right, shorter=other if left else one)
    return "similar" if value >= (LOOK if one.script == other.script else LOOK_ACROSS) else "differ"


def _whole(one: Name, other: Name, alignment: Alignment, value: float) -> str:
    hows = {pair.likeness.how for pair in alignment.pairs}
    if "initials" in hows:
        rule = "initials"
    elif hows <= {"equal"}:
        rule = "order" if alignment.crossed else "equal"
    elif hows <= {"equal", "spacing"}:
        rule = "spacing"
    elif _written(one, other, alignment):
        rule = "written"
    else:
        rule = "similar" if value >= (LOOK if one.script == other.script else LOOK_ACROSS) else "differ"
    if rule in SAME_RULES:
        if _states_differ(one, other):
            return "places"
        if forms_differ(one, other):
            return "forms"
        if bool(one.forms) != bool(other.forms) and max(one.weights) < OWN:
            return "common"
    return rule


def _written(one: Name, other: Name, alignment: Alignment) -> bool:
    """Whether what is not equal is only bent, cut, mistyped or transliterated, and what is sure says whose name it is."""
    across = one.script != other.script
    surest, telling = 0.0, TELLING
    for pair in alignment.pairs:
        likeness = pair.likeness
        if likeness.how in ("equal", "spacing", "article") or (across and likeness.degree >= SURE):
            surest = max(surest, *(one.weights[at] for at in pair.ours))
        elif likeness.degree < (NEARLY if across else SURE):
            return False
        if likeness.how in ("spelling", "sound"):
            telling = OWN
    return surest >= telling


def _part(one: Name, other: Name, alignment: Alignment, value: float, rest: list[str], shorter: Name) -> str:
    longer = other if shorter is one else one
    if any(pair.likeness.how == "initials" for pair in alignment.pairs):
        return "initials"
    exact = all(pair.likeness.how in ("equal", "spacing") for pair in alignment.pairs)
    head = longer.words[: len(shorter.words)] == shorter.words
    own = max(common(word) for word in shorter.words[:1]) <= RARE
    if exact and head and own and not shorter.forms and all(word in _TRADES for word in rest):
        return "brand"
    if exact and max(shorter.weights) >= TELLING:
        return "part"
    return "similar" if value >= (LOOK if one.script == other.script else LOOK_ACROSS) else "differ"


def _states_differ(one: Name, other: Name) -> bool:
    return bool(one.states and other.states and not set(one.states) & set(other.states))


def forms_differ(one: Name, other: Name) -> bool:
    """Whether both names have legal forms that cannot be one company's; across scripts their class is compared."""
    ours, theirs = set(one.forms) - {"co"}, set(other.forms) - {"co"}
    if not ours or not theirs or ours & theirs:
        return False
    if one.script == other.script:
        return True
    kinds, others = {kind_of(form) for form in ours} - {""}, {kind_of(form) for form in theirs} - {""}
    return bool(kinds and others and not kinds & others)


def _blank(one: Name, other: Name) -> Answer:
    reasons = {one.blank, other.blank} - {""}
    if reasons & {"empty", "placeholder", "address"} or one.key != other.key:
        return Answer("clear", 0.0, "no_name", f"One of the texts is no company's name ({', '.join(sorted(reasons))}).")
    return Answer("look", 1.0, "little", "Equal, but of words that many companies share.")
