"""Send chains of messages side by side: of one chain the next only after the one before it was taken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from services.projections.webhooks.message import Attempt, Outgoing
from services.projections.webhooks.metrics import SECONDS
from shared.crash_points import crash_point
from shared.outward.posting import Poster
from shared.release import RELEASE
from shared.webhooks import Signer
from shared.webhooks.secrets import now

_HEADERS = {"content-type": "application/json", "user-agent": f"dealreg/{RELEASE}"}


@dataclass(slots=True)
class Sender:
    """Signs and posts to one receiver, at most so many at a time."""

    poster: Poster
    signer: Signer
    slots: asyncio.Semaphore

    async def send(self, outgoing: Outgoing) -> Attempt:
        """Make one attempt, signed for this moment."""
        at = now()
        signed = self.signer.headers(outgoing.waiting.message, at, outgoing.body)
        found = await self.poster.post({**_HEADERS, **signed}, outgoing.body)
        crash_point("webhooks.after_sending")
        SECONDS.observe(found.seconds)
        failure: str | None = found.failure
        if found.status is not None and not 200 <= found.status < 300:
            failure = "redirect" if 300 <= found.status < 400 else "status"
        return Attempt(outgoing, at, found.status, failure, found.seconds)


@dataclass(slots=True, eq=False)
class Chain:
    """Messages that go one after the other; it ends with the first that is not taken."""

    messages: Sequence[Outgoing]
    attempts: list[Attempt] = field(default_factory=list)
    sending: Outgoing | None = None
    taken: int = 0
    """Attempts that were written down."""
    _stopped: bool = False

    async def run(self, sender: Sender) -> None:
        """Send them."""
        for one in self.messages:
            async with sender.slots:
                if self._stopped:
                    return
                self.sending = one
                attempt = await sender.send(one)
                self.sending = None
                self.attempts.append(attempt)
            if not attempt.delivered or self._stopped:
                return

    def stop(self) -> None:
        """Begin no further message."""
        self._stopped = True

    def news(self) -> list[Attempt]:
        """The attempts since this was last asked."""
        found = self.attempts[self.taken :]
        self.taken = len(self.attempts)
        return found

    def unsent(self) -> list[Outgoing]:
        """The messages that nothing was begun with."""
        return list(self.messages[len(self.attempts) + (self.sending is not None) :])
