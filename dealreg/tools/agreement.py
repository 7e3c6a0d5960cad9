"""Compare views with the decider: each may follow the journal by its own code and still differ.

Both are read in one snapshot. A view that is some entries behind the decider is compared in all that those entries do
not touch, so a busy service is verified as well as a quiet one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.kinds import Document
from services.attribution.held import LACKS, changing, held, touched_by
from services.projections.difference import Difference
from services.projections.shown import SHOWN as OF_VIEWS
from services.registration.directory.shown import SHOWN as OF_DIRECTORY
from shared.projection.shown import Flat, Row, Shown
from shared.projection.versions import current_of

NAME = "agreement"
SHOWN: tuple[Shown, ...] = (*OF_VIEWS, *OF_DIRECTORY)
MAX_DIFFERENCES = 5
"""Differences of one kind in one view: enough to see what they have in common."""
MAX_TOUCHED = 200_000
"""Things touched by entries that some view lacks, about 100 bytes each; a vendor with more is not compared."""
MAX_SHOWN = 200


@dataclass(slots=True)
class Agreement:
    """Collects what unfolded entries touch; then compares everything else."""

    heads: dict[str, dict[str, int]] = field(default_factory=dict)
    """The view's last entry, by view and vendor."""
    touched: dict[str, dict[str, int]] = field(default_factory=dict)
    """The last entry that changed a thing, by vendor and thing; only entries that some view lacks."""
    too_far: set[str] = field(default_factory=set)
    """Vendors for which some view is too far behind."""

    async def begin(self, connection: Any) -> None:
        """Load the views' positions, in the snapshot of the comparison."""
        for view in {one.view.name: one.view for one in SHOWN}.values():
            version = (await current_of(connection, view)).version
            rows = await connection.fetch(
                "SELECT vendor, seq FROM projections.head WHERE view = $1 AND version = $2", view.name, version
            )
            self.heads[view.name] = {row["vendor"]: row["seq"] for row in rows}

    def note(self, vendor: str, seq: int, changes: Mapping[Key, Document]) -> None:
        """Note that the entry changed these documents of the decider."""
        if vendor in self.too_far or all(seq <= heads.get(vendor, 0) for heads in self.heads.values()):
            return
        of_vendor = self.touched.setdefault(vendor, {})
        for key, document in changes.items():
            for thing in changing(key, document):
                of_vendor[thing] = seq
        if len(of_vendor) > MAX_TOUCHED:
            self.too_far.add(vendor)
            del self.touched[vendor]

    async def differences(self, connection: Any, vendors: Collection[str]) -> list[Difference]:
        """Return differences between views and decider for these vendors, at most a few of each kind."""
        compared = set(vendors) - self.too_far
        found: list[Difference] = []
        for shown in SHOWN:
            found += await self._compared(connection, shown, compared)
        return found

    async def _compared(self, connection: Any, shown: Shown, vendors: Collection[str]) -> list[Difference]:
        found: list[Difference] = []
        async for vendor, id_, wanted, there in merged(held(connection, shown.kind), shown.rows(connection)):
            if vendor not in vendors or self._lacks(shown, vendor, id_):
                continue
            for column, expected, seen in parted(wanted, there):
                key = f"{shown.kind} {id_}".rstrip()
                found.append(Difference(NAME, vendor, shown.table, key, column, _text(expected), _text(seen)))
                break
            if len(found) >= MAX_DIFFERENCES:
                break
        return found

    def _lacks(self, shown: Shown, vendor: str, id_: str) -> bool:
        """Return whether an entry that the view lacks touched the thing."""
        touched = self.touched.get(vendor)
        if not touched:
            return False
        head = self.heads[shown.view.name].get(vendor, 0)
        return any(touched.get(thing, 0) > head for thing in touched_by(shown.kind, id_))


async def merged(
    left: AsyncIterator[Row], right: AsyncIterator[Row]
) -> AsyncIterator[tuple[str, str, Flat | None, Flat | None]]:
    """Merge both by vendor and id; None if one side has nothing under an id."""
    one, other = await anext(left, None), await anext(right, None)
    while one is not None or other is not None:
        place = min(row[:2] for row in (one, other) if row is not None)
        mine = one[2] if one is not None and one[:2] == place else None
        theirs = other[2] if other is not None and other[:2] == place else None
        yield *place, mine, theirs
        if mine is not None:
            one = await anext(left, None)
        if theirs is not None:
            other = await anext(right, None)


def parted(wanted: Flat | None, there: Flat | None) -> Iterable[tuple[str, Any, Any]]:
    """Yield each differing field; only fields that the view has are compared."""
    if wanted is None:
        yield "(row)", "nothing", "a row"
    elif there is None:
        if not wanted.get(LACKS):
            yield "(row)", "a row", "nothing"
    else:
        yield from ((name, wanted[name], seen) for name, seen in there.items() if wanted[name] != seen)


def _text(value: Any) -> str:
    text = str(value)
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
