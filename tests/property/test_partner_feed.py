"""Over any history that the decider itself wrote, a partner's feed names no rival and no amount but its own (G10)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projections.views import FEED
from services.projections.views.feed_rows import FeedRow, FeedRows
from shared.events.envelope import Entry
from tests import feeds
from tests.journals import batches
from tests.property.attribution.test_money_laws import POLICIES, STEPS, Shop
from tests.unit.attribution.house import House

NAMES = {"A": "acme", "B": "bolt"}
"""Names that no sentence has by chance."""
CUTS = st.lists(st.integers(1, 6), min_size=1, max_size=3).map(tuple)
BREACH = [
    ("submit", "o1", "A", 300_007, "USD", 0),
    ("submit", "o1", "B", 400_009, "USD", 0),
    ("won", "o1", "B", 123_457, "USD", 1),
]
"""A partner wins the deal that the other holds: money of one on a deal of the other."""
BEGINNINGS = st.sampled_from([[], BREACH, BREACH])
DECIMAL = re.compile(r"\b\d+\.\d+\b")
REGISTRATION = re.compile(r"\br\d+\b")


def history(policy: dict[str, Any], steps: list[Any]) -> list[Entry]:
    shop = Shop(policy)
    shop.house = House().open(policy, partners=" ".join(NAMES.values()))
    for kind, opportunity, partner, *rest in steps:
        shop.take((kind, opportunity, NAMES[partner], *rest))
    return list(shop.house.entries)


def told_of(entries: list[Entry], cut: tuple[int, ...]) -> dict[str, list[feeds.Read]]:
    """What each partner reads, the view folded in batches."""
    known, found = FeedRows(), defaultdict(list)
    whole: list[FeedRow] = []
    for batch in batches(entries, *cut):
        changed = FEED.fold(known, batch)
        known.vendors.update(changed.vendors)
        known.owners.update(changed.owners)
        known.counts.update(changed.counts)
        whole += changed.feed
        for row in feeds.read(whole, changed.partner_feed):
            found[row.partner].append(row)
    return found


class Own:
    """What a partner may know, told from the entries by hand: its claims, its deals while they are its, its money."""

    def __init__(self, partner: str, entries: list[Entry]) -> None:
        self.registrations: set[str] = set()
        self.amounts: set[str] = set()
        self.money: list[int] = []
        """Numbers of entries of which the partner must read its part."""
        self._partner = partner
        self._deals: set[str] = set()
        self._credited: set[str] = set()
        for entry in entries:
            self._learn(entry)

    def _learn(self, entry: Entry) -> None:
        event: Any = entry.event
        kind, data = event.type, event.model_dump(mode="json")
        deal = data.get("opportunity")
        if kind in ("registration.submitted", "reward.accrued") and data["partner"] == self._partner:
            self.registrations.add(data["registration"])
        if kind == "opportunity.linked":
            self._owns(deal, mine=data["registration"] in self.registrations)
        if kind == "registration.submitted" and data["partner"] == self._partner:
            self._may_read(data)
        elif deal in self._deals and kind.startswith(("opportunity.", "order.", "refund.")):
            self._may_read(data)
            if not kind.startswith("opportunity."):
                self.money.append(entry.seq)
        elif kind.startswith("credit."):
            self._learn_credit(entry, data, deal)
        elif kind.startswith("reward.") and data["partner"] == self._partner:
            self.money.append(entry.seq)
            hidden = () if deal is None or deal in self._deals else ("base", "findings")
            self._may_read({name: one for name, one in data.items() if name not in hidden})
        elif kind in ("case.opened", "case.closed") and data["registration"] in self.registrations:
            self.money.append(entry.seq)
        if kind == "opportunity.unlinked":
            self._owns(deal, mine=False)

    def _learn_credit(self, entry: Entry, data: dict[str, Any], deal: str) -> None:
        shares = [share for share in data.get("shares", ()) if share["partner"] == self._partner]
        if shares or deal in self._credited:
            self.money.append(entry.seq)
            self._may_read(shares)
            if data["registration"] in self.registrations:
                self._may_read(data["value"])
        (self._credited.add if shares else self._credited.discard)(deal)

    def _owns(self, deal: str, *, mine: bool) -> None:
        (self._deals.add if mine else self._deals.discard)(deal)

    def _may_read(self, content: Any) -> None:
        self.amounts.update(amounts(content))


def amounts(content: Any) -> Iterator[str]:
    """Every amount of money in the content, in fields, in words and in minor units."""
    if isinstance(content, dict):
        for name, one in content.items():
            if name in ("amount_minor", "total") and isinstance(one, int):
                yield f"minor {abs(one)}"
            elif name == "amount" and isinstance(one, str):
                yield one
            elif name not in ("pct", "portion"):
                yield from amounts(one)
    elif isinstance(content, list):
        for one in content:
            yield from amounts(one)
    elif isinstance(content, str):
        yield from DECIMAL.findall(content)


@settings(max_examples=120)
@given(POLICIES, BEGINNINGS, STEPS, CUTS)
def test_a_partners_feed_has_its_own_money_and_nothing_of_a_rival(
    policy: dict[str, Any], beginning: list[Any], steps: list[Any], cut: tuple[int, ...]
) -> None:
    entries = history(policy, [*beginning, *steps])
    told = told_of(entries, cut)
    for partner in NAMES.values():
        rows, own = told[partner], Own(partner, entries)
        (rival,) = set(NAMES.values()) - {partner}
        assert [row.n for row in rows] == list(range(1, len(rows) + 1))
        for row in rows:
            text = f"{row.type} {row.data} {' '.join(row.subjects)}"
            assert rival not in text
            assert set(REGISTRATION.findall(text)) <= own.registrations, text
            assert set(amounts(orjson.loads(row.data))) <= own.amounts, text
        assert {row.seq for row in rows} >= set(own.money)
        assert [row.seq for row in rows if row.type.startswith(("credit.", "reward.", "case."))] == [
            seq for seq in own.money if entries[seq - 1].event.type.startswith(("credit.", "reward.", "case."))
        ]


@settings(max_examples=40)
@given(POLICIES, BEGINNINGS, STEPS, CUTS)
def test_feeds_do_not_depend_on_where_the_journal_was_cut(
    policy: dict[str, Any], beginning: list[Any], steps: list[Any], cut: tuple[int, ...]
) -> None:
    entries = history(policy, [*beginning, *steps])
    assert told_of(entries, cut) == told_of(entries, (100_000,))
