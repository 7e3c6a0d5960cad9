"""A period starts with the day after the event, and ends at the midnight that closes its last day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from services.attribution.domain.documents.calendar import after_days, after_months, after_period, first_day
from shared.events.vendor import Calendar
from shared.policy.periods import Period
from shared.policy.zones import midnight

BERLIN = ZoneInfo("Europe/Berlin")
SAO_PAULO = ZoneInfo("America/Sao_Paulo")
HAVANA = ZoneInfo("America/Havana")
ZULU = ZoneInfo("UTC")
GERMAN = Calendar(holidays=(date(2026, 4, 3), date(2026, 4, 6)))


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).astimezone(UTC)


def test_day_one_is_the_day_after_the_event() -> None:
    assert first_day(at("2026-01-01T09:00Z"), ZULU) == date(2026, 1, 2)


def test_what_starts_at_a_midnight_starts_on_the_day_it_opens() -> None:
    assert first_day(at("2026-01-01T00:00+01:00"), BERLIN) == date(2026, 1, 1)
    assert first_day(at("2026-01-01T00:00+01:00"), ZULU) == date(2026, 1, 1)


def test_ninety_days_end_at_the_midnight_that_closes_the_ninetieth() -> None:
    assert after_days(at("2026-01-01T09:00Z"), 90, ZULU) == at("2026-04-02T00:00Z")


@pytest.mark.parametrize(
    "event, days, end",
    [
        ("2026-03-27T12:00+01:00", 2, "2026-03-30T00:00+02:00"),
        ("2026-10-23T12:00+02:00", 2, "2026-10-26T00:00+01:00"),
        ("2026-03-29T00:00+01:00", 1, "2026-03-30T00:00+02:00"),
    ],
)
def test_days_are_those_of_the_zone_though_the_clock_is_set(event: str, days: int, end: str) -> None:
    assert after_days(at(event), days, BERLIN) == at(end)


def test_a_day_whose_midnight_was_skipped_opens_where_the_gap_ends() -> None:
    opens = at("2018-11-04T01:00-02:00")
    assert midnight(date(2018, 11, 4), SAO_PAULO) == opens
    assert first_day(opens, SAO_PAULO) == date(2018, 11, 4)
    assert after_days(at("2018-11-02T12:00-03:00"), 1, SAO_PAULO) == opens


def test_a_day_with_two_midnights_opens_at_the_first() -> None:
    assert midnight(date(2025, 11, 2), HAVANA) == at("2025-11-02T00:00-04:00")
    assert after_days(at("2025-11-01T12:00-04:00"), 1, HAVANA) == at("2025-11-03T00:00-05:00")


def test_hours_run_through_nights_and_weekends() -> None:
    assert after_period(at("2026-01-02T23:00Z"), Period(2, "h"), ZULU) == at("2026-01-03T01:00Z")


def test_calendar_days_count_weekends() -> None:
    assert after_period(at("2026-01-02T09:00Z"), Period(2, "d"), ZULU) == at("2026-01-05T00:00Z")


@pytest.mark.parametrize(
    "event, count, end",
    [
        ("2026-01-01T09:00+01:00", 1, "2026-01-03T00:00+01:00"),  # Thursday: Friday is day 1
        ("2026-01-02T09:00+01:00", 1, "2026-01-06T00:00+01:00"),  # Friday: Monday is day 1
        ("2026-01-03T09:00+01:00", 5, "2026-01-10T00:00+01:00"),  # Saturday: the week after
        ("2026-01-05T00:00+01:00", 1, "2026-01-06T00:00+01:00"),  # the midnight that opens a Monday
        ("2026-04-02T09:00+02:00", 1, "2026-04-08T00:00+02:00"),  # Good Friday and Easter Monday are none
        ("2026-04-02T09:00+02:00", 2, "2026-04-09T00:00+02:00"),
        ("2026-03-27T09:00+01:00", 1, "2026-03-31T00:00+02:00"),  # the clock is set in between
    ],
)
def test_business_days_leave_out_weekends_and_holidays(event: str, count: int, end: str) -> None:
    assert after_period(at(event), Period(count, "bd"), BERLIN, GERMAN) == at(end)


def test_a_weekend_may_be_friday_and_saturday() -> None:
    gulf = Calendar(weekend=(5, 6))
    assert after_period(at("2026-01-01T09:00Z"), Period(1, "bd"), ZULU, gulf) == at("2026-01-05T00:00Z")


def test_a_closure_of_twenty_years_ends_too() -> None:
    mondays = tuple(date(2026, 1, 5) + timedelta(weeks=week) for week in range(1000))
    only_mondays = Calendar(weekend=(2, 3, 4, 5, 6, 7), holidays=mondays)
    end = after_period(at("2026-01-01T09:00Z"), Period(1, "bd"), ZULU, only_mondays)
    assert end == midnight(mondays[-1] + timedelta(days=8), ZULU)


@pytest.mark.parametrize(
    "event, months, end",
    [
        ("2026-03-10T09:00+01:00", 1, "2026-04-11T00:00+02:00"),
        ("2026-01-30T09:00+01:00", 1, "2026-03-01T00:00+01:00"),
        ("2026-01-31T23:59+01:00", 1, "2026-03-01T00:00+01:00"),
        ("2028-01-31T09:00+01:00", 1, "2028-03-01T00:00+01:00"),
        ("2028-02-29T09:00+01:00", 12, "2029-03-01T00:00+01:00"),
        ("2026-08-31T09:00+02:00", 6, "2027-03-01T00:00+01:00"),
        ("2026-03-01T00:00+01:00", 1, "2026-04-01T00:00+02:00"),
        ("2026-12-31T00:00+01:00", 2, "2027-03-01T00:00+01:00"),
    ],
)
def test_months_end_with_the_day_of_their_number_or_the_last_of_a_shorter_month(
    event: str, months: int, end: str
) -> None:
    assert after_months(at(event), months, BERLIN) == at(end)


OFFICE = Calendar(holidays=(date(2026, 4, 3), date(2026, 4, 6)), opens="08:30", closes="16:30")


@pytest.mark.parametrize(
    "event, hours, end",
    [
        ("2026-03-10T09:00+01:00", 2, "2026-03-10T11:00+01:00"),  # a Tuesday
        ("2026-03-10T15:30+01:00", 2, "2026-03-11T09:30+01:00"),
        ("2026-03-10T03:00+01:00", 8, "2026-03-10T16:30+01:00"),
        ("2026-03-10T23:00+01:00", 1, "2026-03-11T09:30+01:00"),
        ("2026-03-13T16:30+01:00", 1, "2026-03-16T09:30+01:00"),  # Friday's end
        ("2026-04-02T16:00+02:00", 1, "2026-04-07T09:00+02:00"),  # over Easter
        ("2026-03-27T16:00+01:00", 1, "2026-03-30T09:00+02:00"),  # the clock is set on the Sunday between
    ],
)
def test_business_hours_run_while_the_calendar_is_open(event: str, hours: int, end: str) -> None:
    assert after_period(at(event), Period(hours, "bh"), BERLIN, OFFICE) == at(end)


def test_hours_of_a_day_on_which_the_clock_is_set_are_those_that_pass() -> None:
    nights = Calendar(weekend=(), opens="00:00", closes="24:00")
    assert after_period(at("2026-03-29T00:00+01:00"), Period(24, "bh"), BERLIN, nights) == at("2026-03-30T01:00+02:00")


@pytest.mark.parametrize(
    "opens, closes", [("09:00", "09:59"), ("17:00", "09:00"), ("9:00", "17:00"), ("08:00", "24:01")]
)
def test_hours_that_no_day_has_are_refused(opens: str, closes: str) -> None:
    with pytest.raises(ValidationError):
        Calendar(opens=opens, closes=closes)
