"""Documents as the database keeps them: JSON by kind, validated when read."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from services.attribution.domain.state import KINDS, Document, Kind

_ADAPTERS: dict[Kind, TypeAdapter[Any]] = {kind: TypeAdapter(cls) for kind, cls in KINDS.items()}


def to_json(kind: Kind, document: Document) -> str:
    """The document as JSON; default values are left out."""
    return _ADAPTERS[kind].dump_json(document, exclude_defaults=True).decode()


def from_json(kind: Kind, body: str) -> Document:
    """The document that `to_json` wrote."""
    document: Document = _ADAPTERS[kind].validate_json(body)
    return document
