"""The rewards: each by version, from accrual until nothing holds it or nothing is left of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from services.projections.views.versions import Key, VersionedTable, Versions, carried, replaced
from shared.errors import Corrupt
from shared.events.base import Event
from shared.events.case import CaseClosed
from shared.events.envelope import Entry
from shared.events.reward import RewardAccrued, RewardHeld, RewardReleased, RewardReversed
from shared.events.standing import REWARDS, reward_status


class RewardRow(NamedTuple):
    """One version of a reward; fields are the columns of `reward`."""

    vendor: str
    reward_id: str
    from_seq: int
    to_seq: int | None
    status: str
    """`held` or `payable`; `reversed` once nothing is left."""
    kind: str
    partner: str
    program: str
    policy: str | None
    registration_id: str
    opportunity_id: str | None
    earned_on: str
    name: str
    """In the policy."""
    role: str | None
    base_minor: int
    pct: str
    cap_minor: int | None
    currency: str
    amount_minor: int
    left_minor: int
    hold_until: datetime
    cases: list[str]
    """Open cases that hold it."""
    code: str | None
    """Why it stays held, or why the last of it was taken back."""
    adjusts: str | None
    effective_at: datetime
    posted_at: datetime
    changed_at: datetime


DECLARED: tuple[type[Event], ...] = (RewardAccrued, RewardHeld, RewardReleased, RewardReversed, CaseClosed)


class Rewards:
    """The view `rewards`."""

    name = "rewards"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in DECLARED)
    lookups = ("reward_opportunity",)

    def __init__(self, schema: str = "projections") -> None:
        self.table = VersionedTable(schema, "reward", RewardRow)
        self.tables: tuple[str, ...] = (self.table.qualified,)

    def at(self, schema: str) -> Rewards:
        return Rewards(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> Versions[RewardRow]:
        rewards: list[Key] = []
        deals: list[Key] = []
        for entry in entries:
            event: Any = entry.event
            if isinstance(event, CaseClosed):
                deals.append((entry.vendor, event.opportunity))
            else:
                rewards.append((entry.vendor, event.reward))
        found = await self.table.load(connection, rewards)
        found.current.update((await self.table.load(connection, deals, by="opportunity_id")).current)
        return found

    def carry(self, rows: Versions[RewardRow], changes: Versions[RewardRow] | None) -> Versions[RewardRow]:
        return carried(rows, changes)

    def fold(self, rows: Versions[RewardRow], entries: Sequence[Entry]) -> Versions[RewardRow]:
        folded = Versions(dict(rows.current))
        held = _held_by_case(folded)
        for entry in entries:
            event: Any = entry.event
            if isinstance(event, CaseClosed):
                for key in held.pop((entry.vendor, event.case), ()):
                    row = folded.current[key]
                    folded.put(replaced(row, cases=[one for one in row.cases if one != event.case]), entry.seq)
                continue
            if isinstance(event, RewardAccrued):
                row = _accrued(entry, event)
                for case in row.cases:
                    held.setdefault((row.vendor, case), []).append((row.vendor, row.reward_id))
            else:
                before = folded.get((entry.vendor, event.reward))
                if before is None:
                    raise Corrupt(f"{event.type} concerns {event.reward}, which was never accrued")
                row = replaced(_moved(before, event), changed_at=entry.clock)
            folded.put(row, entry.seq)
        return folded

    async def write(self, connection: Any, changes: Versions[RewardRow]) -> None:
        await self.table.write(connection, changes)


def _held_by_case(rows: Versions[RewardRow]) -> dict[Key, list[Key]]:
    found: dict[Key, list[Key]] = {}
    for key, row in rows.current.items():
        for case in row.cases:
            found.setdefault((row.vendor, case), []).append(key)
    return found


def _moved(row: RewardRow, event: Any) -> RewardRow:
    if isinstance(event, RewardHeld):
        return replaced(row, status=REWARDS[type(event)], code=event.code)
    if isinstance(event, RewardReleased):
        return replaced(row, status=REWARDS[type(event)], code=None)
    left = row.amount_minor - event.total
    return replaced(row, left_minor=left, code=event.code, status=reward_status(row.status, left))  # type: ignore[arg-type]


def _accrued(entry: Entry, event: RewardAccrued) -> RewardRow:
    return RewardRow(
        vendor=entry.vendor, reward_id=event.reward, from_seq=entry.seq, to_seq=None,
        status=REWARDS[type(event)],
        kind=event.kind_of_reward, partner=event.partner, program=event.program, policy=event.policy,
        registration_id=event.registration, opportunity_id=event.opportunity, earned_on=event.on, name=event.name,
        role=event.role, base_minor=event.base.minor, pct=event.pct, cap_minor=event.cap.minor if event.cap else None,
        currency=event.amount.currency, amount_minor=event.amount.minor, left_minor=event.amount.minor,
        hold_until=event.hold_until, cases=list(event.cases), code=None, adjusts=event.adjusts,
        effective_at=event.effective_at, posted_at=entry.clock, changed_at=entry.clock,
    )  # fmt: skip
