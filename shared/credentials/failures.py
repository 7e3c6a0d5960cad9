"""Failed authentications of one address: after too many it is told to wait, and costs no look-up any more."""

from __future__ import annotations

from ipaddress import IPv6Address

from fastapi import Request

from shared.credentials.store import Credentials
from shared.errors import TooMany

NETWORK_CHARACTERS = len("2001:0db8:0000:0000")
"""The first 64 bits of an IPv6 address, as they are written out."""


class Failures:
    """Those of the address that the request came from: wrong keys and wrong signatures alike."""

    def __init__(self, request: Request) -> None:
        credentials: Credentials = request.app.state.credentials
        self._rate = credentials.failures
        self._request = request
        self._address = address_of(request)

    def too_many(self) -> bool:
        """Whether one more would be over the limit."""
        return self._rate.left(self._address) < 1

    def count(self) -> None:
        """Count one."""
        self._rate.take(self._address)

    def refusal(self, what: str) -> TooMany:
        """The error to raise; leaves RateLimit headers for its answer."""
        left = self._rate.left(self._address)
        self._request.state.answer_headers = self._rate.headers(left)
        refused = TooMany(
            f"more than {self._rate.most} wrong keys or signatures a minute came from your address; "
            f"wait, and check the {what}"
        )
        refused.retry_after_seconds = self._rate.wait_seconds(left - 1)
        return refused


def address_of(request: Request) -> str:
    """Where the request came from; of IPv6 the network that one customer has, since it has all its addresses."""
    host = request.client.host if request.client else ""
    if ":" not in host:
        return host
    try:
        return str(IPv6Address(host.partition("%")[0]).exploded[:NETWORK_CHARACTERS])
    except ValueError:
        return host
