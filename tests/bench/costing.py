"""Processor time and bytes of a registration, stage by stage: edge, decider, each view, and PostgreSQL beneath them.

Registrations are posted over HTTP at full batches with contacts and notes that the edge seals with real keys, then
decided and folded by all views together. What each view takes alone is measured on the registrations before those.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psutil

from dealreg.runtime.components import Runtime, runtime
from dealreg.runtime.views import VIEWS
from shared.projection.joint_runner import JointRunner
from shared.projection.runner import Runner
from shared.settings import Settings
from tests.bench.accepting import CONNECTIONS, house, loaded
from tests.bench.deciding import collect_as_a_service_does
from tests.bench.draining import decided_here
from tests.bench.figures import Figure
from tests.bench.load import WARM_UP_SECONDS, Job
from tests.bench.place import LONG_SECONDS, Place
from tests.bench.serving import served
from tests.bench.weighing import SCHEMAS, sizes, wal_written

FASTEST = 8_000
"""Posts a second for which requests are made beforehand."""
POSTS_A_SECOND = 2_000
"""About what one serving process takes: the seconds of load that make so many registrations."""
BEFORE = 0.25
"""Of the registrations: decided and folded before anything is measured, so that tables have rows and statistics."""

_runs = count(9_000)


@dataclass(slots=True)
class Spent:
    """What one stage took, in seconds of processor and bytes of write-ahead log."""

    ours: float = 0.0
    servers: float = 0.0
    wal: int = 0


@dataclass(slots=True)
class Costs:
    """The stages of one round, by name and in order."""

    registrations: int = 0
    stages: dict[str, Spent] = field(default_factory=dict)
    alone: Costs | None = None
    """What each view takes by itself, of other registrations."""
    tables: dict[str, int] = field(default_factory=dict)

    def us(self, *, ours: bool, named: str = "") -> float:
        """Processor microseconds a registration, of ours or of the server, in the stages whose name begins so."""
        chosen = [spent for name, spent in self.stages.items() if name.startswith(named)]
        return 1e6 * sum(one.ours if ours else one.servers for one in chosen) / self.registrations

    def wal(self, named: str = "") -> int:
        """Bytes of write-ahead log in the stages whose name begins so."""
        return sum(spent.wal for name, spent in self.stages.items() if name.startswith(named))

    def stored(self, named: str = "") -> int:
        """Bytes that the tables of the schema grew by, of all where none is named."""
        return sum(grown for schema, grown in self.tables.items() if named in ("", schema))


async def cost(place: Place, registrations: int, rounds: int) -> list[Figure]:
    """Figures on tables that have rows and statistics."""
    return _figures("", [await _round(place, registrations, analysed=True) for _ in range(rounds)])


async def fresh(place: Place, registrations: int, rounds: int) -> list[Figure]:
    """The same on a database that nothing was in and that is never analysed, as an import or a new vendor meets it."""
    found = [await _round(place, registrations, analysed=False) for _ in range(rounds)]
    return _figures(", never analysed", found)


async def _round(place: Place, registrations: int, *, analysed: bool) -> Costs:
    settings, token = await house(place)
    async with runtime(settings, "bench") as found:
        postgres = await postmaster(found)
        if analysed:
            async with served(settings) as url:
                await _post(url, token, int(BEFORE * registrations))
            await decided_here(found)
            alone = await _each_alone(found, postgres)
            await found.pool.execute("ANALYZE", timeout=LONG_SECONDS)
        else:
            alone = None
            await _never_analysed(found)
        await found.pool.execute("CHECKPOINT", timeout=LONG_SECONDS)
        before = await _sizes(found)
        first = await _registrations(found)
        costs = await _stages(found, postgres, settings, token, registrations)
        costs.alone = alone
        costs.registrations = await _registrations(found) - first
        costs.tables = {name: size - before.get(name, 0) for name, size in (await _sizes(found)).items()}
    return costs


async def _stages(found: Runtime, postgres: psutil.Process, settings: Settings, token: str, most: int) -> Costs:
    costs = Costs()
    async with served(settings) as url:
        serving = next(one for one in psutil.Process().children() if "serve" in one.cmdline())
        async with _measured(costs, "edge", found, postgres, lambda: _busy(serving)):
            await _post(url, token, most)
    collect_as_a_service_does()
    async with _measured(costs, "decider", found, postgres, time.process_time):
        await decided_here(found)
    async with _measured(costs, "views", found, postgres, time.process_time):
        await _folded(JointRunner(VIEWS, found.pool, found.log, found.settings))
    return costs


async def _each_alone(found: Runtime, postgres: psutil.Process) -> Costs:
    costs = Costs(await _registrations(found))
    for view in VIEWS:
        async with _measured(costs, f"view {view.name} alone", found, postgres, time.process_time):
            await _folded(Runner(view, found.pool, found.log, found.settings))
    return costs


@asynccontextmanager
async def _measured(
    costs: Costs, name: str, found: Runtime, postgres: psutil.Process, busy: Callable[[], float]
) -> AsyncIterator[None]:
    wal, server, ours = await wal_written(found), busy_tree(postgres), busy()
    yield
    spent = Spent(busy() - ours, busy_tree(postgres) - server, await wal_written(found) - wal)
    costs.stages[name] = spent


async def _post(url: str, token: str, registrations: int) -> None:
    seconds = max(registrations / POSTS_A_SECOND, 1.0)
    prepared = int((seconds + WARM_UP_SECONDS) * FASTEST)
    await loaded(Job(url, token, str(next(_runs)), seconds, connections=CONNECTIONS, prepared=prepared))


async def _folded(runner: Runner | JointRunner) -> None:
    while await runner.step():
        pass
    await runner.close()


async def postmaster(found: Runtime) -> psutil.Process:
    """The server's first process."""
    folder = await found.pool.fetchval("SHOW data_directory")
    pid = int((Path(folder) / "postmaster.pid").read_text().split("\n", 1)[0])
    return await asyncio.to_thread(psutil.Process, pid)


