"""How many entries of money are folded a second: each view of them alone, from a journal that is there already."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime

from dealreg.runtime.components import runtime
from services.projections.views import CREDITS, LEDGER, PAYOUTS, REWARDS
from shared.log.port import Record
from shared.projection.port import View
from shared.settings import Settings
from tests.bench.figures import Figure
from tests.bench.place import FILL_RECORDS, Place
from tests.bench.projecting import projected
from tests.journals import Journal
from tests.journals_money import Till

PARTNERS = 300
HELD = 400
"""Deals between a win and the release of its reward."""
REFUNDED_OF = 20
"""One deal in so many is refunded by a quarter."""
VIEWS: tuple[View, ...] = (CREDITS, REWARDS, LEDGER, PAYOUTS)


async def fold_money(place: Place, deals: int, rounds: int) -> list[Figure]:
    """Of the entries that the view declares; the journal has the others' beside them."""
    journal = sold_journal(deals)
    filled = await _filled(place, journal.records)
    figures = []
    for view in VIEWS:
        declared = sum(view.declares is None or entry.event.type in view.declares for entry in journal.entries)
        speeds = []
        for _ in range(rounds):
            seconds, _ = await projected(await place.fresh(like=filled), (view,))
            speeds.append(declared / seconds)
        figures.append(Figure(f"folded, {view.name}", "entries/s", tuple(speeds), beside={"entries": declared}))
    return figures


def sold_journal(deals: int) -> Journal:
    """Wins of many partners one after the other, each with credit and reward, released later, some refunded."""
    journal = Journal("bench", start=datetime(2025, 1, 6, tzinfo=UTC))
    till = Till(journal)
    held: deque[int] = deque()
    for number in range(deals):
        partner, minor = f"partner-{number * 7 % PARTNERS}", 1_000_000 + number
        opportunity, registration, reward = f"opp_{number}", f"reg_{number}", f"rew_{number}"
        till.credit(
            opportunity, registration, ("sourced", partner, minor - minor // 10), ("fulfilled", None, minor // 10)
        )
        till.accrue(reward, partner, registration, opportunity, minor // 10)
        held.append(number)
        if len(held) > HELD:
            earlier = held.popleft()
            till.release(f"rew_{earlier}")
            if earlier % REFUNDED_OF == 0:
                till.reverse(f"rew_{earlier}", till.left(f"rew_{earlier}") // 4)
    return journal


async def _filled(place: Place, records: Sequence[Record]) -> Settings:
    settings = await place.fresh(partitions=1)
    async with runtime(settings, "bench") as found:
        for start in range(0, len(records), FILL_RECORDS):
            await found.log.append("journal", records[start : start + FILL_RECORDS])
        await found.pool.execute("ANALYZE")
    return settings
