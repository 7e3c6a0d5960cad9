"""Webhook endpoints: what an administrator makes of them, and the secrets that sign what is sent there."""

from shared.webhooks.endpoint import Endpoint, Wanted
from shared.webhooks.endpoints import Endpoints
from shared.webhooks.errors import EndpointDisabled, EndpointPosition, EndpointsTooMany, EndpointUnknown
from shared.webhooks.log import Deliveries, Delivery
from shared.webhooks.secrets import Replaced, Secrets, Signer

__all__ = [
    "Deliveries",
    "Delivery",
    "Endpoint",
    "EndpointDisabled",
    "EndpointPosition",
    "EndpointUnknown",
    "Endpoints",
    "EndpointsTooMany",
    "Replaced",
    "Secrets",
    "Signer",
    "Wanted",
]
