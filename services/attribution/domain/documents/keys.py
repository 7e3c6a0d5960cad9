"""Where a document stands: its kind and id."""

from __future__ import annotations

from typing import Literal, NamedTuple

Kind = Literal[
    "vendor",
    "program",
    "partner",
    "rates",
    "registration",
    "opportunity",
    "key",
    "spelling",
    "credit",
    "reward",
    "case",
]


class Key(NamedTuple):
    """Where a document stands; unique within a vendor. A plain tuple: it is hashed for every read."""

    kind: Kind
    id: str

    @property
    def subject(self) -> str:
        """As deadlines are ordered and entries name it."""
        return f"{self.kind}:{self.id}"


def key_of(kind: Kind, id_: str) -> Key:
    """As `Key(kind, id_)`, in half of its time."""
    return tuple.__new__(Key, (kind, id_))


THE_VENDOR = Key("vendor", "")
