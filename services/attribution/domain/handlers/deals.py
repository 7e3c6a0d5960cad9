"""Deals: which claims meet which, as the working set has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from services.attribution.domain.documents.customer import Listed
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.registration import Deal, Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.matching.groups import relatives
from services.attribution.domain.matching.identity import DIFFERENT, Verdict, identity_of
from services.attribution.domain.rules.same_deal import products_apart, same_customer_of, same_deal
from shared.errors import known
from shared.events.conflict import Opponent

CANDIDATE_LIMIT = 200
"""Live claims on one customer that are compared by rule; beyond it a person decides, so that one hot name
cannot make every decision slow."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another claim that is the same deal, and why."""

    claim: Registration
    keys: tuple[str, ...]

    def opponent(self, mine: Registration) -> Opponent:
        """As a conflict names it."""
        common = tuple(product for product in mine.products if product in self.claim.products)
        return Opponent(registration=self.claim.id, partner=self.claim.partner, keys=self.keys, products=common)


def between(working_set: WorkingSet, one: Registration, other: Registration) -> Verdict:
    """Whether two claims are the same deal under either's policy; a person's answer on the customer goes first."""
    policy, vendor, mine, theirs = working_set.policy(one), working_set.vendor, one.deal, other.deal
    one_policy = (one.program, one.policy_number) == (other.program, other.policy_number)
    if one_policy and products_apart(policy.same_deal, vendor, mine, theirs):
        return DIFFERENT  # before any look at the customers: most claims of a large customer are on other products
    answered = _answered(working_set, one, other)
    if answered is False:
        return DIFFERENT
    first = same_deal(policy, vendor, mine, theirs, same_customer=answered is True)
    if first.answer == "same" or one_policy:
        return first
    second = same_deal(working_set.policy(other), vendor, mine, theirs, same_customer=answered is True)
    return first if second.answer == "different" else second


def _answered(working_set: WorkingSet, one: Registration, other: Registration) -> bool | None:
    """What a person said of the two customers, on these claims or on others of the same two customers."""
    mine, theirs = one.deal.identity, other.deal.identity
    answers = working_set.key_list(mine.name_key).answers
    said = next((each for each in answers if each.about(mine, theirs)), None) if answers else None
    if said is not None and said.whole:
        return said.same
    for id_, same in one.verdicts:
        if id_ == other.id:
            return same
    if said is None or said.same:
        return None if said is None else True
    return _still_different(one.deal, other.deal)


def _still_different(mine: Deal, theirs: Deal) -> bool | None:
    """Whether an answer that two customers are not one holds for other claims on them: a question of names only.

    A name-only "different" is not transferred to other claims: another company may share the name.
    """
    both = mine.identity.identified and theirs.identity.identified
    asked = both and same_customer_of(mine, theirs).answer == "look"
    return False if asked else None


def reach(working_set: WorkingSet, claim: Registration) -> tuple[str, ...]:
    """Where rivals are listed: under its customer, names like it, its group, and customers found by people to be it."""
    if not claim.keys:
        return ()
    customer = claim.deal.identity
    here = working_set.key_list(customer.name_key)
    related = relatives(claim.claim.customer) if working_set.vendor.groups else ()
    if not here.answers and not here.alike and not related:
        return claim.keys
    matched = (key for one in here.answers if one.same and one.customer == customer for key in one.other.keys)
    return tuple(dict.fromkeys((*claim.keys, *here.alike, *related, *matched)))


def found_by(working_set: WorkingSet, keys: Iterable[str], wanted: Callable[[Listed], bool]) -> list[Registration]:
    """The wanted ones of the registrations listed under any of the customer keys, in order of completion."""
    ids = {
        one.registration: None for under in working_set.key_lists(keys) for one in under.registrations if wanted(one)
    }
    if not ids:
        return []
    working_set.require("registration", ids)
    return sorted((working_set.registration(id_) for id_ in ids), key=attrgetter("place"))


def too_many(working_set: WorkingSet, claim: Registration) -> int:
    """How many live claims stand under the claim's keys, if more than are compared by rule; else 0."""
    lists = working_set.key_lists(reach(working_set, claim))
    if sum(len(under.registrations) for under in lists) <= CANDIDATE_LIMIT:
        return 0
    live = {one.registration for under in lists for one in under.registrations if one.live} - {claim.id}
    return len(live) if len(live) > CANDIDATE_LIMIT else 0


def candidates(working_set: WorkingSet, claim: Registration, former: Iterable[str] = ()) -> tuple[Registration, ...]:
    """Other claims that stand or hold and may be the same deal, in order; `former` is what it reached until now."""
    clock = working_set.clock
    place = (claim.id, tuple(former), clock)
    known = working_set.found.get(place)
    if known is None or known[0] is not claim:
        keys = (*reach(working_set, claim), *place[1])
        others = found_by(working_set, keys, lambda one: one.registration != claim.id and _counts(one, clock))
        known = working_set.found[place] = (claim, tuple(others))
    return known[1]


def _counts(one: Listed, clock: datetime) -> bool:
    return one.live or (one.holds_until is not None and one.holds_until > clock)


def stands_alone(working_set: WorkingSet, claim: Registration) -> bool:
    """Whether its policy lets it keep nobody out: two such claims are no rivals, whatever their deals."""
    return working_set.policy(claim).exclusivity.mode == "none"


def rivals(
    working_set: WorkingSet, claim: Registration, further: Iterable[str] = ()
) -> tuple[list[Rival], list[Rival]]:
    """Claims of other partners that stand or hold on the same deal, and those that only look alike.

    `further` are keys of names like its customer's, where that name is not on file yet.
    """
    same, alike = [], []
    alone = stands_alone(working_set, claim)
    for other in candidates(working_set, claim, further):
        if other.partner == claim.partner or (alone and stands_alone(working_set, other)):
            continue
        verdict = between(working_set, claim, other)
        if verdict.answer == "same":
            same.append(Rival(other, verdict.keys))
        elif verdict.answer == "look":
            alike.append(Rival(other, verdict.keys))
    return same, alike


def deal_of(working_set: WorkingSet, now: Opportunity) -> Deal:
    """The deal that an opportunity with a customer is about."""
    names = now.latest.products or ()
    customer = known(now.latest.customer, f"customer of opportunity {now.id!r}")
    # A CRM may sell what the catalogue does not list: such a product is no registered one, and no error.
    products = tuple(working_set.vendor.product(name) or name for name in names)
    return Deal(identity_of(customer), products, now.latest.close_date, customer)


def holders_of(working_set: WorkingSet, now: Opportunity) -> list[Registration]:
    """The protected registrations of the opportunity's deal, in order of their place."""
    if now.latest.customer is None:
        return []
    deal = deal_of(working_set, now)
    return [
        claim
        for claim in found_by(working_set, deal.identity.keys, lambda one: one.live)
        if claim.state == "protected"
        and same_deal(working_set.policy(claim), working_set.vendor, deal, claim.deal).answer == "same"
    ]


def own_claims(working_set: WorkingSet, claim: Registration) -> list[Registration]:
    """The partner's own other live claims on the deal in the same program."""
    own = (
        one for one in candidates(working_set, claim) if (one.partner, one.program) == (claim.partner, claim.program)
    )
    return [one for one in own if one.live and between(working_set, claim, one).answer == "same"]


def original_of(working_set: WorkingSet, claim: Registration) -> Registration | None:
    """The partner's own claim that this one duplicates: an earlier one, or one that is protected already."""
    own = own_claims(working_set, claim)
    return next((one for one in own if one.state == "protected" or one.place < claim.place), None)
