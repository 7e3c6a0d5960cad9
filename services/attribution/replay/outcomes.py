"""What a fold came to, in the rows that are compared: registrations, lines of money, refused facts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from services.attribution.domain.documents.registration import Registration
from shared.values.written import rfc3339


class Registered(NamedTuple):
    """A registration as it stands at the end of the period."""

    registration: str
    partner: str
    program: str
    state: str
    code: str | None
    protected_from: str | None
    protected_until: str | None


class Line(NamedTuple):
    """A line of money: the credit of a deal by partner and role, or what is left of a reward."""

    kind: str
    """`credit` or `reward`."""
    subject: str
    """The opportunity, or the registration where a reward was earned by approval."""
    partner: str
    """Or `house`."""
    name: str
    """The role of a share, the name of a reward."""
    currency: str
    minor: int
    earned: str
    """When it was first earned, as `sortable` writes it."""
    registration: str

    @property
    def key(self) -> tuple[str, ...]:
        """What it is the same line by, in both folds."""
        return self[:5]


class Refused(NamedTuple):
    """A fact that the decider could not take."""

    place: int
    """Its offset in the log."""
    fact: str
    type: str
    code: str
    subject: str
    recorded_at: str


def registered(one: Registration) -> Registered:
    """The registration's row."""
    from_, until = (None if at is None else rfc3339(at) for at in (one.protected_from, one.protected_until))
    return Registered(one.id, one.partner, one.program, one.state, one.life.end_code, from_, until)


def sortable(at: datetime) -> str:
    """The instant in a text whose order is that of time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")
