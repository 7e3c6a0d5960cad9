"""Why matching says that two customers may be one company."""

from __future__ import annotations

from typing import Literal

from shared.events.base import Code, Id, Part


class Trait(Part):
    """One thing that matching saw in two customers: `word.initials` with `EMC = electric membership corporation`."""

    name: str
    value: str


class Likeness(Part):
    """Why two customers may be one company: the rule of matching that said so, and what it saw."""

    registration: Id
    """The other claim."""
    band: Literal["same", "look"]
    """`same`: by names alone certain enough; a person decides all the same, unless the policy lets names block."""
    rule: Code
    permille: int
    """Similarity of the names, 0 to 1,000."""
    evidence: tuple[Trait, ...] = ()
