"""Reading a policy from YAML or JSON: every error at once, each with its line and path."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import orjson
import yaml
from pydantic import ValidationError

from shared.errors import FieldProblem, Invalid
from shared.policy.schema import Policy

MAX_POLICY_BYTES = 65_536

# Parameters of the policy language that this release does not apply yet. A policy that names one is refused,
# since a rule that is silently ignored would decide deals otherwise than its author believes.
# `*` stands for any place in a list.
# fmt: off
NOT_IMPLEMENTED = frozenset({
    "corrects", "confirmation", "territories", "customer_consent", "stack_cap_pct", "claim", "dispute", "funds",
    "eligibility.min_score", "eligibility.certifications",
    "same_deal.key", "same_deal.site", "same_deal.territory", "exclusivity.max",
    "gates.min_amount.basis", "gates.min_units", "gates.min_term_months", "gates.before_rfp", "gates.net_new",
    "gates.vendor_contact_look_back_months", "gates.single_end_customer",
    "review.approvers",
    "conflict.contest_window", "conflict.evidence", "conflict.runner_up_reward_pct", "conflict.on_lost",
    "clock.acknowledge", "clock.decide", "clock.on_breach", "clock.action_required_reply",
    "protection.extension.request_before_expiry", "protection.reminders", "protection.cooling_off_days",
    "rewards.*.payee", "rewards.*.tiers", "rewards.*.term_months", "rewards.*.excludes_renewals",
    "rewards.*.stack_group", "rewards.*.when.new_logo", "rewards.*.when.term_months",
})
NOT_IMPLEMENTED_VALUES = {
    "exclusivity.mode": ("shared", "none"),
    "conflict.order": ("incumbent", "evidence_score", "tier", "customer_choice"),
    "rewards.*.kind": ("discount", "spiff", "points", "benefit"),
    "rewards.*.on": ("stage", "invoiced", "paid", "target", "milestone"),
    "rewards.*.base": ("list", "initial_term"),
    "rewards.*.cap.per": ("period",),
    "clawback.on": ("non_payment",),
}
# These say what this release does anyway, so writing them down is allowed.
SAME_AS_DONE: dict[str, Any] = {
    "exclusivity.max": 1,
    "eligibility.certifications": [],
    "same_deal.site": "ignore",
    "same_deal.territory": "ignore",
    "same_deal.key": "deal",
    "conflict.on_lost": "none",
    "protection.extension.request_before_expiry": True,
    "protection.reminders": [],
    "rewards.*.payee": "company",
    "rewards.*.tiers": [],
}
# fmt: on


class PolicyRefused(Invalid):
    """The policy document cannot be published as it stands."""

    code = "policy.invalid"


def read_policy(text: bytes) -> Policy:
    """The policy that the YAML or JSON text states; raises `PolicyRefused` with all problems, lines included."""
    if len(text) > MAX_POLICY_BYTES:
        raise PolicyRefused(f"the policy has {len(text)} bytes; at most {MAX_POLICY_BYTES} are read")
    document, lines = _load(text)
    problems = list(_unready(document, lines))
    policy: Policy | None = None
    try:
        policy = Policy.model_validate_json(_json(_without(document, {one.field for one in problems})))
    except ValidationError as error:
        unready = {one.field for one in problems}  # taken out above, so their absence is no second problem
        found = (_problem(one, lines) for one in error.errors(include_url=False))
        problems += [one for one in found if one.field not in unready]
    if problems or policy is None:
        raise PolicyRefused(_summary(problems), problems)
    return policy


def _load(text: bytes) -> tuple[dict[str, Any], dict[str, int]]:
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
        document = yaml.load(text, Loader=_PlainText)  # noqa: S506 (it is a safe loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = FieldProblem("", "policy.syntax", f"{where}{getattr(error, 'problem', None) or 'not YAML or JSON'}")
        raise PolicyRefused(problem.message, (problem,)) from error
    if not isinstance(document, dict) or node is None:
        raise PolicyRefused(
            "a policy is a mapping of parameters", (FieldProblem("", "policy.syntax", "not a mapping"),)
        )
    lines: dict[str, int] = {}
    duplicates = list(_walk(node, "", lines))
    if duplicates:
        raise PolicyRefused(_summary(duplicates), duplicates)
    return document, lines


class _PlainText(yaml.CSafeLoader):
    """Dates stay text, so that an impossible one is our error with its path; only true and false are truth values,
    as in YAML 1.2, so that the parameter `on` is a word."""


_TRUTH = re.compile(r"^(?:true|false)$")
_PlainText.yaml_implicit_resolvers = {
    first: [
        (tag, _TRUTH if tag == "tag:yaml.org,2002:bool" else pattern)
        for tag, pattern in resolvers
        if tag != "tag:yaml.org,2002:timestamp"
    ]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def _walk(node: yaml.Node, path: str, lines: dict[str, int]) -> Iterator[FieldProblem]:
    lines[path] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{path}.{key.value}" if path else str(key.value)
            if inner in lines:
                message = f"line {key.start_mark.line + 1}: {inner} is given twice; keep one"
                yield FieldProblem(inner, "policy.duplicate_parameter", message)
            yield from _walk(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _walk(value, f"{path}.{index}", lines)


def _unready(value: Any, lines: dict[str, int], path: str = "") -> Iterator[FieldProblem]:
    for inner, one in _members(value, path):
        rule = _IN_A_LIST.sub(".*", inner)
        refused = set(NOT_IMPLEMENTED_VALUES.get(rule, ())) & {
            str(word) for word in (one if isinstance(one, list) else [one])
        }
        if refused:
            yield _not_ready(inner, f"{inner}: {', '.join(sorted(refused))}", lines)
        elif rule in NOT_IMPLEMENTED and (rule not in SAME_AS_DONE or SAME_AS_DONE[rule] != one):
            yield _not_ready(inner, inner, lines)
        else:
            yield from _unready(one, lines, inner)


_IN_A_LIST = re.compile(r"\.[0-9]+(?=\.|$)")


def _members(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from ((f"{path}.{key}" if path else str(key), one) for key, one in value.items())
    elif isinstance(value, list):
        yield from ((f"{path}.{index}", one) for index, one in enumerate(value) if isinstance(one, dict))


def _not_ready(path: str, what: str, lines: dict[str, int]) -> FieldProblem:
    message = f"line {lines.get(path, 1)}: {what} is not applied by this release yet; remove it to publish"
    return FieldProblem(path, "policy.not_implemented", message)


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


def _json(document: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(document, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError as error:
        raise PolicyRefused(f"the policy holds a value that JSON cannot say: {error}") from error


def _problem(error: Any, lines: dict[str, int]) -> FieldProblem:
    path = ".".join(str(part) for part in error["loc"])
    near = path
    while near and near not in lines:
        near = near.rpartition(".")[0]
    code = "policy.unknown_parameter" if error["type"] == "extra_forbidden" else "policy.invalid_value"
    told = "no such parameter" if error["type"] == "extra_forbidden" else error["msg"]
    return FieldProblem(path, code, f"line {lines.get(near, 1)}: {path or 'policy'}: {told}")


def _summary(problems: list[FieldProblem]) -> str:
    return f"{len(problems)} problem{'s' * (len(problems) != 1)} in the policy; first: {problems[0].message}"
