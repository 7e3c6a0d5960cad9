"""Measures added up ahead: what the cells of days that are over come to, by one thing each, and month by month.

The newest day of a vendor is open. Once a change falls on a later one, the days before it are closed: their cells are
added to the totals, and those of months that are over to the months. What is known late of a closed day is added as it
comes. So both follow from the cells and the open day alone, however the journal was cut into batches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from services.projections.views.measured import APPROVED, CONVERTED, ENDED, OPEN_CONFLICT, PROTECTED, UNDECIDED
from shared.events.conflict import Outcome

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
PARTS: dict[str, tuple[str, tuple[str, ...]]] = {
    "open": ("stage", UNDECIDED),
    **{one: ("stage", (one,)) for one in ("rejected", "withdrawn", "closed", "lost", *ENDED)},
    "active": ("stage", (PROTECTED,)),
    "won": ("stage", (CONVERTED,)),
    **{f"clock_{one}": ("clock", (one,)) for one in ("running", "met", "missed")},
    **{f"conflicts_{one}": ("conflict", (one,)) for one in (OPEN_CONFLICT, *OUTCOMES)},
}
"""Numbers that are counted, as a column of the cells and its values: no registration is in two of one column."""
APPROVED_PARTS = ("active", "won", "lost", *ENDED)
CONFLICT_PARTS = tuple(one for one, (column, _) in PARTS.items() if column == "conflict")
AMOUNTS: dict[str, tuple[str, ...] | None] = {
    "registrations": None, "approved": APPROVED, "active": (PROTECTED,), "won": (CONVERTED,),
}  # fmt: skip
"""Numbers whose registrations' amounts are summed, and their stages; None: every one."""
SUMMED = ("protected_days", "protected_to_days", "cycle_days", "reviewed", "review_seconds")
COUNTED = ("registrations", *PARTS, *SUMMED)
"""Columns of whole numbers; null is none."""
MINOR = tuple(f"{one}_minor" for one in AMOUNTS)
"""Columns of sums of amounts."""
KEYS = ("vendor", "kind", "key", "country", "currency", "month")
"""`key` is a partner, a product, or of the kind `place` a program, whose country then says where."""


def _where(column: str, values: Iterable[str] | None) -> str:
    said = ", ".join(f"'{one}'" for one in values or ())
    return "" if values is None else f" FILTER (WHERE {column} IN ({said}))"


_SUMS = {
    "registrations": "sum(registrations)",
    **{one: f"sum(registrations){_where(*part)}" for one, part in PARTS.items()},
    **{one: f"sum({one})" for one in SUMMED},
    **{f"{one}_minor": f"sum(amount_minor){_where('stage', stages)}" for one, stages in AMOUNTS.items()},
}

