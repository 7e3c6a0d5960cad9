"""The clauses that findings name: paths of a policy, rules of the product itself, and who may read their inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

from shared.policy.gates import Gates
from shared.policy.marks import Inputs
from shared.policy.parameters import Family, Marked, Rules, is_stated
from shared.policy.schema import Policy


def _gates() -> Iterator[tuple[str, Inputs]]:
    for name, field in Gates.model_fields.items():
        said = (*field.metadata, *get_args(field.annotation))
        yield f"gates.{name}", next(one.inputs for one in said if hasattr(one, "inputs"))


CLAUSES: Mapping[str, Inputs] = {
    "required_fields": {"missing": "own"},
    "eligibility.partner_types": {"has": "own", "allowed": "own"},
    "eligibility.min_tier": {"has": "own", "least": "own"},
    "eligibility.min_score": {"has": "own", "least": "own"},
    "eligibility.certifications": {"missing": "own", "expired": "own"},
    "eligibility.segments": {"has": "own", "allowed": "own"},
    "eligibility.territories": {"has": "own", "allowed": "own"},
    "eligibility.own_territory": {"has": "own", "own": "own"},
    "eligibility.max_open_registrations": {"open": "own", "most": "own"},
    **dict(_gates()),
    "same_deal": {"live_rivals": "vendor"},
    "same_deal.customer": {"keys": "own"},
    "same_deal.key": {"key": "own", "named": "own"},
    "same_deal.products": {"compares": "own", "common": "vendor"},
    "same_deal.site": {"site": "own"},
    "same_deal.territory": {"territory": "own"},
    "same_deal.close_window_days": {"days": "own"},
    "same_deal.name_only": {"names": "own"},
    "exclusivity": {"keys": "own", "held_since": "own", "most": "own"},
    "conflict.order.first_complete_submission": {"keys": "own"},
    "conflict.order.approved_first": {"keys": "own"},
    "conflict.order.evidence_score": {"keys": "own"},
    "conflict.order.tier": {"keys": "own"},
    "conflict.order.manual": {},
    "conflict.runner_up_order": {"keys": "own"},
    "conflict.contest_window": {"until": "own"},
    "conflict.on_won": {"until": "own"},
    "conflict.waiter_confirm": {"until": "own"},
    "conflict.on_lost": {"until": "own"},
    "review.auto_approve_if": {},
    "clock.starts": {"starts": "own", "start": "own"},
    "protection.days": {"days": "own"},
    "protection.months": {"months": "own"},
    "protection.extension": {},
    "protection.cooling_off_days": {"ended": "own", "until": "own"},
    "credit.model": {"model": "own"},
    "credit.roles": {"sourced": "own", "influenced": "own", "fulfilled": "own"},
    "credit.late_win_days": {"days": "own", "until": "own"},
    "credit.unprotected_win.rival_holds": {"holder_roles": "own", "winner_roles": "own"},
    "credit.unprotected_win.nobody_holds": {"winner_roles": "own"},
    "rewards": {
        "reward": "own",
        "cap_currency": "own",
        "value_currency": "own",
        "roles": "own",
        "role": "own",
        "pct": "own",
        "base": "own",
        "exact": "own",
        "cap": "own",
    },
    "clawback": {"kind": "own", "taken": "own", "months": "own", "until": "own"},
    "always.suspended": {},
    "always.crowd": {"live": "vendor", "most": "vendor"},
    "always.unsettled": {},
    "always.own_duplicate": {"original": "own"},
    "always.place": {"keys": "own"},
    "always.person": {"verdict": "own", "fields": "own"},
    "always.win": {"state": "own"},
}
"""Every clause with its inputs, which its needs name too."""


def readable(clause: str, name: str) -> bool:
    """Whether the claimant may read that input of the clause; an unknown one is the vendor's."""
    return CLAUSES.get(clause, {}).get(name) == "own"


class Classified(NamedTuple):
    """What a path of the schema is; a parameter with the clause that it belongs to."""

    role: Literal["clause", "parameter", "header"]
    clause: str | None


@cache
def schema_paths() -> Mapping[str, Classified]:
    """Every path of a policy, read from its models: a clause, a parameter of one, or header. Items have no number."""
    return dict(_of_family(Policy, ""))


def clause_paths() -> frozenset[str]:
    """Every clause that a policy can state."""
    return frozenset(path for path, one in schema_paths().items() if one.role == "clause")


def _of_family(family: type[Family], prefix: str) -> Iterator[tuple[str, Classified]]:
    for name, field in family.model_fields.items():
        path = f"{prefix}{name}"
        mark = next((one for one in field.metadata if isinstance(one, Marked)), None)
        role = mark.role if mark is not None else None
        inner = _model_in(field.annotation)
        if role == "header":
            yield path, Classified("header", None)
        elif mark is not None and role == "parameter":
            yield path, Classified("parameter", f"{prefix}{mark.of}")
            yield from _parameters(inner, path, f"{prefix}{mark.of}")
        elif role == "words":
            yield from ((f"{path}.{word}", Classified("clause", f"{path}.{word}")) for word in _words(field.annotation))
        elif inner is not None and issubclass(inner, Family):
            if role == "family":
                yield path, Classified("clause", path)
            yield from _of_family(inner, f"{path}.")
        else:
            yield path, Classified("clause", path)
            yield from _parameters(inner, path, path)


def _parameters(model: type[Rules] | None, path: str, clause: str) -> Iterator[tuple[str, Classified]]:
    for name, field in model.model_fields.items() if model is not None else ():
        yield f"{path}.{name}", Classified("parameter", clause)
        yield from _parameters(_model_in(field.annotation), f"{path}.{name}", clause)


def _model_in(hint: Any) -> type[Rules] | None:
    if isinstance(hint, type) and issubclass(hint, Rules):
        return hint
    return next((found for one in get_args(hint) if (found := _model_in(one)) is not None), None)


def _words(hint: Any) -> tuple[str, ...]:
    return get_args(hint) if get_origin(hint) is Literal else _words(get_args(hint)[0])


def exists_in(policy: Policy, clause: str) -> bool:
    """Whether the policy states the clause, defaults filled in; the product's own rules are in every policy."""
    if clause.startswith("always."):
        return clause in CLAUSES
    if clause not in clause_paths():
        return False
    if clause.startswith("conflict.order."):
        return clause.removeprefix("conflict.order.") in policy.conflict.order
    value: object = policy
    for name in clause.split("."):
        value = getattr(value, name, None)
    return is_stated(value)
