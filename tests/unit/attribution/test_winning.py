"""Winning: the won table, row by row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from shared.events.base import Event
from shared.events.opportunity import OpportunityClassified
from shared.events.protection import ProtectionConverted
from shared.events.registration import RegistrationClosed
from tests.unit.attribution.house import House, only, types

LATE: dict[str, Any] = {"credit": {"late_win_days": 30}}
LAST_DAY = 90.0
"""A protection of 90 days from the first of January ends with the first of April; both at nine o'clock."""


def holding(policy: dict[str, Any] | None = None) -> House:
    house = House().open(policy or {})
    house.submit("r1", "A")
    return house


def case(events: list[Event]) -> tuple[str, str | None]:
    """The row of the table, and the rival holder if there is one."""
    classified = only(events, OpportunityClassified)
    return classified.case, classified.holder


def test_won_under_protection_converts() -> None:
    house = holding()
    events = house.crm("won", "o1", partner="A", day=LAST_DAY)
    assert case(events) == ("protected", None)
    assert not only(events, ProtectionConverted).late
    assert (house.state("r1"), house.registration("r1").life.end_code) == ("converted", "won")


@pytest.mark.parametrize("day, row", [(LAST_DAY, "further"), (LAST_DAY + 1, "unprotected")])
def test_a_further_win_counts_until_the_registrations_own_end(day: float, row: str) -> None:
    house = holding()
    house.crm("won", "o1", partner="A", day=1)
    assert case(house.crm("won", "o2", partner="A", day=day)) == (row, None)
    assert house.state("r1") == "converted"


def test_a_further_win_counts_while_the_next_partner_holds_the_deal() -> None:
    house = holding({"conflict": {"on_won": "next"}})
    house.submit("r2", "B")
    house.crm("won", "o1", partner="A", day=1)
    assert house.state("r2") == "protected"
    assert case(house.crm("won", "o2", partner="A", day=2)) == ("further", None)
    assert house.state("r2") == "protected"


@pytest.mark.parametrize("day, row", [(LAST_DAY + 1, "late"), (LAST_DAY + 30, "late"), (LAST_DAY + 31, "unprotected")])
def test_a_late_win_converts_within_its_days_after_the_last_day_of_protection(day: float, row: str) -> None:
    house = holding(LATE)
    events = house.crm("won", "o1", partner="A", day=day)
    assert case(events) == (row, None)
    assert house.state("r1") == ("converted" if row == "late" else "expired")
    assert ("protection.converted" in types(events)) == (row == "late")


def test_a_late_win_is_late_up_to_the_midnight_in_the_programs_zone() -> None:
    for zoned, row in (("2026-05-01T23:59:59+02:00", "late"), ("2026-05-02T00:00:00+02:00", "unprotected")):
        house = holding({**LATE, "time_zone": "Europe/Berlin"})
        house.wait_until(100)
        moment = datetime.fromisoformat(zoned)
        house.crm("created", "o1", partner="A", day=101)
        latest = house.opportunity("o1").latest
        won = {"opportunity": "o1", "connection": latest.connection, "external_id": latest.external_id}
        assert case(house.when(house.told("won", **won), at=moment)) == (row, None)


def test_without_late_days_a_win_after_the_end_is_unprotected() -> None:
    assert case(holding().crm("won", "o1", partner="A", day=LAST_DAY + 1)) == ("unprotected", None)


def test_a_late_win_while_a_rival_holds_the_deal_is_a_breach() -> None:
    house = holding(LATE)
    house.submit("r2", "B", day=1)
    events = house.crm("won", "o1", partner="A", day=LAST_DAY + 1)
    assert case(events) == ("breach", "r2")
    assert house.states("r1", "r2") == ["expired", "protected"]


def test_a_waiting_claim_that_wins_breaches_and_is_lost_and_the_holder_stays() -> None:
    house = holding()
    house.submit("r2", "B")
    events = house.crm("won", "o1", partner="B", day=1)
    assert case(events) == ("breach", "r1")
    closed = only(events, RegistrationClosed)
    assert (closed.registration, closed.code) == ("r2", "won_unprotected")
    assert house.states("r1", "r2") == ["protected", "lost"]


def test_a_claim_that_wins_while_nobody_holds_the_deal_is_unprotected_and_lost() -> None:
    house = holding({"review": {"auto_approve_if": "never"}})
    events = house.crm("won", "o1", partner="A", day=1)
    assert case(events) == ("unprotected", None)
    assert (house.state("r1"), house.registration("r1").life.end_code) == ("lost", "won_unprotected")


@pytest.mark.parametrize("end", ["released", "revoked", "lost"])
def test_a_registration_that_ended_otherwise_wins_nothing_and_stays_as_it_is(end: str) -> None:
    house = holding(LATE)
    house.crm("created", "o1", partner="A")
    house.crm("created", "o2", registration="r1")
    if end == "lost":
        house.crm("lost", "o1")
        house.crm("lost", "o2")
    else:
        _ = house.withdraw("r1") if end == "released" else house.review("r1", "revoke")
    assert case(house.crm("won", "o3", registration="r1", day=1)) == ("unprotected", None)
    assert house.state("r1") == end


def test_a_win_of_nobody_is_unlinked() -> None:
    house = holding()
    events = house.crm("won", "o1", partner="C", customer=None)
    assert case(events) == ("unlinked", None)
    assert only(events, OpportunityClassified).registration is None


def test_the_holder_that_wins_by_an_opportunity_of_no_partner_converts() -> None:
    house = holding()
    assert case(house.crm("won", "o1")) == ("protected", None)


def test_a_win_told_twice_counts_once() -> None:
    house = holding()
    house.crm("won", "o1", partner="A")
    assert "opportunity.classified" not in types(house.crm("won", "o1", partner="A"))


def test_a_win_taken_back_is_classified_anew_when_it_is_won_again() -> None:
    house = holding()
    house.crm("won", "o1", partner="A", day=1)
    house.crm("reopened", "o1", day=2)
    assert house.opportunity("o1").case is None
    assert case(house.crm("won", "o1", day=3)) == ("protected", None)


def test_protection_that_goes_on_while_an_extension_is_decided_converts() -> None:
    house = holding({"protection": {"days": 90, "extension": {"days": 30, "decide": "5bd"}}})
    house.extend("r1", day=LAST_DAY)
    assert case(house.crm("won", "o1", partner="A", day=LAST_DAY + 2)) == ("protected", None)