# Products travel as lines of one text, which have no line breaks: there are no lists of lists of different lengths.
GIVEN = """
SELECT vendor, partner, day, cell, program, country, currency, string_to_array(products, chr(10)) AS products, month,
       stage, conflict, clock, registrations, amount_minor, protected_days, protected_to_days, cycle_days, reviewed,
       review_seconds
FROM unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
            $9::date[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::numeric[], $15::bigint[],
            $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[])
  AS k (vendor, partner, day, cell, program, country, currency, products, month, stage, conflict, clock,
        registrations, amount_minor, protected_days, protected_to_days, cycle_days, reviewed, review_seconds)
"""
"""Differences of cells, as parameters of a statement."""
_CLOSED = """
SELECT m.* FROM unnest($1::text[], $2::date[], $3::date[]) AS k (vendor, since, until),
    LATERAL (SELECT * FROM {cells} v WHERE v.vendor = k.vendor AND v.day >= k.since AND v.day < k.until) m
"""
_SUM_UP = f"""
WITH source AS ({{source}}), summed AS (
    SELECT {{keys}}, {", ".join(f"nullif({said}, 0) AS {name}" for name, said in _SUMS.items())}
    FROM (
        SELECT s.vendor, k.kind, k.key, k.country, s.currency, s.month, s.stage, s.conflict, s.clock, s.amount_minor,
            s.registrations, {", ".join(f"s.{one}" for one in SUMMED)}, date_trunc('month', s.day)::date AS changed
        FROM source s CROSS JOIN LATERAL (
            SELECT 'partner', s.partner, '' UNION ALL SELECT 'place', s.program, s.country
            UNION ALL SELECT 'product', product, '' FROM unnest(s.products) AS product
        ) AS k (kind, key, country)
    ) AS keyed GROUP BY {{keys}}
), added AS (
    INSERT INTO {{table}} AS t ({{keys}}, {", ".join(_SUMS)})
    SELECT * FROM summed WHERE num_nonnulls({", ".join(_SUMS)}) > 0 ORDER BY {{keys}}
    ON CONFLICT ({{keys}}) DO UPDATE SET
        {", ".join(f"{one} = nullif(coalesce(t.{one}, 0) + coalesce(excluded.{one}, 0), 0)" for one in _SUMS)}
    RETURNING t.*
)
SELECT {{keys}} FROM added WHERE num_nonnulls({", ".join(_SUMS)}) = 0
"""
_DROP = "DELETE FROM {table} t USING unnest({arrays}) AS k ({keys}) WHERE ({told}) = ({named})"
_TYPES = {"month": "date", "changed": "date"}
_OPEN = """
INSERT INTO {table} AS t SELECT * FROM unnest($1::text[], $2::date[])
ON CONFLICT (vendor) DO UPDATE SET day = excluded.day
"""


@dataclass(frozen=True, slots=True)
class MeasureTotals:
    """The tables of what is added up."""

    schema: str

    @property
    def tables(self) -> tuple[str, str, str]:
        return f"{self.schema}.measure_total", f"{self.schema}.measure_month", f"{self.schema}.measure_open"

    async def write(self, connection: Any, newest: Mapping[str, date], moved: Sequence[tuple[Any, ...]]) -> None:
        """Add what was `moved` late, and close the days before the newest one of each vendor.

        The rows of `moved` begin with vendor, partner and day, and are added to the cells already.
        """
        totals, months, opened = self.tables
        found = await connection.fetch(f"SELECT vendor, day FROM {opened} WHERE vendor = ANY($1)", list(newest))
        before: dict[str, date] = {row["vendor"]: row["day"] for row in found}
        late = [row for row in moved if row[0] in before and row[2] < before[row[0]]]
        await _sum_up(connection, totals, GIVEN, late)
        await _sum_up(connection, months, GIVEN, [row for row in late if row[2] < before[row[0]].replace(day=1)], True)
        later = [
            (vendor, day) for vendor, day in sorted(newest.items()) if vendor not in before or day > before[vendor]
        ]
        if not later:
            return
        # Of a vendor that has no open day yet, whatever lies there was moved just now.
        closing = [(vendor, before.get(vendor, date.min), day) for vendor, day in later]
        cells = _CLOSED.format(cells=f"{self.schema}.measure")
        await _sum_up(connection, totals, cells, closing)
        over = [(vendor, since.replace(day=1), until.replace(day=1)) for vendor, since, until in closing]
        await _sum_up(connection, months, cells, [one for one in over if one[1] < one[2]], True)
        await connection.execute(_OPEN.format(table=opened), *map(list, zip(*later, strict=True)))


async def _sum_up(
    connection: Any, table: str, source: str, rows: Sequence[tuple[Any, ...]], by_month: bool = False
) -> None:
    if not rows:
        return
    names = (*KEYS, "changed") if by_month else KEYS
    keys = ", ".join(names)
    statement = _SUM_UP.format(source=source, table=table, keys=keys)
    if nothing := await connection.fetch(statement, *map(list, zip(*rows, strict=True))):
        arrays = ", ".join(f"${place}::{_TYPES.get(one, 'text')}[]" for place, one in enumerate(names, 1))
        told, named = (", ".join(f"{one}.{name}" for name in names) for one in ("t", "k"))
        drop = _DROP.format(table=table, arrays=arrays, keys=keys, told=told, named=named)
        await connection.execute(drop, *map(list, zip(*nothing, strict=True)))
