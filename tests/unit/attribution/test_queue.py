"""The queue of a deal: who moves up when a claim ends, at which moment, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shared.events.conflict import ConflictResolved
from shared.events.partner import PartnerChanged
from shared.events.registration import RegistrationApproved, RegistrationClosed, RegistrationHeld
from tests.unit.attribution.house import START, House, event, only, types
from tests.unit.attribution.test_claims import refused

CONFIRM: dict[str, Any] = {"conflict": {"waiter_confirm": "5bd"}, "time_zone": "Europe/Berlin", "calendar": "DE"}


def three(policy: dict[str, Any] | None = None) -> House:
    """A holds, B and C wait."""
    house = House().open(policy or {})
    for id_, partner in (("r1", "A"), ("r2", "B"), ("r3", "C")):
        house.submit(id_, partner)
    return house


ENDS: dict[str, Callable[[House], Any]] = {
    "expired": lambda house: house.wait_until(95),
    "released": lambda house: house.withdraw("r1", day=30),
    "revoked": lambda house: house.review("r1", "revoke", day=30),
    "converted": lambda house: house.crm("won", "o1", registration="r1", day=30),
    "lost": lambda house: house.crm("lost", "o1", registration="r1", day=30),
}


@pytest.mark.parametrize("end", ENDS)
def test_when_a_holder_ends_the_first_waiter_is_protected_at_that_moment_for_a_full_period(end: str) -> None:
    house = three({"conflict": {"on_won": "next"}})
    ENDS[end](house)
    assert house.states("r1", "r2", "r3") == [end, "protected", "waiting"]
    since, until = house.registration("r2").protected_from, house.registration("r2").protected_until
    moment = START + timedelta(days=30)
    if end == "expired":
        moment = START.replace(hour=0) + timedelta(days=91)
    assert since == moment
    full = 90 if end == "expired" else 91  # what starts at a midnight starts on the day it opens
    assert until == moment.replace(hour=0) + timedelta(days=full)
    assert house.registration("r3").behind == ("r2",)


def test_promotion_ends_the_conflict_and_says_so() -> None:
    events = ENDS["released"](three())
    approved = only(events, RegistrationApproved)
    assert (approved.registration, approved.promoted) == ("r2", True)
    resolved = only(events, ConflictResolved)
    assert (resolved.registration, resolved.outcome) == ("r2", "promoted")
    assert only(events, RegistrationHeld).behind == ("r2",)


def test_a_promoted_waiter_has_a_full_period_also_where_protection_starts_when_submitted() -> None:
    house = three({"clock": {"starts": "submitted"}})
    house.withdraw("r1", day=80)
    assert house.registration("r2").protected_until == START.replace(hour=0) + timedelta(days=171)


def test_each_waiter_has_its_turn() -> None:
    house = three()
    house.wait_until(300)
    assert house.states("r1", "r2", "r3") == ["expired", "expired", "expired"]
    assert house.registration("r3").protected_from == START.replace(hour=0) + timedelta(days=181)


def test_a_claim_of_the_day_on_which_the_holder_ends_comes_after_the_waiters() -> None:
    house = three()
    midnight = 15 / 24  # of a day, after nine o'clock
    house.submit("r4", "A", day=90 + midnight)
    assert house.states("r1", "r2", "r3", "r4") == ["expired", "protected", "waiting", "waiting"]


def test_a_waiter_whose_turn_came_has_its_business_days_to_confirm() -> None:
    house = three(CONFIRM)
    held = [one for one in house.withdraw("r1", day=1) if isinstance(one, RegistrationHeld)]
    assert [(one.registration, one.reason) for one in held] == [("r2", "confirmation"), ("r3", "conflict")]
    # Friday 2 January: five business days are Monday to Friday, and end with the midnight in Berlin.
    assert held[0].until is not None
    assert held[0].until.isoformat() == "2026-01-09T23:00:00+00:00"
    assert held[1].behind == ("r2",)
    house.confirm("r2", day=3)
    assert house.states("r2", "r3") == ["protected", "waiting"]
    assert house.registration("r2").protected_from == START + timedelta(days=3)


def test_silence_passes_to_the_next() -> None:
    house = three(CONFIRM)
    house.withdraw("r1", day=1)
    events = house.wait_until(9)
    closed = only(events, RegistrationClosed)
    assert (closed.registration, closed.code) == ("r2", "confirmation_lapsed")
    assert house.state("r2") == "closed"
    assert house.registration("r3").life.hold == "confirmation"
    lapse = next(entry for entry in house.entries if entry.event == closed)
    assert lapse.clock.isoformat() == "2026-01-09T23:00:00+00:00"


def test_an_invited_claim_keeps_new_ones_out() -> None:
    house = three(CONFIRM)
    house.withdraw("r1", day=1)
    house.submit("r4", "D", day=2)
    assert house.registration("r4").behind == ("r2",)


@pytest.mark.parametrize("day", [0.5, 12])
def test_who_was_not_invited_does_not_confirm(day: float) -> None:
    house = three(CONFIRM)
    if day > 1:
        house.withdraw("r1", day=1)  # invited, and lapsed by now
    assert refused(house.confirm("r2", day=day)[-1:]) == (409, "registration.not_invited", "")


def test_a_confirmed_waiter_is_judged_on_todays_facts_under_its_pinned_policy() -> None:
    house = three({**CONFIRM, "eligibility": {"partner_types": ["reseller"]}})
    house.publish({"version": 2, "protection": {"days": 10}})
    house.withdraw("r1", day=1)
    house.when(event(PartnerChanged, partner="B", partner_type="distributor"), day=2)
    house.confirm("r2", day=3)
    house.confirm("r3", day=4)
    assert house.states("r2", "r3") == ["rejected", "protected"]
    until = house.registration("r3").protected_until
    assert until is not None
    assert until > START + timedelta(days=90)


def test_an_invited_claim_that_changes_only_its_words_stays_invited() -> None:
    house = three(CONFIRM)
    house.withdraw("r1", day=1)
    by = house.registration("r2").confirm_by
    house.amend("r2", site="Cairo", day=2)
    assert (house.registration("r2").life.hold, house.registration("r2").confirm_by) == ("confirmation", by)


def test_an_invited_claim_that_changes_its_deal_is_asked_anew() -> None:
    house = three(CONFIRM)
    house.withdraw("r1", day=1)
    house.amend("r2", products=["X", "Y"], day=2)
    assert house.registration("r2").life.hold == "confirmation"


def test_an_invitation_reaches_waiters_that_the_former_holder_did_not_concern() -> None:
    house = House().open(CONFIRM)
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["X", "Y"])
    house.submit("r4", "D", products=["Y"])
    house.submit("r3", "C", products=["Y"])
    house.withdraw("r4", day=1)
    house.withdraw("r1", day=1)
    assert house.states("r2", "r3") == ["waiting", "waiting"]
    assert {house.registration(id_).life.hold for id_ in ("r2", "r3")} == {"confirmation", "conflict"}


def test_a_suspended_partners_protection_stands_and_keeps_rivals_out() -> None:
    house = House().open()
    house.submit("r1", "A")
    before = house.registration("r1")
    house.suspend("A", day=20)
    house.submit("r2", "B", day=21)
    assert house.registration("r1") == before
    assert house.registration("r2").behind == ("r1",)
    house.reinstate("A", day=30)
    assert house.registration("r1") == before
    house.wait_until(91)
    assert house.states("r1", "r2") == ["expired", "protected"]


def test_a_waiter_whose_turn_comes_while_suspended_is_passed_over_and_judged_on_reinstatement() -> None:
    house = three({"clock": {"starts": "submitted"}})
    house.suspend("B", day=1)
    held = [one for one in house.withdraw("r1", day=2) if isinstance(one, RegistrationHeld)]
    assert [(one.registration, one.behind) for one in held] == [("r2", ()), ("r2", ("r3",))]
    assert house.states("r2", "r3") == ["waiting", "protected"]
    house.withdraw("r3", day=3)
    assert (house.state("r2"), house.registration("r2").behind) == ("waiting", ())
    assert house.partner("B").paused == ("r2",)
    house.reinstate("B", day=40)
    assert house.state("r2") == "protected"
    assert house.registration("r2").protected_until == START.replace(hour=0) + timedelta(days=131)
    assert house.partner("B").paused == ()


def test_a_waiter_passed_over_keeps_nobody_out_and_is_asked_to_confirm_on_reinstatement() -> None:
    house = House().open(CONFIRM)
    house.submit("r1", "A")
    house.submit("r2", "B")
    house.suspend("B", day=1)
    house.withdraw("r1", day=2)
    house.submit("r4", "D", day=3)
    assert house.registration("r2").behind == ("r4",)
    house.withdraw("r4", day=4)
    house.reinstate("B", day=5)
    assert house.registration("r2").life.hold == "confirmation"


def test_reinstatement_finds_a_claim_that_is_still_behind_somebody_where_it_is() -> None:
    house = three()
    house.suspend("C", day=1)
    house.reinstate("C", day=2)
    assert house.registration("r3").behind == ("r1",)


def test_no_rule_approves_a_suspended_partners_claim_whatever_it_waited_for() -> None:
    house = House().open()
    house.submit("r1", "A", customer={"tax_id": None})
    house.submit("r2", "B", customer={"tax_id": "204829305"})
    assert house.registration("r2").life.hold == "customer_match"
    house.suspend("B", day=1)
    house.match("r2", "r1", same=False, day=1)
    assert (house.state("r2"), house.registration("r2").behind) == ("waiting", ())
    assert "registration.held" not in types(house.match("r2", "r1", same=False, day=2))
    house.reinstate("B", day=3)
    assert house.state("r2") == "protected"


def test_a_suspended_waiter_stays_behind_its_holder_when_judged_again() -> None:
    house = House().open({"same_deal": {"name_only": "block"}})
    house.submit("r1", "A", customer={"tax_id": None})
    house.submit("r2", "B", customer={"tax_id": None})
    house.suspend("B")
    house.match("r2", "r1", same=True)
    assert house.registration("r2").behind == ("r1",)


def test_a_waiter_that_fails_when_its_turn_comes_lets_the_next_one_up() -> None:
    house = three({"eligibility": {"partner_types": ["reseller"]}})
    house.when(event(PartnerChanged, partner="B", partner_type="distributor"))
    house.withdraw("r1", day=1)
    assert house.states("r2", "r3") == ["rejected", "protected"]
