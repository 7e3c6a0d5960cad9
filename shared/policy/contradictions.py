"""Contradictions: parameters that are valid each by itself, and together say what can never hold or never happen."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from shared.policy.conflict import DECIDES_ALL
from shared.values import BadValue
from shared.values.fields import refuse_at

if TYPE_CHECKING:
    from shared.policy.rewards import Reward
    from shared.policy.same_deal import SameDeal
    from shared.policy.schema import Policy

MAX_PROTECTED_DAYS = 3650
"""Ten years by extensions alone: beyond it a deal is nobody's to register."""
WHOLE = Decimal(100)
"""Percent of a deal's value: what roles share, and the most that rewards may pay together."""


class Contradiction(NamedTuple):
    """One parameter that cannot stand beside the others, with the remedy."""

    path: tuple[str | int, ...]
    message: str


def refuse(policy: Policy) -> None:
    """Raise pydantic's error with each contradiction at its own parameter, if there are any."""
    found = ((one.path, BadValue("policy.contradiction", one.message)) for one in contradictions(policy))
    refuse_at("Policy", found)


def contradictions(policy: Policy) -> Iterator[Contradiction]:
    """Everything that the policy says in two places that do not fit."""
    yield from _of_gates(policy)
    yield from _of_territories(policy)
    yield from _of_same_deal(policy)
    yield from _of_exclusivity(policy)
    yield from _of_order(policy)
    yield from _of_protection(policy)
    yield from _of_credit(policy)
    yield from _of_rewards(policy)


def _certain(policy: Policy) -> frozenset[str]:
    # Of alternatives any one may be absent.
    return frozenset(names[0] for names in policy.required_fields if len(names) == 1)


def _of_gates(policy: Policy) -> Iterator[Contradiction]:
    certain = _certain(policy)
    for name, field in policy.gates.reads():
        if field not in certain:
            message = f"needs {field} in required_fields, else no registration without it passes"
            yield Contradiction(("gates", name), f"{message}; require it, or remove the gate")


def _of_territories(policy: Policy) -> Iterator[Contradiction]:
    if "customer.country" in _certain(policy):
        return
    for name in ("own_territory", "territories"):
        if getattr(policy.eligibility, name):
            message = "needs customer.country in required_fields, else a registration without it is of no territory"
            yield Contradiction(("eligibility", name), f"{message}; require it, or remove the clause")


def _of_same_deal(policy: Policy) -> Iterator[Contradiction]:
    rules, certain = policy.same_deal, _certain(policy)
    if rules.close_window_days is not None and "close_date" not in certain:
        message = "needs close_date in required_fields, else a registration without it is compared with none"
        yield Contradiction(("same_deal", "close_window_days"), f"{message}; require it, or remove the window")
    if rules.key in ("line", "customer") and rules.products != "overlap":
        message = f"key: {rules.key} compares no products by it"
        yield Contradiction(("same_deal", "products"), f"{message}; remove it, or write key: deal")
    for name, field in _compared(rules):
        if field not in certain:
            message = f"needs {field} in required_fields, else a registration without it is told from none"
            yield Contradiction(("same_deal", name), f"{message}; require it, or remove the parameter")


def _compared(rules: SameDeal) -> Iterator[tuple[str, str]]:
    """Each parameter that compares a field which a registration may lack, with the field."""
    if rules.key in ("workload", "subscription"):
        yield "key", rules.key
    if rules.site == "same":
        yield "site", "site"
    if rules.territory == "same":
        yield "territory", "customer.country"


def _of_exclusivity(policy: Policy) -> Iterator[Contradiction]:
    exclusivity = policy.exclusivity
    if exclusivity.mode != "one" and exclusivity.max is not None:
        message = f"mode: {exclusivity.mode} lets any number hold a deal"
        yield Contradiction(("exclusivity", "max"), f"{message}; remove max, or write mode: one")
    if exclusivity.mode != "one" and policy.conflict.contest_window != "none":
        message = f"exclusivity {exclusivity.mode} lets every claim hold the deal, so there is nothing to compare"
        yield Contradiction(("conflict", "contest_window"), f"{message}; remove it, or write mode: one")


def _of_order(policy: Policy) -> Iterator[Contradiction]:
    rules = policy.conflict
    named = {*rules.order, *(rules.runner_up_order or ())}
    if ("evidence_score" in named) != (rules.evidence is not None):
        message = "evidence_score in the order needs it, and nothing else reads it"
        yield Contradiction(("conflict", "evidence"), f"{message}; name both, or neither")
    yield from _of_rules("order", rules.order)
    if rules.runner_up_order is None:
        return
    yield from _of_rules("runner_up_order", rules.runner_up_order)
    if rules.runner_up_order == rules.order:
        yield Contradiction(("conflict", "runner_up_order"), "says what conflict.order says already; remove it")
    elif policy.exclusivity.mode != "one":
        message = f"exclusivity {policy.exclusivity.mode} lets nobody wait"
        yield Contradiction(("conflict", "runner_up_order"), f"{message}; remove it, or write mode: one")


def _of_rules(name: str, order: tuple[str, ...]) -> Iterator[Contradiction]:
    if not order:
        yield Contradiction(("conflict", name), "name at least one rule")
    for place, rule in enumerate(order):
        path, before = ("conflict", name, place), order[:place]
        if rule in before:
            yield Contradiction(path, f"{rule} separates nothing the second time; name it once")
        elif last := next((one for one in before if one in DECIDES_ALL), None):
            yield Contradiction(path, f"{last} {DECIDES_ALL[last]}, so {rule} is never reached; remove it")


def _of_protection(policy: Policy) -> Iterator[Contradiction]:
    extension = policy.protection.extension
    if extension is not None and extension.max * extension.days > MAX_PROTECTED_DAYS:
        days = extension.max * extension.days
        message = f"{extension.max} extensions of {extension.days} days are {days} days"
        yield Contradiction(("protection", "extension"), f"{message}; allow {MAX_PROTECTED_DAYS} at most in all")


def _of_credit(policy: Policy) -> Iterator[Contradiction]:
    total = sum(policy.credit.roles.values())
    if total != WHOLE:
        yield Contradiction(("credit", "roles"), f"the roles sum to {total} percent; make them sum to {WHOLE}")


def _of_rewards(policy: Policy) -> Iterator[Contradiction]:
    for index, reward in enumerate(policy.rewards):
        if not policy.credit.roles.get(reward.role):
            message = f"nobody is credited as {reward.role}: it has no share in credit.roles"
            yield Contradiction(
                ("rewards", index, "role"), f"{message}; give it one, or owe the reward to another role"
            )
    paid: list[Reward] = []
    for index, reward in enumerate(policy.rewards):
        paid.append(reward)
        total = _most(paid)
        if total > WHOLE:
            names = ", ".join(one.name for one in paid)
            message = f"the rewards {names} pay {total.normalize():f} percent of one deal"
            yield Contradiction(("rewards", index, "pct"), f"{message}; make them {WHOLE} at most together")
            return


def _most(rewards: list[Reward]) -> Decimal:
    """The most that the rewards pay of one deal of a single product line, in percent of its value."""
    lines: set[str | None] = {None, *(line for one in rewards for line in one.when.lines)}
    return max(
        sum((one.percent for one in rewards if not one.when.lines or line in one.when.lines), Decimal(0))
        for line in lines
    )
