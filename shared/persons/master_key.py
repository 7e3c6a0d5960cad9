"""The master key: one secret of 32 bytes, from which every other key of the edge derives."""

from __future__ import annotations

import hmac
import os
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import Corrupt
from shared.settings import MASTER_KEY_BYTES, variable

NONCE_BYTES = 12
"""Nonce of AES-GCM: random, because a key seals far fewer than 2^32 texts."""


class MasterKey:
    """Seals small secrets and derives keys by purpose; the key itself is never used for two purposes."""

    __slots__ = ("_secret", "_wrapper")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != MASTER_KEY_BYTES:
            raise ValueError(f"a master key has {MASTER_KEY_BYTES} bytes, not {len(secret)}")
        self._secret = secret
        self._wrapper = AESGCM(self.derive("wrap"))

    def derive(self, purpose: str) -> bytes:
        """Derive the key of one purpose: 32 bytes that reveal nothing about the master key or other purposes."""
        return hmac.digest(self._secret, b"dealreg/" + purpose.encode(), sha256)

    def wrap(self, secret: bytes, context: str) -> bytes:
        """Encrypt the secret. It opens only in the same context, so a row moved elsewhere does not."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + self._wrapper.encrypt(nonce, secret, context.encode())

    def unwrap(self, wrapped: bytes, context: str) -> bytes:
        """Decrypt the secret; raise `Corrupt` if key, context or bytes differ."""
        try:
            return self._wrapper.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], context.encode())
        except InvalidTag as error:
            raise Corrupt(
                f"a stored key does not open under {variable('master_key')}; is it the one that wrapped it?"
            ) from error
