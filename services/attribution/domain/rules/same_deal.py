"""Same deal: the dimensions by which two deals are compared. Pairwise, and not transitive."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from services.attribution.domain.documents.name_index import compared, nameless
from services.attribution.domain.documents.registration import Deal
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.matching.folding import seen
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
    always: bool = False
    """Whether a change of it moves a claim, whatever policies of the vendor compare."""


def _customer(deal: Deal) -> object:
    return deal.identity, listed_under(deal.customer) if deal.customer is not None else ()


@lru_cache(maxsize=4_096)
def _plain(text: str | None) -> str:
    return "" if text is None else seen(text).casefold()


def _named(rules: SameDeal, deal: Deal) -> str:
    """What the deal names of the kind that the policy's key is; empty where it names none, or the key is no name."""
    if rules.key == "workload":
        return _plain(deal.workload)
    return _plain(deal.subscription) if rules.key == "subscription" else ""


def _named_apart(rules: SameDeal, _: Vendor, one: Deal, other: Deal) -> bool:
    mine, theirs = _named(rules, one), _named(rules, other)
    return bool(mine and theirs) and mine != theirs


def products_apart(rules: SameDeal, vendor: Vendor, one: Deal, other: Deal) -> bool:
    """Whether the two are on products that the policy tells apart; where its key compares none, they never are."""
    if rules.key == "deal":
        return not products_meet(rules.products, vendor, one.products, other.products)
    if rules.key == "customer" or (_named(rules, one) and _named(rules, other)):
        return False
    rule = "same_line" if rules.key == "line" else rules.products
    return not products_meet(rule, vendor, one.products, other.products)


def _other_site(_: SameDeal, __: Vendor, one: Deal, other: Deal) -> bool:
    return bool(one.site and other.site) and _plain(one.site) != _plain(other.site)


def _territory(vendor: Vendor, deal: Deal) -> str | None:
    country = _country(deal)
    return vendor.territory(country) if country is not None else None


def _country(deal: Deal) -> str | None:
    return deal.customer.country if deal.customer is not None else None


def _other_territory(_: SameDeal, vendor: Vendor, one: Deal, other: Deal) -> bool:
    mine, theirs = _territory(vendor, one), _territory(vendor, other)
    return mine is not None and theirs is not None and mine != theirs


def _closed_apart(rules: SameDeal, _: Vendor, one: Deal, other: Deal) -> bool:
    if rules.close_window_days is None or one.close_date is None or other.close_date is None:
        return False
    return abs((one.close_date - other.close_date).days) > rules.close_window_days


DIMENSIONS: dict[str, Dimension] = {
    "key": Dimension(lambda deal: (_plain(deal.workload), _plain(deal.subscription)), _named_apart),
    "products": Dimension(lambda deal: frozenset(deal.products), products_apart, always=True),
    "site": Dimension(lambda deal: _plain(deal.site), _other_site),
    "territory": Dimension(_country, _other_territory),
    "close_window_days": Dimension(lambda deal: deal.close_date, _closed_apart, always=True),
    "customer": Dimension(_customer, always=True),
}
"""Every dimension, by the field of `same_deal` that asks for it."""


def told_apart(rules: SameDeal, vendor: Vendor, one: Deal, other: Deal) -> bool:
    """Whether anything but the customer tells the two apart under the policy; of a key, site or date that one of them
    does not name, nothing does."""
    for name in rules.compares:
        apart = DIMENSIONS[name].apart
        if apart is not None and apart(rules, vendor, one, other):
            return True
    return False


def moves(vendor: Vendor, before: Deal, now: Deal) -> bool:
    """Whether a claim that is on the second deal now, not on the first, has its place in the order anew."""
    return any(
        one.reads(before) != one.reads(now) for name, one in DIMENSIONS.items() if one.always or name in vendor.compared
    )


def same_deal(policy: Policy, vendor: Vendor, one: Deal, other: Deal, *, same_customer: bool = False) -> Verdict:
    """Whether the policy calls the two one deal; names alone are a `look` unless it lets them block.

    `same_customer` where a person said that the customers are one, whatever they are known by.
    """
    rules = policy.same_deal
    if told_apart(rules, vendor, one, other):
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
    if told_apart(rules, vendor, one, other):
        return []
    found = [*_alike(rules, vendor, one, other)]
    if rules.close_window_days is not None and one.close_date and other.close_date:
        found.append(finding("same_deal.close_window_days", passed=False, days=rules.close_window_days))
    if names_alone(keys) and rules.name_only == "block":
        found.append(finding("same_deal.name_only", passed=False, names=rules.name_only))
    return found


def _alike(rules: SameDeal, vendor: Vendor, one: Deal, other: Deal) -> Iterator[Finding]:
    """What the key, the products, the site and the territory have in common."""
    named = _named(rules, one) and _named(rules, other)
    if named or rules.key in ("line", "customer"):
        said = (one.workload if rules.key == "workload" else one.subscription) if named else None
        yield finding("same_deal.key", passed=False, key=rules.key, named=said)
    else:
        common = sorted(set(one.products) & set(other.products))
        yield finding("same_deal.products", passed=False, compares=rules.products, common=[*common])
    if rules.site == "same" and one.site and other.site:
        yield finding("same_deal.site", passed=False, site=one.site)
    if rules.territory == "same" and (mine := _territory(vendor, one)) and _territory(vendor, other):
        yield finding("same_deal.territory", passed=False, territory=mine)


def names_alone(keys: tuple[str, ...]) -> bool:
    """Whether nothing but a name says that two customers are one."""
    return bool(keys) and all(key.startswith("name:") for key in keys)


def products_meet(rule: str, vendor: Vendor, mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if rule == "any" or not mine or not theirs:
        return True
    if rule == "overlap":
        return mine[0] in theirs or not set(mine).isdisjoint(theirs)
    return not vendor.lines(mine).isdisjoint(vendor.lines(theirs))
