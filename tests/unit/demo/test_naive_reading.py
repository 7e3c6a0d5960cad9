"""The independent reading of the demo: what the file's rows come to, and each written rule on a few rows."""

from __future__ import annotations

from pathlib import Path

import dealreg.demo
from tests.unit.demo.naive_reading import Reading, read, read_rows

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
    assert read(DATA).numbers() == {
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
    }


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
