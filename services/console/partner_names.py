"""Partners by their names: those that a filter offers, and those that a page shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from services.console.api import Refused
from services.console.visit import Visit

OFFERED = 200
"""Partners that a filter offers by name: more would not fit into a page. It takes any id."""
MOST_NAMED = 200
"""Ids that the API takes in one question."""


async def offered(visit: Visit) -> list[dict[str, Any]]:
    """Return partners to choose from, by id: to people of the vendor alone, none where their role may not read them."""
    return [] if visit.session.partner is not None else await _read(visit, limit=OFFERED)


async def names_of(visit: Visit, ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of these partners, in one question for all; to people of the vendor alone.

    A partner whose name is not known is left out; its id stands for it.
    """
    asked = sorted({one for one in ids if one})[:MOST_NAMED]
    if visit.session.partner is not None or not asked:
        return {}
    return named(await _read(visit, partner=asked, limit=MOST_NAMED))


async def names_beside(visit: Visit, offer: list[dict[str, Any]], ids: Iterable[str | None]) -> dict[str, str]:
    """Return the names of these partners; asks only for those that are not among the ones on offer."""
    known, wanted = named(offer), {one for one in ids if one}
    rest = {} if len(offer) < OFFERED else await names_of(visit, wanted - set(known))
    return {one: name for one, name in {**known, **rest}.items() if one in wanted}


def named(partners: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the names of partners by their ids."""
    return {one["partner"]: one["name"] for one in partners}


async def _read(visit: Visit, **asked: Any) -> list[dict[str, Any]]:
    try:
        found = await visit.api.get("/v1/partners", **asked)
    except Refused as refusal:
        if refusal.status != 403:
            raise
        return []
    return [{"partner": one["partner"], "name": one["name"]} for one in found["partners"]]
