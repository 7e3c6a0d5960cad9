"""Measures against an independent recount of the journal: at every day's end, however it was cut into batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projections.views import MEASURES
from services.projections.views.measured import cell_of, sums_of
from services.projections.views.measures import MeasureRows
from services.projections.views.versions import Versions
from shared.errors import Corrupt
from shared.events.envelope import Entry
from shared.events.target import TargetDropped, TargetSet
from shared.events.vendor import VendorCreated
from tests.journals import Journal, batches
from tests.property.attribution.histories import Step, histories, policies
from tests.property.attribution.test_histories import told
from tests.property.test_batches_of_a_view import declared

FIRST = date(2026, 1, 1)
CUTS = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(tuple)
ZONES = st.sampled_from(["UTC", "Africa/Cairo", "Pacific/Kiritimati", "America/Los_Angeles"])
ENDS = {
    "registration.rejected": "rejected", "registration.closed": "closed", "protection.expired": "expired",
    "protection.converted": "converted", "protection.lost": "lost", "protection.released": "released",
    "protection.revoked": "revoked", "registration.approved": "protected", "protection.extended": "protected",
    "protection.resumed": "protected", "registration.completed": "submitted",
}  # fmt: skip
HOLDS = {
    "incomplete": "draft", "conflict": "waiting", "confirmation": "waiting", "contest": "waiting",
    "action_required": "action_required",
}  # fmt: skip


class Tables:
    """The tables in memory, written as the view's `write` says."""

    def __init__(self) -> None:
        self.measured: dict[Any, Any] = {}
        self.partners: dict[Any, Any] = {}
        self.vendors: dict[Any, Any] = {}
        self.targets: dict[Any, Any] = {}
        self.cells: dict[Any, list[int]] = {}

    def take(self, changes: MeasureRows) -> None:
        for stored, versions in (
            (self.measured, changes.registrations), (self.partners, changes.partners), (self.vendors, changes.vendors),
            (self.targets, changes.targets),
        ):  # fmt: skip
            for at, to_day in versions.closed.items():
                assert stored[at].to_day is None
                stored[at] = stored[at]._replace(to_day=to_day)
            for at, row in versions.inserted.items():
                assert (at in stored) == (at in versions.rewritten)
                stored[at] = row
        for key, moved in changes.moved.items():
            now = [one + more for one, more in zip(self.cells.get(key, [0] * 7), moved, strict=True)]
            if any(now):
                self.cells[key] = now
            else:
                self.cells.pop(key, None)


def folded(entries: Sequence[Entry], cut: tuple[int, ...]) -> Tables:
    tables = Tables()
    rows = MeasureRows(Versions({}), Versions({}), Versions({}), Versions({}))
    for batch in batches(declared(MEASURES, entries), *cut):
        changes = MEASURES.fold(rows, batch)
        tables.take(changes)
        rows = MEASURES.carry(rows, changes)
    return tables


def zoned(entries: Sequence[Entry], zone: str) -> list[Entry]:
    """The history of a vendor in that zone."""
    found = []
    for entry in entries:
        if entry.event.type == "vendor.configured":
            document = entry.event.document.model_copy(update={"time_zone": zone})  # type: ignore[attr-defined]
            entry = replace(entry, event=entry.event.model_copy(update={"document": document}))
        found.append(entry)
    return found


