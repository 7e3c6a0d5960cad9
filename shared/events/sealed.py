"""Personal text on the wire: ciphertext under one person's key, never decided on, unsealed by reads alone."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from shared.events.base import Id, Part


class Sealed(Part):
    """Ciphertext of one text: `person` names whose key opens it, `box` is base64 of nonce and ciphertext."""

    person: Id
    box: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=24_000)]


class Contact(Part):
    """The customer's contact, each field sealed under that person's key."""

    name: Sealed | None = None
    email: Sealed | None = None
    phone: Sealed | None = None
