"""Credit: a won value shared out by role, as the row of the won table says; corrected by new entries alone."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.money import Credit
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.touches import touches_of
from services.attribution.domain.rules import reasons
from services.attribution.domain.rules.allocation import split
from services.attribution.domain.rules.weights import weights_of
from shared.errors import known
from shared.events.credit import CreditAssigned, CreditReversed, CreditRevised, Role, Share, ShareRole
from shared.events.money import Money
from shared.policy.credit import ROLES
from shared.policy.schema import Policy

UNDER_PROTECTION = frozenset({"protected", "further", "late"})
"""Cases in which the registration the win belongs to is the one that the vendor protected."""

Part = tuple[ShareRole, str | None, Fraction]
Filler = tuple[str | None, Fraction]
"""A role, who fills it (None: the house), and its portion of the whole."""


def assign(working_set: WorkingSet, opportunity: str) -> Credit | None:
    """The won value is shared out, or anew where it was before; None while the CRM has not told the value."""
    now = working_set.opportunity(opportunity)
    if now.latest.amount is None or now.registration is None or now.case is None:
        return None
    claim = working_set.registration(now.registration)
    before = working_set.find_credit(opportunity)
    counted, uncounted = _left_minor(working_set, now, claim)
    currency = now.latest.amount.currency
    shares = _shared(_parts(working_set, now, claim), counted, uncounted, currency)
    assigned = CreditAssigned(
        opportunity=opportunity,
        registration=claim.id,
        number=before.number + 1 if before else 1,
        effective_at=working_set.clock,
        value=Money.of(counted + uncounted, currency),
        model=working_set.policy(claim).credit.model,
        case=now.case,
        shares=shares,
        findings=reasons.credit(working_set.policy(claim), now.case, shared=bool(now.shared_with)),
        policy=working_set.label(claim),
    )
    evolve(working_set, assigned)
    return working_set.find_credit(opportunity)


def _shared(parts: Sequence[Part], counted: int, uncounted: int, currency: str) -> tuple[Share, ...]:
    amounts = split(counted, [portion for _, _, portion in parts])
    shares = [
        Share(
            role=role,
            partner=partner,
            portion=f"{portion.numerator}/{portion.denominator}",
            amount=Money.of(amount, currency),
        )
        for (role, partner, portion), amount in zip(parts, amounts, strict=True)
    ]
    if uncounted:
        shares.append(Share(role="unregistered", portion="0/1", amount=Money.of(uncounted, currency)))
    return tuple(shares)


def counted_minor(working_set: WorkingSet, now: Opportunity, claim: Registration) -> tuple[int, int]:
    """The won value of registered product lines, and of others, in minor units."""
    amount = now.value
    items, lines = items_of(working_set, now), working_set.vendor.lines(claim.products)
    if not items:
        # Without a division the whole counts, unless nothing that was bought is registered.
        bought = tuple(working_set.vendor.product(name) or name for name in now.latest.products or ())
        return (0, amount.minor) if bought and lines.isdisjoint(working_set.vendor.lines(bought)) else (amount.minor, 0)
    counted = sum(minor for name, minor in items if working_set.vendor.lines((name,)) & lines)
    return counted, amount.minor - counted


def _left_minor(working_set: WorkingSet, now: Opportunity, claim: Registration) -> tuple[int, int]:
    """The same after refunds: they name no products, so they take from registered and other value alike."""
    counted, uncounted = counted_minor(working_set, now, claim)
    if counted + uncounted == 0:
        return 0, 0
    first, second = split(max(counted + uncounted - now.refunded_minor, 0), (counted, uncounted))
    return first, second


def items_of(working_set: WorkingSet, now: Opportunity) -> list[tuple[str, int]]:
    """How the won value divides by product, in minor units; empty where the CRM told no division that has a value.

    A later amount without items leaves each item its part of the whole: what the CRM last told of the division stands.
    """
    items, amount = now.latest.items or (), now.latest.amount
    content = [item.amount.minor for item in items]
    if amount is None or not any(content):
        return []
    names = [working_set.vendor.product(item.product) or item.product for item in items]
    return list(zip(names, split(amount.minor, content), strict=True))


def _parts(working_set: WorkingSet, now: Opportunity, claim: Registration) -> list[Part]:
    """Who fills which role with what portion, in the stated order of roles; the portions sum to one."""
    policy = working_set.policy(claim)
    parts: list[Part] = []
    for role in ROLES:
        percent = policy.credit.roles.get(role, 0)
        if percent:
            fillers = _fillers(working_set, policy, now, claim, role)
            whole = sum(weight for _, weight in fillers)
            parts += [(role, partner, Fraction(percent, 100) * weight / whole) for partner, weight in fillers]
    return parts


def _fillers(
    working_set: WorkingSet, policy: Policy, now: Opportunity, claim: Registration, role: Role
) -> list[Filler]:
    house: list[Filler] = [(None, Fraction(1))]
    if now.case in UNDER_PROTECTION:
        return _protected(working_set, policy, now, claim, role) or house
    if now.case == "breach":
        rule = policy.credit.unprotected_win.rival_holds
        if role in rule.holder:
            return [(working_set.registration(known(now.holder, "holder of the breach")).partner, Fraction(1))]
        return [(now.winner or claim.partner, Fraction(1))] if role in rule.winner else house
    winner = now.winner or claim.partner
    return [(winner, Fraction(1))] if role in policy.credit.unprotected_win.nobody_holds.winner else house


def _protected(
    working_set: WorkingSet, policy: Policy, now: Opportunity, claim: Registration, role: Role
) -> list[Filler]:
    if role == "fulfilled":
        return [(claim.partner, Fraction(1))]
    if role == "sourced" and policy.credit.model == "registered":
        # Partners that share a deal sourced it in equal parts, however many registrations each has of it.
        holders = (claim, *(working_set.registration(id_) for id_ in now.shared_with))
        return [(partner, Fraction(1)) for partner in dict.fromkeys(one.partner for one in holders)]
    touches = touches_of(working_set, claim)
    if role == "sourced":
        return weights_of(policy.credit.model, touches, working_set.clock)
    # Whoever else worked the deal before the win, with evidence that a person verified.
    helpers = dict.fromkeys(touch.partner for touch in touches if touch.verified and touch.partner != claim.partner)
    return [(partner, Fraction(1)) for partner in helpers]


def revise(working_set: WorkingSet, opportunity: str, code: str) -> None:
    """The shares follow a changed value, products or refund; by a new version, dated now, effective as before."""
    now, before = working_set.opportunity(opportunity), working_set.credit(opportunity)
    currency = now.value.currency
    claim = working_set.registration(before.registration)
    counted, uncounted = _left_minor(working_set, now, claim)
    parts = [(share.role, share.partner, Fraction(share.portion)) for share in before.shares if share.portion != "0/1"]
    shares = _shared(parts, counted, uncounted, currency)
    if shares == before.shares:
        return
    revised = CreditRevised(
        opportunity=opportunity,
        registration=claim.id,
        number=before.number + 1,
        effective_at=before.effective_at,
        value=Money.of(counted + uncounted, currency),
        model=working_set.policy(claim).credit.model,
        case=before.case,
        shares=shares,
        code=code,
        findings=reasons.credit(working_set.policy(claim), before.case, shared=bool(now.shared_with)),
        policy=working_set.label(claim),
    )
    evolve(working_set, revised)


def reverse(working_set: WorkingSet, opportunity: str, code: str) -> None:
    """Nothing is credited any more; the versions before stand in the journal."""
    before = working_set.credit(opportunity)
    value = before.value_minor
    reversed_ = CreditReversed(
        opportunity=opportunity,
        registration=before.registration,
        number=before.number + 1,
        effective_at=before.effective_at,
        code=code,
        value=Money.of(value, before.currency),
    )
    evolve(working_set, reversed_)
