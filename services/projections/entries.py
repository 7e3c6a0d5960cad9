"""A reader's entries in order, by type and subject where asked: what `GET /v1/events` shows and webhooks carry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from services.projections.personal import unsealed
from services.projections.timeline.documents import Row
from services.projections.timeline.feed import Fetch, row_of
from shared.database import database_errors
from shared.persons import Persons
from shared.values.written import rfc3339

SCANNED = 20_000
"""Entries that one question looks through; a filter that few entries pass goes on with the next question."""

_VENDORS = """
SELECT f.seq, NULL::bigint AS n, f.type, f.version, f.decision, f.clock, f.known_at, f.cause, f.principal, f.subjects,
       f.data, f.body
FROM projections.feed f WHERE f.vendor = $1 AND $2::text IS NULL AND {place}
  AND (cardinality($5::text[]) = 0 OR f.type = ANY ($5)) AND ($6::text IS NULL OR f.subjects @> ARRAY[$6])
ORDER BY f.seq LIMIT $7
"""
_PARTNERS = """
SELECT f.seq, p.n, f.type, f.version, f.decision, f.clock, NULL::timestamptz AS known_at,
       CASE WHEN p.caused THEN f.cause END AS cause, NULL::text AS principal, coalesce(p.subjects, f.subjects),
       CASE WHEN p.data IS NULL AND p.body IS NULL THEN f.data ELSE p.data END AS data,
       CASE WHEN p.data IS NULL AND p.body IS NULL THEN f.body ELSE p.body END AS body
FROM projections.partner_feed p JOIN projections.feed f ON f.vendor = p.vendor AND f.seq = p.seq
WHERE p.vendor = $1 AND p.partner = $2 AND {place}
  AND (cardinality($5::text[]) = 0 OR f.type = ANY ($5))
  AND ($6::text IS NULL OR coalesce(p.subjects, f.subjects) @> ARRAY[$6])
ORDER BY p.n LIMIT $7
"""
_AFTER = "{number} > $3 AND {number} <= $4"
_AT = "{number} = ANY ($3::bigint[]) AND $4::bigint IS NULL"
_QUERIES = {
    (partners, at): query.format(place=place.format(number=number))
    for partners, query, number in ((False, _VENDORS, "f.seq"), (True, _PARTNERS, "p.n"))
    for at, place in ((False, _AFTER), (True, _AT))
}
_END = """
SELECT CASE WHEN $2::text IS NULL
    THEN (SELECT max(seq) FROM projections.feed WHERE vendor = $1)
    ELSE (SELECT max(n) FROM projections.partner_feed WHERE vendor = $1 AND partner = $2) END
"""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: of these types, if any is named, and about this subject."""

    types: Sequence[str] = ()
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Entries in order, and the position up to which there are no others that match."""

    rows: list[Row]
    upto: int


@dataclass(frozen=True, slots=True)
class Entries:
    """The entries that a vendor, or one of its partners, may read."""

    fetch: Fetch
    vendor: str
    partner: str | None = None

    async def after(self, position: int, asked: Filter, limit: int) -> Found:
        """The next entries after the position; at most `SCANNED` are looked through."""
        with database_errors():
            [end] = await self.fetch(_END, self.vendor, self.partner)
        # What appears between the two questions lies beyond the first one's end, and is found by the next call.
        upto = min(end[0] or 0, position + SCANNED)
        if upto <= position:
            return Found([], position)
        rows = await self._rows(position, upto, asked, limit, at=False)
        return Found(rows, self.position_of(rows[-1]) if len(rows) == limit else upto)

    async def at(self, positions: Sequence[int]) -> list[Row]:
        """The entries at these positions."""
        return await self._rows(list(positions), None, Filter(), len(positions), at=True)

    async def documents(self, persons: Persons, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """The entries as this reader sees them, personal texts unsealed."""
        data = await unsealed(persons, self.vendor, [row.data for row in rows])
        return [document(row, one, partner=self.partner is not None) for row, one in zip(rows, data, strict=True)]

    def position_of(self, row: Row) -> int:
        """The entry's number in this reader's feed."""
        return row.seq if row.n is None else row.n

    async def _rows(self, place: Any, upto: int | None, asked: Filter, limit: int, *, at: bool) -> list[Row]:
        query = _QUERIES[self.partner is not None, at]
        with database_errors():
            found = await self.fetch(
                query, self.vendor, self.partner, place, upto, list(asked.types), asked.subject, limit
            )  # fmt: skip
        return [row_of(one) for one in found]


def document(row: Any, data: Any, *, partner: bool) -> dict[str, Any]:
    """Render one entry of the feed; a partner's has its own number and does not show who else acts."""
    shown = {
        "position": row.n if partner else row.seq,
        "type": row.type,
        "version": row.version,
        "decision": row.decision,
        "clock": rfc3339(row.clock),
        "cause": row.cause,
        "subjects": row.subjects,
        "data": data,
    }
    return shown if partner else {**shown, "known_at": rfc3339(row.known_at), "principal": row.principal}
