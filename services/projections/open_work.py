"""Gauges of what waits for reviewers, set whenever invariants are checked."""

from __future__ import annotations

from typing import Any

from prometheus_client import Gauge

from shared.observability import registry

OPEN = Gauge("dealreg_matches_open", "Matches that wait for a reviewer.", registry=registry)
OVERDUE = Gauge(
    "dealreg_matches_overdue", "Open matches past their time, of vendors that are live.",
    registry=registry,
)  # fmt: skip
ASKED = Gauge("dealreg_matches_asked", "Matches ever asked.", registry=registry)
ANSWERED = Gauge("dealreg_matches_answered", "Matches ever decided.", ["answer"], registry=registry)
REVOKED = Gauge("dealreg_matches_revoked", "Match decisions ever revoked.", registry=registry)

# Each answer is a version of its row, so past rows are counted too.
_COUNT = """
SELECT count(*) FILTER (WHERE m.to_seq IS NULL AND m.state = 'open') AS open,
       count(*) FILTER (WHERE v.due AND (v.live OR coalesce(v.born, 'live') = 'live')) AS overdue,
       coalesce(sum(m.asked) FILTER (WHERE m.to_seq IS NULL), 0) AS asked,
       count(*) FILTER (WHERE m.ended_by = 'customer.match_decided' AND m.same) AS same,
       count(*) FILTER (WHERE m.ended_by = 'customer.match_decided' AND NOT m.same) AS different,
       count(*) FILTER (WHERE m.ended_by = 'customer.match_revoked') AS revoked
FROM projections.customer_match m
LEFT JOIN LATERAL (
    SELECT true AS due,
           EXISTS (SELECT FROM projections.feed f WHERE f.vendor = m.vendor AND f.type = 'vendor.went_live') AS live,
           (SELECT f.data ->> 'mode' FROM projections.feed f WHERE f.vendor = m.vendor AND f.seq = 1) AS born
) v ON m.to_seq IS NULL AND m.state = 'open' AND m.decide_by <= clock_timestamp()
"""


async def tell(connection: Any) -> None:
    """Set the gauges from the view `matches`."""
    row = await connection.fetchrow(_COUNT)
    OPEN.set(row["open"])
    OVERDUE.set(row["overdue"])
    ASKED.set(row["asked"])
    for answer in ("same", "different"):
        ANSWERED.labels(answer).set(row[answer])
    REVOKED.set(row["revoked"])
