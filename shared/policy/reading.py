"""Reading a policy from YAML or JSON: every error at once, each with its place and path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
from pydantic import ValidationError

from shared.errors import FieldProblem
from shared.events.vendor import VendorDocument
from shared.policy.problems import problems_of
from shared.policy.refused import Place, PolicyRefused
from shared.policy.schema import Policy
from shared.policy.yaml_text import MAX_NODES, place_at, read_yaml

MAX_POLICY_BYTES = 65_536
MAX_DOCUMENT_BYTES = 200_000
"""Limit of a vendor document. It becomes one event, and an event has at most 262,144 bytes."""
MAX_DOCUMENT_NODES = 80_000
"""Values and keys of a vendor document of that size in words of two characters."""

Places = dict[str, Place]
"""Where each value stands in the text, by dotted path."""

# Parameters of the policy language that this release does not apply yet. A policy that names one is refused,
# since a rule that is silently ignored would decide deals otherwise than its author believes.
# `*` stands for any place in a list.
# fmt: off
NOT_IMPLEMENTED = frozenset({
    "corrects", "confirmation", "customer_consent", "stack_cap_pct", "claim", "dispute", "funds",
    "gates.net_new", "gates.vendor_contact_look_back_months",
    "review.approvers",
    "conflict.runner_up_reward_pct",
    "clock.acknowledge", "clock.decide", "clock.on_breach", "clock.action_required_reply",
    "protection.reminders",
    "rewards.*.payee", "rewards.*.tiers", "rewards.*.term_months", "rewards.*.excludes_renewals",
    "rewards.*.stack_group", "rewards.*.when.new_logo", "rewards.*.when.term_months",
})
NOT_IMPLEMENTED_VALUES = {
    "conflict.order": ("incumbent", "customer_choice"),
    "conflict.runner_up_order": ("incumbent", "customer_choice"),
    "rewards.*.kind": ("discount", "spiff", "points", "benefit"),
    "rewards.*.on": ("stage", "invoiced", "paid", "target", "milestone"),
    "rewards.*.base": ("list", "initial_term"),
    "rewards.*.cap.per": ("period",),
    "clawback.on": ("non_payment",),
}
# These say what this release does anyway, so writing them down is allowed.
SAME_AS_DONE: dict[str, Any] = {
    "protection.reminders": [],
    "rewards.*.payee": "company",
    "rewards.*.tiers": [],
}
# fmt: on


def read_policy(text: bytes) -> Policy:
    """The policy that the YAML or JSON text states; raises `PolicyRefused` with all problems, places included."""
    return read_placed(text)[0]


def read_placed(text: bytes) -> tuple[Policy, Places]:
    """The policy with the place of each of its parameters in the text."""
    if len(text) > MAX_POLICY_BYTES:
        raise PolicyRefused(f"the policy has {len(text)} bytes; at most {MAX_POLICY_BYTES} are read")
    document, places = _load(text, MAX_NODES)
    problems = list(_unready(document, places))
    policy: Policy | None = None
    try:
        policy = Policy.model_validate_json(orjson.dumps(_without(document, {one.field for one in problems})))
    except ValidationError as error:
        unready = {one.field for one in problems}  # taken out above, so their absence is no second problem
        problems += [one for one in problems_of(error, places, Policy, "policy") if one.field not in unready]
    if problems or policy is None:
        raise PolicyRefused.of(problems)
    return policy, places


def read_vendor(text: bytes) -> tuple[VendorDocument, Places]:
    """The vendor document that the YAML or JSON text states, and its places; raises `PolicyRefused` likewise."""
    if len(text) > MAX_DOCUMENT_BYTES:
        raise PolicyRefused(f"the document has {len(text)} bytes; at most {MAX_DOCUMENT_BYTES} are read")
    document, places = _load(text, MAX_DOCUMENT_NODES)
    try:
        return VendorDocument.model_validate_json(orjson.dumps(document)), places
    except ValidationError as error:
        raise PolicyRefused.of(problems_of(error, places, VendorDocument, "vendor document")) from error


def _load(text: bytes, max_nodes: int) -> tuple[dict[str, Any], Places]:
    read = read_yaml(decoded(text), max_nodes)
    if read.twice:
        raise PolicyRefused.of(read.twice)
    if not isinstance(read.value, dict):
        raise read.places.get("", Place()).refuses("the document is a mapping of parameters")
    return read.value, read.places


def decoded(text: bytes) -> str:
    """The text, which is UTF-8; raises `PolicyRefused` with the place where it is not."""
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        readable = text[: error.start].decode()
        detail = f"not UTF-8 at byte {error.start}; save the text as UTF-8"
        raise place_at(readable, len(readable)).refuses(detail) from error


def _unready(value: Any, places: dict[str, Place], path: str = "") -> Iterator[FieldProblem]:
    for inner, one in _members(value, path):
        rule = _IN_A_LIST.sub(".*", inner)
        refused = set(NOT_IMPLEMENTED_VALUES.get(rule, ())) & {
            str(word) for word in (one if isinstance(one, list) else [one])
        }
        if refused:
            yield _not_ready(inner, f"{inner}: {', '.join(sorted(refused))}", places)
        elif rule in NOT_IMPLEMENTED and (rule not in SAME_AS_DONE or SAME_AS_DONE[rule] != one):
            yield _not_ready(inner, inner, places)
        else:
            yield from _unready(one, places, inner)


_IN_A_LIST = re.compile(r"\.[0-9]+(?=\.|$)")


def _members(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"{path}.{key}" if path else str(key), one) for key, one in value.items())
    elif isinstance(value, list):
        yield from ((f"{path}.{index}", one) for index, one in enumerate(value) if isinstance(one, dict))


def _not_ready(path: str, what: str, places: dict[str, Place]) -> FieldProblem:
    message = f"{what} is not applied by this release yet; leave it out, and keep it as a pending scenario"
    return places.get(path, Place()).problem(path, "policy.not_implemented", message)


def _without(value: Any, refused: set[str], path: str = "") -> Any:
    """What is left to validate: refused parameters and those that say what is done anyway are taken out."""
    if isinstance(value, list):
        return [_without(one, refused, f"{path}.{index}") for index, one in enumerate(value)]
    if not isinstance(value, dict):
        return value
    kept: dict[str, Any] = {}
    for key, one in value.items():
        inner = f"{path}.{key}" if path else str(key)
        if inner not in refused and _IN_A_LIST.sub(".*", inner) not in SAME_AS_DONE:
            kept[key] = _without(one, refused, inner)
    return kept
