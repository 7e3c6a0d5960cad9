"""Metrics of a running view."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from shared.observability import registry

_PLACE = ["view", "version", "partition"]

ENTRIES = Counter(
    "dealreg_view_records_total", "Journal records that the view has processed.", ["view", "version"], registry=registry
)
HALTED = Gauge("dealreg_view_halted", "1 if the view is halted at an entry.", _PLACE, registry=registry)
POSITION = Gauge("dealreg_view_next_offset", "Journal offset that the view reads next.", _PLACE, registry=registry)
PARKED = Gauge(
    "dealreg_view_parked_entries",
    "Entries that the view has parked, with the later ones of their subjects.",
    _PLACE,
    registry=registry,
)


def forget(view: str, version: int) -> None:
    """Remove the metrics of a version that is no longer updated."""
    for metric in (ENTRIES, HALTED, POSITION, PARKED):
        metric.remove_by_labels({"view": view, "version": str(version)})
