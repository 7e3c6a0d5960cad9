"""Publication: what speaks against publishing a policy or replacing a vendor document; asked by decider and edge."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from shared.events.vendor import Calendar, VendorDocument
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


def publishing(
    policy: Policy, *, newest: int, known: Known, calendars: Mapping[str, Calendar], clock: datetime
) -> tuple[Refusal, ...]:
    """What speaks against publishing the policy at that instant, where `newest` is the program's highest version."""
    if policy.version <= newest:
        return (Refusal("policy.version_exists", "policy.version", {"newest": newest}, status=409),)
    if missing := unknown(policy, known):
        return tuple(_unknown(f"policy.{one.path}", one) for one in missing)
    if unlisted := _unlisted_year(policy, calendars):
        return unlisted
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


def disagreements(policy: Policy, document: VendorDocument) -> tuple[Refusal, ...]:
    """What the policy rests on and the vendor document does not have: names, holidays of its first year."""
    unlisted = _unlisted_year(policy, document.calendars)
    return (*(_unknown(f"policy.{one.path}", one) for one in unknown(policy, known_names(document))), *unlisted)


def _unlisted_year(policy: Policy, calendars: Mapping[str, Calendar]) -> tuple[Refusal, ...]:
    """A calendar that lists holidays, and none of the year in which the policy takes effect.

    Only a stated day is looked at, so that no policy is refused because a year has begun.
    """
    calendar = calendars.get(policy.calendar) if policy.calendar is not None else None
    if calendar is None or not calendar.holidays or policy.effective_from == "immediately":
        return ()
    years = {holiday.year for holiday in calendar.holidays}
    first, last = policy.effective_from.year, max(years)
    if first in years:
        return ()
    return (
        Refusal(
            "calendar.year_missing", "policy.calendar",
            {"calendar": policy.calendar, "year": str(first), "last": str(last)},
        ),
    )  # fmt: skip


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
