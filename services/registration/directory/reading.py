"""Queries of the directory, for the vendor and for a partner."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import asyncpg
import orjson

from shared.database import database_errors

_PROGRAMS = """
SELECT program, number, policy, in_effect IS NOT NULL AS in_effect, seq FROM registration.directory_program
WHERE vendor = $1 AND ($2::text IS NULL OR program = $2) ORDER BY program, number
"""
_PARTNERS = """
SELECT partner, name, partner_type, tier, segments, territories, scores, certifications, status
FROM registration.directory_partner
WHERE vendor = $1 AND partner > $2 AND ($3::text IS NULL OR partner = $3) ORDER BY partner LIMIT $4
"""


class Directory:
    """Reads the directory, one vendor at a time."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def document(self, vendor: str) -> dict[str, Any]:
        """Return the vendor document, empty before the first one."""
        with database_errors():
            found = await self._pool.fetchval(
                "SELECT document FROM registration.directory_vendor WHERE vendor = $1", vendor
            )
        return {} if found is None else dict(orjson.loads(found))

    async def partners(
        self, vendor: str, *, after: str = "", only: str | None = None, limit: int
    ) -> list[dict[str, Any]]:
        """Return partners ordered by id: those after an id, or a single one."""
        with database_errors():
            rows = await self._pool.fetch(_PARTNERS, vendor, after, only, limit)
        maps = ("segments", "territories", "scores", "certifications")
        return [{**row, **{name: orjson.loads(row[name]) for name in maps}} for row in rows]

    async def programs(self, vendor: str, program: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """Return the policy versions of each program, oldest first."""
        with database_errors():
            rows = await self._pool.fetch(_PROGRAMS, vendor, program)
        found: dict[str, list[dict[str, Any]]] = {}
        for row in rows:
            found.setdefault(row["program"], []).append({**row, "policy": orjson.loads(row["policy"])})
        return found


def in_force(versions: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the version in force: the one that took effect last."""
    taken = [version for version in versions if version["in_effect"]]
    return max(taken, key=lambda version: version["seq"]) if taken else None


def open_to(policy: dict[str, Any], partner: dict[str, Any], tiers: list[str]) -> bool:
    """Return whether a partner of this type, tier, score and segment can register under the policy.

    The decider checks again, and certifications at its own clock.
    """
    eligibility = policy.get("eligibility") or {}
    types = eligibility.get("partner_types") or []
    if partner["status"] != "active" or (types and partner["partner_type"] not in types):
        return False
    if not _scored(eligibility.get("min_score") or {}, partner["scores"]):
        return False
    segments = eligibility.get("segments") or {}
    if any(partner["segments"].get(name) not in values for name, values in segments.items()):
        return False
    least = eligibility.get("min_tier")
    if least is None:
        return True
    ranks = {tier: rank for rank, tier in enumerate(tiers)}
    return ranks.get(partner["tier"] or "", -1) >= ranks.get(least, len(tiers))


def _scored(least: dict[str, str], scores: dict[str, str]) -> bool:
    return all(name in scores and Decimal(scores[name]) >= Decimal(value) for name, value in least.items())
