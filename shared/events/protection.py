"""Protection: how it is extended and how it ends."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from shared.events.base import VENDOR_ONLY, Code, Decision, Id, Moment, subject


class _OfProtection(Decision):
    registration: Id

    def subjects(self) -> tuple[str, ...]:
        return subject("registration", self.registration)


class ExtensionHeld(_OfProtection):
    """The request came in time and waits for a reviewer. Protection continues until then, at most to `until`."""

    type: ClassVar[str] = "extension.held"

    until: Moment
    extension_to: Moment
    """When protection would end if it is granted."""


class ExtensionRefused(_OfProtection):
    """The extension was refused; `code` says by which rule or that a reviewer did."""

    type: ClassVar[str] = "extension.refused"

    code: Code


class ProtectionExtended(_OfProtection):
    """Protection was extended to a later end; `extensions` counts how often."""

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
    """The holder won the deal; `late` if protection had expired shortly before."""

    type: ClassVar[str] = "protection.converted"

    opportunity: Id
    late: bool = False
    holds_until: Moment | None = None
    """Where the policy closes a won deal: until when it keeps others out, the end that protection had."""
    closes: bool = Field(default=False, json_schema_extra=VENDOR_ONLY)
    """Whether others wait on the deal and are about to end."""

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))


class LossHeld(_OfProtection):
    """The last open opportunity was lost and none was won. Protection ends at `until` unless the holder objects."""

    type: ClassVar[str] = "loss.held"

    opportunity: Id
    until: Moment

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))


class LossLifted(_OfProtection):
    """The reported loss ends protection no longer; `code` says why."""

    type: ClassVar[str] = "loss.lifted"

    opportunity: Id
    code: Literal["open", "won", "relinked", "objection_upheld"]
    """An opportunity of the registration is open or won, the lost one left it, or a reviewer upheld the objection."""

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))


class ProtectionLost(_OfProtection):
    """The last open opportunity was lost and none was won."""

    type: ClassVar[str] = "protection.lost"

    opportunity: Id

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))


class ProtectionReleased(_OfProtection):
    """The holder released the deal."""

    type: ClassVar[str] = "protection.released"

    code: Code


class ProtectionRevoked(_OfProtection):
    """A reviewer revoked the protection."""

    type: ClassVar[str] = "protection.revoked"

    code: Code


class ProtectionResumed(_OfProtection):
    """The opportunity that ended the protection was reopened: the old interval continues."""

    type: ClassVar[str] = "protection.resumed"

    opportunity: Id

    def subjects(self) -> tuple[str, ...]:
        return (*super().subjects(), *subject("opportunity", self.opportunity))
