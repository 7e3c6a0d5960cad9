"""The life of an opportunity: its one transition table and how messages merge, for the decider and every view."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from shared.errors import Corrupt
from shared.events import opportunity as o
from shared.events import order
from shared.events.base import Event

State = Literal["open", "won", "lost"]

_STAYS: dict[State | None, State] = {None: "open", "open": "open", "won": "won", "lost": "lost"}

# event -> state before -> state after; None: no message on the opportunity yet.
TRANSITIONS: dict[type[Event], dict[State | None, State]] = {
    # Told late, after what became of the deal, a creation does not open it again.
    o.OpportunityCreated: _STAYS,
    o.OpportunityChanged: _STAYS,
    o.OpportunityWon: {None: "won", "open": "won", "won": "won", "lost": "won"},
    o.OpportunityLost: {None: "lost", "open": "lost", "won": "lost", "lost": "lost"},
    o.OpportunityReopened: {None: "open", "won": "open", "lost": "open"},
    # Messages about the order do not change the deal, which may not have been reported yet.
    order.OrderRefunded: _STAYS,
    order.OrderCancelled: _STAYS,
}
MESSAGES: tuple[type[Event], ...] = (
    o.OpportunityCreated,
    o.OpportunityChanged,
    o.OpportunityWon,
    o.OpportunityLost,
    o.OpportunityReopened,
)
"""What a CRM says of the deal itself; the others of the table are about its order."""

FIELDS: tuple[str, ...] = tuple(name for name in o.OpportunityCreated.model_fields if name != "source_body")
"""Fields that each message may carry about the deal, whatever its kind; a source body says where they come from."""


def follows(state: State | None, event: Event) -> State | None:
    """The state after the event, or None where the table has no such transition."""
    return TRANSITIONS[type(event)].get(state)


def after(state: State | None, event: Event) -> State:
    """The state after the event; raises `Corrupt` outside the table."""
    found = follows(state, event)
    if found is None:
        raise Corrupt(f"{event.type} is not a transition from {state or 'nothing'}")
    return found


def told(event: Any, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that the message changes; `known` has those reported before, by name.

    Absent fields say nothing. A creation is the first word on a deal by its meaning: told after others, it fills what
    they left out and replaces nothing, unless the CRM dates it later than what is known.
    """
    given = {name: value for name in FIELDS if (value := getattr(event, name)) is not None}
    if not known or not isinstance(event, o.OpportunityCreated):
        return given
    if _is_later(event, known.get("source_time"), known.get("source_version")):
        return given
    return {name: value for name, value in given.items() if known.get(name) is None}


def _is_later(event: o.OpportunityCreated, time: datetime | None, version: int | None) -> bool:
    if event.source_version is not None and version is not None:
        return event.source_version > version
    return event.source_time is not None and time is not None and event.source_time > time
