"""Rewards: accrued on the event that the policy names, held, released, and taken back in proportion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from services.attribution.domain.documents.calendar import after_days
from services.attribution.domain.documents.evolve import evolve
from services.attribution.domain.documents.money import Credit, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.working_set import WorkingSet
from services.attribution.domain.handlers.credit import UNDER_PROTECTION, counted_minor, items_of
from services.attribution.domain.rules import postings, reasons
from services.attribution.domain.rules.allocation import in_proportion, percentage, split
from services.attribution.domain.rules.subject import asks
from shared.events.base import Finding
from shared.events.envelope import derived_id
from shared.events.money import Money
from shared.events.reward import RewardAccrued, RewardHeld, RewardReleased, RewardReversed, RewardWithheld
from shared.policy.rewards import Reward as Rule
from shared.policy.schema import Policy


@dataclass(frozen=True, slots=True)
class Earned:
    """What one reward of the policy owes a registration's partner: its base and the result."""

    rule: Rule
    base_minor: int
    exact_minor: int
    """By the rate, before the cap."""
    amount_minor: int
    currency: str


def rates(working_set: WorkingSet, claim: Registration) -> Policy | None:
    """The policy whose reward rates the registration pinned when it was approved; None where it never was."""
    program = working_set.find_program(claim.program)
    return working_set.policy_version(program, claim.rates) if program and claim.rates is not None else None


def on_approved(working_set: WorkingSet, id_: str) -> None:
    """Rewards that the policy owes for an approval are accrued on the registered amount."""
    claim = working_set.registration(id_)
    policy = rates(working_set, claim)
    amount = claim.claim.amount
    for rule in policy.rewards if policy else ():
        if rule.on != "approved":
            continue
        if amount is None:
            _withhold(working_set, claim, None, rule, "amount.missing")
            continue
        counted = _in_lines(working_set, rule, claim.products)
        earned = _earned(working_set, claim, None, rule, amount.minor if counted else 0, amount.currency)
        if earned is not None:
            _accrue(working_set, claim, None, earned)


def _for_win(working_set: WorkingSet, claim: Registration, credit: Credit) -> list[Earned]:
    policy, now = rates(working_set, claim), working_set.opportunity(credit.opportunity)
    case = working_set.find_case(now.breach) if credit.case == "breach" and now.breach is not None else None
    if case is not None and case.reversed:
        return []
    found = []
    for rule in policy.rewards if policy else ():
        base = _base(working_set, rule, now, claim, credit) if rule.on == "won" else 0
        earned = _earned(working_set, claim, credit, rule, base, credit.currency)
        if earned is not None:
            found.append(earned)
    return found


def _base(working_set: WorkingSet, rule: Rule, now: Opportunity, claim: Registration, credit: Credit) -> int:
    """The value that the rule counts, less what other partners hold of its role."""
    counted, _ = counted_minor(working_set, now, working_set.registration(credit.registration))
    if rule.when.lines:
        counted = _of_lines(working_set, rule, now, counted)
    holders = [share for share in credit.shares if share.role == rule.role]
    portions = [share.amount.minor for share in holders]
    mine = [index for index, share in enumerate(holders) if share.partner == claim.partner]
    if not mine:
        return 0
    return sum(split(counted, portions)[index] for index in mine) if any(portions) else counted


def _of_lines(working_set: WorkingSet, rule: Rule, now: Opportunity, counted: int) -> int:
    items = items_of(working_set, now)
    if not items:
        products = tuple(working_set.vendor.product(name) or name for name in now.latest.products or ())
        return counted if _in_lines(working_set, rule, products) else 0
    return sum(minor for name, minor in items if _in_lines(working_set, rule, (name,)))


def _in_lines(working_set: WorkingSet, rule: Rule, products: tuple[str, ...]) -> bool:
    return not rule.when.lines or not working_set.vendor.lines(products).isdisjoint(rule.when.lines)


def _earned(
    working_set: WorkingSet,
    claim: Registration,
    credit: Credit | None,
    rule: Rule,
    base: int,
    currency: str,
) -> Earned | None:
    amount = percentage(base, rule.percent)
    if amount == 0:
        return None
    if rule.cap is not None and rule.cap.currency != currency:
        opportunity = credit.opportunity if credit else None
        currencies = {"cap_currency": rule.cap.currency, "value_currency": currency}
        _withhold(working_set, claim, opportunity, rule, "cap.other_currency", **currencies)
        return None
    capped = min(amount, rule.cap.money.minor) if rule.cap is not None else amount
    return Earned(rule, base, amount, capped, currency)


def _withhold(
    working_set: WorkingSet, claim: Registration, opportunity: str | None, rule: Rule, code: str, **inputs: str
) -> None:
    withheld = RewardWithheld(
        name=rule.name,
        registration=claim.id,
        opportunity=opportunity,
        partner=claim.partner,
        code=code,
        findings=(asks("rewards", code=code, reward=rule.name, **inputs),),
        policy=f"{claim.program}/{claim.rates}",
    )
    evolve(working_set, withheld)


