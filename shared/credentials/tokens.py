"""API keys: `dr_<credential id>_<secret>`, shown once, kept as a hash. Those of a sandbox begin with `dr_test_`."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

# 256 random bits cannot be guessed, so SHA-256 is as good as a slow hash.
_SECRET_BYTES = 32
_TOKEN = re.compile(r"dr_((?:test_)?[a-z0-9]{16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Token:
    """One key in clear: its id, which can be shown, and its secret, which cannot."""

    credential: str
    secret: str

    def __str__(self) -> str:
        return f"dr_{self.credential}_{self.secret}"

    def __repr__(self) -> str:
        return f"Token({self.credential!r}, …)"

    @property
    def hash(self) -> bytes:
        """Return the hash to store."""
        return sha256(self.secret.encode()).digest()

    def proves(self, stored: bytes) -> bool:
        """Return whether this is the secret behind the stored hash, in constant time."""
        return hmac.compare_digest(self.hash, stored)


def new_token(prefix: str = "") -> Token:
    """Generate a new key, whose id begins with the prefix."""
    return Token(prefix + secrets.token_hex(8), secrets.token_urlsafe(_SECRET_BYTES))


def read_token(text: str) -> Token | None:
    """Parse the text as a key; None if it does not have the form of one."""
    match = _TOKEN.fullmatch(text)
    return Token(match[1], match[2]) if match else None
