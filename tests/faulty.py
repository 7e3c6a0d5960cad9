"""Code that raises what nobody expected, for one vendor of two; and a decider of both that runs in memory."""

from __future__ import annotations

import importlib
import inspect
import logging
import pkgutil
import random
import sys
import weakref
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from itertools import chain
from typing import Any
from unittest.mock import patch

import structlog

from services.attribution import domain, processor
from services.attribution.domain.documents.evolve import _CHANGES
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.handlers import timers
from services.attribution.processor import PartitionProcessor
from services.attribution.vendor_batch import VendorBatch
from services.attribution.worker import CONSUMER
from shared.events.access import AccessEvent
from shared.events.base import Event
from shared.events.case import CaseResolved
from shared.events.codec import encode_fact
from shared.events.envelope import Entry, Fact
from shared.events.order import OrderCancelled, OrderRefunded
from shared.events.person import PersonErased
from shared.events.program import ProgramWithdrawn
from shared.events.registration import EvidenceRefuted, EvidenceVerified, ReviewDecided
from shared.events.registry import EVENTS
from shared.events.vendor import VendorCreated
from shared.projection.reading import read
from shared.settings import Settings
from tests.contract.samples import sample
from tests.property.attribution.histories import STEPS, Step, Story
from tests.simulation.database import Database
from tests.simulation.log import SimulatedLog
from tests.simulation.ownership import MemoryOwnership
from tests.simulation.store import MemoryStore
from tests.simulation.world import World
from tests.unit.attribution.house import START, event

VICTIM, BYSTANDER = "acme", "bolt"
SECRET = "Somebody Personal"
"""What the exception quotes, and nobody may read anywhere."""
POLICY: dict[str, Any] = {
    "review": {"auto_approve_if": "no_conflict_and_gates_pass"},
    "conflict": {"order": ["approved_first", "first_complete_submission"], "waiter_confirm": "5bd", "on_lost": "2bd"},
    "protection": {"days": 12, "extension": {"days": 7, "max": 2, "decide": "2bd"}},
    "credit": {"model": "linear", "roles": {"sourced": 70, "influenced": 20, "fulfilled": 10}, "late_win_days": 10},
    "rewards": [{"name": "won", "kind": "rebate", "on": "won", "role": "sourced", "pct": 10, "hold_days": 5},
                {"name": "approved", "kind": "rebate", "on": "approved", "pct": "0.5", "hold_days": 0}],
    "clawback": {"on": ["cancel", "refund"], "within_months": 2},
}  # fmt: skip
_KINDS = [kind for kind, weight in (*STEPS, ("won", 3), ("created", 2), ("refund", 2), ("cancel", 1), ("resolve", 2),
                                         ("judge", 2), ("evidence", 2), ("object", 4))
          for _ in range(weight)]  # fmt: skip


class Bug(Exception):
    """What nobody expected."""


class _Tale(Story):
    """Steps of money too, and a person's look at evidence."""

    def _judge(self, step: Step) -> list[Event] | None:
        claims = [one for one in map(self.house.find, self.registrations) if one is not None and one.claim.evidence]
        if not claims:
            return None
        claim = claims[step.which % len(claims)]
        said = (EvidenceVerified, EvidenceRefuted)[step.choice % 2]
        return self.house.when(
            said(registration=claim.id, evidence=claim.claim.evidence[0].evidence or ""), day=self.day
        )

    def _object(self, step: Step) -> list[Event] | None:
        super()._object(step)
        return self._answered_at_once(step, lambda one: one.objected)

    def _extend(self, step: Step) -> list[Event] | None:
        self._about(step)
        return self._answered_at_once(step, lambda one: one.extension_until is not None)

    def _answered_at_once(self, step: Step, asks: Callable[[Registration], bool]) -> list[Event] | None:
        """A person's answer to every second request: a later step seldom meets the same claim in time."""
        found = (one for one in map(self.house.find, self.registrations) if one is not None and asks(one))
        first = next(found, None)
        if first is None or step.choice % 2:
            return None
        verdict = self._verdict(first.id, replace(step, choice=step.which))
        return self.house.when(event(ReviewDecided, registration=first.id, **verdict), day=self.day)

    def _refund(self, step: Step) -> list[Event] | None:
        return self._order(step, OrderRefunded, amount={"amount": f"{1 + step.choice}.50", "currency": "EUR"})

    def _cancel(self, step: Step) -> list[Event] | None:
        return self._order(step, OrderCancelled)

    def _order(self, step: Step, cls: type[Event], **more: Any) -> list[Event] | None:
        if not self.opportunities:
            return None
        id_ = self._pick(self.opportunities, step.which)
        told = {"opportunity": id_, "connection": "crm", "external_id": id_, "refund": f"f{step.other}", **more}
        return self.house.when(event(cls, **told), day=self.day)

    def _resolve(self, step: Step) -> list[Event] | None:
        cases = sorted(key.id for key in self.house.ledger.documents if key.kind == "case")
        if not cases:
            return None
        verdict = ("release", "reverse")[step.choice % 2]
        fact = event(CaseResolved, case=self._pick(cases, step.which), verdict=verdict, reason="seen")
        return self.house.when(fact, day=self.day)


