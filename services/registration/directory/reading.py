"""Queries of the directory, for the vendor and for a partner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
import orjson

from services.registration.directory import VIEW
from shared.database import database_errors

_PROGRAMS = """
SELECT program, number, policy, in_effect, withdrawn, seq
FROM registration.directory_program
WHERE vendor = $1 AND ($2::text IS NULL OR program = $2) ORDER BY program, number
"""
_PARTNERS = """
SELECT partner, name, partner_type, tier, segments, territories, scores, certifications, targets, status
FROM registration.directory_partner
WHERE vendor = $1 AND partner > $2 AND ($3::text[] IS NULL OR partner = ANY($3)) ORDER BY partner LIMIT $4
"""


# One statement, so that position and content are of one moment.
_STANDING = """
SELECT coalesce((SELECT seq FROM projections.head WHERE view = $2 AND version = $3 AND vendor = $1), 0) AS position,
       v.mode, v.document, v.retired,
       (SELECT json_agg(json_build_array(program, number, policy) ORDER BY program, number)::text
        FROM registration.directory_program WHERE vendor = $1) AS programs
FROM (SELECT 1) AS always LEFT JOIN registration.directory_vendor v ON v.vendor = $1
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What publication is checked against, as of one entry of the vendor's journal."""

    position: int
    mode: str | None
    """None: there is no such vendor yet."""
    document: dict[str, Any]
    retired: dict[str, str]
    """Products that are no longer listed, with their lines."""
    programs: dict[str, dict[int, dict[str, Any]]]
    """Each program's policies by version."""


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

    async def standing(self, vendor: str) -> Standing:
        """Return what publication is checked against, and the position that it is of."""
        with database_errors():
            row = await self._pool.fetchrow(_STANDING, vendor, VIEW.name, VIEW.version)
        programs: dict[str, dict[int, dict[str, Any]]] = {}
        for program, number, policy in orjson.loads(row["programs"] or "[]"):
            programs.setdefault(program, {})[number] = policy
        document, retired = (orjson.loads(row[name] or "{}") for name in ("document", "retired"))
        return Standing(row["position"], row["mode"], document, retired, programs)

    async def partners(
        self, vendor: str, *, after: str = "", only: Sequence[str] | None = None, limit: int
    ) -> list[dict[str, Any]]:
        """Return partners ordered by id: those after an id, and of these only the named ones where any are named."""
        with database_errors():
            rows = await self._pool.fetch(_PARTNERS, vendor, after, only, limit)
        maps = ("segments", "territories", "scores", "certifications", "targets")
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
    taken = (version for version in versions if version["in_effect"] is not None)
    # Not by `seq`: a withdrawal changes every version at once.
    return max(taken, key=lambda version: version["in_effect"], default=None)


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