def _busy(process: psutil.Process) -> float:
    """Seconds of processor that the process computed."""
    times = process.cpu_times()
    return float(times.user + times.system)


def busy_tree(postmaster: psutil.Process) -> float:
    """Seconds of processor of a server and all that it started, ended ones included."""
    ended = postmaster.cpu_times()
    whole = _busy(postmaster) + float(ended.children_user + ended.children_system)
    for child in postmaster.children():
        with contextlib.suppress(psutil.NoSuchProcess):
            whole += _busy(child)
    return whole


async def _never_analysed(found: Runtime) -> None:
    for row in await sizes(found):
        await found.pool.execute(f'ALTER TABLE {row["schema"]}."{row["name"]}" SET (autovacuum_enabled = off)')


async def _sizes(found: Runtime) -> dict[str, int]:
    rows = await sizes(found)
    return {schema: sum(row["rows"] + row["indexes"] for row in rows if row["schema"] == schema) for schema in SCHEMAS}


async def _registrations(found: Runtime) -> int:
    statement = "SELECT count(*) FROM attribution.document WHERE kind = 'registration'"
    return await found.pool.fetchval(statement)  # type: ignore[no-any-return]


def _figures(suffix: str, rounds: list[Costs]) -> list[Figure]:
    unit = "µs/registration"
    registrations = {"registrations": min(one.registrations for one in rounds), "ticks_s": os.sysconf("SC_CLK_TCK")}
    figures = []
    alone = [one.alone for one in rounds if one.alone is not None]
    for costs in (rounds, alone):
        for name in costs[0].stages if costs else ():
            ours = tuple(one.us(ours=True, named=name) for one in costs)
            servers = tuple(one.us(ours=False, named=name) for one in costs)
            figures += [
                Figure(f"cost, {name}, Python{suffix}", unit, ours),
                Figure(f"cost, {name}, PostgreSQL{suffix}", unit, servers),
            ]
    views = tuple(one.us(ours=True, named="views") + one.us(ours=False, named="views") for one in rounds)
    whole = tuple(one.us(ours=True) + one.us(ours=False) for one in rounds)
    figures.append(Figure(f"cost, all views, both{suffix}", unit, views))
    figures.append(Figure(f"cost, all{suffix}", unit, whole, beside=registrations))
    return [*figures, *_bytes(suffix, rounds)]


def _bytes(suffix: str, rounds: list[Costs]) -> Iterable[Figure]:
    unit = "B/registration"
    for schema in (*SCHEMAS, "all"):
        sizes_ = tuple(one.stored("" if schema == "all" else schema) / one.registrations for one in rounds)
        yield Figure(f"cost, tables, {schema}{suffix}", unit, sizes_)
    for part, named in (("edge", "edge"), ("decider", "decider"), ("views", "views"), ("", "all")):
        written = tuple(one.wal(part) / one.registrations for one in rounds)
        yield Figure(f"cost, write-ahead log, {named}{suffix}", unit, written)
