"""Rows kept by version: one row for each entry that changed it, the open one last, so that any past is a filter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from operator import itemgetter
from typing import Any, Generic, TypeVar, cast

Key = tuple[str, str]
"""Vendor and the id of the thing."""


Row = TypeVar("Row", bound=tuple[Any, ...])
"""A named tuple whose first four fields are vendor, id, from_seq and to_seq (None while it is current)."""


_FROM, _TO = 2, 3
"""Places of from_seq and to_seq in a row."""


@dataclass(slots=True)
class Versions(Generic[Row]):
    """The current rows of a fold, and what a batch of entries made of them."""

    current: dict[Key, Row]
    inserted: dict[tuple[str, str, int], Row] = field(default_factory=dict)
    closed: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Stored rows that ended: their key to the sequence number at which they did."""

    def get(self, key: Key) -> Row | None:
        return self.current.get(key)

    def put(self, row: Row, seq: int) -> None:
        """`row` is what its thing looks like from entry `seq` on; no version where nothing changed."""
        key: Key = (row[0], row[1])
        before = self.current.get(key)
        if before is not None:
            if row == before:
                return
            old = (*key, before[_FROM])
            if old not in self.inserted:
                self.closed[old] = seq
            elif before[_FROM] != seq:  # else the same entry changed it twice: one version
                self.inserted[old] = _with(before, _TO, seq)
        if row[_FROM] != seq:
            row = _with(row, _FROM, seq)
        self.inserted[(*key, seq)] = row
        self.current[key] = row

    def end(self, key: Key, seq: int) -> None:
        """Its thing is there no longer from entry `seq` on."""
        before = self.current.pop(key, None)
        if before is None:
            return
        old = (*key, before[_FROM])
        if old not in self.inserted:
            self.closed[old] = seq
        elif before[_FROM] != seq:
            self.inserted[old] = _with(before, _TO, seq)
        else:
            del self.inserted[old]


def carried(rows: Versions[Row], changes: Versions[Row] | None) -> Versions[Row]:
    """The rows that were loaded, as they are once the changes are written; written or not, it comes to the same."""
    if changes is None:
        return rows
    current = dict(rows.current)
    changed = {(vendor, one) for vendor, one, _ in (*changes.inserted, *changes.closed)}
    for key in changed:
        if (row := changes.current.get(key)) is None:
            current.pop(key, None)
        else:
            current[key] = row
    return Versions(current)


def replaced(row: Row, **changes: Any) -> Row:
    """As `_replace`, which walks all fifty fields in Python: a quarter of the whole fold went into it."""
    kind, values = type(row), list(row)
    places = _places(kind)
    for name, value in changes.items():
        values[places[name]] = value
    return tuple.__new__(kind, values)


def _with(row: Row, place: int, seq: int) -> Row:
    values = list(row)
    values[place] = seq
    return tuple.__new__(type(row), values)


@cache
def _places(kind: type[Any]) -> dict[str, int]:
    return {name: place for place, name in enumerate(kind._fields)}


@dataclass(frozen=True, slots=True)
class VersionedTable(Generic[Row]):
    """One table of rows by version: how its current rows are read and its changes written, in bulk."""

    schema: str
    name: str
    row: type[Row]
    spare: tuple[str, ...] = ()
    """Lists that are empty in most rows, two or more of them, and by default in the table: then they are left out. The
    driver takes longer for an empty list than for ten texts."""

    @property
    def qualified(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        return cast(tuple[str, ...], cast(Any, self.row)._fields)

    async def load(self, connection: Any, keys: Iterable[Key], by: str | None = None) -> Versions[Row]:
        """The current rows under these keys, or those whose column `by` has the second part of one."""
        wanted = sorted(set(keys))
        if not wanted:
            return Versions({})
        found = f"SELECT * FROM {self.qualified} v WHERE v.vendor = k.vendor AND v.{by or self.columns[1]} = k.id"
        if by is None:
            # The current row is the newest under its key, which leaves the planner one way to find it. Asked for by
            # `to_seq IS NULL` alone, it took that for rare until a table was first analysed, and read every such row.
            found += " ORDER BY v.from_seq DESC LIMIT 1"
        records = await connection.fetch(
            f"SELECT {', '.join(f't.{column}' for column in self.columns)} "
            f"FROM unnest($1::text[], $2::text[]) AS k (vendor, id), LATERAL ({found}) t WHERE t.to_seq IS NULL",
            [vendor for vendor, _ in wanted],
            [one for _, one in wanted],
        )
        return Versions({(record[0], record[1]): tuple.__new__(self.row, record) for record in records})

    async def write(self, connection: Any, versions: Versions[Row]) -> None:
        """Ended rows closed and new ones inserted."""
        if versions.closed:
            ended = list(versions.closed.items())
            await connection.execute(
                f"UPDATE {self.qualified} t SET to_seq = k.to_seq "
                f"FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[]) "
                f"AS k (vendor, id, from_seq, to_seq) "
                f"WHERE t.vendor = k.vendor AND t.{self.columns[1]} = k.id AND t.from_seq = k.from_seq",
                [key[0] for key, _ in ended],
                [key[1] for key, _ in ended],
                [key[2] for key, _ in ended],
                [to_seq for _, to_seq in ended],
            )
        if versions.inserted:
            await self._insert(connection, list(versions.inserted.values()))

    async def _insert(self, connection: Any, rows: list[Row]) -> None:
        full = rows
        if self.spare:
            kept = tuple(one for one in self.columns if one not in self.spare)
            lists, rest = (itemgetter(*map(self.columns.index, columns)) for columns in (self.spare, kept))
            full = [row for row in rows if any(lists(row))]
            plain = [rest(row) for row in rows if not any(lists(row))]
            if plain:
                await copy_rows(connection, self.schema, self.name, kept, plain)
        if full:
            await copy_rows(connection, self.schema, self.name, self.columns, full)


async def copy_rows(connection: Any, schema: str, table: str, columns: Sequence[str], rows: Sequence[Any]) -> None:
    """The rows inserted by COPY: the fastest way in, in the caller's transaction."""
    await connection.copy_records_to_table(table, schema_name=schema, columns=columns, records=rows)
