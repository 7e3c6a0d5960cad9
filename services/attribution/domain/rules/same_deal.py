"""Conflict: which claims are the same deal, who keeps whom out, and who is ahead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter

from services.attribution.domain.documents.customer import Listed
from services.attribution.domain.documents.name_index import compared, nameless
from services.attribution.domain.documents.registration import Deal, Registration
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.matching.groups import one_group, parents_meet, relatives
from services.attribution.domain.matching.identity import DIFFERENT, Verdict, by_identifiers, compare
from shared.events.conflict import Opponent
from shared.events.registration import Customer
from shared.policy.schema import Policy

CANDIDATE_LIMIT = 200
"""Live claims on one customer that are compared by rule; beyond it a person decides, so that one hot name
cannot make every decision slow."""

BY_PERSON = Verdict("same", ("match:person",))
"""Two customers that a person found to be one."""
_ENTITIES = frozenset({"group", "forms", "places", "countries"})
"""Rules of matching that tell two entities of one group from each other, where both say that they are of one."""
_CLOSED_REVIEW = frozenset({"review", "customer_match", "too_many_candidates", "action_required"})


@dataclass(frozen=True, slots=True)
class Rival:
    """Another claim that is the same deal, and why."""

    claim: Registration
    keys: tuple[str, ...]

    def opponent(self, mine: Registration) -> Opponent:
        """As a conflict names it."""
        common = tuple(product for product in mine.products if product in self.claim.products)
        return Opponent(registration=self.claim.id, partner=self.claim.partner, keys=self.keys, products=common)


def same_deal(policy: Policy, vendor: Vendor, one: Deal, other: Deal, *, same_customer: bool = False) -> Verdict:
    """Whether the policy calls the two one deal; names alone are a `look` unless it lets them block.

    `same_customer` where a person said that the customers are one, whatever they are known by.
    """
    rules = policy.same_deal
    if not _products_meet(rules.products, vendor, one.products, other.products):
        return DIFFERENT
    window = rules.close_window_days
    dated = window is not None and one.close_date is not None and other.close_date is not None
    if dated and abs((one.close_date - other.close_date).days) > window:  # type: ignore[operator]
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
    """Whether they are told to be of one group, and a place, a legal form or a country tells them from each other."""
    # Most tell of no parent, and every pair is asked: to find what is remembered of two customers costs more.
    declared = one.subsidiary_of is not None or other.subsidiary_of is not None
    return declared and bool(parents_meet(one, other)) and compared(one, other).rule in _ENTITIES


def _one_name(one: Deal, other: Deal) -> bool:
    """Whether names alone are certain enough to block, where a policy lets them."""
    if one.identity.name == other.identity.name or one.customer is None or other.customer is None:
        return True
    return compared(one.customer, other.customer).band == "same"


def _products_meet(rule: str, vendor: Vendor, mine: tuple[str, ...], theirs: tuple[str, ...]) -> bool:
    if rule == "any" or not mine or not theirs:
        return True
    if rule == "overlap":
        return mine[0] in theirs or not set(mine).isdisjoint(theirs)
    return not vendor.lines(mine).isdisjoint(vendor.lines(theirs))


def between(working_set: WorkingSet, one: Registration, other: Registration) -> Verdict:
    """Whether two claims are the same deal under either's policy; a person's answer on the customer goes first."""
    policy, vendor, mine, theirs = working_set.policy(one), working_set.vendor, one.deal, other.deal
    one_policy = (one.program, one.policy_number) == (other.program, other.policy_number)
    if one_policy and not _products_meet(policy.same_deal.products, vendor, mine.products, theirs.products):
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

    A name alone may be another company's: that one bearer of it was somebody else tells nothing of the next.
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
    """Other live claims that may be the same deal, in order; `former` is what the claim reached until now."""
    place = (claim.id, tuple(former))
    known = working_set.found.get(place)
    if known is None or known[0] is not claim:
        keys = (*reach(working_set, claim), *place[1])
        others = found_by(working_set, keys, lambda one: one.live and one.registration != claim.id)
        known = working_set.found[place] = (claim, tuple(others))
    return known[1]


def rivals(working_set: WorkingSet, claim: Registration) -> tuple[list[Rival], list[Rival]]:
    """Live claims of other partners on the same deal, and those that only look alike."""
    same, alike = [], []
    for other in candidates(working_set, claim):
        if other.partner == claim.partner:
            continue
        verdict = between(working_set, claim, other)
        if verdict.answer == "same":
            same.append(Rival(other, verdict.keys))
        elif verdict.answer == "look":
            alike.append(Rival(other, verdict.keys))
    return same, alike


def own_claims(working_set: WorkingSet, claim: Registration) -> list[Registration]:
    """The partner's own other live claims on the deal in the same program."""
    own = (
        one for one in candidates(working_set, claim) if (one.partner, one.program) == (claim.partner, claim.program)
    )
    return [one for one in own if between(working_set, claim, one).answer == "same"]


def original_of(working_set: WorkingSet, claim: Registration) -> Registration | None:
    """The partner's own claim that this one duplicates: an earlier one, or one that is protected already."""
    own = own_claims(working_set, claim)
    return next((one for one in own if one.state == "protected" or one.place < claim.place), None)


def blockers(claim: Registration, order: tuple[str, ...], same: Iterable[Rival]) -> list[Rival]:
    """The rivals that keep the claim waiting: protected ones, ones invited to confirm, and ones ahead by rule."""
    return [rival for rival in same if _keeps_out(rival.claim, claim, order)]


def _keeps_out(rival: Registration, claim: Registration, order: tuple[str, ...]) -> bool:
    if rival.state == "protected" or rival.life.hold == "confirmation":
        return True
    ahead = order[0] == "first_complete_submission" and rival.place < claim.place
    return ahead and rival.life.hold in _CLOSED_REVIEW


def contested_by_hand(order: tuple[str, ...], same: Iterable[Rival]) -> list[Rival]:
    """The undecided rivals among whom a person chooses, where the policy's order comes to `manual`."""
    undecided = [rival for rival in same if rival.claim.life.review == "in_review"]
    if order[0] == "manual":
        return undecided
    return [rival for rival in undecided if rival.claim.life.hold == "review"] if "manual" in order else []


def separated(order: tuple[str, ...]) -> bool:
    """Whether the rules after `approved_first` rank two waiters; with `manual` next, a person does."""
    rest = [rule for rule in order if rule != "approved_first"]
    return not rest or rest[0] != "manual"
