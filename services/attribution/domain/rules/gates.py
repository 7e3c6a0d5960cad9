"""Gates: what a registration must reach to be approved. A clause a function; one that the policy leaves out passes."""

from __future__ import annotations

from services.attribution.domain.rules.subject import Rule, Subject, asks, finding
from shared.events.base import Finding, Need
from shared.policy.gates import Gates, MinAmount


def min_amount(least: MinAmount, subject: Subject) -> Finding:
    """Whether the amount is large enough; one in another currency is left to a person."""
    clause, needed, amount = "gates.min_amount", least.money, subject.claim.claim.amount
    wanted = f"{needed.amount} {needed.currency}"
    has = f"{amount.amount} {amount.currency}" if amount is not None else None
    if amount is not None and amount.currency != needed.currency:
        return asks(clause, code="gates.min_amount.currency", has=has, least=wanted)
    return finding(
        clause, passed=amount is not None and amount.minor >= needed.minor, has=has, least=wanted,
        needs=Need(input="has", operator="at_least", value=wanted),
    )  # fmt: skip


RULES: dict[str, Rule] = {name: globals()[name] for name in Gates.model_fields}
"""Each function by its name, which is that of the field of `gates` that holds its parameters."""
