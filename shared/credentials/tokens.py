"""API keys: `dr_<credential id>_<secret>`, shown once, kept as a hash."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256

# 256 random bits need no slow hash: there is nothing to guess, so SHA-256 of the secret is as good at rest.
_SECRET_BYTES = 32
_TOKEN = re.compile(r"dr_([a-z0-9]{16})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Token:
    """One key in clear: its id, which may be shown, and its secret, which may not."""

    credential: str
    secret: str

    def __str__(self) -> str:
        return f"dr_{self.credential}_{self.secret}"

    def __repr__(self) -> str:
        return f"Token({self.credential!r}, …)"

    @property
    def hash(self) -> bytes:
        """What is stored."""
        return sha256(self.secret.encode()).digest()

    def proves(self, stored: bytes) -> bool:
        """Whether this is the secret behind the stored hash, in constant time."""
        return hmac.compare_digest(self.hash, stored)


def new_token() -> Token:
    """A key that nobody had before."""
    return Token(secrets.token_hex(8), secrets.token_urlsafe(_SECRET_BYTES))


def read_token(text: str) -> Token | None:
    """The key that the text is, None where it has not the form of one."""
    match = _TOKEN.fullmatch(text)
    return Token(match[1], match[2]) if match else None
