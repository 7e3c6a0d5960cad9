"""The parts of the benchmark by name, each to be had alone: what it measures and on which logs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from shared.events.codec import encode_fact
from shared.log.port import Record
from shared.settings import Settings
from tests.bench.accepting import accept, latency
from tests.bench.clauses import clauses
from tests.bench.costing import cost, fresh
from tests.bench.crowded import crowd
from tests.bench.deciding import decide, decide_beside_raw
from tests.bench.delivering import deliver
from tests.bench.entering import enter
from tests.bench.figures import Figure
from tests.bench.finance import finance
from tests.bench.folding import fold_money
from tests.bench.hot import hot_facts
from tests.bench.long import during, long
from tests.bench.many_vendors import vendors
from tests.bench.mixed import History
from tests.bench.paging import pages
from tests.bench.peering import peer
from tests.bench.place import Log, Place
from tests.bench.projecting import project
from tests.bench.rebuilding import rebuild
from tests.bench.scaling import workers
from tests.bench.telling import tell
from tests.bench.weighing import weigh


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is measured."""

    rounds: int
    facts: int
    hot_facts: int
    load_seconds: float
    steady_seconds: float
    deals: int
    """Of them come two and a half times as many credits."""
    questions: int
    peer_registrations: int
    weighed: int
    costed: int
    worker_facts: int
    few_open: int
    many_open: int
    long_entries: int
    during_entries: int
    vendors: int
    paged_facts: int
    paged_copies: int
    """Rows of each registration that `pages` adds to the one decided."""


FULL = Sizes(
    rounds=3, facts=15_000, hot_facts=10_000, load_seconds=6, steady_seconds=20, deals=400_000, questions=200,
    peer_registrations=2_000, weighed=12_000, costed=8_000, worker_facts=20_000, few_open=10_000, many_open=1_000_000,
    long_entries=1_000_000, during_entries=60_000, vendors=10_000,
    paged_facts=16_500, paged_copies=99,
)  # fmt: skip
QUICK = Sizes(
    rounds=1, facts=4_000, hot_facts=4_000, load_seconds=2, steady_seconds=5, deals=8_000, questions=40,
    peer_registrations=300, weighed=1_000, costed=2_000, worker_facts=6_000, few_open=1_000, many_open=20_000,
    long_entries=40_000, during_entries=20_000, vendors=1_000,
    paged_facts=3_000, paged_copies=9,
)  # fmt: skip


@dataclass
class Bench:
    """One log's servers and what the parts share."""

    place: Place
    log: Log
    sizes: Sizes
    _decided: list[Settings] = field(default_factory=list)

    async def decided(self) -> Settings:
        """Where the ordinary months are decided and no view is."""
        if not self._decided:
            _, decided = await decide(self.place, "decided", self.mixed(), 1)
            self._decided.append(decided)
        return self._decided[0]

    def mixed(self) -> list[Record]:
        return [encode_fact(fact) for fact in History("acme", self.sizes.facts)]


async def _accept(bench: Bench) -> Sequence[Figure]:
    return await accept(bench.place, bench.log, bench.sizes.load_seconds, bench.sizes.rounds)


async def _latency(bench: Bench) -> Sequence[Figure]:
    return await latency(bench.place, bench.sizes.steady_seconds, bench.sizes.rounds)


async def _decide(bench: Bench) -> Sequence[Figure]:
    hot = [encode_fact(fact) for fact in hot_facts(bench.sizes.hot_facts)]
    first, _ = await decide(bench.place, "decided, hot customers", hot, bench.sizes.rounds)
    name = "decided, many customers"
    return [first, *await decide_beside_raw(bench.place, bench.log, name, bench.mixed(), bench.sizes.rounds)]


async def _project(bench: Bench) -> Sequence[Figure]:
    return await project(bench.place, bench.log, await bench.decided(), bench.sizes.rounds)


async def _rebuild(bench: Bench) -> Sequence[Figure]:
    return await rebuild(bench.place, bench.log, await bench.decided(), bench.sizes.rounds)


async def _finance(bench: Bench) -> Sequence[Figure]:
    sizes = bench.sizes
    folded = await fold_money(bench.place, sizes.facts // 4, sizes.rounds)
    return [*folded, *await finance(bench.place, sizes.deals, sizes.questions)]


async def _peer(bench: Bench) -> Sequence[Figure]:
    return await peer(bench.place, bench.sizes.peer_registrations)


async def _bytes(bench: Bench) -> Sequence[Figure]:
    return await weigh(bench.place, bench.log, bench.sizes.weighed)


async def _cost(bench: Bench) -> Sequence[Figure]:
    return await cost(bench.place, bench.sizes.costed, bench.sizes.rounds)


async def _enter(bench: Bench) -> Sequence[Figure]:
    return await enter(bench.place, bench.sizes.costed // 4, bench.sizes.rounds)


async def _fresh(bench: Bench) -> Sequence[Figure]:
    return await fresh(bench.place, bench.sizes.costed, bench.sizes.rounds)


async def _clauses(bench: Bench) -> Sequence[Figure]:
    return clauses(bench.sizes.few_open // 10, bench.sizes.rounds)


async def _workers(bench: Bench) -> Sequence[Figure]:
    return await workers(bench.place, bench.sizes.worker_facts)


async def _crowd(bench: Bench) -> Sequence[Figure]:
    return await crowd(bench.place, bench.sizes.few_open, bench.sizes.many_open, bench.sizes.rounds)


async def _deliver(bench: Bench) -> Sequence[Figure]:
    return await deliver(bench.place, bench.sizes.few_open // 10, bench.sizes.steady_seconds, bench.sizes.rounds)


async def _tell(bench: Bench) -> Sequence[Figure]:
    return await tell(bench.place, max(bench.sizes.rounds, 3))


async def _long(bench: Bench) -> Sequence[Figure]:
    return await long(bench.place, bench.sizes.long_entries)


async def _during(bench: Bench) -> Sequence[Figure]:
    return await during(bench.place, bench.sizes.during_entries, bench.sizes.steady_seconds / 2)


async def _pages(bench: Bench) -> Sequence[Figure]:
    return await pages(bench.place, bench.sizes.paged_facts, bench.sizes.paged_copies, bench.sizes.questions // 4)


async def _vendors(bench: Bench) -> Sequence[Figure]:
    return await vendors(bench.place, bench.sizes.vendors)


BOTH: tuple[Log, ...] = ("postgres", "kafka")


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked for by name."""

    measure: Callable[[Bench], Awaitable[Sequence[Figure]]]
    logs: tuple[Log, ...] = BOTH


PARTS: dict[str, Part] = {
    "accept": Part(_accept),
    "latency": Part(_latency),
    "decide": Part(_decide),
    "project": Part(_project),
    "rebuild": Part(_rebuild),
    "bytes": Part(_bytes),
    "cost": Part(_cost),
    "fresh": Part(_fresh),
    "enter": Part(_enter),
    "workers": Part(_workers),
    # What these measure does not depend on the log, or is measured with the other on both.
    "peer": Part(_peer, ("postgres",)),
    "deliver": Part(_deliver, ("postgres",)),
    "tell": Part(_tell, ("postgres",)),
    "crowd": Part(_crowd, ("postgres",)),
    "vendors": Part(_vendors, ("postgres",)),
    "long": Part(_long, ("postgres",)),
    "during": Part(_during, ("postgres",)),
    "pages": Part(_pages, ("postgres",)),
    "finance": Part(_finance, ("postgres",)),
    "clauses": Part(_clauses, ("postgres",)),
}
