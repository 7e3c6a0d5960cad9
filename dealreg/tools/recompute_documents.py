"""The decider's documents and heads held against the journal, and against what the views say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dealreg.tools.agreement import Agreement
from services.attribution.recompute import Recompute, first_difference
from services.projections.difference import Difference
from shared.errors import Corrupt
from shared.events.envelope import Entry
from shared.projection.reading import BEGINNING, Head

NAME = "attribution"
SCRATCH = "pg_temp"
MAX_SHOWN = 300

# A fact that was handled stands in the journal that the decider has.
_HANDLED = """
SELECT fact.vendor, fact.fact_id, fact.last_seq, head.seq FROM attribution.processed_fact AS fact
LEFT JOIN attribution.head USING (vendor) WHERE head.seq IS NULL OR fact.last_seq > head.seq ORDER BY 1, 2 LIMIT 1
"""


class DeciderDocuments:
    """Every document folded anew into a temporary table, as far as the decider had come."""

    tables: tuple[str, ...] = ("attribution.document", "attribution.head")

    def __init__(self, *, joins_transaction: bool, agreement: Agreement | None = None) -> None:
        self._joins_transaction = joins_transaction
        """Else what was decided last may be on its way to the journal still."""
        self._agreement = agreement
        """Where views are verified as well: whether they say what the documents say."""
        self._refold = Recompute(SCRATCH, agreement.note if agreement is not None else None)
        self._connection: Any = None
        self._heads: dict[str, Head] = {}
        self._failed: Difference | None = None

    async def begin(self, connection: Any) -> None:
        self._connection = connection
        await connection.execute(f"CREATE TEMP TABLE document (LIKE {self.tables[0]}) ON COMMIT DROP")
        await connection.execute(f"ALTER TABLE {SCRATCH}.document ADD PRIMARY KEY (vendor, kind, id)")
        rows = await connection.fetch("SELECT vendor, seq, hash FROM attribution.head")
        self._heads = {row["vendor"]: Head(row["seq"], row["hash"]) for row in rows}
        if self._agreement is not None:
            await self._agreement.begin(connection)

    async def fold(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            head = self._heads.get(entry.vendor, BEGINNING)
            if entry.seq == head.seq and entry.hash != head.hash:
                self._fail(entry.vendor, self.tables[1], f"entry {entry.seq}", "hash", entry.hash, head.hash)
        mine = [one for one in entries if one.seq <= self._heads.get(one.vendor, BEGINNING).seq]
        if self._failed is not None or not mine:
            return
        try:
            # A savepoint: what cannot be evolved must not end the transaction of the views.
            async with self._connection.transaction():
                await self._refold.fold(self._connection, mine)
        except Corrupt as error:
            self._fail(mine[0].vendor, self.tables[0], f"entry {mine[0].seq}", "fold", "evolved entries", error.detail)

    async def finish(self, heads: Mapping[str, Head]) -> Sequence[Difference]:
        ahead = [vendor for vendor, head in self._heads.items() if head.seq > heads.get(vendor, BEGINNING).seq]
        if ahead and self._joins_transaction:
            vendor = min(ahead)
            content = f"at most {heads.get(vendor, BEGINNING).seq}", str(self._heads[vendor].seq)
            self._fail(vendor, self.tables[1], vendor, "seq", *content)
        if (row := await self._connection.fetchrow(_HANDLED)) is not None:
            content = f"at most {row['seq']}", str(row["last_seq"])
            self._fail(row["vendor"], "attribution.processed_fact", row["fact_id"], "last_seq", *content)
        folded = self._failed is None
        if folded:
            self._compared(await first_difference(self._connection, SCRATCH, but=[*ahead, *self._refold.mixed]))
        found = [] if self._failed is None else [self._failed]
        # Where entries could not be folded, nobody knows what those that a view lacks have touched.
        if self._agreement is not None and folded:
            found += await self._agreement.differences(self._connection, self._heads.keys() - set(ahead))
        return found

    def _compared(self, row: Any) -> None:
        if row is None:
            return
        column = "due" if row["was_due"] != row["is_due"] and row["was_body"] == row["is_body"] else "body"
        content = _shown(row[f"is_{column}"]), _shown(row[f"was_{column}"])
        self._fail(row["vendor"], self.tables[0], f"{row['kind']} {row['id']}", column, *content)

    def _fail(self, vendor: str, table: str, key: str, column: str, expected: str, found: str) -> None:
        self._failed = self._failed or Difference(NAME, vendor, table, key, column, expected, found)


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
