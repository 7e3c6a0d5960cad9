"""What operators see: JSON logs, metrics, health."""

from shared.observability.health import (
    READY_SECONDS,
    Health,
    Readiness,
    Ready,
    health_of,
    readiness,
    unanswered,
)
from shared.observability.logs import bind_context, clear_context, configure_logging, get_logger, request_id
from shared.observability.metrics import LATENCY_SECONDS, registry

__all__ = [
    "LATENCY_SECONDS",
    "READY_SECONDS",
    "Health",
    "Readiness",
    "Ready",
    "bind_context",
    "clear_context",
    "configure_logging",
    "get_logger",
    "health_of",
    "readiness",
    "registry",
    "request_id",
    "unanswered",
]
