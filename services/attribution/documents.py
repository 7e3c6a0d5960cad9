"""Documents as the database keeps them: JSON by kind, validated when read; registrations, the largest, compressed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from services.attribution.domain.documents.keys import Key, Kind
from services.attribution.domain.documents.kinds import KINDS, Document, due_of
from services.attribution.faults import Halted, is_infrastructure
from shared.compression import compressed, decompressed
from shared.errors import Corrupt

_ADAPTERS: dict[Kind, TypeAdapter[Any]] = {kind: TypeAdapter(cls) for kind, cls in KINDS.items()}
# Behind an adapter, which takes half of the time of a short document: a claim changes a dozen of them.
_SERIALIZERS = {kind: adapter.serializer for kind, adapter in _ADAPTERS.items()}

Body = str | bytes
"""Content of a document: JSON, or JSON compressed (the columns `body` and `packed`)."""
Row = tuple[Key, datetime | None, Body]
"""A document as it is stored: key, due time, content."""

_SEARCHED = ('"conflict":', '"lookalikes":', '"disarmed":')
"""What queries look for in a registration's JSON. Few have it, and no text can: its quotation marks are escaped."""


def to_json(kind: Kind, document: Document) -> str:
    """Serialise the document, without default values."""
    written: bytes = _SERIALIZERS[kind].to_json(document, exclude_defaults=True)
    return written.decode()


def from_json(kind: Kind, body: str) -> Document:
    """Read a document that `to_json` wrote."""
    document: Document = _ADAPTERS[kind].validate_json(body)
    return document


def body_of(kind: Kind, document: Document) -> Body:
    """The document's content as it is stored."""
    text = to_json(kind, document)
    if kind != "registration" or any(one in text for one in _SEARCHED):
        return text
    return compressed(text.encode())


def text_of(body: Body) -> str:
    """The JSON of stored content; raise `Corrupt`."""
    return body if isinstance(body, str) else decompressed(body).decode()


def stored_body(row: Any) -> Body:
    """The content of a row with the columns `body` and `packed`."""
    return row["body"] if row["packed"] is None else row["packed"]  # type: ignore[no-any-return]


def columns_of(body: Body) -> tuple[str | None, bytes | None]:
    """The columns `body` and `packed`; one of them is null."""
    return (body, None) if isinstance(body, str) else (None, body)


def stored(vendor: str, key: Key, body: Body) -> Document:
    """Read a vendor's document; raise `Halted` if it is damaged, since every later decision depends on it."""
    try:
        return from_json(key.kind, text_of(body))
    except Exception as error:
        if is_infrastructure(error) and not isinstance(error, Corrupt):
            raise
        raise Halted(vendor, f"the document {key.subject} cannot be read ({type(error).__name__})") from error


def rows(documents: Mapping[Key, Document]) -> list[Row]:
    """Return the documents in stored form."""
    found: list[Row] = []
    last: Document | None = None
    for key, one in documents.items():
        if one is last:  # as under all spellings of a new name
            found.append((key, *found[-1][1:]))
        else:
            last = one
            found.append((key, due_of(one), body_of(key[0], one)))
    return found
