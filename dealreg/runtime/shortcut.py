"""The way of a plain registration from its connection to the edge and back, past the layers that all others pass.

What those layers would do to such a request is done here: the host is checked, and the answer gets the headers that
every answer has. Whatever else they do concerns requests that are not plain, and those do not come here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import FastAPI

from dealreg.runtime.hosts import Names
from dealreg.runtime.surface import REQUEST_ID, UNLESS_SAID, always, request_identity
from services.registration.api.direct import METHOD, PATH, Admitted, Answer, Direct
from shared.http.direct import Told
from shared.http.wire.body import headers_by_name
from shared.settings import Settings

_METHOD, _PATH = METHOD.encode(), PATH.encode()
KEPT_ALIVE = ("", "keep-alive")
"""What a plain request says of its connection."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that may take the shortcut, once its body is there."""

    direct: Direct
    admitted: Admitted
    headers: dict[str, str]

    def takes(self, body: bytes, answer: Answer) -> bool:
        """Begin to accept the body, and call `answer` later; False where the request has to go the long way."""
        return self.direct.takes(self.admitted, body, answer)


class Shortcut:
    """Leads to the edge of this process, if it has one."""

    def __init__(self, settings: Settings) -> None:
        self._hosts = Names(settings.allowed_hosts) if settings.allowed_hosts else None
        self._direct: Direct | None = None
        said = (*always(settings.hsts_seconds), *UNLESS_SAID)
        self._rest = b"".join(b"%s: %s\r\n" % one for one in said) + REQUEST_ID + b": "

    def leads_to(self, registration: FastAPI) -> None:
        """Lead to this application from now on."""
        self._direct = registration.state.direct

    def admits(self, method: bytes, target: bytes, raw: Sequence[tuple[bytes, bytes]]) -> Admission | None:
        """Return the admission of a request by its head; None where it has to go the long way."""
        if self._direct is None or target != _PATH or method != _METHOD:
            return None
        headers = headers_by_name(raw)
        if len(headers) != len(raw) or headers.get("connection", "").lower() not in KEPT_ALIVE:
            return None
        if self._hosts is not None and headers.get("host", "") not in self._hosts:
            return None
        admitted = self._direct.admits(headers)
        return None if admitted is None else Admission(self._direct, admitted, headers)

    def written(self, told: Told, headers: dict[str, str], before: Iterable[tuple[bytes, bytes]]) -> bytes:
        """Return the answer as the long way would write it, up to what it says of the connection.

        `before` are the server's own headers, such as the date.
        """
        lines = "".join([f"{name.lower()}: {value}\r\n" for name, value in told.headers.items()])
        length = f"content-length: {len(told.body)}\r\ncontent-type: {told.media_type}\r\n"
        identity = request_identity(headers.get("x-request-id", "").encode("latin-1"))
        own = b"".join([b"%s: %s\r\n" % one for one in before])
        said = f"{lines}{length}".encode("latin-1")
        return b"".join((_STATUS[told.status], own, said, self._rest, identity.encode(), b"\r\n"))


_STATUS = {one.value: b"HTTP/1.1 %d %s\r\n" % (one.value, one.phrase.encode()) for one in HTTPStatus}
