"""An `httpx` client for addresses that somebody else named: each connection goes to an admitted address."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from shared.errors import DealregError
from shared.outward.guard import Target, target_of
from shared.outward.resolving import Outward


def guarded_client(outward: Outward, **options: Any) -> httpx.AsyncClient:
    """Return a client whose every request is guarded, also one that follows a redirect.

    Its requests raise `AddressRefused` and `NameUnresolved` beside httpx's own errors. No proxy of the environment is
    used: it would look the name up itself.
    """
    return httpx.AsyncClient(transport=_Guarded(outward), trust_env=False, **options)


class _Guarded(httpx.AsyncHTTPTransport):
    def __init__(self, outward: Outward) -> None:
        super().__init__(trust_env=False, retries=0)
        self._outward = outward
        # httpx has no parameter for it. A test connects to a private address, so a renamed attribute turns it red.
        assert isinstance(self._pool, httpcore.AsyncConnectionPool)
        self._pool._network_backend = _Backend(outward)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # Here for the scheme and the spelling; at the connection for the address that is connected to.
        await self._outward.addresses(target_of(str(request.url)))
        return await super().handle_async_request(request)


class _Backend(httpcore.AsyncNetworkBackend):
    """Connects to the admitted addresses of a name; TLS is still checked against the name."""

    def __init__(self, outward: Outward) -> None:
        self._outward = outward
        self._system = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        # The scheme was judged with the whole address; what is left to judge is where the name leads now.
        found = await self._outward.addresses(Target("https", host, port, "/"))
        for last, address in enumerate(found, 1 - len(found)):
            try:
                return await self._system.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not last:
                    raise
        raise DealregError(f"no address of {host} was tried")

    async def sleep(self, seconds: float) -> None:
        await self._system.sleep(seconds)
