"""What must hold of deliveries: a cursor passes no event that was not delivered, waits, or was given up."""

from __future__ import annotations

from collections.abc import Mapping

RECENT = 1_000
"""Positions before each cursor that are compared with the log; older ones were compared when they were new."""

# Of entries that are a day old at most, since the log of deliveries is kept for a day at least.
_RECENT = f"""
WITH e AS (
    SELECT endpoint, vendor, partner, types, cursor, greatest(matched_from, cursor - {RECENT}) AS since
    FROM webhooks.endpoint WHERE deleted_at IS NULL
), passed AS (
    SELECT e.endpoint, e.vendor, f.seq AS position FROM e
    JOIN projections.feed f ON e.partner IS NULL AND f.vendor = e.vendor AND f.seq > e.since AND f.seq <= e.cursor
    WHERE (e.types = '{{}}' OR f.type = ANY (e.types)) AND f.known_at > clock_timestamp() - interval '1 day'
    UNION ALL
    SELECT e.endpoint, e.vendor, p.n FROM e
    JOIN projections.partner_feed p ON p.vendor = e.vendor AND p.partner = e.partner AND p.n > e.since
        AND p.n <= e.cursor
    JOIN projections.feed f ON f.vendor = p.vendor AND f.seq = p.seq
    WHERE (e.types = '{{}}' OR f.type = ANY (e.types)) AND f.known_at > clock_timestamp() - interval '1 day'
)
"""

INVARIANTS: Mapping[str, str] = {
    "a webhook's cursor passes only what was delivered, waits, or was given up": _RECENT
    + """
        SELECT p.vendor, p.endpoint AS what, 'position ' || p.position AS found FROM passed p
        WHERE NOT EXISTS (SELECT FROM webhooks.waiting w WHERE w.endpoint = p.endpoint AND w.position = p.position)
          AND NOT EXISTS (SELECT FROM webhooks.delivery d WHERE d.endpoint = p.endpoint AND d.position = p.position
                          AND d.outcome IN ('delivered', 'given_up')) LIMIT 1""",
    "a webhook waits for nothing beyond its cursor": """
        SELECT e.vendor, e.endpoint AS what, w.position || ' beyond ' || e.cursor AS found FROM webhooks.endpoint e
        JOIN webhooks.waiting w ON w.endpoint = e.endpoint AND w.position > e.cursor LIMIT 1""",
    "a webhook's cursor is within its feed": """
        SELECT e.vendor, e.endpoint AS what, e.cursor || ' beyond the end' AS found FROM webhooks.endpoint e
        WHERE e.deleted_at IS NULL AND e.cursor > CASE WHEN e.partner IS NULL
            THEN coalesce((SELECT max(seq) FROM projections.feed f WHERE f.vendor = e.vendor), 0)
            ELSE coalesce((SELECT max(n) FROM projections.partner_feed p
                           WHERE p.vendor = e.vendor AND p.partner = e.partner), 0) END LIMIT 1""",
}
"""Each returns the first row that breaks it: vendor, what, found."""
