"""One run: edges, deciders and views over one log and one database, told a history while things go wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any
from unittest.mock import patch

from services.attribution import processor
from services.attribution.domain.handlers import decide, timers
from services.attribution.processor import PartitionProcessor
from services.attribution.worker import CONSUMER
from services.registration.intake.entry import InSteps
from services.registration.intake.intake import Intake
from services.registration.intake.marking import Marking
from shared.errors import DealregError, Unavailable
from shared.events.envelope import Fact
from shared.events.vendor import VendorCreated
from shared.log.port import Record, partition_of
from shared.partitions.ownership import Held
from shared.partitions.worker import CommitInterval, PartitionedWorker
from shared.projection.replay import replay
from shared.settings import Settings
from tests.simulation.checks import difference
from tests.simulation.clients import Clients
from tests.simulation.database import IDLE_SECONDS, OF_THE_DECIDER, OF_VIEWS, Database, Transaction
from tests.simulation.faults import Fault
from tests.simulation.keys import MemoryAtOnce, MemoryKeys, MemorySeals
from tests.simulation.log import SimulatedLog
from tests.simulation.loop import Stuck
from tests.simulation.monitor import Monitor
from tests.simulation.ownership import MemoryOwnership
from tests.simulation.plan import Move, Plan
from tests.simulation.projections import MemoryPool
from tests.simulation.stage import quiet
from tests.simulation.store import MemoryStore
from tests.simulation.tale import Remote, Tale
from tests.simulation.views import AllViews, TogetherViewer, Viewer
from tests.simulation.world import EPOCH, Host, Process, World

PARTITIONS = 2
EDGES, DECIDERS, VIEWERS = 2, 2, 2
LEASE_SECONDS = 4
FORGET_SECONDS = 2.0
OPERATOR_SECONDS = 2.0
SETTLE_SECONDS = 600
"""Virtual: leases, restarts and locks are over long before."""
NEXT_RELEASE = "next"
RESTORE_SECONDS = 8.0
"""An operator restores when nothing is on its way any more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended: `failure` names the first law that it broke."""

    failure: str | None
    digest: str
    entries: int
    calls: int
    lines: tuple[str, ...]


def run(plan: Plan, *, traced: bool = False) -> Outcome:
    """The run of the plan, the same whenever it is repeated."""
    with quiet(plan.seed), failing(plan):
        simulation = Simulation(plan, traced=traced)
        return simulation.outcome()


class Simulation:
    """The parts of one run."""

    def __init__(self, plan: Plan, *, traced: bool) -> None:
        self.plan = plan
        self.world = World(str(plan.seed), plan.faults, traced=traced)
        self.database = Database(self.world)
        self.log = SimulatedLog(self.database, PARTITIONS, joins=plan.joins)
        self.monitor = Monitor(self.world, self.database, self.log, self.views(repaired=False))
        self.settings = Settings(
            partitions=PARTITIONS,
            batch_facts=plan.batch_facts,
            batch_entries=plan.batch_entries,
            decisions_per_transaction=plan.decisions,
            lease_seconds=LEASE_SECONDS,
            idle_in_transaction_timeout_ms=round(IDLE_SECONDS * 1_000),
            poll_ms=500,
        )
        self.edges = [Host(self.world, "edge", number, self._edge) for number in range(EDGES)]
        deciders = [Host(self.world, "decider", number, self._decider) for number in range(DECIDERS)]
        self.viewers = [Host(self.world, "viewer", number, self._viewer) for number in range(VIEWERS)]
        operator = [Host(self.world, "operator", 0, self._operator)] if plan.poison or plan.faulty else []
        self.workers = [*deciders, *self.viewers, *operator]
        self.repaired = not plan.poison
        self.clients = Clients(self.world, self.edges)
        self.tales = {one: self._tale(one) for one in plan.vendors}
        self.turns = {one: asyncio.Lock() for one in plan.vendors}
        self.upgraded = False
        self.backup: dict[str, dict[Any, Any]] | None = None

    def outcome(self) -> Outcome:
        loop = self.world.loop
        failure: str | None = None
        try:
            loop.run_until_complete(self._play())
            failure = self.world.violations[0] if self.world.violations else difference(self)
        except Stuck:
            failure = "stuck: everybody waits for ever"
        finally:
            self._end()
        entries = sum(len(self.log.records["journal", one]) for one in range(PARTITIONS))
        return Outcome(failure, self.world.digest, entries, self.world.calls, tuple(self.world.lines or ()))

    async def _play(self) -> None:
        for host in (*self.edges, *self.workers):
            host.start()
        for fault in self.plan.faults:
            if not fault.who:
                self.world.loop.call_at(fault.at, self._change_the_world, fault)
            if fault.kind == "restore":
                self.world.loop.call_at(fault.at * 0.6, self._back_up)
        if self.plan.poison:
            self.world.loop.call_at(self.plan.repair_at, self._repair)
        await self._tell()
        self.world.pending.clear()
        await self._settle()
        edges_fared_well = not any(fault.who == "edge" or fault.kind == "server" for fault in self.plan.faults)
        forgotten = self.database.forgotten
        await self.clients.replay_all(kept=lambda key: edges_fared_well and (key.vendor, key.fact) not in forgotten)
        await self._settle()

    async def _tell(self) -> None:
        openings = [
            asyncio.create_task(self._open(*one)) for one in zip(self.plan.vendors, self.plan.begins, strict=True)
        ]
        moving: list[asyncio.Task[None]] = []
        for move in self.plan.moves:
            await asyncio.sleep(move.gap)
            moving.append(asyncio.create_task(self._move(move)))
        await asyncio.gather(*openings, *moving)

    async def _open(self, vendor: str, seconds: float) -> None:
        """The vendor's first facts; whatever else it tells waits for them."""
        async with self.turns[vendor]:
            await asyncio.sleep(seconds)
            await self.clients.send(vendor, "opening", self.tales[vendor].opening(*self.plan.policies))

    async def _move(self, move: Move) -> None:
        tale = self.tales[move.vendor]
        if move.step.kind == "poison":
            self._poison(move)
            return
        async with self.turns[move.vendor]:
            importing = tale.house.importing
            told = tale.facts(move.step)
            if not importing:
                self._pass(timedelta(days=tale.day) + EPOCH - self.world.now())
            elif told:
                # History is told in order: the next fact waits for the answer to this one.
                await self.clients.send(move.vendor, f"m{move.number}", told)
                return
        for one in told:
            await self.clients.make(move, one)

    def _pass(self, time: timedelta) -> None:
        """Days pass in which nothing happens but that leases are renewed."""
        if time <= timedelta():
            return
        self.world.note(None, f"{time} pass")
        self.world.offset += time
        owned, workers = self.database.tables["ownership"], self.database.tables["worker"]
        owned.update({key: row._replace(lease_until=row.lease_until + time) for key, row in owned.items()})
        workers.update({key: at + time for key, at in workers.items()})

    def _poison(self, move: Move) -> None:
        """Somebody writes to the topic what nobody can read."""
        type_ = ("dealreg.registration.submitted", "dealreg.unheard.of")[move.step.choice % 2]
        headers = (("ce_id", f"poison{move.number}"), ("ce_type", type_)) if move.step.which % 3 else ()
        self.log.keep("facts", [Record(move.vendor, headers, b"\xff{not json")])

    def _change_the_world(self, fault: Fault) -> None:
        self.world.note(None, fault.kind)
        match fault.kind:
            case "steal":
                owned = self.database.tables["ownership"]
                if owned:
                    key = self.world.chance.choice(sorted(owned))
                    owned[key] = owned[key]._replace(lease_until=EPOCH)
            case "jump":
                self.world.offset += timedelta(seconds=fault.seconds)
            case "server":
                self.database.restart(min(fault.seconds, 5.0))
            case "restore" if self.backup is not None:
                self.world.paused_until = self.world.loop.time() + RESTORE_SECONDS
                for host in self.workers:
                    if host.process is not None:
                        self.world.kill(host.process, RESTORE_SECONDS + 0.1)
                self.world.loop.call_later(RESTORE_SECONDS - 0.1, self._restore, fault)

    def _back_up(self) -> None:
        self.backup = {name: dict(self.database.tables[name]) for name in (*OF_THE_DECIDER, *OF_VIEWS)}

    def _repair(self) -> None:
        """A release without the bug replaces every worker that folds."""
        self.repaired = True
        for host in self.viewers:
            if host.process is not None:
                self.world.kill(host.process, 0.5)

    def _restore(self, fault: Fault) -> None:
        assert self.backup is not None
        self.world.note(None, "the database is as it was")
        self.database.unsynced.clear()
        if fault.upgrades:
            # What was decided before must not be decided again, and otherwise.
            self.upgraded = True
            processor.RELEASE = NEXT_RELEASE
        for name, rows in self.backup.items():
            self.database.tables[name].clear()
            self.database.tables[name].update(rows)

    async def _settle(self) -> None:
        quiet = 0
        for _ in range(SETTLE_SECONDS):
            await asyncio.sleep(1.0)
            waits = self.monitor.waits()
            quiet = quiet + 1 if waits is None else 0
            if quiet == 3:
                return
        self.world.violated(f"does not settle: {self.monitor.waits()}")

    def _end(self) -> None:
        loop = self.world.loop
        for host in (*self.edges, *self.workers):
            if host.process is not None:
                host.process.alive = False
        tasks = sorted(asyncio.all_tasks(loop), key=lambda task: task.get_name())
        for task in tasks:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True)) if tasks else None
        loop.close()

    def _tale(self, vendor: str) -> Tale:
        house = Remote(self.database.tables["document"], vendor, importing=vendor in self.plan.importing)
        return Tale(house, spare=self.plan.policies[1])

    async def _edge(self, process: Process) -> None:
        keys = MemoryKeys(self.database)
        steps = InSteps(keys, MemorySeals(self.database))
        entry = MemoryAtOnce(self.database, self.log) if self.plan.joins else steps
        intake = Intake(entry, self.log, self.settings, Marking(keys))
        await intake.start()
        process.app = intake
        while not process.stop.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(FORGET_SECONDS):
                    await process.stop.wait()
            if self.plan.forget_days:
                with suppress(Unavailable):
                    await keys.forget(self.plan.forget_days)
        await intake.stop()

    async def _decider(self, process: Process) -> None:
        store = MemoryStore(self.database)
        lease = self.settings.lease_seconds
        ownership = MemoryOwnership(self.database, CONSUMER, PARTITIONS, process.name, lease)

        async def opened(held: Held) -> PartitionProcessor:
            return await PartitionProcessor.open(store, self.log, self.settings, ownership, held)

        pace = CommitInterval(self.settings.decide_interval_ms / 1000, self.settings.batch_facts)
        await PartitionedWorker(ownership, lease, opened, self._given_up, pace).run(process.stop, self.settings.poll_ms)

    async def _viewer(self, process: Process) -> None:
        mine, pool = self.views(repaired=self.repaired), MemoryPool(self.database)
        if len(mine) == 1:
            await Viewer(mine[0], pool, self.log, self.settings, process=process).run(process.stop)
        else:
            await TogetherViewer(mine, pool, self.log, self.settings, process=process).run(process.stop)

    def views(self, *, repaired: bool = True) -> list[AllViews]:
        """The views of the run, as this release or the one before folds them."""
        return [
            AllViews(number, None if repaired else partial(self.plan.bug, view=number))
            for number in range(self.plan.views)
        ]

    async def _operator(self, process: Process) -> None:
        """Replays what is set aside, before the bug is repaired and after; lets go what paused an import."""
        while not process.stop.is_set():
            await asyncio.sleep(OPERATOR_SECONDS)
            with suppress(Unavailable):
                await self._resume()
            for view in self.views(repaired=self.repaired):
                with suppress(Unavailable):
                    await replay(MemoryPool(self.database), view)  # type: ignore[arg-type]

    async def _resume(self) -> None:
        """As `dealreg attribution resume --skip` does: the owner of the partition has to begin again."""

        async def done(transaction: Transaction) -> None:
            for vendor, (partition, halt) in sorted(self.database.tables["halt"].items()):
                await transaction.lock("ownership", (CONSUMER, partition))
                await transaction.lock("halt", vendor)
                owned = transaction.get("ownership", (CONSUMER, partition))
                transaction.put("halt", vendor, (partition, replace(halt, release="", skip=True)))
                freed = owned._replace(epoch=owned.epoch + 1, owner=None, lease_until=self.world.now())
                transaction.put("ownership", (CONSUMER, partition), freed)

        if any(halt.release for _, halt in self.database.tables["halt"].values()):
            await self.database.at_once("resume", done)

    async def _given_up(self, partition: int, error: DealregError) -> None:
        self.world.violated(f"partition {partition} was given up: {error!r}")

    def partition_of(self, vendor: str) -> int:
        return partition_of(vendor, PARTITIONS)


@contextmanager
def failing(plan: Plan) -> Iterator[None]:
    """Deciding raises for some facts and deadlines of the plan; a vendor is created all the same."""
    decide_, fire = decide.decide, timers.fire

    def deciding(book: Any, fact: Fact, release: str) -> None:
        decide_(book, fact, release)
        # At the end, so that there is something of it to be left behind.
        if not isinstance(fact.event, VendorCreated) and plan.fails(fact.vendor, fact.id):
            raise Bug

    def firing(book: Any, due: Any, key: Any) -> None:
        fire(book, due, key)
        if plan.fails(key.subject, due.timestamp(), often=3):
            raise Bug

    with patch.object(decide, "decide", deciding), patch.object(timers, "fire", firing):
        yield


class Bug(Exception):
    """What nobody expected."""
