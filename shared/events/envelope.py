"""Envelopes: what surrounds an event in the two topics, as plain frozen objects."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass, field
from datetime import datetime

from shared.events.base import Event

_NAMESPACE = uuid.UUID("6f0b6a52-2c0e-5f7e-9d0c-6a8c1f5f4a11")
GENESIS = "0" * 64
"""The `previous` of a vendor's first journal entry."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: what somebody outside reported, accepted once the log has it."""

    id: str
    vendor: str
    event: Event
    recorded_at: datetime
    principal: str
    partner: str | None = None
    """The partner whose credential sent it; absent for the vendor's own people and systems."""
    importing: bool = False
    """True where the sender brought its own recorded time under the scope `import`."""
    appended_at: datetime | None = None
    """When a tick was written (its `recorded_at` is the due time), or a fact was resent after a failure."""
    traceparent: str | None = None
    retells: str | None = None
    """The fact that this one tells again, word for word, since deciding that one failed."""

    @property
    def known_at(self) -> datetime:
        """When the fact became known: what `as_of` an instant compares with."""
        return self.appended_at or self.recorded_at


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered line of a vendor's journal: a fact, or a decision that a fact or a deadline led to."""

    vendor: str
    seq: int
    event: Event
    cause: str
    """Id of the fact whose processing wrote this entry."""
    clock: datetime
    """The vendor's clock: for a deadline its due time, for a fact its recorded time or later."""
    known_at: datetime
    subjects: tuple[str, ...]
    principal: str | None
    previous: str
    hash: str
    traceparent: str | None = None
    content: bytes | None = field(default=None, compare=False, repr=False)
    """The event's JSON as the journal has it, where a record of the event's newest version was read."""


def derived_id(*parts: str) -> str:
    """A stable identifier from its parts: 32 hexadecimal digits of a version 5 UUID."""
    # As uuid.uuid5 does, without an object for each: every accepted request derives one or two.
    name = hashlib.sha1(_NAMESPACE.bytes + "\x1f".join(parts).encode(), usedforsecurity=False).digest()
    id_ = bytearray(name[:16])
    id_[6] = id_[6] & 0x0F | 0x50
    id_[8] = id_[8] & 0x3F | 0x80
    return id_.hex()


def fact_id(vendor: str, principal: str, key: str) -> str:
    """The identity of the fact that a principal sent under an idempotency key."""
    return derived_id("fact", vendor, principal, key)


def retold_id(fact: str, attempt: int) -> str:
    """Return the id under which a fact is resent after its decision failed, from the first attempt on."""
    return derived_id("retold", fact, str(attempt))


def registration_id(fact: str) -> str:
    """The registration that a submission creates, known before anything is decided."""
    return f"reg_{fact}"


def opportunity_id(vendor: str, connection: str, external_id: str) -> str:
    """The opportunity that a CRM connection knows by its own id."""
    return f"opp_{derived_id('opportunity', vendor, connection, external_id)}"
