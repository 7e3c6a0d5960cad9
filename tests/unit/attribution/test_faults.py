"""No fact stops the decider: whatever raises in a rule, a fold or a timer concerns its own fact, and is told."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from io import StringIO
from typing import Any
from unittest.mock import patch

import orjson
import pytest
import structlog

from services.attribution import deciding, documents, faults, loading, lookup
from services.attribution.domain.documents.evolve import _CHANGES
from services.attribution.domain.documents.kinds import due_of
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.handlers import timers
from services.attribution.faults import TooManyFaults
from services.attribution.metrics import FAULTS
from shared.errors import Corrupt, Fenced, Misconfigured, Unavailable
from shared.events.base import Event
from shared.events.codec import canonical
from shared.events.envelope import Entry
from shared.events.partner import PartnerChanged
from shared.events.registration import RegistrationSubmitted
from shared.events.timer import TimerArmed, TimerFailed
from shared.events.vendor import ClockMoved, DeciderUpgraded, FactRefused, VendorWentLive
from shared.observability.logs import configure_logging
from tests.faulty import (
    BYSTANDER,
    FOLDS,
    SECRET,
    SEEDS,
    TIMERS,
    VICTIM,
    Bug,
    Memory,
    called,
    functions,
    history,
    own,
    raising,
    reaching,
    table_raising,
    undisturbed,
)
from tests.simulation.tale import Committed

both_logs = pytest.mark.parametrize("joins", [True, False], ids=["postgres", "outbox"])


@pytest.fixture
def without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that always raises is over the limit at once: here it goes on."""
    monkeypatch.setattr(faults.Recent, "full", lambda _self, _now: False)


def fault_codes(entries: list[Entry]) -> list[str]:
    return [one.event.code for one in entries if isinstance(one.event, FactRefused)]


def told(entries: Any) -> list[tuple[int, bytes]]:
    return [(one.seq, canonical(one)) for one in entries]


