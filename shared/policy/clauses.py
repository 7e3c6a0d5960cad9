"""The clauses that findings name: paths of a policy, rules of the product itself, and who may read their inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import get_args

from shared.policy.gates import Gates
from shared.policy.marks import Inputs
from shared.policy.schema import Policy


def _gates() -> Iterator[tuple[str, Inputs]]:
    for name, field in Gates.model_fields.items():
        parameters = next(one for one in get_args(field.annotation) if hasattr(one, "inputs"))
        yield f"gates.{name}", parameters.inputs


CLAUSES: Mapping[str, Inputs] = {
    "required_fields": {"missing": "own"},
    "eligibility.partner_types": {"has": "own", "allowed": "own"},
    "eligibility.min_tier": {"has": "own", "least": "own"},
    "eligibility.max_open_registrations": {"open": "own", "most": "own"},
    **dict(_gates()),
    "same_deal": {"live_rivals": "vendor"},
    "same_deal.customer": {"keys": "own"},
    "exclusivity": {"keys": "own", "held_since": "own"},
    "conflict.order.first_complete_submission": {"keys": "own"},
    "conflict.order.approved_first": {"keys": "own"},
    "conflict.order.manual": {},
    "conflict.waiter_confirm": {"until": "own"},
    "review.auto_approve_if": {},
    "protection.extension": {},
    "rewards": {"reward": "own", "cap_currency": "own", "value_currency": "own", "roles": "own"},
    "always.suspended": {},
    "always.crowd": {"live": "vendor", "most": "vendor"},
    "always.unsettled": {},
    "always.own_duplicate": {"original": "own"},
    "always.place": {"keys": "own"},
    "always.person": {"verdict": "own"},
    "always.win": {"state": "own"},
}
"""Every clause with its inputs, which its needs name too."""


def readable(clause: str, name: str) -> bool:
    """Whether the claimant may read that input of the clause; an unknown one is the vendor's."""
    return CLAUSES.get(clause, {}).get(name) == "own"


def exists_in(policy: Policy, clause: str) -> bool:
    """Whether the policy states the clause, defaults filled in; the product's own rules are in every policy."""
    head, _, rest = clause.partition(".")
    if head == "always":
        return clause in CLAUSES
    if clause.startswith("conflict.order."):
        return rest.removeprefix("order.") in policy.conflict.order
    value: object = policy
    for name in clause.split("."):
        value = getattr(value, name, None)
    return value not in (None, (), "none")
