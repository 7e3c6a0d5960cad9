"""What operators see: JSON logs, metrics, health."""

from shared.observability.health import Readiness, health_routes
from shared.observability.logs import bind_context, clear_context, configure_logging, get_logger
from shared.observability.metrics import LATENCY_SECONDS, registry

__all__ = [
    "LATENCY_SECONDS",
    "Readiness",
    "bind_context",
    "clear_context",
    "configure_logging",
    "get_logger",
    "health_routes",
    "registry",
]
