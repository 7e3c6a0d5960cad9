"""Cursors: where a list continues, sealed so that partners learn no sequence numbers and nobody can edit one."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from services.projections.api.errors import CursorInvalid
from shared.credentials import Caller
from shared.persons import MasterKey

NONCE_BYTES = 12
MAX_CURSOR_CHARACTERS = 4_000


class Cursors:
    """Seals and opens cursors. A cursor opens only for the caller and query that it was made for.

    Of a vendor the same content is sealed to the same text, so that a page that did not change has the same bytes
    (RFC 5297 seals without a nonce). A partner must not see from its cursor that the sequence number in it moved: that
    would tell how much its rivals do. Its cursors differ each time, and the page's ETag leaves them out.
    """

    def __init__(self, master: MasterKey) -> None:
        self._cipher = AESSIV(master.derive("cursor"))

    def seal(self, caller: Caller, question: str, content: Any) -> str:
        """Seal the content as text for a URL."""
        nonce = os.urandom(_nonce_bytes(caller))
        box = self._cipher.encrypt(nonce + orjson.dumps(content), [_context(caller, question)])
        return base64.urlsafe_b64encode(box).decode().rstrip("=")

    def open(self, caller: Caller, question: str, text: str) -> Any:
        """Open a cursor; raise `CursorInvalid`."""
        try:
            if len(text) > MAX_CURSOR_CHARACTERS:
                raise ValueError("too long")
            box = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            opened = self._cipher.decrypt(box, [_context(caller, question)])
            return orjson.loads(opened[_nonce_bytes(caller) :])
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise CursorInvalid(
                "the cursor does not belong to this request; take it from `next` and change no filter or sort"
            ) from error


def _nonce_bytes(caller: Caller) -> int:
    return 0 if caller.partner is None else NONCE_BYTES


def _context(caller: Caller, question: str) -> bytes:
    return f"{caller.vendor}|{caller.partner or ''}|{question}".encode()


def question(path: str, *parts: Any) -> str:
    """Return a digest of the query, so that a cursor cannot be used with other filters or another order."""
    return hashlib.sha256(orjson.dumps([path, *parts], default=str)).hexdigest()[:32]