def _accrue(
    working_set: WorkingSet,
    claim: Registration,
    credit: Credit | None,
    earned: Earned,
    *,
    more: int | None = None,
    adjusts: str | None = None,
) -> None:
    """The reward is earned and held; `more` is what an adjustment adds to an earlier one."""
    minor = earned.amount_minor if more is None else more
    policy = rates(working_set, claim)
    assert policy is not None
    rule = earned.rule
    opportunity = credit.opportunity if credit else None
    id_ = f"rew_{derived_id('reward', claim.id, opportunity or '', rule.name, str(working_set.last_seq))}"
    days = rule.hold_days
    accrued = RewardAccrued(
        reward=id_,
        name=rule.name,
        partner=claim.partner,
        program=claim.program,
        registration=claim.id,
        opportunity=opportunity,
        effective_at=credit.effective_at if credit else working_set.clock,
        kind_of_reward=rule.kind,
        on=rule.on,
        role=rule.role if credit else None,
        base=Money.of(earned.base_minor, earned.currency),
        pct=rule.pct,
        cap=rule.cap.money if rule.cap else None,
        amount=Money.of(minor, earned.currency),
        hold_until=after_days(working_set.clock, days, policy.zone) if days else working_set.clock,
        cases=(credit.breach,) if credit and credit.breach else (),
        adjusts=adjusts,
        postings=postings.accrual(claim.partner, claim.program, earned.currency, minor),
        findings=(_reason(earned, of_win=credit is not None),),
        policy=f"{claim.program}/{claim.rates}",
    )
    evolve(working_set, accrued)


def _reason(earned: Earned, *, of_win: bool) -> Finding:
    base, exact = (Money.of(minor, earned.currency) for minor in (earned.base_minor, earned.exact_minor))
    return reasons.earned(earned.rule, base, exact, earned.rule.role if of_win else None)


def fall_due(working_set: WorkingSet, id_: str) -> None:
    """The hold is over: the reward is payable, or stays held while its partner is suspended."""
    reward = working_set.reward(id_)
    partner = working_set.find_partner(reward.partner)
    if partner is not None and partner.suspended:
        held = RewardHeld(**_about(reward), code="partner.suspended")
        evolve(working_set, held)
    else:
        release(working_set, id_)


def release(working_set: WorkingSet, id_: str) -> None:
    """What is left of the reward is payable."""
    reward = working_set.reward(id_)
    minor = reward.left_minor
    released = RewardReleased(
        **_about(reward),
        amount=Money.of(minor, reward.currency),
        postings=postings.release(reward, minor),
    )
    evolve(working_set, released)


def take_back(working_set: WorkingSet, id_: str, minor: int, code: str) -> None:
    """That much of the reward is reversed, at most what is left of it."""
    reward = working_set.reward(id_)
    minor = min(minor, reward.left_minor)
    if minor == 0:
        return
    reversed_ = RewardReversed(
        **_about(reward),
        amount=Money.of(minor, reward.currency),
        code=code,
        total=reward.reversed_minor + minor,
        postings=postings.reversal(reward, minor),
    )
    evolve(working_set, reversed_)


def _about(reward: Reward) -> dict[str, Any]:
    return {
        "reward": reward.id,
        "name": reward.name,
        "partner": reward.partner,
        "program": reward.program,
        "registration": reward.registration,
        "opportunity": reward.opportunity,
        "effective_at": reward.effective_at,
    }


def follow_value(working_set: WorkingSet, credit: Credit, code: str) -> None:
    """Each rule's rewards come to what it owes, by new entries: at the win, and after its value or refunds changed.

    They are owed to the party that the vendor protected, and to those that share the deal with it.
    """
    now = working_set.opportunity(credit.opportunity)
    owner = credit.registration if credit.case in UNDER_PROTECTION else credit.holder or credit.registration
    shared = now.shared_with if credit.case in UNDER_PROTECTION else ()
    given = [working_set.reward(id_) for id_ in credit.rewards]
    for id_ in (owner, *shared):
        mine = [one for one in given if one.registration == id_] if shared else given
        _follow(working_set, working_set.registration(id_), credit, now, mine, code)


def _follow(
    working_set: WorkingSet, claim: Registration, credit: Credit, now: Opportunity, rewards: list[Reward], code: str
) -> None:
    owed = (
        {earned.rule.name: earned for earned in _for_win(working_set, claim, credit)}
        if credit.case != "unprotected"
        else {}
    )
    whole = now.value.minor
    given: dict[str, list[Reward]] = {}
    for reward in rewards:
        given.setdefault(reward.name, []).append(reward)
    for name in dict.fromkeys((*owed, *given)):
        earned = owed.get(name)
        target = earned.amount_minor if earned else 0
        target -= in_proportion(target, min(now.refunded_minor, whole), whole)
        _settle(working_set, claim, credit, earned, given.get(name, []), target, code)


def _settle(
    working_set: WorkingSet,
    claim: Registration,
    credit: Credit,
    earned: Earned | None,
    given: list[Reward],
    target: int,
    code: str,
) -> None:
    left = sum(reward.left_minor for reward in given)
    if target > left and earned is not None:
        _accrue(working_set, claim, credit, earned, more=target - left, adjusts=given[0].id if given else None)
    # The newest ones go first: what is still held is taken back before what is payable.
    excess = max(left - target, 0)
    for reward in reversed(given):
        taken = min(excess, reward.left_minor)
        take_back(working_set, reward.id, taken, code)
        excess -= taken
