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
"""Columns of a document: key, due time, content."""


def to_json(kind: Kind, document: Document) -> str:
    """Serialise the document, without default values."""
    return _ADAPTERS[kind].dump_json(document, exclude_defaults=True).decode()


def from_json(kind: Kind, body: str) -> Document:
    """Read a document that `to_json` wrote."""
    document: Document = _ADAPTERS[kind].validate_json(body)
    return document


def stored(vendor: str, key: Key, body: str) -> Document:
    """Read a vendor's document; raise `Halted` if it is damaged, since every later decision depends on it."""
    try:
        return from_json(key.kind, body)
    except Exception as error:
        if is_infrastructure(error):
            raise
        raise Halted(vendor, f"the document {key.subject} cannot be read ({type(error).__name__})") from error


def rows(documents: Mapping[Key, Document]) -> list[Row]:
    """Return the documents in stored form."""
    return [(key, due_of(one), to_json(key.kind, one)) for key, one in documents.items()]