@cache
def history(seed: int = 7, steps: int = 120) -> tuple[Fact, ...]:
    """The facts of a live vendor of which nearly everything happens."""
    chance = random.Random(seed)
    tale = _Tale(POLICY, {**POLICY, "conflict": {"order": ["manual"], "on_lost": "2bd"}}, spare=POLICY)
    crm = tale.house.crm

    def priced(kind: str, id_: str, *, day: float = 0, **more: Any) -> list[Event]:
        return crm(kind, id_, day=day, **{"amount": {"amount": "100.10", "currency": "EUR"}, **more})

    tale.house.crm = priced  # type: ignore[method-assign]
    for partner in ("A", "B"):  # a won deal ends the other claim, and is taken back
        tale.house.submit(
            f"won{partner}", partner, customer={"legal_name": "Halina", "country": "EG", "tax_id": "204824999"}
        )
    for kind in ("won", "reopened"):
        tale.house.crm(kind, "won", registration="wonA", day=1)
    tale.house.withdraw("wonA", day=1.5)
    tale.house.withdraw("wonB", day=1.5)
    _windows(tale)
    _amendments(tale)
    tale.day = 5
    for _ in range(steps):
        numbers = (chance.randint(0, 59) for _ in range(3))
        tale.tell(Step(chance.choice(_KINDS), chance.choice((0, 1, 5, 24, 72)), *numbers))
    tale.house.when(PersonErased(person="p1"), day=tale.day)
    tale.house.when(ProgramWithdrawn(program="teaming"), day=tale.day)
    for act in EVENTS.values():
        if issubclass(act, AccessEvent):
            tale.house.when(sample(act), day=tale.day)
    return tuple(_live(fact) for fact in tale.house.taken)


def _windows(tale: _Tale) -> None:
    """Two claims in a contest window: the first is protected as it closes, and the other waits."""
    gathering = {"contest_window": "1d", "order": ["first_complete_submission"]}
    tale.house.publish({"program": "gathering", "version": 1, **POLICY, "conflict": gathering}, day=1.6)
    customer = {"legal_name": "Sahara Steel", "country": "EG", "tax_id": "204824777"}
    for id_, partner in (("firstA", "A"), ("firstB", "B")):
        tale.house.submit(id_, partner, customer=customer, program="gathering", day=1.7)


def _amendments(tale: _Tale) -> None:
    """Two amendments that are held, one of them until its turn comes, the other until its claim ends."""
    customer = {"legal_name": "Sokar Foods", "country": "EG", "tax_id": "204824888"}
    for id_, partner, product in (("heldA", "A", "X"), ("heldB", "B", "Y")):
        tale.house.submit(id_, partner, customer=customer, products=[product], day=2)
    tale.house.amend("heldB", products=["X", "Y"], day=2)
    tale.house.withdraw("heldA", day=3)
    tale.house.submit("heldC", "C", customer=customer, products=["Z"], day=3)
    tale.house.amend("heldC", products=["X", "Z"], day=4)
    for id_ in ("heldC", "heldB", "firstB", "firstA"):
        tale.house.withdraw(id_, day=4.5)


def _live(fact: Fact) -> Fact:
    told = fact.event
    if isinstance(told, VendorCreated):
        told = told.model_copy(update={"mode": "live"})
    return replace(fact, event=told, importing=False)


def functions() -> Iterator[tuple[str, Any]]:
    """Every function of the domain, by name: a new one is among them by itself."""
    for found in pkgutil.walk_packages(domain.__path__, f"{domain.__name__}."):
        module = importlib.import_module(found.name)
        for name, function in sorted(vars(module).items()):
            if inspect.isfunction(function) and function.__module__ == module.__name__:
                yield f"{found.name.removeprefix(domain.__name__ + '.')}.{name}", function


_deciding: list[str] = [""]


@contextmanager
def telling_vendors() -> Iterator[None]:
    """Whose fact is decided is known to `raising`."""
    take, refuse = VendorBatch.take, VendorBatch.refuse

    def within(method: Callable[..., None]) -> Callable[..., None]:
        def call(self: VendorBatch, *given: Any, **named: Any) -> None:
            before, _deciding[0] = _deciding[0], self.vendor
            try:
                method(self, *given, **named)
            finally:
                _deciding[0] = before

        return call

    with patch.object(VendorBatch, "take", within(take)), patch.object(VendorBatch, "refuse", within(refuse)):
        yield


@dataclass
class Raised:
    """How often it did."""

    times: int = 0


@contextmanager
def raising(function: Any, error: Callable[[], BaseException] | None = None) -> Iterator[Raised]:
    """The function raises for the victim wherever it is called from, and is as it was for everybody else."""
    raised = Raised()

    def broken(*given: Any, **named: Any) -> Any:
        if _deciding[0] != VICTIM:
            return function(*given, **named)
        raised.times += 1
        raise error() if error else Bug(SECRET)

    changed: list[tuple[dict[Any, Any], Any]] = []
    for module in [one for name, one in sys.modules.items() if name.startswith("services.attribution")]:
        tables = [vars(module)] + [one for one in vars(module).values() if isinstance(one, dict)]
        for table in tables:
            changed += [(table, key) for key, one in table.items() if one is function]
    with telling_vendors():
        for table, key in changed:
            table[key] = broken
        try:
            yield raised
        finally:
            for table, key in changed:
                table[key] = function


