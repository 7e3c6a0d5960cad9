"""A webhook endpoint as it is stored: whose feed, where to, which types, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from shared.values.written import in_utc

State = Literal["enabled", "disabled"]
Reason = Literal["requested", "failing"]

COLUMNS = (
    "endpoint, vendor, partner, name, url, types, ordered, state, disabled_reason, cursor, failing_since, revision, "
    "created_at"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an endpoint is to be."""

    url: str
    name: str
    types: tuple[str, ...] = ()
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint without its secrets."""

    endpoint: str
    vendor: str
    partner: str | None
    """Whose feed it gets; the vendor's own without one."""
    name: str
    url: str
    types: tuple[str, ...]
    """Types of events that it gets; all of them without any."""
    ordered: bool
    """Whether the events of a subject arrive one after the other."""
    state: State
    disabled_reason: Reason | None
    cursor: int
    """The position up to which every event is delivered, waits to be sent again, or was given up."""
    failing_since: datetime | None
    """Since when no delivery succeeded though some were tried."""
    revision: int
    """Rises with every change by an administrator: a delivery that began before one commits nothing."""
    created_at: datetime


def endpoint_of(row: Mapping[str, Any]) -> Endpoint:
    """The endpoint that a row of `COLUMNS` has."""
    found = dict(row)
    found["types"] = tuple(found["types"])
    found["failing_since"] = found["failing_since"] and in_utc(found["failing_since"])
    found["created_at"] = in_utc(found["created_at"])
    return Endpoint(**{name: found[name] for name in COLUMNS.split(", ")})


def message_id(vendor: str, partner: str | None, position: int) -> str:
    """The id of a message: of one event for one reader the same at every attempt, replay and endpoint."""
    whole = f"{vendor}/{partner or ''}/{position}"
    return f"msg_{sha256(whole.encode()).hexdigest()[:32]}"
