"""What a running view tells Prometheus."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from shared.observability import registry

ENTRIES = Counter(
    "dealreg_view_records_total", "Journal records that the view has passed.", ["view"], registry=registry
)
HALTED = Gauge(
    "dealreg_view_halted", "1 where the view cannot pass an entry.", ["view", "partition"], registry=registry
)
POSITION = Gauge(
    "dealreg_view_next_offset", "Journal offset that the view reads next.", ["view", "partition"], registry=registry
)
PARKED = Gauge(
    "dealreg_view_parked_entries",
    "Entries that the view has set aside, with the later ones of their subjects.",
    ["view", "partition"],
    registry=registry,
)
