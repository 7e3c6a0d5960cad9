"""Base of request bodies: a validated body that knows its personal texts and the event it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from services.registration.intake.foreign_clocks import Happened
from shared.events.base import Event
from shared.events.envelope import registration_id
from shared.events.sealed import Sealed
from shared.http.wire.fields import WirePart


@dataclass(frozen=True, slots=True)
class Context:
    """The context of a body: who sends it, the fact it becomes, and what the path or row names."""

    vendor: str
    partner: str | None
    """The partner that the caller's credential is bound to."""
    fact: str
    target: str = ""
    """The registration, partner, opportunity or connection that the path names."""
    expected_revision: int = 0

    @property
    def new_registration(self) -> str:
        """Return the registration that a submission under this fact creates."""
        return registration_id(self.fact)


Seals = Mapping[str, Sealed]


class Message(WirePart):
    """Base of all bodies."""

    def personal(self, context: Context) -> tuple[str, dict[str, str]] | None:
        """Return whose texts it has (an e-mail address or a registration's id) and the texts by name, if any."""
        return None

    def happened(self) -> tuple[Happened, ...]:
        """Return each field with a time or day from the sender's own clock."""
        return ()

    def event(self, context: Context, sealed: Seals) -> Event:
        """Return the event that it becomes, with its personal texts sealed."""
        raise NotImplementedError


def texts(**given: str | None) -> dict[str, str]:
    """Return the given texts that are not None."""
    return {name: text for name, text in given.items() if text is not None}