@contextmanager
def table_raising(table: dict[Any, Any], key: Any) -> Iterator[Raised]:
    """One place of a table raises for the victim."""
    function, raised = table[key], Raised()

    def broken(*given: Any) -> Any:
        if _deciding[0] != VICTIM:
            return function(*given)
        raised.times += 1
        raise Bug(SECRET)

    with telling_vendors(), patch.dict(table, {key: broken}):
        yield raised


FOLDS = tuple(_CHANGES)
TIMERS = tuple(timers.FIRES)


@dataclass
class Memory:
    """A decider over a log and a database in memory, told what two vendors did."""

    joins: bool
    seed: str = "faults"
    batch_facts: int = 7
    world: World = field(init=False)

    def __post_init__(self) -> None:
        self.world = World(self.seed, ())
        weakref.finalize(self, self.world.loop.close)
        # Every deadline of the history lies behind.
        self.world.offset = START + timedelta(days=2_000) - self.world.now()
        self.database = Database(self.world)
        self.log = SimulatedLog(self.database, 1, joins=self.joins)
        self.store = MemoryStore(self.database)
        self.settings = Settings(partitions=1, batch_facts=self.batch_facts, decisions_per_transaction=20)

    def tell(self, facts: Sequence[Fact]) -> None:
        """Both vendors tell the same, in turns."""
        for fact in facts:
            self.log.keep("facts", [encode_fact(replace(fact, vendor=one)) for one in (VICTIM, BYSTANDER)])

    def decide(self, release: str = "test") -> Memory:
        """Everything is decided by a worker of this release, ticks too, and the partition is free again."""
        with patch.object(processor, "RELEASE", release), quietly():
            self.world.loop.run_until_complete(self._decide())
        return self

    async def _decide(self) -> None:
        ownership = MemoryOwnership(self.database, CONSUMER, 1, "worker", 4)
        held = await ownership.take(0)
        assert held is not None
        deciding = await PartitionProcessor.open(self.store, self.log, self.settings, ownership, held)
        quiet = 0
        while quiet < 3:
            quiet = 0 if await deciding.step(0) or self._position < len(self.log.records["facts", 0]) else quiet + 1
        await deciding.close()

    @property
    def _position(self) -> int:
        position: int = self.database.tables["ownership"][CONSUMER, 0].next_offset
        return position

    def journal(self, vendor: str) -> list[Entry]:
        """The vendor's entries, which follow each other without a gap."""
        reading = read([one for one in self.log.records["journal", 0] if one.key == vendor], {}, None)
        assert reading.halt is None, reading.halt
        return reading.entries

    @property
    def halts(self) -> dict[str, Any]:
        return {vendor: halt for vendor, (_, halt) in self.database.tables["halt"].items()}


@contextmanager
def quietly() -> Iterator[None]:
    """Unless a test looks at them, nobody writes the logs: a development console draws pages of each exception."""
    if structlog.is_configured():
        yield
        return
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        yield
    finally:
        structlog.reset_defaults()


def own(entries: Sequence[Entry]) -> Counter[str]:
    """How many entries of its own each fact has."""
    return Counter(one.cause for one in entries if one.event.own)


SEEDS = (2, 3, 8, 15, 22, 24, 32, 35, 36, 48)
"""Histories in which, together, every event that a live vendor can have happens."""
MOST_SEEDS = 200
"""A hundred more histories, of which one has nearly anything."""
TALES = tuple((seed, steps) for steps in (40, 120) for seed in SEEDS)
"""The same by seed and number of steps, short ones first: a third of the steps reaches most of the code."""


@cache
def undisturbed(seed: int, steps: int = 120, *, joins: bool) -> tuple[Entry, ...]:
    """The bystander's journal where nothing raises."""
    memory = Memory(joins)
    memory.tell(history(seed, steps))
    return tuple(memory.decide().journal(BYSTANDER))


@cache
def called() -> dict[Any, tuple[int, int]]:
    """By the code of each function, the first history in which deciding calls it."""
    found: dict[Any, tuple[int, int]] = {}
    for tale in TALES:
        memory = Memory(joins=True)
        memory.tell(history(*tale))
        seen: set[Any] = set()
        sys.setprofile(lambda frame, what, _: seen.add(frame.f_code) if what == "call" else None)  # noqa: B023
        try:
            memory.decide()
        finally:
            sys.setprofile(None)
        for code in seen:
            found.setdefault(code, tale)
    return found


def reaching(event: type[Event]) -> tuple[int, int]:
    """The first history in which the event happens; beyond the known ones, where a step was changed since."""
    further = ((seed, 120) for seed in range(100, MOST_SEEDS))
    tales = chain(TALES, further)
    return next(tale for tale in tales if any(type(one.event) is event for one in undisturbed(*tale, joins=True)))
