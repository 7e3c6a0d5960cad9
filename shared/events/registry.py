"""The registry: wire name and version to class, and older versions brought to the newest one."""

from __future__ import annotations

from typing import Any

from shared.errors import Corrupt
from shared.events import (
    access,
    case,
    conflict,
    credit,
    customer,
    deal,
    held,
    opportunity,
    order,
    partner,
    person,
    program,
    protection,
    rates,
    registration,
    reward,
    target,
    timer,
    vendor,
)
from shared.events.base import Event
from shared.events.upcasters import UPCASTERS


def _events_of(module: object) -> list[type[Event]]:
    found = [value for value in vars(module).values() if isinstance(value, type) and issubclass(value, Event)]
    return [one for one in found if one.__module__ == module.__name__ and "type" in vars(one)]  # type: ignore[attr-defined]


_MODULES = (
    vendor, partner, target, person, program, rates, registration, customer, conflict, protection, deal, held,
    opportunity, credit, reward, case, order, timer, access,
)  # fmt: skip
EVENTS: dict[str, type[Event]] = {event.type: event for module in _MODULES for event in _events_of(module)}
"""Every event of this release by wire name, in its newest version."""
assert UPCASTERS.keys() == {(name, step) for name, event in EVENTS.items() for step in range(1, event.version)}

LATER_VERSIONS = sum(event.version - 1 for event in EVENTS.values())
"""Rises with each release that changes an event: who keeps events as JSON keeps them otherwise from then on."""


def event_class(name: str, version: int) -> type[Event]:
    """The class that reads this wire name; raises `Corrupt` for an unknown name or a version newer than ours."""
    found = EVENTS.get(name)
    if found is None:
        raise Corrupt(f"event type {name!r} is unknown to this release; run the newer release")
    if version > found.version or version < 1:
        raise Corrupt(
            f"event {name!r} version {version} is unknown to this release (it knows up to {found.version}); "
            "deploy readers before writers"
        )
    return found


def upcast(name: str, version: int, data: dict[str, Any]) -> dict[str, Any]:
    """The JSON of an older version brought to the newest one, step by step."""
    for step in range(version, EVENTS[name].version):
        data = UPCASTERS[name, step](data)
    return data
