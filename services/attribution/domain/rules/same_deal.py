"""Same deal: the dimensions by which two deals are compared. Pairwise, and not transitive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from services.attribution.domain.documents.name_index import compared, nameless
from services.attribution.domain.documents.registration import Deal
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.matching.groups import listed_under, one_group, parents_meet
from services.attribution.domain.matching.identity import DIFFERENT, Verdict, by_identifiers, compare
from services.attribution.domain.rules.subject import finding
from shared.events.base import Finding
from shared.events.registration import Customer
from shared.policy.same_deal import SameDeal
from shared.policy.schema import Policy

BY_PERSON = Verdict("same", ("match:person",))
"""Two customers that a person found to be one."""
_ENTITIES = frozenset({"group", "forms", "places", "countries"})
"""Rules of matching that tell two entities of one group from each other, where both say that they are of one."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing in which two deals may differ; named as the field of `same_deal` that it reads."""

    reads: Callable[[Deal], object]
    """What of a deal it looks at: an amendment that changes it moves the claim to a new place in the order."""
    apart: Callable[[SameDeal, Vendor, Deal, Deal], bool] | None = None
    """Whether the two differ in it; None for the customer, which is compared last and answers with a verdict."""


def _customer(deal: Deal) -> object:
    return deal.identity, listed_under(deal.customer) if deal.customer is not None else ()


def _other_products(rules: SameDeal, vendor: Vendor, one: Deal, other: Deal) -> bool:
    return not products_meet(rules.products, vendor, one.products, other.products)


def _closed_apart(rules: SameDeal, _: Vendor, one: Deal, other: Deal) -> bool:
    if rules.close_window_days is None or one.close_date is None or other.close_date is None:
        return False
    return abs((one.close_date - other.close_date).days) > rules.close_window_days


DIMENSIONS: dict[str, Dimension] = {
    "products": Dimension(lambda deal: frozenset(deal.products), _other_products),
    "close_window_days": Dimension(lambda deal: deal.close_date, _closed_apart),
    "customer": Dimension(_customer),
}
"""Every dimension, the cheap ones first: most claims of a large customer are on other products."""
_APART = tuple(one.apart for one in DIMENSIONS.values() if one.apart is not None)


def moves(before: Deal, now: Deal) -> bool:
    """Whether a claim that is on the second deal now, not on the first, has its place in the order anew."""
    return any(one.reads(before) != one.reads(now) for one in DIMENSIONS.values())


def same_deal(policy: Policy, vendor: Vendor, one: Deal, other: Deal, *, same_customer: bool = False) -> Verdict:
    """Whether the policy calls the two one deal; names alone are a `look` unless it lets them block.

    `same_customer` where a person said that the customers are one, whatever they are known by.
    """
    rules = policy.same_deal
    if any(apart(rules, vendor, one, other) for apart in _APART):
        return DIFFERENT
    if same_customer:
        return BY_PERSON
    verdict = same_customer_of(one, other, group=rules.customer == "group")
    if verdict.answer == "look" and rules.name_only == "block" and not verdict.contradiction and _one_name(one, other):
        return Verdict("same", verdict.keys)
    return verdict


def same_customer_of(one: Deal, other: Deal, *, group: bool = False) -> Verdict:
    """Whether the two are on one customer: by identifiers, and by names where no kind is common.

    With `group`, companies of one group are one customer, whatever tells them apart.
    """
    mine, theirs = one.identity, other.identity
    found = by_identifiers(mine, theirs)
    if one.customer is None or other.customer is None:
        return found or compare(mine, theirs)
    if group and (found is None or found.answer != "same"):
        related = one_group(one.customer, other.customer)
        if related:
            return Verdict("same", related)
    return found or _by_names(one, other, one.customer, other.customer)


def _by_names(mine: Deal, theirs: Deal, one: Customer, other: Customer) -> Verdict:
    if mine.identity.name == theirs.identity.name:
        # The words that this normal form leaves out, and another country, do not make two companies of one name.
        different = nameless(one.legal_name) or nameless(other.legal_name) or _entities(one, other)
    else:
        different = compared(one, other).band == "clear" or _entities(one, other)
    return DIFFERENT if different else Verdict("look", (mine.identity.name_key,))


def _entities(one: Customer, other: Customer) -> bool:
    """True if both declare the same group but differ in place, legal form or country."""
    # Most tell of no parent, and every pair is asked: to find what is remembered of two customers costs more.
    declared = one.subsidiary_of is not None or other.subsidiary_of is not None
    return declared and bool(parents_meet(one, other)) and compared(one, other).rule in _ENTITIES


def _one_name(one: Deal, other: Deal) -> bool:
    """Whether names alone are certain enough to block, where a policy lets them."""
    if one.identity.name == other.identity.name or one.customer is None or other.customer is None:
        return True
    return compared(one.customer, other.customer).band == "same"


def met(policy: Policy, vendor: Vendor, one: Deal, other: Deal, keys: tuple[str, ...]) -> list[Finding]:
    """The dimensions in which the first deal's policy does not tell the two apart; none where the other's found it."""
    rules = policy.same_deal
    if any(apart(rules, vendor, one, other) for apart in _APART):
        return []
    common = sorted(set(one.products) & set(other.products))
    found = [finding("same_deal.products", passed=False, compares=rules.products, common=[*common])]
    if rules.close_window_days is not None and one.close_date and other.close_date:
        found.append(finding("same_deal.close_window_days", passed=False, days=rules.close_window_days))
    if names_alone(keys) and rules.name_only == "block":
        found.append(finding("same_deal.name_only", passed=False, names=rules.name_only))
    return found


def names_alone(keys: tuple[str, ...]) -> bool:
    """Whether nothing but a name says that two customers are one."""
    return bool(keys) and all(key.startswith("name:") for key in keys)


def products_meet(rule: str, vendor: Vendor, mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if rule == "any" or not mine or not theirs:
        return True
    if rule == "overlap":
        return mine[0] in theirs or not set(mine).isdisjoint(theirs)
    return not vendor.lines(mine).isdisjoint(vendor.lines(theirs))
