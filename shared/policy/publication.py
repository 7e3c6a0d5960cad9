"""Publication: what speaks against publishing a policy or replacing a vendor document; asked by decider and edge."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from shared.events.vendor import VendorDocument
from shared.policy.references import SECTIONS, Known, Unknown, known_names, unknown
from shared.policy.schema import Policy
from shared.policy.zones import midnight


@dataclasses.dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that speaks against it: code, field, and what the code's message needs."""

    code: str
    field: str
    params: dict[str, Any] = dataclasses.field(default_factory=dict)
    status: int = 422


def publishing(policy: Policy, *, newest: int, known: Known, clock: datetime) -> tuple[Refusal, ...]:
    """What speaks against publishing the policy at that instant, where `newest` is the program's highest version."""
    if policy.version <= newest:
        return (Refusal("policy.version_exists", "policy.version", {"newest": newest}, status=409),)
    if missing := unknown(policy, known):
        return tuple(_unknown(f"policy.{one.path}", one) for one in missing)
    if _is_past(policy, clock):
        return (Refusal("policy.effective_in_past", "policy.effective_from"),)
    return ()


def configuring(policies: Iterable[tuple[str, int, Policy]], known: Known) -> tuple[Refusal, ...]:
    """What speaks against a document with these names: the first published version that rests on others.

    Superseded versions count too: claims that pinned them are decided by them to the end.
    """
    for program, version, policy in policies:
        if missing := unknown(policy, known):
            where = {"program": program, "version": version}
            return tuple(_unknown(f"document.{SECTIONS[one.kind].field}", one, **where) for one in missing)
    return ()


def unknown_names(policy: Policy, document: VendorDocument) -> tuple[Refusal, ...]:
    """The names of the policy that the vendor document does not have."""
    return tuple(_unknown(f"policy.{one.path}", one) for one in unknown(policy, known_names(document)))


def _unknown(path: str, one: Unknown, **where: Any) -> Refusal:
    return Refusal(SECTIONS[one.kind].code, path, {**told_of(one), **where})


def told_of(one: Unknown) -> dict[str, Any]:
    """What the message on an unknown name needs."""
    likely = {} if one.similar is None else {"similar": one.similar}
    return {one.kind: one.name, "place": one.path, "known": list(one.known), **likely}


def _is_past(policy: Policy, clock: datetime) -> bool:
    day = policy.effective_from
    if day == "immediately":
        return False
    # Days are compared first: the first ones of the calendar are no instants in every zone.
    return day < clock.astimezone(policy.zone).date() or midnight(day, policy.zone) < clock
