"""The decider in memory on part of the file: it credits and rewards as the naive reading does, to the cent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dealreg.demo.export import Export, read_export
from dealreg.demo.history import VENDOR, VENDOR_NAME, begins_at, identifier, rows
from services.attribution.scenarios.engine import Documents
from services.attribution.vendor_batch import VendorBatch
from services.registration.intake.kinds import KINDS
from services.registration.intake.submission import Sent, Submissions
from shared.credentials import SCOPES, Caller
from shared.events.credit import CreditAssigned
from shared.events.envelope import Fact
from shared.events.opportunity import OpportunityClassified
from shared.events.vendor import VendorCreated
from shared.persons import MasterKey
from tests.e2e.command import excerpt
from tests.unit.attribution.house import House
from tests.unit.demo.naive_reading import HOUSE, Reading, cents, read

LINES = 1_500
"""Enough for every case of the won table, and for rewards that are held and that are payable."""
PRINCIPAL = "key:import"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return excerpt(tmp_path_factory.mktemp("export") / "data", LINES)


@pytest.fixture(scope="module")
def naive(folder: Path) -> Reading:
    reading = read(folder)
    assert len(set(reading.cases.values())) == 5
    return reading


@pytest.fixture(scope="module")
def events(folder: Path) -> list[Any]:
    """Everything that the export's facts lead to."""
    house = House(VendorBatch(VENDOR, None, Documents()))
    for fact in facts(read_export(folder)):
        house.take(fact)
    return [entry.event for entry in house.entries]


def facts(export: Export) -> Iterator[Fact]:
    """What the intake makes of the demo's rows."""
    caller = Caller(VENDOR, PRINCIPAL, None, frozenset(SCOPES), "import")
    submissions = Submissions(MasterKey(bytes(32)))
    created = VendorCreated(name=VENDOR_NAME, mode="importing")
    yield Fact("created", VENDOR, created, begins_at(export), PRINCIPAL, importing=True)
    for row in rows(export):
        kind, body = KINDS[row["kind"]], dict(row["body"])
        target = body.pop(kind.target) if kind.target else ""
        at = datetime.fromisoformat(row["recorded_at"])
        one = submissions.prepare(Sent(kind, body, row["key"], target, recorded_at=at), caller)
        yield Fact(one.fact, one.vendor, one.event({}), at, PRINCIPAL, partner=one.partner, importing=True)


def test_each_partner_and_the_house_are_credited_the_same(naive: Reading, events: list[Any]) -> None:
    credited: Counter[str] = Counter()
    for event in events:
        if isinstance(event, CreditAssigned):
            for share in event.shares:
                credited[share.partner or HOUSE] += share.amount.minor
    expected = {identifier(partner): cents(amount) for partner, amount in naive.credited.items()}
    assert {partner: printed(minor) for partner, minor in credited.items()} == expected


def test_rewards_come_to_the_same_on_every_account(naive: Reading, events: list[Any]) -> None:
    earned, balances = 0, Counter[str]()
    for event in events:
        for posting in getattr(event, "postings", ()):
            balances[posting.account] -= posting.amount_minor
            earned += max(-posting.amount_minor, 0) if posting.account == "accrued" else 0
    accounts = {name: printed(balances[name]) for name in ("held", "payable", "reversed")}
    assert {"accrued": printed(earned), **accounts} == naive.numbers()["rewards"]
    assert printed(balances["expense"]) == f"-{printed(earned)}"


def test_wins_are_of_the_same_cases(naive: Reading, events: list[Any]) -> None:
    cases = Counter(event.case for event in events if isinstance(event, OpportunityClassified))
    assert cases == Counter(naive.cases.values())


def printed(minor: int) -> str:
    return cents(Decimal(minor) / 100)