def stands(memory: Memory, seed: int, steps: int = 120, *, joins: bool) -> None:
    """The bystander noticed nothing; of the victim's facts each has one entry of its own, or waits in order."""
    assert told(memory.journal(BYSTANDER)) == told(undisturbed(seed, steps, joins=joins))
    entries, ids = memory.journal(VICTIM), [fact.id for fact in history(seed, steps)]
    counted = own(entries)
    halted = memory.halts.get(VICTIM)
    decided = ids if halted is None else ids[: halted.facts_from // 2]
    assert {one: counted[one] for one in decided} == dict.fromkeys(decided, 1)
    assert set(counted) <= set(ids)
    for entry in entries:
        assert SECRET not in canonical(entry).decode()
        if isinstance(entry.event, FactRefused) and entry.event.code == faults.CODE:
            assert (entry.event.status, entry.event.fact) == (409, entry.cause)


def goes_on_when_repaired(memory: Memory, seed: int, steps: int = 120) -> None:
    """A release without the mistake decides what waited, and fires what was disarmed."""
    more = history(seed, steps)[-1]
    memory.tell([type(more)(**{**_fields(more), "id": "after", "event": PartnerChanged(partner="A", tier="gold")})])
    memory.decide(release="repaired")
    assert memory.halts == {}
    counted = own(memory.journal(VICTIM))
    ids = [*(fact.id for fact in history(seed, steps)), "after"]
    assert {one: counted[one] for one in ids} == dict.fromkeys(ids, 1)
    documents = Committed(memory.database.tables["document"], VICTIM)
    for key in documents:
        assert not getattr(documents[key], "disarmed", ()), key
        due = due_of(documents[key])
        assert due is None or due > memory.world.now(), key


def _fields(fact: Any) -> dict[str, Any]:
    return {name: getattr(fact, name) for name in fact.__slots__}


RULES = dict(functions())
TRIED = sorted(RULES)[:: int(os.environ.get("FAULTS_EACH", "6"))]
"""Every sixth; `make faults` lets each of them raise."""


def test_most_functions_of_the_domain_are_called_by_these_histories() -> None:
    reached = sum(function.__code__ in called() for function in RULES.values())
    assert reached > 200


@pytest.mark.parametrize("name", TRIED)
@pytest.mark.usefixtures("without_limit")
def test_a_function_that_raises_harms_its_own_facts_alone(name: str) -> None:
    function = RULES[name]
    if function.__code__ not in called():
        return  # of a blind check, or of the edge
    tale, joins = called()[function.__code__], len(name) % 2 == 0
    memory = Memory(joins)
    memory.tell(history(*tale))
    with raising(function) as raised:
        memory.decide()
    stands(memory, *tale, joins=joins)
    if raised.times:
        goes_on_when_repaired(memory, *tale)


NOT_OF_A_LIVE_VENDOR = {VendorWentLive, ClockMoved, TimerFailed, TimerArmed}
"""Tried below, and with vendors that import their history or are sandboxes."""


@pytest.mark.parametrize("event", FOLDS, ids=lambda event: event.type)
@pytest.mark.usefixtures("without_limit")
def test_a_fold_that_raises_refuses_the_facts_that_led_to_it(event: type[Event]) -> None:
    if event in NOT_OF_A_LIVE_VENDOR:
        assert all(type(one.event) is not event for seed in SEEDS for one in undisturbed(seed, joins=True))
        return
    # Which log it is makes no difference to a fold: half of them are tried on each.
    tale, joins = reaching(event), len(event.type) % 2 == 0
    memory = Memory(joins)
    memory.tell(history(*tale))
    with table_raising(_CHANGES, event) as raised:
        memory.decide()
    assert raised.times
    stands(memory, *tale, joins=joins)
    entries = memory.journal(VICTIM)
    assert not any(type(one.event) is event for one in entries)
    if event is FactRefused:
        assert memory.halts[VICTIM].reason.endswith("cannot even be refused (Bug)")
    else:
        assert faults.CODE in fault_codes(entries) or any(isinstance(one.event, TimerFailed) for one in entries)
    goes_on_when_repaired(memory, *tale)


@both_logs
@pytest.mark.parametrize("kind", TIMERS)
@pytest.mark.usefixtures("without_limit")
def test_a_timer_that_raises_is_disarmed_and_everything_else_goes_on(kind: Any, joins: bool) -> None:
    memory, tale = Memory(joins), called()[timers.FIRES[kind].__code__]
    memory.tell(history(*tale))
    with table_raising(timers.FIRES, kind) as raised:
        memory.decide()
        failed = [one for one in memory.journal(VICTIM) if isinstance(one.event, TimerFailed)]
        # Each is tried twice, and then never again.
        assert raised.times == 2 * len(failed) > 0
        memory.decide()
        assert raised.times == 2 * len(failed)
    assert {one.event.timer for one in failed} == {kind}
    assert memory.halts == {}
    stands(memory, *tale, joins=joins)
    goes_on_when_repaired(memory, *tale)


@both_logs
def test_the_same_facts_fail_into_the_same_bytes(joins: bool, without_limit: None) -> None:
    journals = []
    for batch_facts, seed in ((1, "one"), (50, "other")):
        memory = Memory(joins, seed, batch_facts)
        memory.tell(history(1))
        with table_raising(timers.FIRES, "reward.hold"), raising(RULES["handlers.claims.withdraw"]):
            journals.append(memory.decide().journal(VICTIM))
    assert faults.CODE in fault_codes(journals[0])
    assert [one.hash for one in journals[0]] == [one.hash for one in journals[1]]


def test_what_raises_once_is_decided_from_what_is_stored_and_nobody_hears_of_it() -> None:
    memory = Memory(joins=True)
    memory.tell(history(1))
    calls: list[int] = []
    submit = RULES["handlers.claims.submit"]

    def once(*given: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise Bug(SECRET)
        return submit(*given, **named)

    with patch("services.attribution.domain.handlers.claims.submit", once):
        memory.decide()
    assert told(memory.journal(VICTIM)) == told(undisturbed(1, joins=True))


@pytest.mark.parametrize(
    "error", [Unavailable(""), Fenced(""), Corrupt(""), Misconfigured(""), OSError(), MemoryError(), RecursionError()]
)
def test_an_error_of_the_infrastructure_is_no_fault_of_the_fact(error: Exception) -> None:
    memory = Memory(joins=True)
    memory.tell(history(1))
    with raising(RULES["handlers.claims.submit"], lambda: error), pytest.raises(type(error)):
        memory.decide()
    assert faults.CODE not in fault_codes(memory.journal(VICTIM))
    memory.decide()
    assert told(memory.journal(VICTIM)) == told(undisturbed(1, joins=True))


@pytest.mark.parametrize("module, name", [(loading, "named_by"), (loading, "reached_from"), (lookup, "spelling_keys")])
def test_what_cannot_be_loaded_ahead_concerns_its_own_fact(module: Any, name: str) -> None:
    memory = Memory(joins=True)
    facts = history(1)
    memory.tell(facts)
    function = getattr(module, name)
    poisoned = [one.event for one in facts if isinstance(one.event, RegistrationSubmitted)][1]

    def broken(*given: Any) -> Iterator[Any]:
        if name != "named_by" or given[0] == poisoned:
            raise Bug(SECRET)
        yield from function(*given)

    with patch.object(module, name, broken):
        memory.decide()
    # A shortcut that fails is no decision: what is missing is asked for. What a fact names is known by itself alone.
    expected = [faults.CODE] if name == "named_by" else []
    for vendor in (VICTIM, BYSTANDER):
        codes = fault_codes(memory.journal(vendor))
        assert [one for one in codes if one == faults.CODE] == expected


@both_logs
def test_a_document_that_cannot_be_written_out_refuses_the_fact_that_made_it(joins: bool) -> None:
    memory = Memory(joins)
    facts = history(1)
    memory.tell(facts)
    poisoned = [one.event for one in facts if isinstance(one.event, RegistrationSubmitted)][2].registration
    to_json = documents.to_json

    def broken(kind: Any, document: Any) -> str:
        if isinstance(document, Registration) and document.id == poisoned:
            raise Bug(SECRET)
        return to_json(kind, document)

    with patch.object(documents, "to_json", broken):
        memory.decide()
    for vendor in (VICTIM, BYSTANDER):
        assert faults.CODE in fault_codes(memory.journal(vendor))
        assert Committed(memory.database.tables["document"], vendor).get(("registration", poisoned)) is None
        assert set(own(memory.journal(vendor)).values()) == {1}


def test_more_than_twenty_faults_in_a_minute_stop_the_partition_and_the_twenty_stay() -> None:
    memory = Memory(joins=True)
    memory.tell(history(1))
    before = FAULTS.labels("fact")._value.get()
    with raising(RULES["handlers.claims.submit"]), pytest.raises(TooManyFaults, match="the release is at fault"):
        memory.decide()
    codes = fault_codes(memory.journal(VICTIM))
    assert codes.count(faults.CODE) == faults.MOST_FAULTS == 20
    assert FAULTS.labels("fact")._value.get() - before == 20
    # Another release goes on behind them.
    memory.decide(release="repaired")
    assert set(own(memory.journal(VICTIM))) >= {one.id for one in history(1)}


def test_twenty_faults_in_more_than_a_minute_stop_nothing() -> None:
    recent = faults.Recent()
    for second in range(0, 20 * 4, 4):
        assert not recent.full(float(second))
        recent.add(1, float(second))
    assert not recent.full(77.0)
    recent.add(20, 80.0)
    assert recent.full(80.0)
    assert recent.full(139.9)
    assert not recent.full(140.0)


@pytest.mark.usefixtures("without_limit")
def test_a_timer_that_leaves_itself_due_is_a_fault() -> None:
    memory = Memory(joins=True)
    memory.tell(history(1))
    with patch.dict(timers.FIRES, {"reward.hold": lambda _working_set, _id: None}):
        memory.decide()
    assert any(isinstance(one.event, TimerFailed) for one in memory.journal(VICTIM))


def test_upgrading_comes_before_the_deadlines_that_it_arms() -> None:
    memory = Memory(joins=True)
    memory.tell(history(1))
    with patch.object(faults.Recent, "full", lambda *_: False), table_raising(timers.FIRES, "protection.end"):
        memory.decide()
    before = len(memory.journal(VICTIM))
    goes_on_when_repaired(memory, 1)
    types = [type(one.event) for one in memory.journal(VICTIM)[before:]]
    assert types[0] is DeciderUpgraded
    assert types.index(PartnerChanged) > 1


@pytest.mark.usefixtures("without_limit")
def test_the_log_names_the_fact_and_the_code_and_quotes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, kept = StringIO(), logging.getLogger().handlers[:]
    configure_logging("attribution", stream=stream)
    # A logger remembers how logging was set up when it was first used, which an earlier test may have done.
    monkeypatch.setattr(deciding, "_log", structlog.get_logger("deciding"))
    try:
        memory = Memory(joins=True)
        memory.tell(history(1))
        with raising(RULES["handlers.claims.withdraw"]):
            memory.decide()
    finally:
        structlog.reset_defaults()
        logging.getLogger().handlers[:] = kept
    lines = [orjson.loads(one) for one in stream.getvalue().splitlines()]
    failed = [one for one in lines if one["event"] == "decision failed twice: the fact is refused"]
    refused = [one.event for one in memory.journal(VICTIM) if isinstance(one.event, FactRefused)]
    assert [one["fact_id"] for one in failed] == [one.fact for one in refused if one.code == faults.CODE]
    assert {one["error"] for one in failed} == {"Bug"}
    assert all("broken" in one["where"][-1] for one in failed)
    assert SECRET not in stream.getvalue()
