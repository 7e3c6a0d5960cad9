"""Protection: extensions before the end, the end itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.events.protection import ExtensionHeld, ExtensionRefused, ProtectionExtended
from tests.unit.attribution.house import START, House, only, types
from tests.unit.attribution.test_claims import refused

BY_RULE: dict[str, Any] = {"protection": {"days": 90, "extension": {"days": 30}}}
BY_PERSON: dict[str, Any] = {"protection": {"days": 90, "extension": {"days": 30, "decide": "5bd"}}}
END = datetime.fromisoformat("2026-04-02T00:00+00:00")
"""A Thursday; the fifth business day after the eve is closed by the midnight of Wednesday 8 April."""


def held(policy: dict[str, Any]) -> House:
    """A holds, B waits."""
    house = House().open(policy)
    house.submit("r1", "A")
    house.submit("r2", "B")
    return house


def ends(house: House) -> datetime | None:
    return house.registration("r1").protected_until


def test_protection_ends_at_the_instant_its_last_day_closes() -> None:
    house = held({})
    house.tick(END - timedelta(seconds=1))
    assert house.state("r1") == "protected"
    house.tick(END)
    assert house.states("r1", "r2") == ["expired", "protected"]


def test_an_extension_by_rule_moves_the_end_from_the_old_end() -> None:
    house = held(BY_RULE)
    extended = only(house.extend("r1", day=10), ProtectionExtended)
    assert (extended.protected_until, extended.extensions) == (END + timedelta(days=30), 1)
    assert house.state("r1") == "protected"
    house.wait_until(100)
    assert house.states("r1", "r2") == ["protected", "waiting"]


@pytest.mark.parametrize(
    "policy, day, answer",
    [
        ({}, 10, (409, "extension.not_offered", "")),
        (BY_RULE, 91, (409, "extension.late", "")),
        ({"protection": {"days": 90, "extension": {"days": 30, "requires": ["evidence"]}}}, 10,
         (409, "extension.evidence_required", "")),
    ],
)  # fmt: skip
def test_a_request_that_the_rules_do_not_allow_is_refused(
    policy: dict[str, Any], day: float, answer: tuple[int, str, str]
) -> None:
    house = held(policy)
    assert refused(house.extend("r1", day=day)[-1:]) == answer


def test_a_request_at_the_end_itself_is_late_and_a_new_registration_queues_last() -> None:
    house = held(BY_RULE)
    house.tick(END)
    assert refused(house.extend("r1", day=90 + 15 / 24)) == (409, "extension.late", "")
    house.submit("r3", "A", day=91)
    assert house.registration("r3").behind == ("r2",)


def test_extensions_are_counted() -> None:
    house = held(BY_RULE)
    house.extend("r1", day=10)
    assert refused(house.extend("r1", day=20)) == (409, "extension.used_up", "")


def test_what_is_not_protected_is_not_extended() -> None:
    house = held(BY_RULE)
    assert refused(house.extend("r2")) == (409, "registration.not_open", "")
    assert refused(house.extend("r9")) == (404, "registration.unknown", "")


def test_an_extension_with_evidence_on_file_is_granted() -> None:
    house = held({"protection": {"days": 90, "extension": {"days": 30, "requires": ["evidence"]}}})
    house.evidence("r1")
    house.extend("r1", day=10)
    assert house.registration("r1").extensions == 1


def test_while_a_person_decides_protection_goes_on_at_most_the_business_days() -> None:
    house = held(BY_PERSON)
    waits = only(house.extend("r1", day=90), ExtensionHeld)
    assert waits.until.isoformat() == "2026-04-09T00:00:00+00:00"
    assert waits.extension_to == END + timedelta(days=30)
    house.wait_until(96)
    assert house.states("r1", "r2") == ["protected", "waiting"]
    house.wait_until(98)
    assert house.states("r1", "r2") == ["expired", "protected"]
    undecided = next(entry for entry in house.entries if isinstance(entry.event, ExtensionRefused))
    assert (undecided.event.code, undecided.clock) == ("extension.undecided", waits.until)  # type: ignore[attr-defined]
    assert house.registration("r2").protected_from == waits.until


def test_a_request_long_before_the_end_is_open_until_the_end_and_no_longer() -> None:
    house = held(BY_PERSON)
    assert only(house.extend("r1", day=10), ExtensionHeld).until == END
    assert refused(house.extend("r1", day=11)) == (409, "extension.pending", "")
    house.tick(END)
    assert house.state("r1") == "expired"


def test_a_person_grants_from_the_old_end() -> None:
    house = held(BY_PERSON)
    house.extend("r1", day=90)
    assert types(house.review("r1", "grant_extension", day=95)) == ["review.decided", "protection.extended"]
    assert ends(house) == END + timedelta(days=30)
    house.wait_until(99)
    assert house.state("r1") == "protected"


def test_an_extension_granted_when_it_is_over_already_ends_at_once() -> None:
    house = held({"protection": {"days": 90, "extension": {"days": 1, "decide": "5bd"}}})
    house.extend("r1", day=90)
    house.review("r1", "grant_extension", day=96)
    assert house.states("r1", "r2") == ["expired", "protected"]
    assert house.registration("r2").protected_from == START + timedelta(days=96)


def test_an_extension_refused_before_the_end_leaves_the_end() -> None:
    house = held(BY_PERSON)
    house.extend("r1", day=10)
    assert only(house.review("r1", "refuse_extension", day=12), ExtensionRefused).code == "extension.refused"
    assert (house.state("r1"), ends(house)) == ("protected", END)


def test_an_extension_refused_after_the_end_ends_protection_now() -> None:
    house = held(BY_PERSON)
    house.extend("r1", day=90)
    events = house.review("r1", "refuse_extension", code="no_progress", day=95)
    assert only(events, ExtensionRefused).code == "no_progress"
    assert house.states("r1", "r2") == ["expired", "protected"]
    assert house.registration("r2").protected_from == START + timedelta(days=95)


@pytest.mark.parametrize("verdict", ["grant_extension", "refuse_extension"])
def test_without_a_request_there_is_nothing_to_decide(verdict: str) -> None:
    assert refused(held(BY_PERSON).review("r1", verdict)) == (409, "extension.none_pending", "")


def test_days_and_business_days_are_those_of_the_policys_zone_and_calendar() -> None:
    policy = {**BY_PERSON, "time_zone": "Europe/Berlin", "calendar": "DE"}
    house = held(policy)
    end = datetime.fromisoformat("2026-04-02T00:00+02:00")
    assert ends(house) == end
    # Good Friday and Easter Monday are no business days: the fifth is Friday 10 April.
    waits = only(house.extend("r1", day=90), ExtensionHeld)
    assert waits.until.isoformat() == "2026-04-10T22:00:00+00:00"
