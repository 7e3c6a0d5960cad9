"""Metrics of the decider."""

from __future__ import annotations

from prometheus_client import Counter, Gauge

from shared.observability.metrics import registry

FACTS = Counter("dealreg_facts_decided_total", "Facts read from the log.", registry=registry)
DECIDED = Counter("dealreg_entries_decided_total", "Journal entries written.", registry=registry)
AHEAD = Counter("dealreg_facts_ahead_total", "Times that a fact ahead of our clock had to wait.", registry=registry)
FAULTS = Counter(
    "dealreg_decider_faults_total",
    "Facts refused, and timers disarmed, because deciding them failed twice.",
    ["what"],
    registry=registry,
)
HALTED = Gauge("dealreg_vendors_halted", "Halted vendors, whose facts wait.", ["partition"], registry=registry)
EVOLVED = Counter("dealreg_entries_caught_up_total", "Journal entries applied after a restore.", registry=registry)
CHECKS = Counter(
    "dealreg_checks_total",
    "Blind checks by answer, including refused ones and those over the rate.",
    ["answer"],
    registry=registry,
)
