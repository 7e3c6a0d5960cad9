"""Metrics of the edge."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

from shared.observability import registry

ACCEPTED = Counter("dealreg_intake_accepted_total", "Requests that became facts on the log.", registry=registry)
REPLAYED = Counter(
    "dealreg_intake_replayed_total", "Requests answered from a key that was accepted before.", registry=registry
)
FAILED = Counter(
    "dealreg_intake_failed_total", "Requests answered 503, which may be repeated.", ["step"], registry=registry
)
BATCH = Histogram(
    "dealreg_intake_batch_rows",
    "Requests that shared one insert and one append.",
    buckets=(1, 2, 5, 10, 50, 200, 500),
    registry=registry,
)
