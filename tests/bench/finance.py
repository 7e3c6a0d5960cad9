"""How soon finance is answered over a million credits: through the serving process, one question after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dealreg.runtime.components import runtime
from shared.credentials import Credentials
from shared.settings import Settings
from tests.bench.asking import Asker, percentile
from tests.bench.figures import Figure
from tests.bench.finance_questions import Asked, asked_of
from tests.bench.place import Place
from tests.bench.serving import served
from tests.bench.sold import Sold
from tests.bench.sold_loading import load, settled

VENDOR = "acme"
DEALS_A_PARTNER = 133
WARM_UP = 10
"""Questions of each kind that are not counted: statements prepared, pages in memory."""
VENDORS_BESIDE = 2
SHARE_BESIDE = 20
"""A vendor beside has a twentieth of the deals in the same tables."""
SCOPES = ("payouts:read", "pipeline:read")
_TOLD_ENTRIES = "SELECT seq FROM projections.feed WHERE vendor = $1 AND seq > 1 ORDER BY seq"


@dataclass(frozen=True, slots=True)
class Askers:
    """The vendor's key, and one of a partner of middling size."""

    vendor: Asker
    partner: Asker


async def finance(place: Place, deals: int, questions: int) -> list[Figure]:
    """The 95th percentile of each kind of question, with the others beside it; then how fast CSV leaves."""
    sold = Sold(VENDOR, deals, max(deals // DEALS_A_PARTNER, 40))
    settings = await place.fresh()
    async with runtime(settings, "bench") as found:
        counts = await load(found.pool, sold)
        for number in range(VENDORS_BESIDE):
            await load(found.pool, Sold(f"beside-{number}", max(deals // SHARE_BESIDE, 40), 40))
        await settled(found.pool, counts)
    return await asked(settings, sold, questions)


async def asked(settings: Settings, sold: Sold, questions: int, only: str = "") -> list[Figure]:
    """The questions put to a database where the deals are; `only` chooses those whose name has it."""
    async with runtime(settings, "bench") as found:
        keys = Credentials(found.pool, settings.credential_cache_seconds)
        _, vendor = await keys.create(sold.vendor, SCOPES)
        _, partner = await keys.create(sold.vendor, SCOPES, partner=sold.name_of(sold.partners // 10))
        entries = [row[0] for row in await found.pool.fetch(_TOLD_ENTRIES, sold.vendor)]
        current = await found.pool.fetchval(_CURRENT, sold.vendor)
    async with served(settings) as url:
        askers = Askers(Asker(url, str(vendor)), Asker(url, str(partner)))
        figures = [
            await _answered(askers, one, questions, {"credits": current})
            for one in asked_of(sold, entries)
            if only in one.name
        ]
        return figures if only else [*figures, *await _exported(askers)]


_CURRENT = "SELECT count(*) FROM projections.credit WHERE vendor = $1 AND to_seq IS NULL"


async def _answered(askers: Askers, asked: Asked, questions: int, beside: dict[str, Any]) -> Figure:
    asker = askers.partner if asked.partner else askers.vendor
    if asked.deep:
        # Where there is one page alone, that is as deep as it gets.
        pages = await asker.deep(asked.path) or [asked.path]
        targets = [pages[number % len(pages)] for number in range(questions + WARM_UP)]
    else:
        targets = [asked.target(number) for number in range(questions + WARM_UP)]
    times = await asker.times_ms(targets, WARM_UP)
    others = {"p50": percentile(times, 0.5), "p99": percentile(times, 0.99)}
    return Figure(f"{asked.name}, p95", "ms", (percentile(times, 0.95),), most=asked.most, beside={**others, **beside})


async def _exported(askers: Askers) -> list[Figure]:
    """Whole files: a month of the vendor, a partner, the accounts."""
    figures = []
    for name, asker, target in (
        ("credits of a month", askers.vendor, "/v1/credits?month=2024-06"),
        ("credits of a partner", askers.partner, "/v1/credits"),
        ("accounts of a month", askers.vendor, "/v1/payouts?month=2024-06"),
        ("ledger of a month", askers.vendor, "/v1/ledger?month=2024-06"),
    ):
        rows, first, whole = await asker.export(target)
        beside = {"rows": rows, "first_byte_ms": first * 1_000}
        figures.append(Figure(f"csv, {name}", "rows/s", (rows / whole,), beside=beside))
    return figures
