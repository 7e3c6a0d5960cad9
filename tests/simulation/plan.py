"""A run as data: settings, histories of vendors and faults, all drawn from one seed; what a shrunk run leaves out."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from zlib import crc32

from shared.events.envelope import Entry
from tests.property.attribution.histories import STEPS, Step
from tests.simulation.faults import Fault, drawn

VENDORS = ("acme", "bolt", "coda")
MORE_STEPS = (
    *STEPS, ("won", 3), ("created", 2), ("refund", 2), ("cancel", 1), ("resolve", 2), ("poison", 1), ("wait", 4),
)  # fmt: skip
KINDS = [kind for kind, weight in MORE_STEPS for _ in range(weight) if kind != "object"]
"""What a step may be; objections come by a chance of their own, so that seeds that found something stay the same."""
ON_LOST = ("none", "none", "none", "5bd")
FEWEST_MOVES, MOST_MOVES = 10, 34
POISON = (0, 0, 0, 25, 10, 4)
FAULTY = (0, 0, 0, 12, 7)
MANNERS = ("", "", "", "", "", "twice", "again", "other_body", "impatient", "gives_up")
"""How the client behaves: `twice` sends to two edges at once, `again` after the answer, `other_body` under one key."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step of a vendor's history, begun some seconds after the one before."""

    number: int
    vendor: str
    step: Step
    gap: float
    manner: str

    def __str__(self) -> str:
        step = self.step
        manner = f", {self.manner}" if self.manner else ""
        return (
            f"{self.number:3}  {self.vendor} {step.kind} +{step.hours} h ({step.which} {step.other} {step.choice}), "
            f"{self.gap:.3f} s later{manner}"
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that a run depends on."""

    seed: int
    joins: bool
    """Whether the journal is written in the decider's transaction, as with the PostgreSQL log."""
    vendors: tuple[str, ...]
    begins: tuple[float, ...]
    """When each vendor is created."""
    importing: tuple[str, ...]
    """Vendors that begin with a history of their own."""
    policies: tuple[dict[str, Any], dict[str, Any]]
    batch_facts: int
    decisions: int
    batch_entries: int
    moves: tuple[Move, ...]
    faults: tuple[Fault, ...]
    poison: int
    """One of so many entries cannot be folded by the release that views begin with; 0 where all can."""
    repair_at: float
    """When a release that can replaces it."""
    faulty: int
    """Deciding raises for one of so many facts and deadlines; 0 where it never does."""
    forget_days: float
    """Keys that were seen longer ago go; 0 where none does."""
    views: int = 1
    """One view, by a runner of its own; or several in one pass."""

    def bug(self, entry: Entry, view: int = 0) -> bool:
        """Whether the first release cannot fold the entry into the view of this number."""
        of = f"{view}|" if view else ""
        return self.poison > 0 and crc32(f"{self.seed}|{of}{entry.vendor}|{entry.seq}".encode()) % self.poison == 0

    def fails(self, *what: object, often: int = 1) -> bool:
        """Whether deciding this raises, however often it is tried; `often` where there are fewer of its kind."""
        return self.faulty > 0 and crc32(f"{self.seed}|{what}".encode()) % self.faulty < often

    def only(self, moves: list[int], faults: list[int]) -> Plan:
        """The same run with these moves and faults alone, by their number."""
        kept = tuple(move for move in self.moves if move.number in moves)
        return replace(self, moves=kept, faults=tuple(self.faults[index] for index in faults))

    def of_vendors(self, vendors: Sequence[str]) -> Plan:
        """The same run with these vendors alone."""
        return replace(
            self,
            vendors=tuple(one for one in self.vendors if one in vendors),
            begins=tuple(at for one, at in zip(self.vendors, self.begins, strict=True) if one in vendors),
            moves=tuple(move for move in self.moves if move.vendor in vendors),
        )


def drawn_plan(seed: int) -> Plan:
    """The run of a seed."""
    chance, views = random.Random(f"{seed}|plan"), random.Random(f"{seed}|views")
    joins = chance.random() < 0.4
    vendors = VENDORS[: chance.choice((1, 2, 2, 3))]
    importing = tuple(one for one in vendors if chance.random() < 0.3)
    moves = [_move(chance, number, vendors) for number in range(chance.randint(FEWEST_MOVES, MOST_MOVES))]
    for vendor in importing:
        if chance.random() < 0.8:
            at = chance.randint(len(moves) // 3, len(moves))
            moves.insert(at, Move(len(moves) + 1000, vendor, Step("golive", 0, 0, 0, 0), 0.5, ""))
    latest = 1.0 + sum(move.gap for move in moves)
    faults = drawn(chance, latest, joins=joins)
    # Where an older release published a part of a fact's deadlines, the rest names the first fact that comes again.
    decisions = 500 if any(fault.upgrades for fault in faults) else chance.choice((1, 2, 5, 20, 500))
    plan = Plan(
        seed=seed,
        joins=joins,
        vendors=vendors,
        begins=(0.0, *(round(chance.uniform(0.0, latest / 2), 3) for _ in vendors[1:])),
        importing=importing,
        policies=(_policy(chance), _policy(chance)),
        batch_facts=chance.choice((1, 2, 4, 8, 50)),
        decisions=decisions,
        batch_entries=chance.choice((1, 3, 10, 100)),
        moves=tuple(replace(move, number=number) for number, move in enumerate(moves)),
        faults=faults,
        poison=views.choice(POISON),
        repair_at=round(views.uniform(0.5, 2.0) * latest, 3),
        faulty=random.Random(f"{seed}|faulty").choice(FAULTY),
        forget_days=views.choice((0.0, 0.0, 0.02, 1.0)),
    )
    return _with_views(_with_deals(_with_holders(_with_losses(_with_rules(plan)))))


EXCLUSIVE: tuple[dict[str, Any], ...] = ({}, {}, {}, {}, {"max": 2}, {"mode": "shared"}, {"mode": "none"})


WINDOWS = ("none", "none", "none", "2bd", "30h")
QUEUES = (None, None, None, ["tier", "first_complete_submission"], ["first_complete_submission"], ["manual"])


def _with_holders(plan: Plan) -> Plan:
    """The same run where several may hold one deal or nobody keeps anybody out, claims are gathered, or queue."""
    chance, windows = random.Random(f"{plan.seed}|holders"), random.Random(f"{plan.seed}|windows")
    queues = random.Random(f"{plan.seed}|queues")

    def changed(policy: dict[str, Any]) -> dict[str, Any]:
        exclusive = chance.choice(EXCLUSIVE)
        window, queue, conflict = windows.choice(WINDOWS), queues.choice(QUEUES), policy["conflict"]
        if "mode" in exclusive or queue == conflict["order"]:
            queue = None
        gathers = {"contest_window": "none" if "mode" in exclusive else window, "runner_up_order": queue}
        return {**policy, "exclusivity": exclusive, "conflict": {**conflict, **gathers}}

    first, second = map(changed, plan.policies)
    return replace(plan, policies=(first, second))


def _with_rules(plan: Plan) -> Plan:
    """The same run where a win may ask the next in line, and tiers may rank."""
    chance = random.Random(f"{plan.seed}|rules")

    def changed(conflict: dict[str, Any]) -> dict[str, Any]:
        ranked = {"order": ["tier", "approved_first"]} if chance.random() < 0.15 else {}
        return {**conflict, **ranked, "on_won": chance.choice(("close", "next"))}

    first, second = ({**one, "conflict": changed(one["conflict"])} for one in plan.policies)
    return replace(plan, policies=(first, second))


def _with_losses(plan: Plan) -> Plan:
    """The same run where policies may leave time to object to a loss; then some that waited object instead."""
    chance = random.Random(f"{plan.seed}|losses")
    periods = [chance.choice(ON_LOST) for _ in plan.policies]
    if set(periods) == {"none"}:
        return plan
    first, second = (
        {**one, "conflict": {**one["conflict"], "on_lost": period}}
        for one, period in zip(plan.policies, periods, strict=True)
    )
    moves = tuple(
        replace(move, step=replace(move.step, kind="object"))
        if move.step.kind == "wait" and chance.random() < 0.5
        else move
        for move in plan.moves
    )
    return replace(plan, policies=(first, second), moves=moves)


def _with_views(plan: Plan) -> Plan:
    """The same run where half of the seeds fold several views together."""
    return replace(plan, views=random.Random(f"{plan.seed}|together").choice((1, 3)))


def _with_deals(plan: Plan) -> Plan:
    """The same run where policies may tell deals apart by more than products."""
    chance = random.Random(f"{plan.seed}|deals")
    first, second = (_with_deal(one, chance) for one in plan.policies)
    return replace(plan, policies=(first, second))


def _with_deal(policy: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    key = chance.choice(("deal",) * 5 + ("line", "customer", "workload", "subscription"))
    asked: dict[str, Any] = {"key": key, "site": chance.choice(("ignore",) * 4 + ("same",))}
    asked["territory"] = chance.choice(("ignore",) * 5 + ("same",))
    if key in ("line", "customer"):
        asked["products"] = "overlap"
    needed = [key] * (key in ("workload", "subscription")) + ["site"] * (asked["site"] == "same")
    needed += ["customer.country"] * (asked["territory"] == "same")
    required = [*policy["required_fields"], *needed]
    return {**policy, "required_fields": required, "same_deal": {**policy["same_deal"], **asked}}


def _move(chance: random.Random, number: int, vendors: tuple[str, ...]) -> Move:
    step = Step(
        kind=chance.choice(KINDS),
        hours=chance.choice((0, 0, 0, 1, 1, 5, 24, 72)),
        which=chance.randint(0, 59),
        other=chance.randint(0, 59),
        choice=chance.randint(0, 59),
    )
    gap = chance.choice((0.0, 0.0, 0.0, 0.01, 0.3, 1.0, 4.0)) * chance.random()
    return Move(number, chance.choice(vendors), step, round(gap, 4), chance.choice(MANNERS))


ORDERS = (
    ["approved_first", "first_complete_submission"],
    ["first_complete_submission"],
    ["manual"],
    ["approved_first", "manual"],
)


def _policy(chance: random.Random) -> dict[str, Any]:
    """A policy under which claims meet, wait, expire and earn within a few weeks."""
    return {
        "required_fields": chance.choice(([], [], ["competitor | site"])),
        "same_deal": {
            "products": chance.choice(("overlap", "same_line", "any")),
            "name_only": chance.choice(("look", "block")),
        },
        "review": {"auto_approve_if": chance.choice(("no_conflict_and_gates_pass",) * 4 + ("never",))},
        "conflict": {
            "order": chance.choice(ORDERS),
            "waiter_confirm": chance.choice(("none", "none", "5bd", "10d")),
        },
        "clock": {"starts": chance.choice(("approved", "submitted"))},
        "protection": {
            "days": chance.randint(2, 30),
            "extension": chance.choice((None, {"days": 3}, {"days": 7, "max": 2, "decide": "2bd"})),
        },
        "credit": {
            "model": chance.choice(("registered", "linear")),
            "roles": chance.choice(({"sourced": 100}, {"sourced": 70, "influenced": 20, "fulfilled": 10})),
            "late_win_days": chance.choice((0, 10)),
        },
        "rewards": [
            {
                "name": "rebate",
                "kind": "rebate",
                "on": chance.choice(("won", "approved")),
                "role": "sourced",
                "pct": chance.choice((10, "0.5")),
                "hold_days": chance.choice((0, 5, 30)),
            }
        ],
        "clawback": {"on": ["cancel", "refund"], "within_months": 2},
    }
