"""What stands under a customer's key: registrations, opportunities, answers, names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.attribution.domain.matching.identity import Identity


@dataclass(frozen=True, slots=True)
class Listed:
    """A registration under a customer key; an ended one is kept while a win could still concern it."""

    registration: str
    partner: str
    live: bool
    open: bool = False
    """Whether opportunities linked to it are open: they follow to the partner's next claim."""
    keep_until: datetime | None = None
    holds_until: datetime | None = None
    """Until when one that won the deal keeps others out."""
    ended_by: str | None = None
    """The registration whose win ended it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of two customers, listed under the name of the first."""

    customer: Identity
    other: Identity
    same: bool
    whole: bool = False
    """Said of the customers themselves, not of two claims: it goes before what was said of any two claims before."""

    def about(self, one: Identity, another: Identity) -> bool:
        """Whether it is on these two, as seen from the first."""
        return self.customer == one and self.other == another


@dataclass(frozen=True)
class KeyList:
    """What is found under one customer key: registrations, unlinked open opportunities, people's answers."""

    registrations: tuple[Listed, ...] = ()
    opportunities: tuple[str, ...] = ()
    answers: tuple[Answer, ...] = ()
    written: str | None = None
    """Under a name's key, the name as it was first written: from then on it stands among the spellings."""
    read: int = 0
    """The normaliser that found the names like it."""
    alike: tuple[str, ...] = ()
    """Keys of other names that may be the same company's."""


@dataclass(frozen=True)
class Spellings:
    """The names under one candidate key, as they were first written: what a new name is compared with."""

    names: tuple[str, ...] = ()
    crowded: bool = False
    """Whether so many names came under the key that it tells nothing, and lists none."""
