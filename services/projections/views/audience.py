"""Who may read an entry beside the vendor, and what is left of it for them (G10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from shared.events import conflict as c
from shared.events import opportunity as o
from shared.events import partner as pa
from shared.events import protection as p
from shared.events import registration as r
from shared.events import vendor as v
from shared.events.base import Event
from shared.events.codec import for_partner


class Owner(NamedTuple):
    """Whose a subject is: the registration that an opportunity belongs to, and the partner behind it."""

    vendor: str
    subject: str
    registration_id: str | None
    partner: str | None


OwnerOf = Callable[[str], str | None]
"""`noun:id` to the partner it belongs to at this entry, None where it is nobody's."""

_PARTNER: tuple[type[Event], ...] = (
    pa.PartnerEnrolled, pa.PartnerChanged, pa.PartnerSuspended, pa.PartnerReinstated,
)  # fmt: skip
# Told of one claim. Left out on purpose: `customer.match_decided` names another partner's registration.
_REGISTRATION: tuple[type[Event], ...] = (
    r.RegistrationSubmitted, r.RegistrationAmended, r.RegistrationWithdrawn, r.RegistrationConfirmed,
    r.EvidenceAdded, r.ExtensionRequested, r.ReviewDecided, r.RegistrationCompleted, r.RegistrationRecognised,
    r.RegistrationHeld, r.RegistrationApproved, r.RegistrationRejected, r.RegistrationClosed,
    c.ConflictDetected, c.ConflictResolved,
    p.ExtensionHeld, p.ExtensionRefused, p.ProtectionExtended, p.ProtectionExpired, p.ProtectionConverted,
    p.ProtectionLost, p.ProtectionReleased, p.ProtectionRevoked, p.ProtectionResumed,
    o.LinkDecided, o.OpportunityLinked, o.OpportunityClassified,
)  # fmt: skip
_OPPORTUNITY: tuple[type[Event], ...] = (
    o.OpportunityCreated, o.OpportunityChanged, o.OpportunityWon, o.OpportunityLost, o.OpportunityReopened,
)  # fmt: skip

# The decider answers so to whoever names a claim that is not theirs: the claim's owner must not hear of it.
_STRANGERS = "registration.unknown"
# A reviewer's note is free text written for colleagues; it may name anybody.
_HIDDEN: Mapping[type[Event], tuple[str, ...]] = {r.ReviewDecided: ("note",)}


def reader_of(event: Any, owner_of: OwnerOf) -> str | None:
    """The one partner that may read the entry: its main subject's, never an opponent's."""
    if isinstance(event, _PARTNER):
        return event.partner  # type: ignore[attr-defined, no-any-return]
    if isinstance(event, r.RegistrationSubmitted):
        return event.partner
    if isinstance(event, _REGISTRATION):
        registration: str | None = event.registration  # type: ignore[attr-defined]
        return owner_of(f"registration:{registration}") if registration else None
    if isinstance(event, _OPPORTUNITY):
        return owner_of(f"opportunity:{event.opportunity}")  # type: ignore[attr-defined]
    if isinstance(event, o.OpportunityUnlinked):
        return owner_of(f"registration:{event.previous}") if event.previous else None
    if isinstance(event, v.FactRefused) and event.code != _STRANGERS:
        return _refused(event, owner_of)
    return None


def _refused(event: v.FactRefused, owner_of: OwnerOf) -> str | None:
    for touched in event.touches:
        noun, _, name = touched.partition(":")
        found = name if noun == "partner" else owner_of(touched) if noun == "registration" else None
        if found is not None:
            return found
    return None


def redacted(event: Any, partner: str, owner_of: OwnerOf) -> dict[str, Any]:
    """The event's content as that partner may read it: without fields for the vendor and without others' names."""
    content: dict[str, Any] = {
        name: value for name, value in for_partner(event).items() if value is not None and value != []
    }
    for name in _HIDDEN.get(type(event), ()):
        content.pop(name, None)
    if isinstance(event, _OPPORTUNITY) and content.get("partner") != partner:
        content.pop("partner", None)
    for name in ("registration", "previous", "original"):
        if name in content and not is_own(f"registration:{content[name]}", partner, owner_of):
            del content[name]
    if "touches" in content:
        content["touches"] = [one for one in content["touches"] if is_own(one, partner, owner_of)]
    return content


def is_own(subject: str, partner: str, owner_of: OwnerOf) -> bool:
    """Whether the subject is the partner itself or belongs to it."""
    return subject == f"partner:{partner}" or owner_of(subject) == partner


def own_subjects(event: Event, subjects: tuple[str, ...], partner: str, owner_of: OwnerOf) -> list[str]:
    """The entry's subjects that are the partner's; its conflict and its refused fact have no owner but are its own."""
    mine = ("conflict:", "fact:")
    return [one for one in subjects if one.startswith(mine) or is_own(one, partner, owner_of)]
