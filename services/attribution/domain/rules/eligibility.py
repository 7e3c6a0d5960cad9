"""Eligibility: who may register at all. A clause a function; one that the policy leaves out is not asked."""

from __future__ import annotations

from services.attribution.domain.rules.subject import Rule, Subject, finding
from shared.events.base import Finding, Need


def partner_types(allowed: tuple[str, ...], subject: Subject) -> Finding:
    """Whether the partner is of one of the types."""
    has = subject.partner.partner_type
    return finding(
        "eligibility.partner_types", passed=has in allowed, has=has, allowed=list(allowed),
        needs=Need(input="has", operator="one_of", value=list(allowed)),
    )  # fmt: skip


def min_tier(least: str, subject: Subject) -> Finding:
    """Whether the tier pinned at complete submission is that one or a higher one."""
    tiers, has = subject.vendor.document.tiers, subject.claim.tier
    enough = has in tiers and tiers.index(has) >= tiers.index(least)
    return finding(
        "eligibility.min_tier", passed=enough, has=has, least=least,
        needs=Need(input="has", operator="at_least", value=least),
    )  # fmt: skip


def max_open_registrations(most: int, subject: Subject) -> Finding:
    """Whether the partner's open registrations in the program, this one among them, are within the cap."""
    count = subject.partner.open_in(subject.claim.program)
    # A claim counts when it is first judged; later ones do not push it out.
    within = not subject.counted or count <= most
    return finding(
        "eligibility.max_open_registrations", passed=within, open=count, most=most,
        needs=Need(input="open", operator="at_most", value=most),
    )  # fmt: skip


RULES: dict[str, Rule] = {
    "partner_types": partner_types,
    "min_tier": min_tier,
    "max_open_registrations": max_open_registrations,
}
"""By the field of `eligibility` that holds the clause's parameters."""
