"""Protection: how it is extended and how it ends."""

from __future__ import annotations

from typing import ClassVar, Literal

from shared.events.base import Code, Decision, Id, Moment, subject


class _OfProtection(Decision):
    registration: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration)


class ExtensionHeld(_OfProtection):
    """The request came in time and waits for a person; protection goes on until decided, at most to `until`."""

    type: ClassVar[str] = "extension.held"

    until: Moment


class ExtensionRefused(_OfProtection):
    """The request was refused by rule or by a person; `code` says which."""

    type: ClassVar[str] = "extension.refused"

    code: Code


class ProtectionExtended(_OfProtection):
    """The end moved; it stays `protected`, with a count."""

    type: ClassVar[str] = "protection.extended"

    protected_until: Moment
    extensions: int


Expiry = Literal["period_over", "claimed_meanwhile", "over_meanwhile"]


class ProtectionExpired(_OfProtection):
    """Protection is over: its last day, or a win that was taken back when it could not run on."""

    type: ClassVar[str] = "protection.expired"

    code: Expiry = "period_over"
    """The last two where a win was taken back: another claim had the deal by then, or the period had ended."""


class ProtectionConverted(_OfProtection):
    """The deal was won by its holder; `late` where protection had expired but lately enough."""

    type: ClassVar[str] = "protection.converted"

    opportunity: Id
    late: bool = False

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))


class ProtectionLost(_OfProtection):
    """The last open opportunity was lost and none was won."""

    type: ClassVar[str] = "protection.lost"

    opportunity: Id

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))


class ProtectionReleased(_OfProtection):
    """The holder gave the deal back."""

    type: ClassVar[str] = "protection.released"

    code: Code


class ProtectionRevoked(_OfProtection):
    """A person of the vendor took the protection away."""

    type: ClassVar[str] = "protection.revoked"

    code: Code


class ProtectionResumed(_OfProtection):
    """An end that rested on an opportunity was undone when it was reopened: the old interval runs on."""

    type: ClassVar[str] = "protection.resumed"

    opportunity: Id

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))
