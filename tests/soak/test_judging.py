"""The judges of a soak notice what they are there for."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from shared.events import registration as r
from shared.events.envelope import Entry
from shared.events.ledger import Posting
from tests.journals import Journal, submitted
from tests.journals_money import won_deal
from tests.soak.faults import drawn
from tests.soak.memory import LONG_LIFE_SECONDS, Memory
from tests.soak.plan import Plan
from tests.soak.proof import Account
from tests.soak.site import KINDS

pytestmark = pytest.mark.unit


def judged(journal: Journal, entries: list[Entry] | None = None, wanted: str | None = None) -> list[str]:
    """Which guarantees the account of a journal finds broken; `wanted` is a fact that was accepted."""
    account = Account(journal.vendor, {wanted: "claim"} if wanted else {})
    for entry in journal.entries if entries is None else entries:
        account.add(entry)
    account.close()
    return [one.partition(",")[0] for one in account.broken]


def deal() -> Journal:
    journal = Journal()
    won_deal(journal, 1)
    return journal


def test_a_journal_that_holds_is_found_to_hold() -> None:
    journal = deal()
    assert judged(journal, wanted=journal.entries[0].cause) == []


def test_a_fact_that_was_accepted_and_had_no_effect_is_noticed() -> None:
    assert judged(deal(), wanted="elsewhere") == ["G1"]


def test_a_fact_with_two_effects_is_noticed() -> None:
    journal = deal()
    journal.add(submitted("reg_again"), cause=journal.entries[0].cause)
    assert judged(journal) == ["G2"]


def test_two_that_are_protected_on_one_deal_are_noticed_and_one_after_the_other_is_not() -> None:
    journal = Journal()
    customer = r.Customer(legal_name="Globex", tax_id="DE136695976")
    for name in ("reg_one", "reg_two"):
        journal.submit(name, customer=customer)
        journal.complete(name)
    journal.protect("reg_one")
    journal.expire("reg_one")
    journal.protect("reg_two")
    assert judged(journal) == []
    journal.submit("reg_three", customer=customer)
    journal.complete("reg_three")
    journal.protect("reg_three")
    assert judged(journal) == ["G3"]


def test_postings_that_do_not_balance_are_noticed() -> None:
    journal = deal()
    [accrued, *_] = [entry for entry in journal.entries if entry.event.type == "reward.accrued"]
    event: Any = accrued.event
    first: Posting = event.postings[0]
    one_more = first.model_copy(update={"amount_minor": first.amount_minor + 1})
    broken = event.model_copy(update={"postings": (one_more, *event.postings[1:])})
    entries = [
        Entry(
            **{name: getattr(entry, name) for name in Entry.__slots__} | ({"event": broken} if entry is accrued else {})
        )
        for entry in journal.entries
    ]
    assert judged(journal, entries) == ["G5", "G5"]


def grown(megabytes_per_minute: float, kills_every: float | None = None) -> list[bool]:
    """Of an hour of one process, or of many after each other that begin larger and larger: what was flat."""
    memory, hour = Memory(), 3_600.0
    for at in range(0, int(hour), 5):
        pid = 1 if kills_every is None else int(at // kills_every)
        memory.take(at, "attribution-1", pid, 150 + megabytes_per_minute * at / 60)
    return [one.flat for one in memory.compared(hour) if one.judged]


def test_a_leak_is_noticed_in_a_long_life_and_in_short_ones() -> None:
    assert grown(0.5) == [True]
    assert grown(3) == [False]
    assert grown(0.1, kills_every=60) == [True]
    assert grown(3, kills_every=60) == [False]


def test_a_short_life_is_not_judged() -> None:
    memory = Memory()
    for at in range(0, int(LONG_LIFE_SECONDS) - 60, 5):
        memory.take(at, "attribution-1", 1, 150 + at)
    assert [one.judged for one in memory.compared(LONG_LIFE_SECONDS)] == [False]


def test_the_same_seed_draws_the_same_faults_and_every_kind_dies() -> None:
    plan = Plan(seconds=60, log="kafka", kills=1, freezes=1)
    faults = [[fault for fault, _ in zip(drawn(plan, Random(7)), range(7), strict=False)] for _ in range(2)]
    assert faults[0] == faults[1]
    assert {fault.to for _, fault in faults[0] if fault.what == "kill"} == set(KINDS)
    assert {fault.to for _, fault in faults[0] if fault.what == "crash"} == {"postgres", "kafka"}
