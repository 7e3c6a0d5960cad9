"""Bodies at rest: each is sealed under a key of its own, and known by a hash that says nothing without that key."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Corrupt
from shared.events.opportunity import SourceBody
from shared.persons import MasterKey

NONCE_BYTES = 12
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class SealedBody:
    """A body as it is stored."""

    reference: SourceBody
    sealed: bytes
    subjects: Sequence[str]


class Bodies:
    """Seals and opens bodies."""

    def __init__(self, master_key: MasterKey) -> None:
        self._master = master_key
        # Keyed, since a plain hash of a body that was erased would still confirm a guess of it.
        self._hash_key = master_key.derive("crm body hash")

    def seal(self, connection: str, body: bytes, subjects: Sequence[str]) -> SealedBody:
        """Seal a body under a new id."""
        id_ = f"cbd_{secrets.token_hex(ID_BYTES)}"
        nonce = os.urandom(NONCE_BYTES)
        sealed = nonce + self._cipher(connection, id_).encrypt(nonce, body, None)
        return SealedBody(SourceBody(body=id_, hash=self.hash(body)), sealed, subjects)

    def open(self, connection: str, id_: str, sealed: bytes) -> bytes:
        """Open a stored body; raise `Corrupt` if it was altered or is another's."""
        try:
            return self._cipher(connection, id_).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except InvalidTag as error:
            raise Corrupt(f"the stored CRM body {id_} was altered, or sealed under another master key") from error

    def hash(self, body: bytes) -> str:
        """The keyed hash of a body, as facts carry it."""
        return blake2b(body, key=self._hash_key, digest_size=32).hexdigest()

    def _cipher(self, connection: str, id_: str) -> AESGCM:
        return AESGCM(self._master.derive(f"crm body|{connection}|{id_}"))
