"""A submission: one validated request that becomes a fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from pydantic import ValidationError

from services.registration.intake.foreign_clocks import in_the_future
from services.registration.intake.kinds import SUBMIT, MessageKind
from services.registration.intake.messages.message import Context
from shared.credentials import Caller
from shared.errors import FieldProblem, RequestInvalid
from shared.events.base import Event
from shared.events.envelope import fact_id, registration_id
from shared.events.sealed import Sealed
from shared.http.field_problems import field_problems
from shared.http.wire.json_body import canonical
from shared.persons import MasterKey, Personal


@dataclass(frozen=True, slots=True)
class Submission:
    """Everything that intake needs: vendor and principal, key, content."""

    vendor: str
    principal: str
    partner: str | None
    key: str
    fact: str
    location: str
    body_hash: bytes
    event: Callable[[Mapping[str, Sealed]], Event]
    personal: Personal | None = None
    recorded_at: datetime | None = None
    """The recorded time of an import (scope `import`). Without it, the time of acceptance is used."""
    signed_at: int | None = None
    """Timestamp of a signed message, in seconds. A later delivery must have a later one."""
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """One request as read, not validated yet."""

    kind: MessageKind
    body: Any
    key: str
    target: str = ""
    expected_revision: int = 0
    recorded_at: datetime | None = None
    signed_at: int | None = None
    traceparent: str | None = None


class Submissions:
    """Turns requests into submissions."""

    def __init__(self, master_key: MasterKey) -> None:
        self._hash_key = master_key.derive("request body")

    def prepare(self, sent: Sent, caller: Caller, problems: list[FieldProblem] | None = None) -> Submission:
        """Validate the request; raise `RequestInvalid` with every problem, including those found before."""
        found = list(problems or ())
        body = canonical(sent.body)
        fact = fact_id(caller.vendor, caller.principal, sent.key)
        context = Context(caller.vendor, caller.partner, fact, sent.target, sent.expected_revision)
        try:
            message = sent.kind.body.model_validate_json(body, context={"partner": caller.partner})
        except ValidationError as error:
            found += field_problems(error.errors(include_url=False, include_input=False))
            raise RequestInvalid(found) from error
        if not caller.sandbox:
            # Nobody here knows how far a sandbox's clock was moved; what tries it out waits for no clock.
            found += in_the_future(message.happened(), sent.recorded_at)
        if found:
            raise RequestInvalid(found)
        personal = message.personal(context)
        event: Callable[[Mapping[str, Sealed]], Event]
        if personal is None:
            # Built at once, so that what cannot become an event is refused before anything is stored.
            made = message.event(context, {})
            event = lambda _: made  # noqa: E731
        else:
            event = lambda sealed: message.event(context, sealed)  # noqa: E731
        registration = registration_id(fact) if sent.kind is SUBMIT else None
        return Submission(
            vendor=caller.vendor,
            principal=caller.principal,
            partner=caller.partner,
            key=sent.key,
            fact=fact,
            location=f"/v1/registrations/{registration}" if registration else f"/v1/facts/{fact}",
            body_hash=self._hash(sent, body),
            event=event,
            personal=None if personal is None else Personal(caller.vendor, *personal),
            recorded_at=sent.recorded_at,
            signed_at=sent.signed_at,
            traceparent=sent.traceparent,
        )

    def _hash(self, sent: Sent, body: bytes) -> bytes:
        # Keyed, since a plain hash of a short personal text could be guessed. The recorded time is left out: a
        # retry that brings another one is the same request.
        digest = blake2b(key=self._hash_key, digest_size=32)
        digest.update(f"{sent.kind.name}\x1f{sent.target}\x1f{sent.expected_revision}\x1f".encode())
        digest.update(body)
        return digest.digest()
