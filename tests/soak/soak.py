"""A soak: load and faults side by side, then rest, then the proof that nothing was lost, doubled or left behind."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

import httpx
import orjson

from dealreg.runtime.backlog import backlog, drained
from shared.errors import DealregError
from tests.e2e.command import dealreg, servers
from tests.soak.faults import Faults
from tests.soak.lag import Lag
from tests.soak.memory import Memory
from tests.soak.plan import Plan
from tests.soak.proof import Proof, proof
from tests.soak.rollcall import RollCall
from tests.soak.sender import Sender, Wrong
from tests.soak.site import Site, site
from tests.soak.traffic import Traffic

READY_SECONDS = 120.0
READY_POLL_SECONDS = 0.2
ALARMS = ("view halted", "partition stopped", "entry set aside", "invariant broken")
"""Log lines that no fault of a process or server may lead to."""
MOST_TOLD = 20
"""Reasons of one kind that are told; more would tell no more."""

Tell = Callable[[str], None]


@dataclass(slots=True)
class Soak:
    """One run over one site, and what is known of it so far."""

    plan: Plan
    site: Site
    tell: Tell
    lag: Lag = field(default_factory=Lag)
    memory: Memory = field(default_factory=Memory)
    roll: RollCall = field(default_factory=RollCall)
    failures: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    proof: Proof | None = None
    sender: Sender = field(init=False)
    faults: Faults = field(init=False)
    _began: float = field(default_factory=time.monotonic)
    _sent: float = field(default_factory=time.monotonic)
    """When the last request was accepted."""

    def __post_init__(self) -> None:
        traffics = [Traffic(one, Random(f"{self.plan.seed}-{one.vendor}")) for one in self.site.accounts]
        edges, queries = self.site.urls_of("registration"), self.site.urls_of("query")
        self.sender = Sender(self.plan, edges, queries, traffics, self.lag)
        self.faults = Faults(self.plan, self.site)

    async def run(self) -> None:
        """Everything in turn; the first thing that makes the rest meaningless ends it."""
        steps = {
            "ready": self._all_ready,
            "load": self._under_load,
            "ready again": self._all_ready,
            "drained": self._at_rest,
            "proof": self._proved,
            "verified": self._verified,
        }
        for name, step in steps.items():
            began = time.monotonic()
            try:
                await step()
            except* (Wrong, DealregError) as errors:
                self.failures += [f"{name}: {error}" for error in _leaves(errors)]
            self.seconds[name] = round(time.monotonic() - began, 1)
            self.tell(f"{name} after {self.seconds[name]} s{': ' + self.failures[-1] if self.failures else ''}")
            if self.failures:
                break
        self._judged()

    async def _under_load(self) -> None:
        self._began, stop, over = time.monotonic(), asyncio.Event(), asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch(over))
            group.create_task(self._told_now_and_then(over))
            harming = group.create_task(self.faults.run(stop))
            sending = group.create_task(self.sender.run(stop))
            await asyncio.wait({sending, harming}, timeout=self.plan.seconds, return_when=asyncio.FIRST_COMPLETED)
            while self.faults.done.total() < self.plan.least_faults:
                await asyncio.sleep(self.plan.sample_seconds)
            stop.set()
            await sending
            self._sent = time.monotonic()
            await harming
            over.set()

    async def _watch(self, over: asyncio.Event) -> None:
        while not await _set_within(over, self.plan.sample_seconds):
            self.memory.sample(self._now(), [(name, one.pid) for name, one in self.site.processes.items()])
            self.roll.call(self.site.supervisor.running)
            try:
                self.lag.take(await backlog(self.site.runtime))
            except DealregError:  # a server is down: the faults do that
                self.lag.take(None)

    async def _told_now_and_then(self, over: asyncio.Event) -> None:
        before = 0
        while not await _set_within(over, self.plan.told_seconds):
            sent, done = self.sender.tally, self.faults.done
            rate, before = (sent.registrations - before) / self.plan.told_seconds, sent.registrations
            harm = " ".join(
                f"{sum(times for name, times in done.items() if name.startswith(what))} {word}"
                for what, word in _DONE.items()
            )
            largest = " ".join(f"{kind} {size:.0f}" for kind, size in self._sizes().items())
            self.tell(
                f"{self._now():6.0f} s  {rate:4.0f}/s  accepted {sent.accepted:,}  again {sent.again.total():,}  "
                f"{self.lag}  {harm}  MB {largest}"
            )

    async def _all_ready(self) -> None:
        """Each process answers, and misses nothing."""
        end = time.monotonic() + READY_SECONDS
        waiting = dict(self.site.urls)
        async with httpx.AsyncClient(timeout=READY_POLL_SECONDS * 10) as client:
            while waiting:
                said = {name: await _missing(client, url) for name, url in waiting.items()}
                waiting = {name: waiting[name] for name, missing in said.items() if missing}
                if waiting and time.monotonic() > end:
                    raise Wrong(f"not ready after {READY_SECONDS:.0f} s: {said}")
                if waiting:
                    await asyncio.sleep(READY_POLL_SECONDS)

    async def _at_rest(self) -> None:
        since = time.monotonic() - self._sent
        await drained(self.site.runtime, seconds=max(self.plan.drain_seconds - since, 0.0), on_progress=self.lag.take)
        self.seconds["sent until drained"] = round(time.monotonic() - self._sent, 1)

    async def _proved(self) -> None:
        self.proof = await proof(self.site.runtime.log, self.sender.traffics)
        self.failures += self.proof.broken[:MOST_TOLD]

    async def _verified(self) -> None:
        settings = self.site.settings
        assert settings.database_url is not None
        variables = servers(settings.database_url.get_secret_value(), settings.kafka_bootstrap)
        folder = self.site.logs.with_name("verify")
        folder.mkdir()
        async with dealreg(folder, "verify", "--json", **variables) as command:
            code = await command.process.wait()
            if code != 0:
                self.failures.append(f"dealreg verify ended with {code}: {command.said()[-2_000:]}")

    def _judged(self) -> None:
        self.failures += [
            f"memory of {one.what} is not flat: {one.early_mb:.0f} MB, then {one.late_mb:.0f} MB"
            for one in self.memory.compared(self.plan.seconds)
            if one.judged and not one.flat
        ]
        self.failures += self.roll.unexplained(self.faults.killed)[:MOST_TOLD]
        logged = self._logged()
        self.failures += [f"{logged[alarm]} times in the log: {alarm}" for alarm in ALARMS if logged[alarm]]

    def _logged(self) -> Counter[str]:
        """How often each event was logged as an error."""
        found: Counter[str] = Counter()
        with self.site.logs.open("rb") as lines:
            for line in lines:
                if line.startswith(b"{") and b'"level":"error"' in line:
                    found[str(orjson.loads(line).get("event"))] += 1
                elif line.startswith(b"Traceback"):
                    found["traceback"] += 1
        return found

    def _sizes(self) -> dict[str, float]:
        newest = {one.kind: one.samples[-1][1] for one in self.memory.generations.values()}
        return dict(sorted(newest.items()))

    def _now(self) -> float:
        return time.monotonic() - self._began

    def summary(self) -> dict[str, Any]:
        """For a machine."""
        sent, load = self.sender.tally, self.seconds.get("load", 0.0)
        seen = quantiles(sent.seen, n=100) if len(sent.seen) > 1 else []
        return {
            "holds": not self.failures,
            "failures": self.failures,
            "plan": asdict(self.plan),
            "seconds": self.seconds,
            "registrations": sent.registrations,
            "registrations_per_s": round(sent.registrations / load, 1) if load else 0.0,
            "accepted": sent.accepted,
            "sent_again": dict(sent.again),
            "repeated_after_202": sent.repeated,
            "visible_ms": {"p50": round(seen[49] * 1_000), "p99": round(seen[98] * 1_000)} if seen else None,
            "not_seen": dict(sent.not_seen),
            "held_up_seconds": round(sent.held_up_seconds, 1),
            "faults": dict(sorted(self.faults.done.items())),
            "processes": len(self.memory.generations),
            "ended_by_themselves": self.roll.ended(self.faults.killed),
            "most_lag": {"facts": self.lag.most_facts, "entries": self.lag.most_entries},
            "journal": dict(self.proof.effects) if self.proof else None,
            "memory": [one.told() for one in self.memory.compared(self.plan.seconds)],
            "largest_mb": self.memory.largest(),
            "logged_errors": dict(self._logged()),
        }


_DONE = {"kill": "killed", "freeze": "frozen", "crash": "crashed"}


async def soaked(plan: Plan, folder: Path, tell: Tell) -> dict[str, Any]:
    """The summary of one soak in that folder; `holds` says whether everything did."""
    async with site(plan, folder) as deployed:
        soak = Soak(plan, deployed, tell)
        await soak.run()
        return soak.summary()


async def _missing(client: httpx.AsyncClient, url: str) -> list[str]:
    try:
        found: list[str] = (await client.get(f"{url}/readyz")).json()["missing"]
        return found
    except httpx.TransportError as error:
        return [type(error).__name__]


async def _set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _leaves(errors: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    return [
        leaf for one in errors.exceptions for leaf in (_leaves(one) if isinstance(one, BaseExceptionGroup) else [one])
    ]
