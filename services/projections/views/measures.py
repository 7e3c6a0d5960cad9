"""The view `measures`: how many registrations there are of each kind, as daily differences that sum up to any day.

A registration counts in one cell: its partner, program, country, currency, products, month, stage, conflict and clock.
What a day changed is taken from the cell it was in and added to the cell it is in; the sum of the differences up to a
day is a count of the registrations as they stood at its end, to the last minor unit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from services.projections.views.measure_totals import GIVEN, MeasureTotals
from services.projections.views.measured import (
    CHANGES,
    Cell,
    Days,
    MeasuredRow,
    cell_of,
    days_of,
    first_row,
    living,
    sums_of,
)
from services.projections.views.target import TargetRow, dropped_row, set_row, target_id
from services.projections.views.versions import Key, VersionedTable, Versions, carried, replaced
from shared.errors import Corrupt
from shared.events.base import Event
from shared.events.envelope import Entry
from shared.events.lifecycle import after
from shared.events.partner import PartnerChanged, PartnerEnrolled
from shared.events.registration import RegistrationSubmitted
from shared.events.target import TargetDropped, TargetSet
from shared.events.vendor import VendorConfigured

DOCUMENT = "document"


class MeasureRow(NamedTuple):
    """What a day changed in a cell; fields are the columns of `measure`."""

    vendor: str
    partner: str
    day: date
    cell: int
    """A number for what follows up to `clock`."""
    program: str
    country: str
    """"", as in the others, where it has none."""
    currency: str
    products: list[str]
    month: date
    """The first day of the month in which the registrations were submitted."""
    stage: str
    conflict: str
    clock: str
    registrations: int
    amount_minor: int
    """Summed as `numeric`: a sum of amounts may be larger than one may be."""
    protected_days: int
    """Of those protected: the sum of the numbers of the days on which protection began."""
    protected_to_days: int
    """Of those protected: the sum of the numbers of the days on which it ends."""
    cycle_days: int
    """Of those won: days from submission to win."""
    reviewed: int
    """Those that waited for the vendor's people and wait no longer."""
    review_seconds: int


class MeasuredPartnerRow(NamedTuple):
    """One version of the segments that a partner is in; fields are the columns of `measured_partner`."""

    vendor: str
    partner: str
    from_day: date
    to_day: date | None
    segments: list[str]
    """Each as `name=value`."""


class MeasuredVendorRow(NamedTuple):
    """One version of the vendor's zone and territories; fields are the columns of `measured_vendor`."""

    vendor: str
    part: str
    from_day: date
    to_day: date | None
    time_zone: str
    countries: list[str]
    territories: list[str]
    """The territory of each country of `countries`."""


@dataclass(frozen=True, slots=True)
class MeasureRows:
    """What a batch may change, and what it adds to cells."""

    registrations: Versions[MeasuredRow]
    partners: Versions[MeasuredPartnerRow]
    vendors: Versions[MeasuredVendorRow]
    targets: Versions[TargetRow]
    moved: dict[tuple[str, date, Cell], list[int]] = field(default_factory=dict)


SUMS = MeasureRow._fields[-7:]
_PARTNERS: frozenset[type[Event]] = frozenset((PartnerEnrolled, PartnerChanged))
_TARGETS: frozenset[type[Event]] = frozenset((TargetSet, TargetDropped))
_DECLARED: tuple[type[Event], ...] = (RegistrationSubmitted, *CHANGES, *_PARTNERS, *_TARGETS, VendorConfigured)


