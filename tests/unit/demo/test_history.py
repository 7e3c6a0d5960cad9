"""The export as facts: in order, under keys that derive from it, at its own dates or moved by whole weeks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dealreg.demo import history
from dealreg.demo.export import Export, read_export
from shared.policy.reading import read_policy


@pytest.fixture(scope="module")
def export() -> Export:
    return read_export()


@pytest.fixture(scope="module")
def rows(export: Export) -> list[history.Row]:
    return list(history.rows(export))


def test_the_house_comes_first_and_time_never_goes_back(rows: list[history.Row]) -> None:
    kinds = [row["kind"] for row in rows]
    assert kinds[:37] == ["vendor.configure", *["partner.enroll"] * 35, "program.publish"]
    times = [row["recorded_at"] for row in rows]
    assert times == sorted(times)
    assert times[0] == "2016-10-20T00:00:00Z"


def test_every_key_is_used_once(rows: list[history.Row]) -> None:
    assert len({row["key"] for row in rows}) == len(rows) == 37 + 2 * 7212 + 4238 + 2473


def test_a_registration_is_followed_by_its_opportunity_at_nine(rows: list[history.Row]) -> None:
    at = next(place for place, row in enumerate(rows) if row["key"] == "1C1I7A6R:registration.submit")
    claim, created = rows[at : at + 2]
    assert claim["recorded_at"] == created["recorded_at"] == "2016-10-20T09:00:00Z"
    assert claim["body"] == {
        "program": "crm-demo",
        "partner": "moses-frase",
        "customer": {"legal_name": "Cancity", "country": "US", "sector": "retail"},
        "products": ["GTX Plus Basic"],
        "amount": {"amount": "1096.00", "currency": "USD"},
        "external_id": "1C1I7A6R",
    }
    assert created["key"] == "1C1I7A6R:opportunity.created"
    assert (created["body"]["event"], created["body"]["partner"]) == ("created", "moses-frase")
    won = next(row for row in rows if row["key"] == "1C1I7A6R:opportunity.won")
    assert won["recorded_at"] == "2017-03-01T17:00:00Z"
    assert won["body"]["amount"] == {"amount": "1054.00", "currency": "USD"}


def test_of_one_moment_the_opportunities_come_by_their_id(rows: list[history.Row]) -> None:
    claims = [row for row in rows if row["kind"] == "registration.submit"]
    order = [(row["recorded_at"], row["body"]["external_id"]) for row in claims]
    assert order == sorted(order)


def test_products_go_by_their_aliases_and_their_list_price(export: Export, rows: list[history.Row]) -> None:
    products = {one["product"]: one for one in rows[0]["body"]["products"]}
    assert products["GTX Pro"]["aliases"] == ["GTXPro"]
    spelled_otherwise = next(row for row in rows if row["body"].get("products") == ["GTXPro"])
    assert spelled_otherwise["body"]["amount"]["amount"] == "4821.00"


@pytest.mark.parametrize("days", [0, 1, 6, 7, 8, 3000])
def test_moved_dates_end_within_the_last_seven_days_on_the_same_weekday(export: Export, days: int) -> None:
    now = datetime(2018, 1, 1, 12, tzinfo=UTC) + timedelta(days=days)
    moved = list(history.rows(export, history.weeks_until(export, now)))
    last = datetime.fromisoformat(moved[-1]["recorded_at"])
    assert timedelta(0) <= now - last < timedelta(days=7)
    assert last.weekday() == datetime(2017, 12, 31, tzinfo=UTC).weekday()


def test_the_committed_policy_is_the_one_that_the_rules_name() -> None:
    policy = read_policy(history.POLICY.read_bytes())
    assert (policy.program, policy.version, policy.effective_from) == ("crm-demo", 1, "immediately")
    assert (policy.same_deal.products, policy.same_deal.name_only) == ("overlap", "block")
    assert (policy.exclusivity.mode, policy.conflict.waiter_confirm) == ("one", "none")
    assert (policy.protection.days, policy.credit.late_win_days, policy.time_zone) == (90, 30, "UTC")
    assert policy.review.auto_approve_if == "no_conflict_and_gates_pass"
