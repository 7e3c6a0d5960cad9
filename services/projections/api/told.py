"""What the query API tells in words: from the caller's own feed, in the language that it asks for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from fastapi import Request

from services.projections.api.context import Queries
from services.projections.api.listing import named_fields
from services.projections.timeline.feed import Feed
from services.projections.timeline.rendering import told_of
from shared.credentials import Caller
from shared.messages import Language, language, negotiated

TOLD = frozenset({"sentence", "findings"})
"""Fields of what `lives` returns."""


def feed_of(parts: Queries, reader: Caller, seq: int) -> Feed:
    """The entries that the caller may read, as of one of the vendor's."""
    return Feed(parts.pool.fetch, reader.vendor, reader.partner, seq)


def spoken(request: Request) -> Language:
    """The language that the caller likes best of those that there are."""
    return language(negotiated(request.headers.get("accept-language")))


def said_in(request: Request) -> dict[str, str]:
    """The headers of an answer with sentences: their language, and that another may be asked for."""
    return {"Content-Language": spoken(request).tag, "Vary": "Accept, Accept-Language"}


async def lives(
    request: Request, own: Feed, noun: str, ids: Sequence[str], types: Collection[str], fields: str | None = None
) -> dict[str, dict[str, Any]]:
    """What is told of each thing with such an id: the sentence of its last entry, and the clauses of its first.

    Nothing is looked up where `fields` names other fields alone.
    """
    if fields is not None and TOLD.isdisjoint(named_fields(fields)):
        return {one: {"sentence": None, "findings": []} for one in ids}
    rows = await own.about([f"{noun}:{one}" for one in dict.fromkeys(ids)], [*types])
    words = await own.words(rows, spoken(request))
    told: dict[str, dict[str, Any]] = {one: {"sentence": None, "findings": []} for one in ids}
    begun: set[str] = set()
    for row in rows:
        id_ = row.data.get(noun)
        if id_ not in told:
            continue
        said = told_of(words, row)
        told[id_]["sentence"] = said["sentence"]
        if id_ not in begun:
            begun.add(id_)
            told[id_]["findings"] = said["findings"]
    return told