class Measures:
    """The view `measures`."""

    name = "measures"
    version = 1
    declares: frozenset[str] | None = frozenset(one.type for one in _DECLARED)
    lookups: tuple[str, ...] = ()

    def __init__(self, schema: str = "projections") -> None:
        self.registrations = VersionedTable(schema, "measured", MeasuredRow, point="date")
        self.partners = VersionedTable(schema, "measured_partner", MeasuredPartnerRow, point="date")
        self.vendors = VersionedTable(schema, "measured_vendor", MeasuredVendorRow, point="date")
        self.targets = VersionedTable(schema, "measured_target", TargetRow, point="date")
        self.cells = f"{schema}.measure"
        versioned = (self.registrations, self.partners, self.vendors, self.targets)
        self.totals = MeasureTotals(schema)
        self.tables: tuple[str, ...] = (*(one.qualified for one in versioned), self.cells, *self.totals.tables)

    def at(self, schema: str) -> Measures:
        return Measures(schema)

    async def load(self, connection: Any, entries: Sequence[Entry]) -> MeasureRows:
        registrations: set[Key] = set()
        partners: set[Key] = set()
        targets: set[Key] = set()
        for entry in entries:
            event: Any = entry.event
            kind = type(event)
            if kind in _PARTNERS:
                partners.add((entry.vendor, event.partner))
            elif kind in _TARGETS:
                targets.add((entry.vendor, target_id(event)))
            elif kind is not VendorConfigured:
                registrations.add((entry.vendor, event.registration))
        return MeasureRows(
            await self.registrations.load(connection, registrations),
            await self.partners.load(connection, partners),
            await self.vendors.load(connection, {(entry.vendor, DOCUMENT) for entry in entries}),
            await self.targets.load(connection, targets),
        )

    def carry(self, rows: MeasureRows, changes: MeasureRows | None) -> MeasureRows:
        if changes is None:
            return rows
        # Cells are added to where they lie: no fold reads them.
        return MeasureRows(
            carried(rows.registrations, changes.registrations),
            carried(rows.partners, changes.partners),
            carried(rows.vendors, changes.vendors),
            carried(rows.targets, changes.targets),
        )

    def fold(self, rows: MeasureRows, entries: Sequence[Entry]) -> MeasureRows:
        fold = _Fold(
            MeasureRows(
                Versions(dict(rows.registrations.current)),
                Versions(dict(rows.partners.current)),
                Versions(dict(rows.vendors.current)),
                Versions(dict(rows.targets.current)),
            )
        )
        for entry in entries:
            fold.take(entry)
        return fold.done()

    async def write(self, connection: Any, changes: MeasureRows) -> None:
        await self.registrations.write(connection, changes.registrations)
        await self.partners.write(connection, changes.partners)
        await self.vendors.write(connection, changes.vendors)
        await self.targets.write(connection, changes.targets)
        if not changes.moved:
            return
        if moved := _rows(changes.moved):
            await self._move(connection, moved)
        newest: dict[str, date] = {}
        for vendor, day, _ in changes.moved:
            newest[vendor] = max(day, newest.get(vendor, day))
        await self.totals.write(connection, newest, moved)

    async def _move(self, connection: Any, moved: Sequence[tuple[Any, ...]]) -> None:
        columns = [list(column) for column in zip(*moved, strict=True)]
        if nothing := await connection.fetch(_ADD.format(table=self.cells), *columns):
            # Where a day took back what it had changed there is no row, however the journal was cut into batches.
            await connection.execute(_DROP.format(table=self.cells), *map(list, zip(*nothing, strict=True)))


