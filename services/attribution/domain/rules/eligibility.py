"""Eligibility: who may register at all. A clause a function; one that the policy leaves out is not asked."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from services.attribution.domain.rules.subject import Rule, Subject, finding
from shared.events.base import Finding, Need


def partner_types(allowed: tuple[str, ...], subject: Subject) -> Finding:
    """Whether the partner is of one of the types."""
    has = subject.partner.partner_type
    return finding(
        "eligibility.partner_types", passed=has in allowed, has=has, allowed=list(allowed),
        needs=lambda: Need(input="has", operator="one_of", value=list(allowed)),
    )  # fmt: skip


def min_tier(least: str, subject: Subject) -> Finding:
    """Whether the tier pinned at complete submission is that one or a higher one."""
    tiers, has = subject.vendor.document.tiers, subject.claim.tier
    enough = has in tiers and tiers.index(has) >= tiers.index(least)
    return finding(
        "eligibility.min_tier", passed=enough, has=has, least=least,
        needs=lambda: Need(input="has", operator="at_least", value=least),
    )  # fmt: skip


def min_score(least: Mapping[str, str], subject: Subject) -> Finding:
    """Whether each score is high enough; one that was never given is none."""
    scores = dict(subject.partner.scores)
    short = [name for name in least if name not in scores or Decimal(scores[name]) < Decimal(least[name])]
    return finding(
        "eligibility.min_score", passed=not short,
        has=[f"{name} {scores[name]}" for name in least if name in scores],
        least=[f"{name} {value}" for name, value in least.items()],
        needs=lambda: [Need(input="has", operator="at_least", value=f"{name} {least[name]}") for name in short],
    )  # fmt: skip


def certifications(needed: tuple[str, ...], subject: Subject) -> Finding:
    """Whether the partner has every certification today."""
    valid, told = subject.partner.certified(subject.today), dict(subject.partner.certifications)
    missing = [name for name in needed if name not in valid]
    return finding(
        "eligibility.certifications", passed=not missing, missing=missing,
        expired=[f"{name} {told[name]}" for name in missing if name in told],
        needs=lambda: [Need(input="missing", operator="given", value=name) for name in missing],
    )  # fmt: skip


def segments(allowed: Mapping[str, tuple[str, ...]], subject: Subject) -> Finding:
    """Whether the partner is in one of the segments of each name."""
    has = dict(subject.partner.segments)
    outside = [name for name, values in allowed.items() if has.get(name) not in values]
    written = {name: [f"{name} {value}" for value in values] for name, values in allowed.items()}
    return finding(
        "eligibility.segments", passed=not outside, has=[f"{name} {has[name]}" for name in allowed if name in has],
        allowed=[one for values in written.values() for one in values],
        needs=lambda: [Need(input="has", operator="one_of", value=written[name]) for name in outside],
    )  # fmt: skip


def territories(allowed: tuple[str, ...], subject: Subject) -> Finding:
    """Whether the customer is in a territory of the program."""
    has = _territory(subject)
    return finding(
        "eligibility.territories", passed=has in allowed, has=has, allowed=list(allowed),
        needs=lambda: Need(input="has", operator="one_of", value=list(allowed)),
    )  # fmt: skip


def own_territory(_: bool, subject: Subject) -> Finding:
    """Whether the customer is in a territory of the partner."""
    has, own = _territory(subject), subject.partner.territories
    # Its partner cannot turn it: the vendor says where it sells.
    return finding("eligibility.own_territory", passed=has in own, has=has, own=list(own))


def _territory(subject: Subject) -> str | None:
    country = subject.claim.claim.customer.country
    return subject.vendor.territory(country) if country is not None else None


def max_open_registrations(most: int, subject: Subject) -> Finding:
    """Whether the partner's open registrations in the program, this one among them, are within the cap."""
    count = subject.partner.open_in(subject.claim.program)
    # A claim counts when it is first judged; later ones do not push it out.
    within = not subject.counted or count <= most
    return finding(
        "eligibility.max_open_registrations", passed=within, open=count, most=most,
        needs=lambda: Need(input="open", operator="at_most", value=most),
    )  # fmt: skip


RULES: dict[str, Rule] = {
    "partner_types": partner_types,
    "min_tier": min_tier,
    "min_score": min_score,
    "certifications": certifications,
    "segments": segments,
    "territories": territories,
    "own_territory": own_territory,
    "max_open_registrations": max_open_registrations,
}
"""By the field of `eligibility` that holds the clause's parameters."""
