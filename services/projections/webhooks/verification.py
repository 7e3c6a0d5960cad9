"""`dealreg verify`, beside the views: no cursor of a webhook passes what was neither delivered nor waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from services.projections.difference import Difference
from services.projections.webhooks.invariants import INVARIANTS
from shared.events.envelope import Entry
from shared.projection.reading import Head


class Delivered:
    """Checks deliveries within the snapshot of the verification."""

    tables: tuple[str, ...] = ("webhooks.endpoint", "webhooks.waiting", "webhooks.delivery")

    def __init__(self) -> None:
        self._connection: Any = None

    async def begin(self, connection: Any) -> None:
        """Remember whose snapshot it is."""
        self._connection = connection

    async def fold(self, entries: Sequence[Entry]) -> None:
        """Nothing: the feed, which is verified beside this, has the entries."""

    async def finish(self, heads: Mapping[str, Head]) -> Sequence[Difference]:
        """Return the first row that breaks each invariant."""
        found = [(name, await self._connection.fetchrow(query)) for name, query in INVARIANTS.items()]
        return [
            Difference("webhooks", row["vendor"], "webhooks.endpoint", row["what"], "cursor", name, row["found"])
            for name, row in found
            if row is not None
        ]
