"""The independent reading of the demo: what the file's rows come to, and each written rule on a few rows."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import dealreg.demo
from tests.unit.demo.naive_reading import HOUSE, Reading, cents, read, read_rows

DATA = Path(dealreg.demo.__file__).parent / "data"


def row(
    number: str, agent: str, engaged: str, closed: str = "", stage: str = "Engaging", value: str = ""
) -> dict[str, str]:
    return {
        "opportunity_id": number,
        "sales_agent": agent,
        "product": "GTX Pro",
        "account": "Acme",
        "deal_stage": stage,
        "engage_date": engaged,
        "close_date": closed,
        "close_value": value,
    }


def states(reading: Reading) -> dict[str, str]:
    return {number: claim.state for number, claim in reading.claims.items()}


def test_the_committed_file_comes_to_these_numbers() -> None:
    numbers = read(DATA).numbers()
    partners = numbers.pop("partners")
    assert isinstance(partners, dict)
    assert numbers == {
        "rows_read": 8800,
        "registered": 7212,
        "not_registrable": {"customer.missing": 1425, "engage_date.missing": 163},
        "states": {
            "protected": 98,
            "waiting": 14,
            "converted": 1747,
            "expired": 701,
            "lost": 3312,
            "rejected": 1340,
        },
        "conflicts": {"detected": 4562, "promoted": 1848},
        "won_cases": {"protected": 1667, "further": 184, "late": 80, "breach": 2232, "unprotected": 75},
        "won_value": "10005534.00",
        "credited": "9835449.20",
        "house": "170084.80",
        "unlinked": "0.00",
        "rewards": {"accrued": "956260.40", "held": "550123.00", "payable": "406137.40", "reversed": "0.00"},
    }
    assert len(partners) == 30  # five of the agents have no deals
    assert list(partners) == sorted(partners)
    assert cents(sum(map(Decimal, partners.values()), Decimal(0))) == "9835449.20"
    assert partners["Darcel Schlecht"] == "872634.00"


def test_a_rival_waits_and_its_win_is_a_breach_that_closes_it() -> None:
    reading = read_rows([row("A", "ann", "2017-01-02"), row("B", "bob", "2017-01-03", "2017-01-09", "Won", "10")])
    assert states(reading) == {"A": "protected", "B": "lost"}
    assert reading.cases == {"B": "breach"}


def test_the_first_waiter_is_protected_from_the_midnight_on_which_the_holder_ends() -> None:
    reading = read_rows([row("A", "ann", "2017-01-02"), row("B", "bob", "2017-01-03"), row("Z", "zoe", "2017-04-03")])
    assert states(reading) == {"A": "expired", "B": "protected", "Z": "waiting"}
    assert str(reading.claims["A"].last_day) == "2017-04-02"
    assert str(reading.claims["B"].last_day) == "2017-07-01"


def test_a_duplicate_gives_its_opportunity_to_the_live_registration() -> None:
    reading = read_rows([row("A", "ann", "2017-01-02"), row("B", "ann", "2017-01-03", "2017-01-09", "Won", "10")])
    assert states(reading) == {"A": "converted", "B": "rejected"}
    assert reading.cases == {"B": "protected"}


def test_a_win_after_conversion_is_a_further_one_until_the_own_protection_ends() -> None:
    rows = [
        row("A", "ann", "2017-01-02", "2017-01-10", "Won", "1"),
        row("B", "ann", "2017-01-03", "2017-04-02", "Won", "1"),
        row("C", "ann", "2017-01-03", "2017-04-03", "Won", "1"),
    ]
    assert read_rows(rows).cases == {"A": "protected", "B": "further", "C": "unprotected"}


def test_a_win_up_to_thirty_days_after_the_last_day_is_late() -> None:
    assert read_rows([row("A", "ann", "2017-01-02", "2017-05-02", "Won", "1")]).cases == {"A": "late"}
    assert read_rows([row("A", "ann", "2017-01-02", "2017-05-03", "Won", "1")]).cases == {"A": "unprotected"}


def test_open_opportunities_follow_to_the_new_registration() -> None:
    rows = [row("A", "ann", "2017-01-02", "2017-05-03", "Won", "1"), row("B", "ann", "2017-04-20")]
    reading = read_rows(rows)
    assert states(reading) == {"A": "expired", "B": "converted"}
    assert reading.cases == {"A": "protected"}


def test_a_registration_is_lost_with_its_last_open_opportunity() -> None:
    rows = [
        row("A", "ann", "2017-01-02", "2017-01-09", "Lost"),
        row("B", "ann", "2017-01-03"),
        row("C", "bob", "2017-01-04", "2017-01-05", "Lost"),
    ]
    assert states(read_rows(rows)) == {"A": "protected", "B": "rejected", "C": "lost"}


def credited(reading: Reading) -> dict[str, str]:
    return {partner: str(amount) for partner, amount in reading.credited.items()}


def rewards(reading: Reading) -> Any:
    return reading.numbers()["rewards"]


def test_a_protected_win_credits_both_roles_and_a_tenth_of_it() -> None:
    reading = read_rows([row("A", "ann", "2017-01-02", "2017-01-10", "Won", "4514")])
    assert credited(reading) == {"ann": "4514.00"}
    assert rewards(reading) == {"accrued": "451.40", "held": "451.40", "payable": "0.00", "reversed": "0.00"}


def test_a_rebate_is_a_thousand_at_most() -> None:
    assert rewards(read_rows([row("A", "ann", "2017-01-02", "2017-01-10", "Won", "10001")]))["accrued"] == "1000.00"


def test_a_breach_credits_and_rewards_the_holder_and_stays_held() -> None:
    rows = [row("A", "ann", "2017-01-02"), row("B", "bob", "2017-01-03", "2017-01-09", "Won", "10")]
    reading = read_rows([*rows, row("Z", "zoe", "2017-03-01")])
    assert credited(reading) == {"ann": "8.00", "bob": "2.00"}
    assert [rebate.partner for rebate in reading.rebates] == ["ann"]
    assert rewards(reading) == {"accrued": "1.00", "held": "1.00", "payable": "0.00", "reversed": "0.00"}


def test_an_unprotected_win_leaves_the_house_what_nobody_sourced_and_earns_nothing() -> None:
    reading = read_rows([row("A", "ann", "2017-01-02", "2017-05-03", "Won", "10")])
    assert credited(reading) == {HOUSE: "8.00", "ann": "2.00"}
    assert reading.rebates == []


def test_a_rebate_is_payable_from_the_midnight_that_closes_the_thirtieth_day() -> None:
    won = row("A", "ann", "2017-01-02", "2017-01-10", "Won", "10")
    assert rewards(read_rows([won, row("B", "bob", "2017-02-09")]))["payable"] == "0.00"
    assert rewards(read_rows([won, row("B", "bob", "2017-02-10")]))["payable"] == "1.00"
