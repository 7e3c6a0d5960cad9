"""What can be wrong with a request about a webhook endpoint."""

from __future__ import annotations

from shared.errors import DealregError


class EndpointUnknown(DealregError):
    """There is no such endpoint, it was deleted, or it is another's."""

    code = "endpoint.unknown"
    status = 404


class EndpointsTooMany(DealregError):
    """The vendor, or the partner, has as many endpoints as it may have."""

    code = "endpoint.too_many"
    status = 409


class EndpointDisabled(DealregError):
    """Nothing is delivered to the endpoint until it is enabled."""

    code = "endpoint.disabled"
    status = 409


class EndpointPosition(DealregError):
    """The feed does not reach that position yet."""

    code = "endpoint.position"
    status = 422
