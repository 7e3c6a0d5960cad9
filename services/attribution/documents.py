"""Documents as the database keeps them: JSON by kind, validated when read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.attribution.domain.documents.keys import Key, Kind
from services.attribution.domain.documents.kinds import KINDS, Document, due_of
from services.attribution.faults import Halted, is_infrastructure

_ADAPTERS: dict[Kind, TypeAdapter[Any]] = {kind: TypeAdapter(cls) for kind, cls in KINDS.items()}

Row = tuple[Key, datetime | None, str]
"""Where a document stands, when it is due, and what is in it."""


def to_json(kind: Kind, document: Document) -> str:
    """The document as JSON; default values are left out."""
    return _ADAPTERS[kind].dump_json(document, exclude_defaults=True).decode()


def from_json(kind: Kind, body: str) -> Document:
    """The document that `to_json` wrote."""
    document: Document = _ADAPTERS[kind].validate_json(body)
    return document


def stored(vendor: str, key: Key, body: str) -> Document:
    """Read a vendor's document back; raises `Halted` where it is damaged, since every later decision rests on it."""
    try:
        return from_json(key.kind, body)
    except Exception as error:
        if is_infrastructure(error):
            raise
        raise Halted(vendor, f"the document {key.subject} cannot be read ({type(error).__name__})") from error


def rows(documents: Mapping[Key, Document]) -> list[Row]:
    """The documents as they are written."""
    return [(key, due_of(one), to_json(key.kind, one)) for key, one in documents.items()]
