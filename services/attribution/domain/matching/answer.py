"""What matching answers: a band, a score, the rule that decided, one sentence for people and fields for machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from services.attribution.domain.matching.alignment import Alignment
from services.attribution.domain.matching.name import Name

Band = Literal["same", "look", "clear"]
SHOWN: Final = 6
"""Words that a sentence names at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`same`: certain enough to decide; `look`: a person decides; `clear`: nothing to see."""

    band: Band
    score: float
    rule: str
    sentence: str
    evidence: tuple[tuple[str, str], ...] = ()


_SENTENCES: Final = {
    "equal": "The names are equal once spelling, legal form and abbreviations are put aside.",
    "order": "The names have the same words in another order.",
    "spacing": "The names differ only in where words are joined.",
    "written": "Every word of one name stands for one of the other ({likened}).",
    "brand": "One name is the other in short (without {rest}), and its first word is hardly anybody else's.",
    "forms": "The names are equal, but their legal forms differ ({forms}): perhaps two entities of one group.",
    "places": "The names are equal, but of different states ({states}).",
    "common": "The names are equal, but of common words and without legal forms that could tell them apart.",
    "acronym": "One name is the initials of the other ({likened}).",
    "initials": "One name may be the initials or the beginnings of the other's words ({likened}).",
    "group": "One name is the other with a place or group word ({rest}): perhaps another entity of one group.",
    "part": "One name is part of the other; left over: {rest}.",
    "kin": "Both names have a word that is hardly anybody else's; left over: {rest}.",
    "similar": "The names are similar; left over: {rest}.",
    "numbers_one": "The names are alike, but only one has the number {rest}.",
    "numbers": "A number tells them apart ({rest}).",
    "differ": "What tells companies apart differs ({rest}).",
    "nothing": "The names have no word in common.",
}


def sentence_of(rule: str, one: Name, other: Name, alignment: Alignment) -> str:
    """One sentence that says why."""
    rest = [one.words[at] for at in alignment.ours] + [other.words[at] for at in alignment.theirs]
    return _SENTENCES[rule].format(
        likened=_listed(_likened(one, other, alignment)),
        rest=_listed(rest),
        forms=f"{_listed(list(one.forms))} / {_listed(list(other.forms))}",
        states=f"{_listed(list(one.states))} / {_listed(list(other.states))}",
    )


def blank_sentence(rule: str, reasons: str) -> str:
    """The sentence for texts that are no company's name, or hardly one."""
    if rule == "little":
        return f"Equal, but of words that many companies share ({reasons})."
    return f"One of the texts is no company's name ({reasons})."


def evidence_of(one: Name, other: Name, alignment: Alignment) -> tuple[tuple[str, str], ...]:
    """The fields behind the sentence: what stands for what and by what, what is left over, forms and scripts."""
    fields = [(f"word.{how}", text) for how, text in _by_how(one, other, alignment)]
    fields += [("left.one", one.words[at]) for at in alignment.ours]
    fields += [("left.other", other.words[at]) for at in alignment.theirs]
    fields += [("form.one", form) for form in one.forms] + [("form.other", form) for form in other.forms]
    fields += [("state.one", state) for state in one.states] + [("state.other", state) for state in other.states]
    if one.script != other.script:
        fields.append(("scripts", f"{one.script}/{other.script}"))
    return tuple(fields)


def _by_how(one: Name, other: Name, alignment: Alignment) -> list[tuple[str, str]]:
    found = []
    for pair in alignment.pairs:
        mine = " ".join(one.words[at] for at in pair.ours)
        theirs = " ".join(other.words[at] for at in pair.theirs)
        found.append((pair.likeness.how, mine if mine == theirs else f"{mine} = {theirs}"))
    return found


def _likened(one: Name, other: Name, alignment: Alignment) -> list[str]:
    return [f"{text} by {how}" for how, text in _by_how(one, other, alignment) if how != "equal"]


def _listed(words: list[str]) -> str:
    shown = ", ".join(words[:SHOWN])
    return f"{shown} …" if len(words) > SHOWN else shown or "nothing"
