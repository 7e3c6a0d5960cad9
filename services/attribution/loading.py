"""Loading: everything a batch of facts can touch, in bulk, before it is decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from services.attribution import store
from services.attribution.domain.state import Document, Key
from services.attribution.ledger import Ledger
from services.attribution.lookup import DEPTH, frontier, named_by, reached_from
from services.attribution.told import Told

Ledgers = dict[str, Ledger]
"""By vendor; what they hold from earlier batches is not loaded again."""


async def load(connection: Any, ledgers: Ledgers, told: Sequence[Told], most_deadlines: int) -> None:
    """Heads, known facts, due deadlines and documents of the batch, in as few queries as there are rounds."""
    vendors = {one.fact.vendor for one in told}
    fresh = vendors - ledgers.keys()
    if fresh:
        heads = await store.heads(connection, fresh)
        ledgers.update({vendor: Ledger(vendor, heads.get(vendor)) for vendor in fresh})
    known = await store.processed(connection, ((one.fact.vendor, one.fact.id) for one in told))
    until = {vendor: datetime.min.replace(tzinfo=UTC) for vendor in vendors}
    for one in told:
        head = ledgers[one.fact.vendor].head
        clock = max(one.fact.recorded_at, head.clock) if head else one.fact.recorded_at
        until[one.fact.vendor] = max(until[one.fact.vendor], clock)
    due = await store.due(connection, until, most_deadlines)
    for vendor in vendors:
        horizon = due[vendor][-1] if len(due[vendor]) == most_deadlines else None
        facts = (fact for owner, fact in known if owner == vendor)
        ledgers[vendor].begin(due[vendor], facts, horizon)
    wanted = [(one.fact.vendor, key) for one in told for key in named_by(one.fact.event)]
    wanted += [(vendor, key) for vendor in vendors for _, _, key in due[vendor]]
    await fetch(connection, ledgers, wanted)


async def fetch(connection: Any, ledgers: Ledgers, wanted: Iterable[tuple[str, Key]]) -> None:
    """The documents and what they lead to are in their ledgers, or known not to exist."""
    depth = 0
    while wanted and depth < DEPTH:
        by_vendor: dict[str, dict[Key, None]] = {}
        for vendor, key in wanted:
            by_vendor.setdefault(vendor, {})[key] = None
        reached: list[tuple[str, Key]] = []
        new: list[tuple[str, Key]] = []
        for vendor, keys in by_vendor.items():
            documents = ledgers[vendor].documents
            unknown = frontier(documents, iter(keys))
            new += [(vendor, key) for key in unknown]
            reached += _reached(vendor, (documents[key] for key in keys if key not in unknown), depth)
        found = await store.documents(connection, new)
        for (vendor, key), document in found.items():
            ledgers[vendor].documents[key] = document
            reached += _reached(vendor, (document,), depth)
        wanted, depth = list(dict.fromkeys(reached)), depth + 1


def _reached(vendor: str, documents: Iterable[Document | None], depth: int) -> list[tuple[str, Key]]:
    return [(vendor, key) for document in documents for key in reached_from(document, depth)]
