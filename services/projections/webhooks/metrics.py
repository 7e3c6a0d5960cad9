"""What operators see of deliveries."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

from shared.observability import LATENCY_SECONDS, registry

ATTEMPTS = Counter(
    "dealreg_webhook_attempts", "Attempts to deliver, by outcome: delivered, failed, given_up.", ["outcome"],
    registry=registry,
)  # fmt: skip
SECONDS = Histogram(
    "dealreg_webhook_attempt_seconds", "Time of one attempt, from the connection to the status.",
    buckets=LATENCY_SECONDS, registry=registry,
)  # fmt: skip
DISABLED = Counter(
    "dealreg_webhook_disabled", "Endpoints that were disabled because every delivery failed for days.",
    registry=registry,
)  # fmt: skip
ENDPOINTS = Gauge(
    "dealreg_webhook_endpoints", "Endpoints by state: delivering, failing, disabled.", ["state"], registry=registry
)
WAITING = Gauge("dealreg_webhook_waiting", "Messages that are to be sent again.", registry=registry)
