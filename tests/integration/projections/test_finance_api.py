"""Who earned what: credits, rewards, payouts, the ledger and cases through the API."""

from __future__ import annotations

import csv
import io
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from shared.events.money import Money
from shared.events.partner import PartnerReinstated
from shared.messages import Words
from tests.integration.projections.conftest import World
from tests.journals import Journal
from tests.journals_money import Till, refunded_and_suspended


@pytest.fixture
def journal() -> Journal:
    return refunded_and_suspended()


def items(response: Any) -> list[Any]:
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


async def test_credits_are_listed_with_filters_and_a_past_before_a_revision(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    now = items(await world.get("/v1/credits", key, opportunity="opp_acme1", sort="-amount"))
    assert [(one["partner"], one["role"], one["amount"], one["number"], one["code"]) for one in now] == [
        ("acme", "sourced", usd("4800.00"), 2, "refunded"),
        (None, "fulfilled", usd("1200.00"), 2, "refunded"),
    ]
    assert (now[0]["portion"], now[0]["value"], now[1]["house"]) == ("4/5", usd("6000.00"), True)
    then = items(await world.get("/v1/credits", key, opportunity="opp_acme1", as_of=str(now[0]["seq"] - 1)))
    assert sorted(one["amount"]["amount"] for one in then) == ["2000.00", "8000.00"]
    for query, expected in (
        ({"role": "sourced"}, 3),
        ({"house": "true"}, 3),
        ({"partner": "bolt"}, 1),
        ({"currency": "JPY"}, 2),
        ({"program": "demo"}, 6),
        ({"registration": "reg_acme2"}, 2),
        ({"case": "breach"}, 0),
        ({"month": "2026-04"}, 2),
        ({"month": "2026-04", "by": "effective"}, 0),
        ({"date_from": "2026-01-20", "date_to": "2026-01-20"}, 4),
        ({"date_from": "2026-01-20", "date_to": "2026-01-20", "by": "effective"}, 6),
    ):
        assert len(items(await world.get("/v1/credits", key, **query))) == expected, query


async def test_a_refund_after_close_is_posted_in_its_month_and_effective_in_the_wins(
    world: World, journal: Journal
) -> None:
    await world.show(journal)
    key = await world.key()
    accounts = {"partner": "acme", "account": ["payable", "reversed"], "sort": "month"}
    posted = items(await world.get("/v1/payouts", key, **accounts))
    assert [(one["month"], one["account"], one["amount"], one["balance"]) for one in posted] == [
        ("2026-02", "payable", usd("1000.00"), usd("1000.00")),
        ("2026-04", "payable", usd("-400.00"), usd("600.00")),
        ("2026-04", "reversed", usd("400.00"), usd("400.00")),
    ]
    effective = items(await world.get("/v1/payouts", key, **accounts, by="effective"))
    assert [(one["month"], one["account"], one["amount"]) for one in effective] == [
        ("2026-01", "payable", usd("600.00")),
        ("2026-01", "reversed", usd("400.00")),
    ]
    april = items(await world.get("/v1/payouts", key, partner="acme", account="held", month="2026-02"))
    # The balance counts the months before, whichever are asked for.
    assert [(one["amount"], one["balance"]) for one in april] == [(usd("-1000.00"), usd("50.00"))]


async def test_accrued_is_what_is_held_payable_paid_and_reversed(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    for by in ("posted", "effective"):
        for group_by in ("partner", "program", "currency", "month", "account"):
            summary = (await world.get("/v1/payouts/summary", key, group_by=group_by, by=by)).json()
            sums: dict[tuple[str, str], Decimal] = Counter()  # type: ignore[assignment]
            for group in summary["groups"]:
                for one in group["accounts"]:
                    sums[one["amount"]["currency"], one["account"]] += Decimal(one["amount"]["amount"])
            for currency, accrued in (("USD", Decimal("1050.00")), ("JPY", Decimal(77_777))):
                stands = sum(sums[currency, account] for account in ("held", "payable", "paid", "reversed"))
                assert sums[currency, "accrued"] == sums[currency, "expense"] == accrued == stands
    by_currency = (await world.get("/v1/payouts/summary", key, group_by="currency")).json()["groups"]
    assert [one["key"] for one in by_currency] == ["JPY", "USD"]
    assert {one["amount"]["currency"] for one in by_currency[0]["accounts"]} == {"JPY"}


async def test_a_summary_of_all_is_that_of_each_partner_together(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    everybody = ["acme", "bolt"]
    asked: list[dict[str, Any]] = [
        {},
        {"account": "held"},
        {"month": "2026-04"},
        {"currency": "USD", "month_to": "2026-02"},
    ]
    asked += [{"as_of": str(seq)} for seq in range(1, journal.seq)]
    for query in asked:
        for by in ("posted", "effective"):
            for group_by in ("program", "currency", "month", "account"):
                told = {**query, "by": by, "group_by": group_by}
                together = (await world.get("/v1/payouts/summary", key, **told)).json()
                assert together == (await world.get("/v1/payouts/summary", key, **told, partner=everybody)).json()
    assert together["groups"]


async def test_the_ledger_shows_every_line_and_the_lines_of_an_entry_sum_to_zero(
    world: World, journal: Journal
) -> None:
    await world.show(journal)
    key = await world.key()
    postings = items(await world.get("/v1/ledger", key, reward="rew_acme1", sort="posted_at"))
    assert [(one["type"], one["account"], one["amount"]["amount"]) for one in postings] == [
        ("reward.accrued", "expense", "1000.00"),
        ("reward.accrued", "accrued", "-1000.00"),
        ("reward.accrued", "accrued", "1000.00"),
        ("reward.accrued", "held", "-1000.00"),
        ("reward.released", "held", "1000.00"),
        ("reward.released", "payable", "-1000.00"),
        ("reward.reversed", "payable", "400.00"),
        ("reward.reversed", "reversed", "-400.00"),
    ]
    assert postings[-1]["posted_at"].startswith("2026-04-10")
    assert postings[-1]["effective_at"].startswith("2026-01-20")
    early = items(await world.get("/v1/ledger", key, as_of=str(postings[4]["seq"] - 1), reward="rew_acme1"))
    assert len(early) == 4
    assert len(items(await world.get("/v1/ledger", key, account="reversed"))) == 1


async def test_rewards_say_what_is_due_when_and_what_a_suspension_blocks(world: World, journal: Journal) -> None:
    till = Till(journal)
    till.adopt(next(one.event for one in journal.entries if getattr(one.event, "reward", None) == "rew_bolt3"))
    till.release("rew_bolt3")
    await world.show(journal)
    key = await world.key(partner="bolt")
    [mine] = items(await world.get("/v1/rewards", key))
    assert (mine["status"], mine["blocked"], mine["left"]["amount"]) == ("payable", "partner.suspended", "77777")
    [payable] = items(await world.get("/v1/payouts", key, account="payable"))
    assert payable["blocked"] == "partner.suspended"
    others = items(await world.get("/v1/rewards", await world.key(), partner="acme", sort="hold_until"))
    assert [(one["reward"], one["status"], one["left"], one["blocked"]) for one in others] == [
        ("rew_acme1", "payable", usd("600.00"), None),
        ("rew_acme2", "held", usd("50.00"), None),
    ]
    journal.add(PartnerReinstated(partner="bolt"))
    await world.show(journal)
    assert items(await world.get("/v1/rewards", key))[0]["blocked"] is None
    assert items(await world.get("/v1/rewards", await world.key(), partner="bolt", as_of=str(journal.seq - 1)))[0][
        "blocked"
    ]


async def test_cases_are_listed_with_what_they_hold(world: World, journal: Journal) -> None:
    journal.submit("reg_w", "zed")
    journal.complete("reg_w")
    journal.opportunity("opp_b", "reg_w", partner="zed")
    journal.win("opp_b", "reg_w", case="breach", amount=Money.of(90_000, "USD"))
    till = Till(journal)
    till.open_case("case_1", "opp_b", "reg_acme2", "reg_w")
    till.accrue("rew_b", "acme", "reg_acme2", "opp_b", 9_000, cases=("case_1",))
    await world.show(journal)
    key = await world.key()
    case = (await world.get("/v1/cases/case_1", key)).json()
    assert (case["state"], case["partner"], case["winner"], case["holds"]) == (
        "open",
        "acme",
        "reg_w",
        [usd("90.00")],
    )
    assert case["sentence"] == Words().entry("case.opened", {})
    assert [one["reward"] for one in items(await world.get("/v1/rewards", key, case="case_1"))] == ["rew_b"]
    till.reverse("rew_b", 9_000, "case_reversed")
    till.resolve("case_1", "opp_b", "reg_acme2", "reverse")
    await world.show(journal)
    [closed] = items(await world.get("/v1/cases", key, state="closed", partner="acme"))
    assert (closed["outcome"], closed["reason"], closed["holds"]) == ("reversed", "checked with both", [])
    assert closed["sentence"] == Words().entry("case.closed", {"outcome": "reversed"})
    assert items(await world.get("/v1/cases", key, state="open")) == []
    assert (await world.get("/v1/cases/case_9", key)).json()["code"] == "case.unknown"


async def test_csv_holds_every_row_and_its_headers_sum_them(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = {**await world.key(), "Accept": "text/csv"}
    for path in ("/v1/credits", "/v1/rewards", "/v1/ledger", "/v1/payouts", "/v1/ledger?account=held&currency=USD"):
        response = await world.client.get(path, headers=key)
        assert response.headers["content-type"].startswith("text/csv")
        lines = response.text.split("\r\n")
        assert lines.pop() == ""
        assert "\n" not in "".join(lines)
        rows = list(csv.DictReader(io.StringIO(response.text)))
        assert len(rows) == len(lines) - 1 == int(response.headers["Dealreg-Rows"]) > 0
        sums: dict[str, Decimal] = {}
        for row in rows:
            sums[row["currency"]] = sums.get(row["currency"], Decimal(0)) + Decimal(row["amount"])
        told = dict(one.split(" ") for one in response.headers["Dealreg-Totals"].split(", "))
        assert {currency: Decimal(total) for currency, total in told.items()} == sums
    small = await world.client.get("/v1/ledger?currency=EUR", headers=key)
    assert (small.headers["Dealreg-Rows"], small.headers["Dealreg-Totals"], small.text.count("\r\n")) == ("0", "", 1)


async def test_cases_as_csv_have_a_row_for_each_currency_they_hold(
    world: World, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    till = Till(journal)
    for number in (1, 2):
        till.open_case(f"case_{number}", f"opp_{number}", "reg_acme2", "reg_bolt3")
        till.accrue(f"rew_{number}", "acme", "reg_acme2", f"opp_{number}", 9_000, cases=(f"case_{number}",))
    till.accrue("rew_yen", "acme", "reg_acme2", "opp_1", 700, cases=("case_1",), currency="JPY")
    till.resolve("case_2", "opp_2", "reg_acme2", "release")
    await world.show(journal)
    monkeypatch.setattr("services.projections.api.finance_sheets.ROWS_PER_READ", 1)
    response = await world.client.get("/v1/cases", headers={**await world.key(), "Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [(one["case"], one["state"], one["partner"], one["amount"], one["currency"]) for one in rows] == [
        ("case_1", "open", "acme", "700", "JPY"),
        ("case_1", "open", "acme", "90.00", "USD"),
        ("case_2", "closed", "acme", "", ""),
    ]
    assert rows[0]["rewards"] == "rew_1; rew_yen"
    assert (response.headers["Dealreg-Rows"], response.headers["Dealreg-Totals"]) == ("3", "JPY 700, USD 90.00")
    narrowed = await world.client.get("/v1/cases?state=closed", headers={**await world.key(), "Accept": "text/csv"})
    assert (narrowed.headers["Dealreg-Rows"], narrowed.headers["Dealreg-Totals"]) == ("1", "")


async def test_csv_beyond_its_limit_is_refused_not_cut(
    world: World, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.show(journal)
    monkeypatch.setattr("services.projections.api.finance_sheets.MAX_ROWS", 15)
    response = await world.client.get("/v1/ledger", headers={**await world.key(), "Accept": "text/csv"})
    assert (response.status_code, response.json()["code"]) == (422, "csv.too_large")


async def test_an_unchanged_answer_is_not_sent_again(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    first = await world.get("/v1/payouts", key)
    again = await world.client.get("/v1/payouts", headers={**key, "If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


async def test_what_no_calendar_has_is_refused(world: World, journal: Journal) -> None:
    await world.show(journal)
    for query in ({"month": "2026-13"}, {"month": "march"}, {"date_from": "2026-02-30"}, {"by": "due"}):
        response = await world.get("/v1/credits", await world.key(), **query)
        assert response.status_code == 422, query
