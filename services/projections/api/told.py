"""What the query API tells in words: from the caller's own feed, in the language that it asks for."""

from __future__ import annotations

from fastapi import Request

from services.projections.api.context import Queries
from services.projections.timeline.feed import Feed
from shared.credentials import Caller
from shared.messages import Language, language, negotiated


def feed_of(parts: Queries, reader: Caller, seq: int) -> Feed:
    """The entries that the caller may read, as of one of the vendor's."""
    return Feed(parts.pool.fetch, reader.vendor, reader.partner, seq)


def spoken(request: Request) -> Language:
    """The language that the caller likes best of those that there are."""
    return language(negotiated(request.headers.get("accept-language")))


def said_in(request: Request) -> dict[str, str]:
    """The headers of an answer with sentences: their language, and that another may be asked for."""
    return {"Content-Language": spoken(request).tag, "Vary": "Accept, Accept-Language"}
