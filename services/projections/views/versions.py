"""Rows kept by version: one row for each entry that changed it, the open one last, so that any past is a filter.

A table may keep one for each *fact* instead: what one fact's entries make of a row is written once, as the last of them
leaves it, in force from the first of them on. Or one for each *day*, in place of the sequence number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, Generic, TypeVar, cast

Key = tuple[str, str]
"""Vendor and the id of the thing."""


Row = TypeVar("Row", bound=tuple[Any, ...])
"""A named tuple whose first four fields are vendor, id, from_seq and to_seq (None while it is current)."""


_FROM, _TO, _FACT = 2, 3, 4
"""Places of from_seq, to_seq and, in a table with one version a fact, of the fact's number in a row."""


@lru_cache(maxsize=4_096)
def fact_number(cause: str) -> int:
    """A number for the fact with this id, which tells it from whatever fact changed the row before."""
    return int.from_bytes(hashlib.blake2b(cause.encode(), digest_size=8).digest(), signed=True)


@dataclass(slots=True)
class Versions(Generic[Row]):
    """The current rows of a fold, and what a batch of entries made of them."""

    current: dict[Key, Row]
    inserted: dict[tuple[str, str, Any], Row] = field(default_factory=dict)
    closed: dict[tuple[str, str, Any], Any] = field(default_factory=dict)
    """Stored rows that ended: their key to the sequence number, or day, at which they did."""
    rewritten: set[tuple[str, str, Any]] = field(default_factory=set)
    """Those of `inserted` that are stored already, and written again because their fact or day goes on."""

    def get(self, key: Key) -> Row | None:
        return self.current.get(key)

    def put(self, row: Row, seq: int | date, fact: int | None = None) -> None:
        """`row` is what its thing looks like from entry, or day, `seq` on; no version where nothing changed.

        Given the number of the fact, no version of its own either where that fact has made one before.
        """
        key: Key = (row[0], row[1])
        before = self.current.get(key)
        if before is not None:
            if row == before:
                return
            old = (*key, before[_FROM])
            if before[_FROM] == seq if fact is None else before[_FACT] == fact:
                if old not in self.inserted:
                    self.rewritten.add(old)
                self.inserted[old] = self.current[key] = row
                return
            if old not in self.inserted:
                self.closed[old] = seq
            else:
                self.inserted[old] = _with(before, _TO, seq)
        if row[_FROM] != seq or (fact is not None and row[_FACT] != fact):
            row = _from(row, seq, fact)
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


def _with(row: Row, place: int, number: int | date) -> Row:
    values = list(row)
    values[place] = number
    return tuple.__new__(type(row), values)


def _from(row: Row, seq: int | date, fact: int | None) -> Row:
    values = list(row)
    values[_FROM] = seq
    if fact is not None:
        values[_FACT] = fact
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
    point: str = "bigint"
    """The type of what versions begin and end at: the third and fourth column."""

    @property
    def qualified(self) -> str:
        return f"{self.schema}.{self.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        return cast(tuple[str, ...], cast(Any, self.row)._fields)

    @property
    def _from(self) -> str:
        return self.columns[_FROM]

    @property
    def _to(self) -> str:
        return self.columns[_TO]

    async def load(self, connection: Any, keys: Iterable[Key], by: str | None = None) -> Versions[Row]:
        """The current rows under these keys, or those whose column `by` has the second part of one."""
        wanted = sorted(set(keys))
        if not wanted:
            return Versions({})
        found = f"SELECT * FROM {self.qualified} v WHERE v.vendor = k.vendor AND v.{by or self.columns[1]} = k.id"
        if by is None:
            # The current row is the newest under its key, which leaves the planner one way to find it. Asked for by
            # `to_seq IS NULL` alone, it took that for rare until a table was first analysed, and read every such row.
            found += f" ORDER BY v.{self._from} DESC LIMIT 1"
        records = await connection.fetch(
            f"SELECT {', '.join(f't.{column}' for column in self.columns)} "
            f"FROM unnest($1::text[], $2::text[]) AS k (vendor, id), LATERAL ({found}) t WHERE t.{self._to} IS NULL",
            [vendor for vendor, _ in wanted],
            [one for _, one in wanted],
        )
        return Versions({(record[0], record[1]): tuple.__new__(self.row, record) for record in records})

    async def write(self, connection: Any, versions: Versions[Row]) -> None:
        """Ended rows closed and new ones inserted."""
        if versions.rewritten:
            again = list(zip(*sorted(versions.rewritten), strict=True))
            await connection.execute(
                f"DELETE FROM {self.qualified} t "
                f"USING unnest($1::text[], $2::text[], $3::{self.point}[]) AS k (vendor, id, since) "
                f"WHERE t.vendor = k.vendor AND t.{self.columns[1]} = k.id AND t.{self._from} = k.since",
                *map(list, again),
            )
        if versions.closed:
            ended = list(versions.closed.items())
            await connection.execute(
                f"UPDATE {self.qualified} t SET {self._to} = k.until "
                f"FROM unnest($1::text[], $2::text[], $3::{self.point}[], $4::{self.point}[]) "
                f"AS k (vendor, id, since, until) "
                f"WHERE t.vendor = k.vendor AND t.{self.columns[1]} = k.id AND t.{self._from} = k.since",
                [key[0] for key, _ in ended],
                [key[1] for key, _ in ended],
                [key[2] for key, _ in ended],
                [until for _, until in ended],
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
