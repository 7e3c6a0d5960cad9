"""Partners, people and systems at the edge: they send, wait, lose patience, send again, and remember every answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from services.registration.intake.acceptance import Accepted
from services.registration.intake.errors import KeyReused, WebhookIdReused, WebhookReplayed
from services.registration.intake.submission import Submission
from shared.errors import DealregError, Unavailable
from shared.events.base import Event
from shared.events.envelope import fact_id
from shared.events.partner import PartnerEnrolled
from shared.events.registration import RegistrationSubmitted
from shared.events.sealed import Sealed
from shared.persons import Personal
from tests.simulation.plan import Move
from tests.simulation.tale import Outgoing
from tests.simulation.world import Crashed, Host, World
from tests.unit.attribution.house import MESSAGES

SIGNED = frozenset(one.type for one in MESSAGES.values())
"""What a CRM sends, signed."""
PATIENCE_SECONDS = 20.0
IMPATIENT_SECONDS = 0.01
MOST_TRIES = 200


class Lost(Exception):
    """The connection broke, or the answer took too long: nobody knows what became of it."""


@dataclass(slots=True)
class Key:
    """One idempotency key: the bodies that were sent under it, and what was heard."""

    vendor: str
    fact: str
    bodies: dict[bytes, Event] = field(default_factory=dict)
    accepted: list[tuple[bytes, Accepted]] = field(default_factory=list)
    refused: list[bytes] = field(default_factory=list)
    signed: list[int] = field(default_factory=list)
    """The times of the signed deliveries of a webhook, each as it was sent."""
    taken: list[Submission] = field(default_factory=list)
    """Signed deliveries that were accepted."""
    replays: int = 0
    """How often a delivery was refused as one that is taken already."""


class Clients:
    """Everybody outside; they never die."""

    def __init__(self, world: World, edges: Sequence[Host]) -> None:
        self._world, self._edges = world, edges
        self.keys: dict[str, Key] = {}

    async def send(self, vendor: str, name: str, told: Sequence[Outgoing]) -> None:
        """The facts accepted in order, in one piece, however often that must be asked for."""
        units = [self._submission(vendor, f"{name}.{number}", one) for number, one in enumerate(told)]
        for _ in range(MOST_TRIES):
            try:
                outcomes = await self._ask("accept_in_order", units, PATIENCE_SECONDS)
            except (Unavailable, Lost):
                await asyncio.sleep(self._world.chance.uniform(0.05, 2.0))
                continue
            for unit, outcome in zip(units, outcomes, strict=True):
                self._heard(unit, outcome)
            return
        self._world.violated(f"{name} of {vendor} was never taken")

    async def make(self, move: Move, told: Outgoing) -> None:
        """One request, in the manner of its client."""
        one = self._submission(move.vendor, f"m{move.number}", told)
        match move.manner:
            case "twice":
                await asyncio.gather(self._deliver(one), self._deliver(one))
            case "again":
                await self._deliver(one)
                await asyncio.sleep(self._world.chance.uniform(0.0, 3.0))
                await self._deliver(one)
                await self._replay(one)
            case "other_body":
                other = self._other(one, move.number)
                if move.step.choice % 2:
                    await asyncio.gather(self._deliver(one), self._deliver(other))
                else:
                    await self._deliver(one)
                    await self._deliver(other)
            case "impatient":
                await self._deliver(one, IMPATIENT_SECONDS)
            case "gives_up":
                await self._deliver(one, IMPATIENT_SECONDS * 5, tries=1)
            case _:
                await self._deliver(one)

    async def _deliver(self, one: Submission, seconds: float = PATIENCE_SECONDS, tries: int = MOST_TRIES) -> None:
        for attempt in range(tries):
            if await self._try(self._signed(one), seconds * (1 + attempt)):
                return
            await asyncio.sleep(self._world.chance.uniform(0.0, 1.5))
        if tries > 1:
            self._world.violated(f"{one.key} of {one.vendor} was never taken")

    async def replay_all(self, *, kept: Callable[[Key], bool]) -> None:
        """The last delivery of each webhook comes once more; where its key was `kept` it must be refused."""
        for key in list(self.keys.values()):
            if key.taken:
                last, before = max(key.taken, key=lambda one: one.signed_at or 0), key.replays
                answered = await self._try(last, PATIENCE_SECONDS)
                if answered and key.replays == before and kept(key):
                    self._world.violated(f"G2: the same delivery of {last.key} of {key.vendor} was taken twice")

    async def _replay(self, one: Submission) -> None:
        """Somebody who listened sends a delivery again that was taken, as it was."""
        if taken := self.keys[one.fact].taken:
            await self._try(self._world.chance.choice(taken), PATIENCE_SECONDS)

    async def _try(self, one: Submission, seconds: float) -> bool:
        """Whether it was answered."""
        try:
            self._heard(one, await self._ask("accept", one, seconds))
        except (KeyReused, WebhookIdReused, WebhookReplayed) as error:
            self._heard(one, error)
        except (Unavailable, Lost):
            return False
        return True

    def _signed(self, one: Submission) -> Submission:
        """As it leaves the CRM now; others sign nothing."""
        if not one.principal.startswith("crm:"):
            return one
        now = int(self._world.now().timestamp())
        self.keys[one.fact].signed.append(now)
        return replace(one, signed_at=now)

    async def _ask(self, what: str, argument: Any, seconds: float) -> Any:
        host = self._world.chance.choice(self._edges)
        process = host.process
        if process is None or not process.alive or process.app is None:
            raise Lost
        task = host.spawn(getattr(process.app, what)(argument))
        await asyncio.wait([task], timeout=seconds)
        if not task.done() or task.cancelled():
            raise Lost
        if isinstance(error := task.exception(), Crashed):
            raise Lost
        if error is not None:
            raise error
        return task.result()

    def _heard(self, one: Submission, outcome: Accepted | DealregError) -> None:
        key = self.keys[one.fact]
        if isinstance(outcome, Accepted):
            key.accepted.append((one.body_hash, outcome))
            if one.signed_at is not None:
                key.taken.append(one)
        elif isinstance(outcome, KeyReused | WebhookIdReused):
            key.refused.append(one.body_hash)
        elif isinstance(outcome, WebhookReplayed):
            key.replays += 1
            # The one before may have been answered to nobody: it is taken all the same.
            if sum(at >= (one.signed_at or 0) for at in key.signed) < 2 and one not in key.taken:
                self._world.violated(f"{one.key} of {one.vendor} was called a replay, and was none")
        else:
            self._world.violated(f"{one.key} of {one.vendor} was answered {outcome!r}")

    def _submission(self, vendor: str, name: str, told: Outgoing, principal: str = "") -> Submission:
        event, partner, recorded_at = told
        own = f"partner:{partner}" if partner else "crm:crm" if event.type in SIGNED else "vendor"
        principal = principal or own
        fact = fact_id(vendor, principal, name)
        personal = None
        if isinstance(event, RegistrationSubmitted) and len(self.keys) % 2:
            personal = Personal(vendor, event.registration, {"notes": "call her first"})
        one = Submission(
            vendor=vendor,
            principal=principal,
            partner=partner,
            key=name,
            fact=fact,
            location=f"/v1/facts/{fact}",
            body_hash=_hash(event),
            event=lambda sealed: _with(event, sealed),
            personal=personal,
            recorded_at=recorded_at,
        )
        sealed = {} if personal is None else {"notes": Sealed(person=f"per_{personal.lookup}", box="notes")}
        self.keys.setdefault(fact, Key(vendor, fact)).bodies[one.body_hash] = _with(event, sealed)
        return one

    def _other(self, one: Submission, number: int) -> Submission:
        event = PartnerEnrolled(partner=f"other{number}", name="Another body")
        told = event, one.partner, one.recorded_at
        other = self._submission(one.vendor, one.key, told, one.principal)
        assert other.fact == one.fact
        return other


def _with(event: Any, sealed: Any) -> Event:
    return event.model_copy(update=dict(sealed)) if sealed else event  # type: ignore[no-any-return]


def _hash(event: Event) -> bytes:
    return blake2b(event.model_dump_json().encode(), digest_size=16).digest()
