"""Rows as Parquet: typed columns, a group of rows at a time, so that memory does not grow with the file."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from datetime import datetime
from decimal import Decimal
from functools import cache, partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from shared.http.wire.off_loop import in_thread

if TYPE_CHECKING:
    from services.projections.api.sheets import Flat, Kind, Pages, Sheet

ROWS_PER_GROUP = 20_000
"""Rows of one group, which readers skip or decompress whole, and which are in memory until they are written."""
PRECISION, SCALE = 38, 4
"""Of amounts. No currency has more than four decimals, and 34 digits before them hold any sum."""


@cache
def installed() -> bool:
    """Whether the optional library is there (`dealreg[parquet]`)."""
    return find_spec("pyarrow") is not None


async def written(sheet: Sheet, pages: Pages) -> AsyncIterator[bytes]:
    """Yield the file in parts."""
    file = await in_thread(partial(_File, sheet))
    waiting: list[Flat] = []
    async for rows in pages:
        waiting += rows
        if len(waiting) >= ROWS_PER_GROUP:
            yield await in_thread(partial(file.add, waiting))
            waiting = []
    yield await in_thread(partial(file.end, waiting))


class _Sink(io.RawIOBase):
    """Collects what the library writes until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[bytes] = []
        self._size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._size

    def write(self, given: Any) -> int:
        part = bytes(given)
        self._parts.append(part)
        self._size += len(part)
        return len(part)

    def taken(self) -> bytes:
        found, self._parts = b"".join(self._parts), []
        return found


class _File:
    """A file while it is written."""

    def __init__(self, sheet: Sheet) -> None:
        # Slow to load and optional, so it is loaded by the first file.
        import pyarrow
        from pyarrow import parquet

        self._sheet = sheet
        self._arrow = pyarrow
        types: dict[Kind, Any] = {
            "text": pyarrow.string(),
            "texts": pyarrow.list_(pyarrow.string()),
            "integer": pyarrow.int64(),
            "number": pyarrow.decimal128(PRECISION, SCALE),
            "yes_or_no": pyarrow.bool_(),
            "day": pyarrow.date32(),
            "instant": pyarrow.timestamp("us", tz="UTC"),
        }
        self._schema = pyarrow.schema([(name, types[sheet.kind(name)]) for name in sheet.columns])
        self._sink = _Sink()
        self._writer = parquet.ParquetWriter(self._sink, self._schema, compression="zstd")

    def add(self, rows: list[Flat]) -> bytes:
        """Write a group of rows; return what is new in the file."""
        columns = [
            self._arrow.array([_typed(self._sheet.kind(one.name), row[one.name]) for row in rows], one.type)
            for one in self._schema
        ]
        self._writer.write_table(self._arrow.Table.from_arrays(columns, schema=self._schema))
        return self._sink.taken()

    def end(self, rows: list[Flat]) -> bytes:
        """Write the last rows and what the library puts behind them."""
        last = self.add(rows) if rows else b""
        self._writer.close()
        return last + self._sink.taken()


def _typed(kind: Kind, value: Any) -> Any:
    if value is None:
        return None
    if kind == "number":
        return Decimal(str(value["amount"] if isinstance(value, dict) else value))
    if kind == "instant":
        return datetime.fromisoformat(value)
    return value
