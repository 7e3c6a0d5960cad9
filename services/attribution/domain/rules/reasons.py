"""Findings of clauses whose effect is a date or an amount: protection, credit, rewards and clawback."""

from __future__ import annotations

from datetime import datetime

from services.attribution.domain.rules.subject import finding
from shared.events.base import Finding, Value
from shared.events.credit import Role
from shared.events.money import Money
from shared.policy.rewards import Clawback, Reward
from shared.policy.schema import Policy
from shared.values.written import rfc3339


def protection(policy: Policy, start: datetime, submitted: datetime | None) -> tuple[Finding, Finding]:
    """From when protection counts, and for how long; `submitted` where it counts from the complete submission."""
    starts = "approved" if submitted is None else "submitted"
    rules = policy.protection
    from_ = finding("clock.starts", passed=True, starts=starts, start=rfc3339(start))
    if rules.days is not None:
        return from_, finding("protection.days", passed=True, days=rules.days)
    return from_, finding("protection.months", passed=True, months=rules.months)


def late_win(policy: Policy, closes: datetime, *, late: bool) -> Finding:
    """Whether a win after the end of protection came before the midnight that closes the policy's days."""
    return finding("credit.late_win_days", passed=late, days=policy.credit.late_win_days, until=rfc3339(closes))


def credit(policy: Policy, case: str, *, shared: bool) -> tuple[Finding, Finding]:
    """How the value divides by role, and by which clause each role found who fills it; `shared` among its holders."""
    rules = policy.credit
    roles: dict[str, Value] = {role: percent for role, percent in rules.roles.items() if percent}
    by_role = Finding(clause="credit.roles", outcome="passed", code="credit.roles.passed", inputs=roles)
    if case == "breach":
        rival = rules.unprotected_win.rival_holds
        clause, given = "credit.unprotected_win.rival_holds", (rival.holder, rival.winner)
        held = finding(clause, passed=True, holder_roles=_listed(given[0]), winner_roles=_listed(given[1]))
        return by_role, held
    if case == "unprotected":
        winner = rules.unprotected_win.nobody_holds.winner
        return by_role, finding("credit.unprotected_win.nobody_holds", passed=True, winner_roles=_listed(winner))
    model = "shared" if shared and rules.model == "registered" else rules.model
    return by_role, finding("credit.model", passed=True, model=model)


def _listed(roles: tuple[Role, ...]) -> list[str]:
    return list(roles)


def _written(money: Money) -> str:
    return f"{money.amount} {money.currency}"


def earned(rule: Reward, base: Money, uncapped: Money, role: Role | None) -> Finding:
    """The reward as the rule came to it: the base, the rate, and the cap where it was reached."""
    reached = rule.cap is not None and rule.cap.money.minor < uncapped.minor
    return Finding(
        clause="rewards", outcome="passed", code="rewards.passed",
        inputs={
            "reward": rule.name, "pct": rule.pct, "base": _written(base), "exact": _written(uncapped),
            **({"role": role} if role is not None else {}),
            **({"cap": _written(rule.cap.money)} if rule.cap is not None and reached else {}),
        },
    )  # fmt: skip


def clawback(rules: Clawback, kind: str, told_at: datetime, closes: datetime) -> Finding:
    """Whether the policy lets a refund or a cancellation that was told then take anything back."""
    inputs: dict[str, Value] = {"kind": kind, "taken": list(rules.on)}
    if kind not in rules.on:
        return Finding(clause="clawback", outcome="failed", code="clawback.not_in_policy", inputs=inputs)
    inputs |= {"months": rules.within_months, "until": rfc3339(closes)}
    if told_at >= closes:
        return Finding(clause="clawback", outcome="failed", code="clawback.too_late", inputs=inputs)
    return Finding(clause="clawback", outcome="passed", code="clawback.passed", inputs=inputs)
