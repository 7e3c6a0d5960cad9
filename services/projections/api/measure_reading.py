"""Where measures are read: from what is added up ahead where one kind of thing is asked about, else from every cell.

What is added up ahead ends with the last day that is over, or with a month; the cells of the days between there and the
day asked for are added, or taken away: those of half a month at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from services.projections.api.context import Queries, Read
from services.projections.api.measure_filters import Day, GroupBy, MeasureFilters, chosen, segments_at
from services.projections.api.measure_sums import Group, added, merged, present, summed
from services.projections.tables import measure, measure_month, measure_open, measure_total
from services.projections.views.measure_totals import COUNTED, MINOR
from services.projections.views.measures import SUMS
from shared.credentials import Caller

KINDS = {
    "partner": "partner", "segment": "partner", "program": "place", "territory": "place", "product": "product",
}  # fmt: skip
"""Under which kind of thing the totals have what is asked about; currency and month they all have."""
EACH_ONCE = ("partner", "program", "territory", "month")
"""Groupings in which each registration is in one group, so that the groups sum up to the total."""
MOST_PROBES = 20_000
"""Looks into the index for each partner and day of some; above it the days are read from end to end."""


Groups = dict[Any, Group]


async def counted(
    parts: Queries, reader: Caller, asked: MeasureFilters, group_by: GroupBy, day: Day
) -> tuple[Groups, Group]:
    """Return the groups that there are by their key, as stored, and all registrations together."""
    async with parts.snapshot() as read:
        rows = await read(sa.select(measure_open.c.day).where(measure_open.c.vendor == reader.vendor))
        question = _Question(read, reader, asked, day, rows[0].day if rows else None)
        groups = await question.groups(group_by)
        together = groups if group_by in EACH_ONCE else await question.groups(None)
    return {key: present(group) for key, group in groups.items()}, present(merged(together.values()))


class _AheadColumns(NamedTuple):
    """What filters ask of totals; only those that the kind answers are used."""

    partner: Any
    program: Any
    product: Any
    country: Any
    currency: Any
    month: Any


class _Source(NamedTuple):
    """A table of sums, and where it has what is filtered and grouped by."""

    table: Any
    columns: Any
    product: Any

    def key(self, group_by: GroupBy | None) -> Any:
        if group_by is None or group_by == "segment":
            return sa.null()
        if group_by == "product":
            return self.product
        return getattr(self.columns, "country" if group_by == "territory" else group_by)


class _Base(NamedTuple):
    """Sums ahead, and the cells of the days that they lack or, by the sign, have too many."""

    table: Any
    within: Sequence[Any]
    since: date
    until: date
    """The day after the last of the cells."""
    sign: int


def _ahead(table: Any) -> _Source:
    key = table.c.key
    return _Source(table, _AheadColumns(key, key, key, table.c.country, table.c.currency, table.c.month), key)


_CELLS = _Source(measure, measure.c, sa.func.unnest(measure.c.products))


@dataclass(frozen=True, slots=True)
class _Question:
    read: Read
    reader: Caller
    asked: MeasureFilters
    day: Day
    opened: date | None
    """The vendor's open day: those before it are in the totals."""

    async def groups(self, group_by: GroupBy | None) -> Groups:
        """Read the groups, each by currency."""
        groups: Groups = {}
        if self.opened is None:
            return groups
        kind = self._kind(group_by)
        if kind is None:
            days, sign = await self._every_day(), 1
        else:
            base = self._base(self.opened)
            within = [base.table.c.vendor == self.reader.vendor, base.table.c.kind == kind, *base.within]
            for row in await self.read(self._summed(_ahead(base.table), within, (*COUNTED, *MINOR), (), group_by)):
                summed(groups, row.key, row)
            if base.since >= base.until:
                return groups
            days, sign = self._cells(base.since, base.until), base.sign
        for row in await self.read(self._summed(_CELLS, days, SUMS, ("stage", "conflict", "clock"), group_by)):
            added(groups, row.key, row, sign)
        return groups

    def _base(self, opened: date) -> _Base:
        """Return the sums that are the fewest days away from the end of the day."""
        day, first, after = self.day.day, self.day.day.replace(day=1), self.day.day + timedelta(days=1)
        if day >= opened:
            return _Base(measure_total, (), opened, after, 1)
        changed, following = measure_month.c.changed, (first + timedelta(days=31)).replace(day=1)
        before = _Base(measure_month, (changed < first,), first, after, 1)
        if following <= opened:
            through = _Base(measure_month, (changed <= first,), after, following, -1)
        else:
            through = _Base(measure_total, (), after, opened, -1)
        return min(through, before, key=lambda one: one.until - one.since)

    def _kind(self, group_by: GroupBy | None) -> str | None:
        """The kind of totals that answers, if one does."""
        named = {name for name in KINDS if name == group_by or getattr(self.asked, name)}
        if self.reader.partner is not None:
            named.add("partner")
        if group_by != "product" and len(set(self.asked.product)) > 1:
            return None  # A registration with two of them counts once.
        kinds = {KINDS[name] for name in named}
        return None if len(kinds) > 1 else next(iter(kinds), "place")

    def _cells(self, since: date, until: date) -> list[Any]:
        return [measure.c.vendor == self.reader.vendor, measure.c.day >= since, measure.c.day < until]

    async def _every_day(self) -> list[Any]:
        """Return the conditions for the cells of all days up to the one asked for."""
        mine, last = measure.c.vendor == self.reader.vendor, self.day.day
        partners = 1 if self.reader.partner is not None else len(set(self.asked.partner))
        if partners:
            # The index has days before partners: each day is looked for by itself.
            [row] = await self.read(sa.select(sa.func.min(measure.c.day).label("first")).where(mine))
            days = 0 if row.first is None else (min(last, self.opened or last) - row.first).days + 1
            if days * partners <= MOST_PROBES:
                named = [row.first + timedelta(days=one) for one in range(max(days, 0))]
                return [mine, measure.c.day == sa.any_(sa.cast(named, sa.ARRAY(sa.Date)))]
        return [mine, measure.c.day <= last]

    def _summed(
        self, source: _Source, within: Sequence[Any], sums: Sequence[str], told: Sequence[str], group_by: GroupBy | None
    ) -> sa.Select[Any]:
        """Select sums by key, currency and what else tells rows apart."""
        columns, rows, key = source.columns, source.table, source.key(group_by)
        if group_by == "segment":
            found = segments_at(self.reader, self.day)
            key, rows = found.c.segment, rows.outerjoin(found, found.c.partner == columns.partner)
        named = (columns.currency, *(source.table.c[one] for one in told))
        added_up = (sa.func.sum(source.table.c[one]).label(one) for one in sums)
        where = [*within, *chosen(columns, self.reader, self.asked, self.day, columns.month)]
        query = sa.select(key.label("key"), *named, *added_up).select_from(rows).where(*where)
        return query.group_by(*named) if group_by is None else query.group_by(key, *named)
