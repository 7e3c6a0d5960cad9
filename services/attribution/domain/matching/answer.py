"""What matching answers: a band, a score, the rule that decided, and what it saw; readers say why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from services.attribution.domain.matching.alignment import Alignment
from services.attribution.domain.matching.name import Name

Band = Literal["same", "look", "clear"]


@dataclass(frozen=True, slots=True)
class Answer:
    """`same`: certain enough to decide; `look`: a person decides; `clear`: nothing to see."""

    band: Band
    score: float
    rule: str
    evidence: tuple[tuple[str, str], ...] = ()


def evidence_of(one: Name, other: Name, alignment: Alignment) -> tuple[tuple[str, str], ...]:
    """What the rule saw: what stands for what and by what, what is left over, forms and scripts."""
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
