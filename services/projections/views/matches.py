"""The view `matches`: is the customer of two registrations the same? By version, from question to end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from services.projections.views.versions import Key, VersionedTable, Versions, carried, replaced
from shared.errors import Corrupt
from shared.events import registration as r
from shared.events.base import Event
from shared.events.customer import CustomerMatchRevoked, match_id
from shared.events.envelope import Entry


class MatchRow(NamedTuple):
    """One version of a question; fields are the columns of `customer_match`."""

    vendor: str
    match_id: str
    from_seq: int
    to_seq: int | None
    state: str
    """`open`, `decided` by a reviewer, or `lapsed`: the answer is no longer needed, or was revoked."""
    registration_id: str
    """The registration in question; if nobody was asked, the one that the answer names first."""
    other_id: str
    asked: int
    """How many times the question was asked; 0 if it was answered without being asked."""
    asked_at: datetime | None
    decide_by: datetime | None
    policy: str | None
    likeness: bytes | None
    """Canonical JSON of why the two look alike."""
    same: bool | None
    decided_at: datetime | None
    decided_by: str | None
    note: str | None
    revoked_at: datetime | None
    """When the last answer was revoked, if it was."""
    revoked_by: str | None
    ended_at: datetime | None
    ended_by: str | None
    """The type of the entry that ended it."""


_MOVES: tuple[type[Event], ...] = (
    r.RegistrationApproved, r.RegistrationRejected, r.RegistrationWithdrawn, r.RegistrationClosed,
)  # fmt: skip
"""After these entries the registration waits for no reviewer about its customer."""
DECLARED: tuple[type[Event], ...] = (*_MOVES, r.RegistrationHeld, r.CustomerMatchDecided, CustomerMatchRevoked)
_ANSWERS: frozenset[type[Event]] = frozenset((r.CustomerMatchDecided, CustomerMatchRevoked))
_UNDECIDED: dict[str, Any] = {
    "same": None, "decided_at": None, "decided_by": None, "note": None, "ended_at": None, "ended_by": None,
}  # fmt: skip


class Matches:
    """The view `matches`."""

    name = "matches"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in DECLARED)
    lookups = ("customer_match_registration",)

    def __init__(self, schema: str = "projections") -> None:
        self.table = VersionedTable(schema, "customer_match", MatchRow)
        self.tables: tuple[str, ...] = (self.table.qualified,)

    def at(self, schema: str) -> Matches:
        return Matches(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Versions[MatchRow]:
        pairs: list[Key] = []
        moved: list[Key] = []
        for entry in entries:
            event: Any = entry.event
            pairs += [(entry.vendor, match_id(event.registration, other)) for other in _others(event)]
            if type(event) not in _ANSWERS:
                moved.append((entry.vendor, event.registration))
        found = await self.table.load(connection, pairs)
        found.current.update((await self.table.load(connection, moved, by="registration_id")).current)
        return found

    def carry(self, rows: Versions[MatchRow], changes: Versions[MatchRow] | None) -> Versions[MatchRow]:
        return carried(rows, changes)

    def fold(self, rows: Versions[MatchRow], entries: Sequence[Entry]) -> Versions[MatchRow]:
        folded = Versions(dict(rows.current))
        asked: dict[Key, set[str]] = {}
        for (vendor, match), row in folded.current.items():
            if row.state == "open":
                asked.setdefault((vendor, row.registration_id), set()).add(match)
        for entry in entries:
            event: Any = entry.event
            if isinstance(event, r.CustomerMatchDecided):
                _put(folded, entry, _decided(_row(folded, entry, event.other), entry, event), asked)
            elif isinstance(event, CustomerMatchRevoked):
                _put(folded, entry, _revoked(folded, entry, event), asked)
            else:
                _moved(folded, entry, event, asked)
        return folded

    async def write(self, connection: Any, changes: Versions[MatchRow]) -> None:
        await self.table.write(connection, changes)


def _others(event: Any) -> tuple[str, ...]:
    """Return the registrations that the event compares its own with."""
    if type(event) in _ANSWERS:
        return (event.other,)
    if type(event) is r.RegistrationHeld and event.reason == "customer_match":
        return event.lookalikes
    return ()


def _put(rows: Versions[MatchRow], entry: Entry, row: MatchRow, asked: dict[Key, set[str]]) -> None:
    rows.put(row, entry.seq)
    of_claim = asked.setdefault((row.vendor, row.registration_id), set())
    if row.state == "open":
        of_claim.add(row.match_id)
    else:
        of_claim.discard(row.match_id)


def _moved(rows: Versions[MatchRow], entry: Entry, event: Any, asked: dict[Key, set[str]]) -> None:
    """Update the matches: the registration is held over these lookalikes and no others."""
    others = {match_id(event.registration, other): other for other in _others(event)}
    for match in sorted(asked.get((entry.vendor, event.registration), set()) - others.keys()):
        row = rows.current[entry.vendor, match]
        lapsed = replaced(row, state="lapsed", ended_at=entry.clock, ended_by=event.type)
        _put(rows, entry, lapsed, asked)
    likeness = {one.registration: one for one in (event.likeness if others else ())}
    for other in others.values():
        _put(rows, entry, _asked(_row(rows, entry, other), entry, event, likeness.get(other)), asked)


def _row(rows: Versions[MatchRow], entry: Entry, other: str) -> MatchRow:
    """The question as it stands, or as nobody has asked it yet."""
    event: Any = entry.event
    match = match_id(event.registration, other)
    return rows.get((entry.vendor, match)) or MatchRow(
        vendor=entry.vendor, match_id=match, from_seq=entry.seq, to_seq=None, state="", asked=0, asked_at=None,
        registration_id=event.registration, other_id=other, decide_by=None, policy=None, likeness=None, same=None,
        decided_at=None, decided_by=None, note=None, revoked_at=None, revoked_by=None, ended_at=None, ended_by=None,
    )  # fmt: skip


def _asked(row: MatchRow, entry: Entry, event: r.RegistrationHeld, likeness: Any) -> MatchRow:
    """The question is open; where it was, it goes on with its deadline, on what is known now."""
    detail = None if likeness is None else orjson.dumps(likeness.model_dump(mode="json"), option=orjson.OPT_SORT_KEYS)
    if row.state == "open":
        return replaced(row, likeness=detail, policy=event.policy)
    return replaced(
        row, state="open", registration_id=event.registration, other_id=_other_of(row, event.registration),
        asked=row.asked + 1, asked_at=entry.clock, decide_by=event.until, policy=event.policy, likeness=detail,
        **_UNDECIDED,
    )  # fmt: skip


def _other_of(row: MatchRow, registration: str) -> str:
    return row.other_id if registration == row.registration_id else row.registration_id


def _decided(row: MatchRow, entry: Entry, event: r.CustomerMatchDecided) -> MatchRow:
    return replaced(
        row, state="decided", same=event.same, decided_at=entry.clock, decided_by=entry.principal,
        note=event.note, revoked_at=None, revoked_by=None, ended_at=entry.clock,
        ended_by=event.type,
    )  # fmt: skip


def _revoked(rows: Versions[MatchRow], entry: Entry, event: CustomerMatchRevoked) -> MatchRow:
    row = rows.get((entry.vendor, match_id(event.registration, event.other)))
    if row is None:
        raise Corrupt(f"{event.type} concerns {event.registration} and {event.other}, which nobody decided")
    return replaced(
        row, state="lapsed", same=None, decided_at=None, decided_by=None, note=event.note, revoked_at=entry.clock,
        revoked_by=entry.principal, ended_at=entry.clock, ended_by=event.type,
    )  # fmt: skip
