"""Texts sealed before anybody knows whether their persons have keys already, and sealed again for those who do."""

from __future__ import annotations

import base64
import os
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.events.base import composed
from shared.events.sealed import Sealed
from shared.persons.master_key import NONCE_BYTES, MasterKey

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Personal:
    """Texts of one person, by name; `lookup` is an e-mail address or a registration's id."""

    vendor: str
    lookup: str
    texts: Mapping[str, str]


Place = tuple[str, bytes]
"""Vendor and look-up hash: whose key it is."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """The key of one person; `wrapped` is what the database keeps of it."""

    person: str
    wrapped: bytes
    cipher: AESGCM


class Draft:
    """The persons of a batch, each with a key: a new one, until the database names the one that is theirs."""

    def __init__(self, master: MasterKey, places: Sequence[Place]) -> None:
        self._master = master
        # The order in which they are stored is the same in every process, so that two of them never deadlock.
        self.places = sorted(set(places))
        self.keys = {place: new_key(master, place[0]) for place in self.places}

    def correct(self, index: int, person: str | None, wrapped: bytes | None) -> Place:
        """Take the key that the database has for the person at this index, a new one if there is none; return whose."""
        place = self.places[index]
        if person is None or wrapped is None:
            self.keys[place] = new_key(self._master, place[0])
        else:
            self.keys[place] = opened(self._master, place[0], person, wrapped)
        return place

    def sealed(self, place: Place, texts: Mapping[str, str]) -> dict[str, Sealed]:
        """Seal each text under the key that its person has by now."""
        return sealed(place[0], self.keys[place], texts)

    def columns(self) -> Iterator[list[str] | list[bytes]]:
        """Vendors, look-up hashes, ids and wrapped keys, in the order of `places`."""
        keys = [self.keys[place] for place in self.places]
        yield [vendor for vendor, _ in self.places]
        yield [hashed for _, hashed in self.places]
        yield [key.person for key in keys]
        yield [key.wrapped for key in keys]


def new_key(master: MasterKey, vendor: str) -> PersonKey:
    """Make a key for a person with a new id."""
    # Ids that rise with time fill an index page after page; random ones split its pages, and each half is logged.
    person, key = f"per_{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}", os.urandom(KEY_BYTES)
    return PersonKey(person, master.wrap(key, context_of(vendor, person)), AESGCM(key))


def opened(master: MasterKey, vendor: str, person: str, wrapped: bytes) -> PersonKey:
    """Open a stored key; raise `Corrupt` if it is not this person's."""
    return PersonKey(person, wrapped, AESGCM(master.unwrap(wrapped, context_of(vendor, person))))


def context_of(vendor: str, person: str) -> str:
    """Bind what is sealed to its person and vendor."""
    return f"{vendor}|{person}"


def sealed(vendor: str, key: PersonKey, texts: Mapping[str, str]) -> dict[str, Sealed]:
    """Seal each text under the key."""
    context = context_of(vendor, key.person).encode()
    nonces = os.urandom(NONCE_BYTES * len(texts))
    made = {}
    for index, (name, text) in enumerate(texts.items()):
        nonce = nonces[index * NONCE_BYTES : (index + 1) * NONCE_BYTES]
        box = base64.b64encode(nonce + key.cipher.encrypt(nonce, text.encode(), context)).decode()
        made[name] = composed(Sealed, person=key.person, box=box)
    return made
