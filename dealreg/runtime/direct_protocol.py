"""HTTP/1.1 on a connection whose plain registrations take the shortcut: no task, no layers, one write."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from dealreg.runtime.http_protocol import HttpProtocol
from dealreg.runtime.shortcut import Admission, Shortcut
from services.registration.api.direct import METHOD, PATH
from shared.http.direct import FAILED, Failed, Told
from shared.observability import get_logger

_log = get_logger(__name__)


class _Nobody:
    """Stands where a request's task would wait for news of its connection."""

    def set(self) -> None:
        """Do nothing."""


class _UnderWay:
    """A request on the shortcut, as the protocol looks upon any request that it is answering."""

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete", "response_started")

    def __init__(self) -> None:
        self.disconnected = self.response_started = self.response_complete = False
        self.keep_alive = True
        self.message_event = _NOBODY


_NOBODY = _Nobody()


class DirectProtocol(HttpProtocol):
    """One connection.

    A request is held back from the application until its body is there. Then it is taken, or begins the long way as if
    it had only come now; its head was looked at first, so nobody who would be refused by it waits for a body.
    """

    def __init__(self, *arguments: Any, shortcut: Shortcut, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._shortcut = shortcut
        self._admission: Admission | None = None
        self._body = b""

    def _begin(self) -> None:
        self._admission = self._admitted()
        if self._admission is None:
            super()._begin()

    def _admitted(self) -> Admission | None:
        parser = self.parser
        # Behind a request that is still answered, or before a client that reads no answers, the protocol makes it wait.
        if self._answering() or self.flow.write_paused or parser.get_http_version() != "1.1":
            return None
        if not parser.should_keep_alive() or parser.should_upgrade():
            return None
        return self._shortcut.admits(parser.get_method(), self.url, self.headers)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._admission, self._body = None, b""

    def on_body(self, body: bytes) -> None:
        if self._admission is None:
            super().on_body(body)
        else:
            self._body += body

    def on_message_complete(self) -> None:
        admission, self._admission = self._admission, None
        if admission is not None and not self._take(admission):
            self.scope["dealreg.headers"] = admission.headers  # type: ignore[typeddict-unknown-key]
            super()._begin()
            super().on_body(self._body)
        if admission is None or not isinstance(self.cycle, _UnderWay):
            super().on_message_complete()
        else:
            self._in_body = False
            self._disarm()

    def _take(self, admission: Admission) -> bool:
        under_way, before = _UnderWay(), self.cycle
        self.cycle = under_way  # type: ignore[assignment]
        taken = admission.takes(self._body, partial(self._answer, under_way, admission, self.scope))
        if not taken:
            self.cycle = before
        return taken

    def _answer(self, under_way: _UnderWay, admission: Admission, scope: Any, told: Told | Failed) -> None:
        if under_way.disconnected or self._over():
            under_way.response_complete = True
        elif isinstance(told, Failed):
            self._fail(under_way, admission, scope, told)
        else:
            try:
                self._write(under_way, admission, told)
            except Exception as error:
                # Nobody else would end the waiting of whoever is at the other end.
                _log.error("an answer could not be written", error=type(error).__name__, exc_info=error)
                self.transport.close()

    def _write(self, under_way: _UnderWay, admission: Admission, told: Told) -> None:
        head = self._shortcut.written(told, admission.headers, self.server_state.default_headers)
        self.transport.write(head + (b"\r\n" if under_way.keep_alive else b"connection: close\r\n\r\n") + told.body)
        under_way.response_started = under_way.response_complete = True
        if not under_way.keep_alive:
            self.transport.close()
        self.on_response_complete()

    def _fail(self, under_way: _UnderWay, admission: Admission, scope: Any, failed: Failed) -> None:
        """Answer by the application, which is told that this was tried, and how it failed."""
        scope |= {"method": METHOD, "path": PATH, "raw_path": PATH.encode(), "query_string": b""}
        scope |= {"dealreg.headers": admission.headers, FAILED: failed}
        cycle = RequestResponseCycle(
            scope=scope,
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=under_way.keep_alive,
            on_response=self.on_response_complete,
        )
        cycle.more_body = False
        under_way.response_complete = True
        if self.cycle is under_way:  # type: ignore[comparison-overlap]
            self.cycle = cycle
        self._start_asgi_task(cycle, self.app)