class Recount:
    """The registrations as the journal tells them, without a word of the view."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)
        self.claims: dict[str, dict[str, Any]] = {}

    def day(self, moment: Any) -> date:
        return moment.astimezone(self.zone).date()

    def take(self, entry: Entry) -> None:
        event: Any = entry.event
        if event.type == "registration.submitted":
            self.claims[event.registration] = {
                "partner": event.partner, "program": event.program, "country": event.customer.country,
                "products": event.products, "amount": event.amount, "month": self.day(entry.clock).replace(day=1),
                "submitted": self.day(entry.clock), "stage": "draft", "conflict": "", "waits": None, "waited": None,
                "held": None,
            }  # fmt: skip
            return
        claim = self.claims.get(getattr(event, "registration", "") or "")
        if claim is None:
            return
        self._concerning(claim, event, entry)
        if claim["stage"] == "in_review" and claim["waits"] is None:
            claim["waits"] = entry.clock
        elif claim["stage"] != "in_review" and claim["waits"] is not None:
            waited = int((entry.clock - claim["waits"]).total_seconds())
            claim["waited"], claim["waits"] = (claim["waited"] or 0) + waited, None

    def _concerning(self, claim: dict[str, Any], event: Any, entry: Entry) -> None:
        if event.type in ENDS:
            claim["stage"] = ENDS[event.type]
        if event.type == "registration.held":
            claim["stage"] = HOLDS.get(event.reason, "in_review")
        elif event.type == "registration.withdrawn" and claim["stage"] != "protected":
            claim["stage"] = "withdrawn"
        elif event.type == "registration.approved":
            claim["from"], claim["to"] = self.day(event.protected_from), self.day(event.protected_until)
        elif event.type == "protection.extended":
            claim["to"] = self.day(event.protected_until)
        elif event.type == "protection.converted":
            claim["won"] = self.day(entry.clock)
        elif event.type in ("conflict.detected", "conflict.resolved"):
            claim["conflict"] = getattr(event, "outcome", "open")
        elif event.type == "registration.amended":
            self._patched(claim, event)
        elif event.type == "amendment.held":
            claim["held"] = event
        elif event.type == "amendment.refused":
            claim["held"] = None
        elif event.type == "amendment.taken":
            self._patched(claim, claim["held"])
            claim["held"] = None
        if event.type in ("registration.completed", "registration.recognised", "amendment.taken"):
            claim["products"] = event.products

    def _patched(self, claim: dict[str, Any], event: Any) -> None:
        customer = event.patch.customer or {}
        if "country" in customer:
            claim["country"] = customer["country"]
        if event.patch.products is not None:
            claim["products"] = event.patch.products
        if event.patch.amount is not None or "amount" in event.fields:
            claim["amount"] = event.patch.amount

    def counted(self) -> Counter[Any]:
        """How many there are of each kind, with what they come to."""
        found: Counter[Any] = Counter()
        for one in self.claims.values():
            amount, stage = one["amount"], one["stage"]
            kind = (
                one["partner"], one["program"], one["country"] or "", amount.currency if amount else "",
                tuple(one["products"]), one["month"], stage, one["conflict"],
            )  # fmt: skip
            protected = stage == "protected"
            sums = (
                1, amount.minor if amount else 0, one["from"].toordinal() if protected else 0,
                one["to"].toordinal() if protected else 0,
                (one["won"] - one["submitted"]).days if stage == "converted" else 0, int(one["waited"] is not None),
                one["waited"] or 0,
            )  # fmt: skip
            for place, value in enumerate(sums):
                found[kind, place] += value
        return Counter({key: value for key, value in found.items() if value})


def summed(tables: Tables, day: date) -> Counter[Any]:
    """The rollup up to the day, clocks aside."""
    found: Counter[Any] = Counter()
    for (_, at, cell), sums in tables.cells.items():
        if at <= day:
            for place, value in enumerate(sums):
                found[cell[:-1], place] += value
    return Counter({key: value for key, value in found.items() if value})


@settings(max_examples=25)
@given(policies(), policies(), histories, CUTS, ZONES)
def test_the_rollup_is_a_recount_at_every_days_end(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step], cut: tuple[int, ...], zone: str
) -> None:
    *_, house = told(hunting, teaming, steps)
    entries = zoned(house.entries, zone)
    tables = folded(entries, cut)
    whole = folded(entries, (100_000,))
    assert vars(tables) == vars(whole)
    recount = Recount(zone)
    for place, entry in enumerate(entries):
        recount.take(entry)
        day = recount.day(entry.known_at)
        if place + 1 == len(entries) or recount.day(entries[place + 1].known_at) > day:
            assert summed(tables, day) == recount.counted()


@settings(max_examples=15)
@given(policies(), policies(), histories, CUTS)
def test_what_is_listed_on_a_day_is_what_is_counted(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step], cut: tuple[int, ...]
) -> None:
    *_, house = told(hunting, teaming, steps)
    tables = folded(house.entries, cut)
    for day in sorted({day for _, day, _ in tables.cells}):
        listed: Counter[Any] = Counter()
        for row in tables.measured.values():
            if row.from_day <= day and (row.to_day is None or row.to_day > day):
                for place, value in enumerate(sums_of(row)):
                    listed[cell_of(row), place] += value
        counted: Counter[Any] = Counter()
        for (_, at, cell), sums in tables.cells.items():
            for place, value in enumerate(sums):
                counted[cell, place] += value if at <= day else 0
        assert +listed == Counter({key: value for key, value in counted.items() if value})


@pytest.mark.parametrize("cut", [(1,), (2,), (3,), (1, 2)])
def test_targets_are_the_same_however_the_journal_is_cut(cut: tuple[int, ...]) -> None:
    journal, start = Journal(), datetime(2026, 1, 5, 9, tzinfo=UTC)
    journal.add(VendorCreated(name="Maven", mode="live"))
    for day in range(4):
        for name in ("q1", "q2"):
            count = 1 + day // 2
            event = TargetSet(partner="acme", name=name, measure="won", count=count, first_day=FIRST, last_day=FIRST)
            journal.add(event, clock=start + timedelta(days=day))
        journal.add(TargetDropped(partner="acme", name="q2"))
    assert vars(folded(journal.entries, cut)) == vars(folded(journal.entries, (100_000,)))
    rows = sorted(folded(journal.entries, cut).targets.values())
    q1 = [(row.from_day.day, row.wanted, row.dropped) for row in rows if row.name == "q1"]
    assert q1 == [(5, 1, False), (7, 2, False)], "the same again is no version of its own"
    assert [(row.from_day.day, row.dropped) for row in rows if row.name == "q2"] == [(day, True) for day in range(5, 9)]


def test_an_entry_of_a_registration_that_was_never_submitted_cannot_be_folded() -> None:
    journal = Journal()
    journal.complete("reg_a")
    with pytest.raises(Corrupt, match="never submitted"):
        MEASURES.fold(MeasureRows(Versions({}), Versions({}), Versions({}), Versions({})), journal.entries)
