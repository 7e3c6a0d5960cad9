"""What a policy asks of one registration: its fields, its partner's standing, its gates."""

from __future__ import annotations

from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.documents.working_set import WorkingSet
from shared.events.base import Step
from shared.events.registration import RegistrationSubmitted
from shared.policy.schema import Policy


def label(working_set: WorkingSet, claim: Registration) -> str:
    """`program/version` of the policy that decides the claim."""
    number = claim.policy_number
    if number is None:
        program = working_set.find_program(claim.program)
        number = program.in_force if program else None
    return f"{claim.program}/{number}"


def missing_fields(policy: Policy, claim: RegistrationSubmitted) -> tuple[str, ...]:
    """The required fields that are absent; of alternatives, all are named as `a | b`."""
    return tuple(
        " | ".join(names) for names in policy.required_fields if not any(_present(claim, name) for name in names)
    )


def _present(claim: RegistrationSubmitted, name: str) -> bool:
    head, _, tail = name.partition(".")
    value = getattr(claim, head)
    return bool(getattr(value, tail) if tail else value)


def eligibility(policy: Policy, vendor: Vendor, partner: Partner, claim: Registration, *, already: bool) -> list[Step]:
    """Each rule on who may register, in order; `already` where the claim was counted when it was submitted."""
    rules = policy.eligibility
    steps = []
    if rules.partner_types:
        steps.append(
            _step("eligibility.partner_type", partner.partner_type in rules.partner_types, has=partner.partner_type)
        )
    if rules.min_tier is not None:
        tiers = vendor.document.tiers
        enough = claim.tier in tiers and tiers.index(claim.tier) >= tiers.index(rules.min_tier)
        steps.append(_step("eligibility.min_tier", enough, has=claim.tier, needs=rules.min_tier))
    if rules.max_open_registrations is not None and not already:
        count = partner.open_in(claim.program)
        within = count <= rules.max_open_registrations
        steps.append(_step("eligibility.max_open", within, open=count, most=rules.max_open_registrations))
    return steps


def gates(policy: Policy, claim: Registration) -> list[Step]:
    """Each gate in order; an amount in another currency than the gate's is left to a person (`other_currency`)."""
    least = policy.gates.min_amount.money if policy.gates.min_amount else None
    amount = claim.claim.amount
    if least is None or amount is None:
        return []
    if amount.currency != least.currency:
        return [
            Step(
                rule="gate.min_amount",
                result="other_currency",
                inputs={"has": amount.currency, "needs": least.currency},
            )
        ]
    needs = f"{least.amount} {least.currency}"
    return [_step("gate.min_amount", amount.minor >= least.minor, has=amount.amount, needs=needs)]


def _step(rule: str, passed: bool, **inputs: str | int | None) -> Step:
    return Step(rule=rule, result="passed" if passed else "failed", inputs=dict(inputs))