@dataclass(slots=True)
class _Fold:
    """One batch: registrations as they become, and for each that changed on a day how it was before."""

    rows: MeasureRows
    before: dict[Key, tuple[date, MeasuredRow | None]] = field(default_factory=dict)

    def take(self, entry: Entry) -> None:
        event: Any = entry.event
        setting = self.rows.vendors.get((entry.vendor, DOCUMENT))
        days = _days(setting.time_zone if setting else "UTC")
        kind = type(event)
        if kind is VendorConfigured:
            self._configure(entry, event)
        elif kind in _PARTNERS:
            self._enrol(entry, event, days)
        elif kind in _TARGETS:
            self._aim(entry, event, days)
        else:
            self._change(entry, event, days)

    def done(self) -> MeasureRows:
        for key in list(self.before):
            self._count(key)
        return self.rows

    def _change(self, entry: Entry, event: Any, days: Days) -> None:
        before = self.rows.registrations.get((entry.vendor, event.registration))
        # A day that is over is never changed: an edge whose clock is behind may bring an older one.
        day = days(entry.known_at) if before is None else max(days(entry.known_at), before.from_day)
        if type(event) is RegistrationSubmitted:
            after(before.life if before else None, event)
            self._put(before, first_row(entry, event, days, day), day)
            return
        if before is None:
            raise Corrupt(f"{event.type} concerns {event.registration}, which was never submitted")
        life = before.life
        now, row = after(life, event), CHANGES[type(event)](before, event, entry, days)
        self._put(before, row if now is life else living(row, now, entry), day)

    def _put(self, before: MeasuredRow | None, row: MeasuredRow, day: date) -> None:
        key = (row.vendor, row.registration_id)
        first = self.before.get(key)
        if first is None or first[0] != day:
            if first is not None:
                self._count(key)
            self.before[key] = (day, before)
        self.rows.registrations.put(row, day)

    def _count(self, key: Key) -> None:
        """Move the registration from the cell that it was in before the day to the one it is in after it."""
        day, before = self.before.pop(key)
        for row, sign in ((before, -1), (self.rows.registrations.current[key], 1)):
            if row is not None:
                cell = self.rows.moved.setdefault((row.vendor, day, cell_of(row)), [0] * len(SUMS))
                for place, one in enumerate(sums_of(row)):
                    cell[place] += sign * one

    def _enrol(self, entry: Entry, event: Any, days: Days) -> None:
        before = self.rows.partners.get((entry.vendor, event.partner))
        day = days(entry.known_at) if before is None else max(days(entry.known_at), before.from_day)
        segments = dict(one.split("=", 1) for one in before.segments) if before else {}
        told = {**segments, **event.segments} if isinstance(event, PartnerChanged) else event.segments
        kept = sorted(f"{name}={value}" for name, value in told.items() if value is not None)
        row = MeasuredPartnerRow(entry.vendor, event.partner, day, None, kept)
        self.rows.partners.put(row if before is None else replaced(before, segments=kept), day)

    def _aim(self, entry: Entry, event: TargetSet | TargetDropped, days: Days) -> None:
        before = self.rows.targets.get((entry.vendor, target_id(event)))
        day = days(entry.known_at) if before is None else max(days(entry.known_at), before.from_day)
        since = day if before is None else before.from_day
        row = set_row(entry, event, since) if isinstance(event, TargetSet) else dropped_row(before, event)
        self.rows.targets.put(row, day)

    def _configure(self, entry: Entry, event: VendorConfigured) -> None:
        document = event.document
        before = self.rows.vendors.get((entry.vendor, DOCUMENT))
        day = _days(document.time_zone)(entry.known_at)
        day = day if before is None else max(day, before.from_day)
        pairs = sorted((country, name) for name, countries in document.territories.items() for country in countries)
        countries, territories = [country for country, _ in pairs], [name for _, name in pairs]
        row = MeasuredVendorRow(entry.vendor, DOCUMENT, day, None, document.time_zone, countries, territories)
        told = {"time_zone": document.time_zone, "countries": countries, "territories": territories}
        self.rows.vendors.put(row if before is None else replaced(before, **told), day)


@lru_cache(maxsize=1_024)
def _days(zone: str) -> Days:
    """The function from instants to days of the zone; the entries of a batch are of a few moments."""
    plain = days_of(ZoneInfo(zone))

    @lru_cache(maxsize=4_096)
    def known(moment: datetime) -> date:
        return plain(moment)

    return known


@lru_cache(maxsize=16_384)
def _number(cell: Cell) -> int:
    said = "\x1f".join((*cell[1:4], cell[5].isoformat(), *cell[6:], *cell[4]))
    return int.from_bytes(hashlib.blake2b(said.encode(), digest_size=8).digest(), signed=True)


def _rows(moved: dict[tuple[str, date, Cell], list[int]]) -> list[tuple[Any, ...]]:
    """The rows to add, in one order; products as lines of one text."""
    rows = []
    for (vendor, day, cell), sums in moved.items():
        if any(sums):
            partner, *where, products, month, stage, conflict, clock = cell
            named = *where, "\n".join(products), month, stage, conflict, clock
            rows.append((vendor, partner, day, _number(cell), *named, *sums))
    # So that two writers wait for each other in one direction only.
    return sorted(rows)


_ADD = f"""
WITH added AS (
INSERT INTO {{table}} AS t {GIVEN}
ON CONFLICT (vendor, day, partner, cell) DO UPDATE SET
    {", ".join(f"{name} = t.{name} + excluded.{name}" for name in SUMS)}
RETURNING t.*
)
SELECT vendor, partner, day, cell FROM added WHERE {" AND ".join(f"{name} = 0" for name in SUMS)}
"""
_DROP = """
DELETE FROM {table} t
USING unnest($1::text[], $2::text[], $3::date[], $4::bigint[]) AS k (vendor, partner, day, cell)
WHERE t.vendor = k.vendor AND t.partner = k.partner AND t.day = k.day AND t.cell = k.cell
"""
