"""What the holder of a protected deal may ask for now."""

from __future__ import annotations

from typing import Any

from services.projections.api.context import Queries
from shared.database import database_errors
from shared.policy.protection import Extension

# Published versions are found by the index of entries' first subjects, as the feed finds time zones.
_EXTENSION = """
SELECT data->'policy'->'protection'->>'extension' AS extension
FROM projections.feed
WHERE vendor = $1 AND subjects[1] = $2 AND type = 'program.published' AND data->>'number' = $3
  AND ($4::bigint IS NULL OR seq <= $4)
ORDER BY seq DESC LIMIT 1
"""


async def offered(parts: Queries, row: Any, seq: int | None) -> dict[str, bool]:
    """Return whether an extension and an objection can be asked for, as of an entry.

    An extension is offered where the registration's version of the policy grants one that is not used up. Evidence
    that the version requires may be missing still: the request is refused with that.
    """
    protected = row.state == "protected"
    return {
        "extension_offered": protected and row.extension_until is None and await _left(parts, row, seq),
        "objection_offered": protected and row.loss_until is not None and not row.objected,
    }


async def _left(parts: Queries, row: Any, seq: int | None) -> bool:
    """Return whether the policy has an extension left for the registration."""
    program, _, number = (row.policy or "").rpartition("/")
    with database_errors():
        rule = await parts.pool.fetchval(_EXTENSION, row.vendor, f"program:{program}", number, seq)
    return rule is not None and Extension.model_validate_json(rule).left(row.extensions)
