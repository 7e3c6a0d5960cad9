"""Gates: what a registration must reach to be approved. A clause a function; one that the policy leaves out passes."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from services.attribution.domain.rules.subject import Rule, Subject, asks, finding
from shared.events.base import Finding, Need, Value
from shared.events.money import Money
from shared.policy.gates import Gates, MinAmount
from shared.values.money import MAX_MINOR, places_of


def min_amount(least: MinAmount, subject: Subject) -> Finding:
    """Whether the amount, or that at list prices, is large enough; without a rate a person decides on another currency.

    It is compared exactly, and rounded only to be shown: downwards, so that what falls short never looks enough.
    """
    clause, needed, amount = "gates.min_amount", least.money, least.amount_of(subject.claim.claim)
    inputs: dict[str, Value] = {"has": _written(amount), "least": _written(needed), "basis": least.basis}
    enough = amount is not None and amount.minor >= needed.minor
    if amount is not None and amount.currency != needed.currency:
        rate = subject.rate(amount.currency, needed.currency)
        if rate is None:
            asked = "gates.min_amount.currency"
            return asks(clause, code=asked, has=_written(amount), least=_written(needed), basis=least.basis)
        converted = Fraction(amount.amount) * rate.value
        enough = converted >= Fraction(needed.amount)
        minor = min(floor(converted * 10 ** places_of(needed.currency)), MAX_MINOR)
        shown = Money.of(minor, needed.currency)
        inputs |= {"converted": _written(shown), "rate_on": rate.day.isoformat()}
    return finding(
        clause, passed=enough, needs=lambda: Need(input="has", operator="at_least", value=_written(needed)), **inputs
    )  # fmt: skip


def _written(amount: Money | None) -> str | None:
    return f"{amount.amount} {amount.currency}" if amount is not None else None


def min_units(least: int, subject: Subject) -> Finding:
    """Whether enough units are bought."""
    return _at_least("gates.min_units", subject.claim.claim.units, least)


def min_term_months(least: int, subject: Subject) -> Finding:
    """Whether the contract runs for long enough."""
    return _at_least("gates.min_term_months", subject.claim.claim.term_months, least)


def _at_least(clause: str, has: int | None, least: int) -> Finding:
    return finding(
        clause, passed=has is not None and has >= least, has=has, least=least,
        needs=lambda: Need(input="has", operator="at_least", value=least),
    )  # fmt: skip


def before_rfp(_: bool, subject: Subject) -> Finding:
    """Whether the claim was complete before the customer's request for proposals; no day stated, none was issued."""
    asked, completed = subject.claim.claim.rfp_on, subject.day_of(subject.claim.place[0])
    # Its partner cannot turn it: the day has come.
    return finding(
        "gates.before_rfp", passed=asked is None or completed < asked,
        rfp_on=asked.isoformat() if asked else None, completed_on=completed.isoformat(),
    )  # fmt: skip


def single_end_customer(_: bool, subject: Subject) -> Finding:
    """Whether the deal is for one end customer."""
    further = subject.claim.claim.further_customers or ()
    return finding(
        "gates.single_end_customer", passed=not further, further=len(further),
        needs=lambda: Need(input="further", operator="at_most", value=0),
    )  # fmt: skip


RULES: dict[str, Rule] = {name: globals()[name] for name in Gates.model_fields}
"""Each function by its name, which is that of the field of `gates` that holds its parameters."""
