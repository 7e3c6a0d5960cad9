"""One reader's feed: the only place from which explanations and timelines are read, so what is seen is decided once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from services.projections.timeline.documents import Row
from shared.compression import decompressed
from shared.messages import Language, Words, language

MAX_ENTRIES = 5_000
"""Of one subject; a story that has more says that it is not complete."""

_ABOUT = (
    "f.vendor = $1 AND f.subjects && $2::text[] AND ($3::text[] IS NULL OR f.type = ANY ($3)) "
    "AND ($4::bigint IS NULL OR f.seq <= $4)"
)
_VENDORS = f"""
SELECT f.seq, NULL::bigint AS n, f.type, f.version, f.decision, f.clock, f.known_at, f.cause, f.principal, f.subjects,
       f.data, f.body
FROM projections.feed f WHERE {_ABOUT} AND f.seq > $5 ORDER BY f.seq LIMIT $6
"""
# The index of the vendor's subjects finds more than is the partner's: its own subjects are asked again.
_PARTNERS = f"""
SELECT f.seq, p.n, f.type, f.version, f.decision, f.clock, NULL::timestamptz AS known_at,
       CASE WHEN p.caused THEN f.cause END AS cause, NULL::text AS principal, coalesce(p.subjects, f.subjects),
       CASE WHEN p.data IS NULL AND p.body IS NULL THEN f.data ELSE p.data END AS data,
       CASE WHEN p.data IS NULL AND p.body IS NULL THEN f.body ELSE p.body END AS body
FROM projections.feed f JOIN projections.partner_feed p ON p.vendor = f.vendor AND p.seq = f.seq
WHERE {_ABOUT} AND p.partner = $7 AND p.n > $5 AND coalesce(p.subjects, f.subjects) && $2
ORDER BY p.n LIMIT $6
"""
# Both are told by entries whose first subject they are, which an index of their own finds.
_NAMES = """
SELECT type, data->>'partner' AS partner, data->>'name' AS name, data->>'program' AS program,
       data->>'number' AS number, data->'policy'->>'time_zone' AS zone
FROM projections.feed
WHERE vendor = $1 AND subjects[1] = ANY ($2::text[])
  AND type IN ('partner.enrolled', 'partner.changed', 'program.published') AND ($3::bigint IS NULL OR seq <= $3)
ORDER BY seq
"""

Fetch = Callable[..., Awaitable[list[Any]]]
"""`fetch` of a connection or a pool."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The entries that a reader may read, up to one of them: all of the vendor's, or a partner's own copies."""

    fetch: Fetch
    vendor: str
    partner: str | None = None
    seq: int | None = None

    async def about(
        self, subjects: Sequence[str], types: Sequence[str] | None = None, *, after: int = 0, limit: int = MAX_ENTRIES
    ) -> list[Row]:
        """The entries about any of the subjects, in order; of these types where given."""
        if not subjects:
            return []
        asked = (self.vendor, list(subjects), list(types) if types is not None else None, self.seq, after, limit)
        found = await (
            self.fetch(_VENDORS, *asked) if self.partner is None else self.fetch(_PARTNERS, *asked, self.partner)
        )
        return [row_of(one) for one in found]

    async def words(self, rows: Iterable[Row], said: Language | None = None) -> Words:
        """How this reader is told the entries: names that it may know, dates in the zone of the policy that decided."""
        rows = list(rows)
        policy = policy_of(rows)
        partners, claims = parties(rows)
        if self.partner is not None:
            partners, claims = {self.partner}, {}
        wanted = [f"partner:{one}" for one in sorted(partners)]
        wanted += [f"program:{policy.partition('/')[0]}"] if policy is not None else []
        told = await self.fetch(_NAMES, self.vendor, wanted, self.seq) if wanted else []
        named = {one["partner"]: one["name"] for one in told if one["name"] is not None}
        zones = {f"{one['program']}/{one['number']}": one["zone"] for one in told if one["program"] is not None}
        return words_of(named, claims, zone_of(zones.get(policy or "")), said, self.partner)


def row_of(record: Any) -> Row:
    """The entry that a record with `data` and `body` as its last columns has."""
    *told, data, body = record
    return Row._make((*told, orjson.loads(decompressed(body) if body is not None else data or "")))


def words_of(
    partners: dict[str, str], claims: dict[str, str], zone: tzinfo, said: Language | None, partner: str | None = None
) -> Words:
    """Words with these names: partners by id, and the registrations of each."""
    names = {f"partner:{id_}": name for id_, name in partners.items()}
    names |= {f"registration:{one}": f"{partners.get(owner, owner)} ({one})" for one, owner in claims.items()}
    return Words(said or language(), zone, names, partner)


def policy_of(rows: Sequence[Row]) -> str | None:
    """`program/version` by which the last of the decisions was made."""
    found = (row.data.get("policy") for row in reversed(rows) if row.decision)
    return next((one for one in found if one is not None), None)


def zone_of(name: str | None) -> tzinfo:
    """The zone that a policy names; UTC where it names none."""
    return ZoneInfo(name) if name else UTC


def parties(rows: Iterable[Row]) -> tuple[set[str], dict[str, str]]:
    """The partners that the entries name, and whose each registration is that they tell of."""
    partners: set[str] = set()
    claims: dict[str, str] = {}
    for row in rows:
        if row.type == "registration.submitted":
            claims[row.data["registration"]] = row.data["partner"]
        for opponent in row.data.get("opponents", ()) if row.type == "conflict.detected" else ():
            claims[opponent["registration"]] = opponent["partner"]
        partners |= {one.partition(":")[2] for one in row.subjects if one.startswith("partner:")}
    return partners | set(claims.values()), claims
