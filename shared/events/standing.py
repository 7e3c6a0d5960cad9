"""How partners, rewards and cases stand after an entry: one rule each, for the decider and every view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from shared.events import case, reward
from shared.events.base import Event
from shared.events.partner import (
    PartnerCertified,
    PartnerChanged,
    PartnerEnrolled,
    PartnerReinstated,
    PartnerScored,
    PartnerSuspended,
)

RewardStatus = Literal["held", "payable", "reversed"]

SUSPENDED: dict[type[Event], bool] = {PartnerEnrolled: False, PartnerSuspended: True, PartnerReinstated: False}
"""Whether the partner is suspended after the entry; every other entry leaves it as it was."""
CASES: dict[type[Event], Literal["open", "closed"]] = {case.CaseOpened: "open", case.CaseClosed: "closed"}
"""The state of a case after the entry; a person's verdict is followed by its end."""
REWARDS: dict[type[Event], Literal["held", "payable"]] = {
    reward.RewardAccrued: "held",
    reward.RewardHeld: "held",
    reward.RewardReleased: "payable",
}
"""Where what is left of a reward stands after the entry; a reversal takes from it where it stands."""


def reward_status(stands: Literal["held", "payable"], left_minor: int) -> RewardStatus:
    """One word for a reward: where what is left of it stands, or that nothing is left."""
    return stands if left_minor else "reversed"


def attested(
    event: PartnerScored | PartnerCertified, scores: Mapping[str, str], certifications: Mapping[str, str | None]
) -> tuple[dict[str, str], dict[str, str | None]]:
    """Scores by name, and last days of certifications by name, after the entry."""
    if isinstance(event, PartnerScored):
        return {**scores, event.score: event.value}, dict(certifications)
    until = event.valid_until.isoformat() if event.valid_until is not None else None
    return dict(scores), {**certifications, event.certification: until}


def profile(event: PartnerEnrolled | PartnerChanged, known: Mapping[str, Any]) -> dict[str, Any]:
    """Name, type, tier, segments, territories after the entry; `known` holds those before, none for a new partner.

    Fields that the entry does not give stay; segments merge by name, and None removes one.
    """
    merged = {**known.get("segments", {}), **event.segments}
    return {
        "name": event.name or known["name"],
        "partner_type": event.partner_type or known.get("partner_type"),
        "tier": event.tier or known.get("tier"),
        "territories": event.territories if event.territories is not None else tuple(known.get("territories", ())),
        "segments": {name: value for name, value in merged.items() if value is not None},
    }
