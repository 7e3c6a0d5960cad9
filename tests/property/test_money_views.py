"""Views of money over histories that the decider itself wrote: cut anyhow they give the same rows, and sums hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projections.reconciliation import Books
from services.projections.views import CASES, CREDITS, LEDGER, OPPORTUNITIES, PAYOUTS, REWARDS
from services.projections.views.payouts import PayoutRows
from services.projections.views.versions import Versions
from shared.events.envelope import Entry
from tests.journals import batches
from tests.property.attribution.test_money_laws import POLICIES, STEPS, Shop

CUTS = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)
WHOLE = (100_000,)


def history(policy: dict[str, Any], steps: list[Any]) -> list[Entry]:
    shop = Shop(policy)
    for step in steps:
        shop.take(step)
    return list(shop.house.entries)


def declared(view: Any, entries: Sequence[Entry]) -> list[Entry]:
    return [one for one in entries if one.event.type in view.declares]


def keep(stored: dict[Any, Any], versions: Versions[Any]) -> None:
    """What writing the changes does to the table."""
    for key, to_seq in versions.closed.items():
        assert stored[key].to_seq is None
        stored[key] = stored[key]._replace(to_seq=to_seq)
    for key, row in versions.inserted.items():
        assert key not in stored
        stored[key] = row


def rows(view: Any, entries: Sequence[Entry], cut: tuple[int, ...]) -> dict[Any, Any]:
    stored: dict[Any, Any] = {}
    current: Versions[Any] = Versions({})
    for batch in batches(declared(view, entries), *cut):
        current = view.fold(Versions(dict(current.current)), batch)
        keep(stored, current)
    return stored


def payouts(entries: Sequence[Entry], cut: tuple[int, ...]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    accounts: dict[Any, Any] = {}
    standings: dict[Any, Any] = {}
    current = PayoutRows(Versions({}), Versions({}))
    for batch in batches(declared(PAYOUTS, entries), *cut):
        before = PayoutRows(Versions(dict(current.accounts.current)), Versions(dict(current.standings.current)))
        current = PAYOUTS.fold(before, batch)
        keep(accounts, current.accounts)
        keep(standings, current.standings)
    return accounts, standings


@settings(max_examples=40)
@given(POLICIES, STEPS, CUTS)
def test_rows_do_not_depend_on_where_the_journal_was_cut(
    policy: dict[str, Any], steps: list[Any], cut: tuple[int, ...]
) -> None:
    entries = history(policy, steps)
    for view in (CREDITS, REWARDS, CASES, OPPORTUNITIES):
        assert rows(view, entries, cut) == rows(view, entries, WHOLE)
    assert payouts(entries, cut) == payouts(entries, WHOLE)
    by_batch = [row for batch in batches(declared(LEDGER, entries), *cut) for row in LEDGER.fold(None, batch)]
    assert by_batch == LEDGER.fold(None, declared(LEDGER, entries))


@settings(max_examples=60)
@given(POLICIES, STEPS)
def test_every_view_of_the_same_money_comes_to_the_same_sums(policy: dict[str, Any], steps: list[Any]) -> None:
    entries = history(policy, steps)
    ledger: Counter[Any] = Counter()
    for row in LEDGER.fold(None, declared(LEDGER, entries)):
        ledger[row.partner, row.currency, row.account] += row.amount_minor
    monthly: Counter[Any] = Counter()
    accounts, _ = payouts(entries, (3,))
    for row in accounts.values():
        if row.to_seq is None:
            monthly[row.partner, row.currency, row.account] += int(row.debit_minor - row.credit_minor)
    assert {key: total for key, total in ledger.items() if total} == {k: total for k, total in monthly.items() if total}
    left: Counter[Any] = Counter()
    for row in rows(REWARDS, entries, (3,)).values():
        if row.to_seq is None and row.left_minor:
            left[row.partner, row.currency, row.status] -= row.left_minor
    assert left == {key: total for key, total in ledger.items() if total and key[2] in ("held", "payable")}


@settings(max_examples=60)
@given(POLICIES, STEPS)
def test_credits_of_a_deal_sum_to_what_its_version_shares_out(policy: dict[str, Any], steps: list[Any]) -> None:
    shared: dict[tuple[str, int], tuple[int, int]] = {}
    for row in rows(CREDITS, history(policy, steps), (2,)).values():
        total, _ = shared.get((row.opportunity_id, row.number), (0, 0))
        shared[row.opportunity_id, row.number] = (total + row.amount_minor, row.value_minor)
    assert all(total == value for total, value in shared.values())


@settings(max_examples=80)
@given(POLICIES, STEPS)
def test_the_books_of_what_the_decider_wrote_hold(policy: dict[str, Any], steps: list[Any]) -> None:
    books = Books({}, whole_facts=True)
    books.add(history(policy, steps))
    assert books.unsettled() is None


SOLD = ("won", "o1", "A", 10_000, "USD", 1)


@pytest.mark.parametrize("then", [[("won", "o1", "A", 9_000, "JPY", 1)], [("reopened", "o1", "A", 0, "USD", 1), SOLD]])
def test_the_books_follow_a_refund_through_another_currency_and_a_second_win(then: Any) -> None:
    policy = {"credit": {"roles": {"sourced": 100}}, "clawback": {"on": ["refund"], "within_months": 12}}
    refunded = ("refund", "o1", "A", 2_500, "USD", 1)
    entries = history(policy, [("submit", "o1", "A", 10_000, "USD", 1), SOLD, refunded, *then])
    assert [one for one in entries if one.event.type == "refund.counted"]
    books = Books({}, whole_facts=True)
    books.add(entries)
    assert books.unsettled() is None


@settings(max_examples=30)
@given(POLICIES, STEPS, st.data())
def test_books_that_lack_an_entry_of_money_do_not_hold(
    policy: dict[str, Any], steps: list[Any], data: st.DataObject
) -> None:
    entries = history(policy, steps)
    credited = [one for one in entries if one.event.type == "credit.assigned"]
    # A later version or a reversal hides that an earlier one is missing: the last word on each deal counts.
    last = {one.event.opportunity: one for one in entries if one.event.type.startswith("credit.")}  # type: ignore[attr-defined]
    missing = [one for one in credited if last[one.event.opportunity] is one]  # type: ignore[attr-defined]
    if not missing:
        return
    gone = data.draw(st.sampled_from(missing))
    books = Books({}, whole_facts=True)
    books.add(one for one in entries if one is not gone)
    difference = books.unsettled()
    assert difference is not None
    assert (difference.view, difference.column) == ("books", "credit")
