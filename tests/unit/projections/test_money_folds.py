"""What entries of money make of the rows of credits, rewards, ledger, payouts and cases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.projections.views import CASES, CREDITS, LEDGER, PAYOUTS, REWARDS
from services.projections.views.payouts import PayoutRows
from services.projections.views.versions import Versions
from shared.errors import Corrupt
from shared.events.partner import PartnerReinstated, PartnerSuspended
from tests.journals import Journal
from tests.journals_money import Till, won_deal


def folded(view: Any, journal: Journal) -> Any:
    entries = [entry for entry in journal.entries if entry.event.type in view.declares]
    empty: Any = PayoutRows(Versions({}), Versions({})) if view is PAYOUTS else Versions({})
    return view.fold(None if view is LEDGER else empty, entries)


def test_a_revision_ends_every_share_of_the_version_before() -> None:
    journal = Journal()
    till = Till(journal)
    first = till.credit("opp_1", "reg_1", ("sourced", "acme", 80), ("fulfilled", None, 20))
    second = till.credit("opp_1", "reg_1", ("sourced", "acme", 48), number=2, code="refunded", at=first.clock)
    rows = folded(CREDITS, journal).inserted
    assert {(row.number, row.line): (row.amount_minor, row.from_seq, row.to_seq) for row in rows.values()} == {
        (1, 0): (80, first.seq, second.seq),
        (1, 1): (20, first.seq, second.seq),
        (2, 0): (48, second.seq, None),
    }
    assert [(row.partner, row.program, row.code) for row in rows.values()] == [
        ("acme", "demo", None),
        (None, "demo", None),
        ("acme", "demo", "refunded"),
    ]


def test_a_reversal_leaves_no_share_open_and_a_new_win_begins_anew() -> None:
    journal = Journal()
    till = Till(journal)
    till.credit("opp_1", "reg_1", ("sourced", "acme", 80))
    till.uncredit("opp_1", "reg_1", 2, 80)
    assert folded(CREDITS, journal).current == {}
    till.credit("opp_1", "reg_1", ("sourced", "acme", 70), number=3)
    assert [row.number for row in folded(CREDITS, journal).current.values()] == [3]


def test_a_reward_is_held_then_payable_then_partly_and_wholly_taken_back() -> None:
    journal = Journal()
    till = Till(journal)
    till.accrue("rew_1", "acme", "reg_1", "opp_1", 1_000)
    seen = []
    for step in (
        lambda: till.hold("rew_1"),
        lambda: till.release("rew_1"),
        lambda: till.reverse("rew_1", 400),
        lambda: till.reverse("rew_1", 600),
    ):
        step()
        row = folded(REWARDS, journal).current["maven", "rew_1"]
        seen.append((row.status, row.left_minor, row.code))
    assert seen == [
        ("held", 1_000, "partner.suspended"),
        ("payable", 1_000, None),
        ("payable", 600, "refunded"),
        ("reversed", 0, "refunded"),
    ]


def test_a_reward_that_was_never_accrued_halts_the_view() -> None:
    journal = Journal()
    till = Till(journal)
    till.accrue("rew_1", "acme", "reg_1", "opp_1", 1_000)
    released = till.release("rew_1")
    with pytest.raises(Corrupt, match="never accrued"):
        REWARDS.fold(Versions({}), [released])


def test_a_case_holds_rewards_until_it_is_closed() -> None:
    journal = Journal()
    till = Till(journal)
    till.open_case("case_1", "opp_1", "reg_h", "reg_w")
    till.accrue("rew_1", "acme", "reg_h", "opp_1", 1_000, cases=("case_1",))
    till.accrue("rew_2", "acme", "reg_h", "opp_1", 500, cases=("case_1",))
    till.reverse("rew_2", 200)
    case = folded(CASES, journal).current["maven", "case_1"]
    assert (case.state, case.rewards, case.held_currencies) == ("open", ["rew_1", "rew_2"], ["USD"])
    assert case.held_minor == [1_300]
    assert folded(REWARDS, journal).current["maven", "rew_1"].cases == ["case_1"]
    till.resolve("case_1", "opp_1", "reg_h", "release")
    case = folded(CASES, journal).current["maven", "case_1"]
    assert (case.state, case.outcome, case.verdict, case.reason) == (
        "closed",
        "released",
        "release",
        "checked with both",
    )
    assert case.held_minor == []
    assert folded(REWARDS, journal).current["maven", "rew_1"].cases == []


def test_postings_are_kept_line_by_line() -> None:
    journal = Journal()
    till = Till(journal)
    entry = till.accrue("rew_1", "acme", "reg_1", "opp_1", 1_000)
    rows = folded(LEDGER, journal)
    assert [(row.seq, row.line, row.account, row.amount_minor) for row in rows] == [
        (entry.seq, 1, "expense", 1_000),
        (entry.seq, 2, "accrued", -1_000),
        (entry.seq, 3, "accrued", 1_000),
        (entry.seq, 4, "held", -1_000),
    ]


def test_a_correction_is_posted_in_its_own_month_and_effective_in_the_one_it_corrects() -> None:
    journal = Journal(start=datetime(2026, 1, 31, 23, 0, tzinfo=UTC))
    till = Till(journal)
    till.accrue("rew_1", "acme", "reg_1", "opp_1", 1_000)
    till.reverse("rew_1", 400, clock=datetime(2026, 4, 10, tzinfo=UTC))
    rows = {
        (row.account, row.posted_month, row.effective_month): (row.debit_minor, row.credit_minor)
        for row in folded(PAYOUTS, journal).accounts.current.values()
    }
    january, april = date(2026, 1, 1), date(2026, 4, 1)
    assert rows == {
        ("expense", january, january): (1_000, 0),
        ("accrued", january, january): (1_000, 1_000),
        ("held", january, january): (0, 1_000),
        ("held", april, january): (400, 0),
        ("reversed", april, january): (0, 400),
    }


def test_months_add_up_over_deals_and_a_suspension_is_remembered() -> None:
    journal = Journal()
    for number in range(3):
        won_deal(journal, number)
    journal.add(PartnerSuspended(partner="acme", reason="unpaid fees"))
    rows = folded(PAYOUTS, journal)
    held = [row for row in rows.accounts.current.values() if row.account == "held"]
    assert [(row.credit_minor, row.entries) for row in held] == [(30_000, 3)]
    assert rows.standings.current["maven", "acme"].suspended
    journal.add(PartnerReinstated(partner="acme"))
    assert not folded(PAYOUTS, journal).standings.current["maven", "acme"].suspended
