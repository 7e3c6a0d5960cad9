"""Review: from a submission to a verdict, by rule or by a person."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.events.registration import (
    RegistrationAmended,
    RegistrationApproved,
    RegistrationHeld,
    RegistrationRejected,
    ReviewDecided,
)
from tests.unit.attribution.house import START, House, event, only, types
from tests.unit.attribution.test_claims import refused

NEVER: dict[str, Any] = {"review": {"auto_approve_if": "never"}}


def test_protection_runs_from_approval_to_the_midnight_that_closes_its_last_day() -> None:
    approved = only(House().open().submit("r1", "A"), RegistrationApproved)
    assert approved.protected_from == START
    assert approved.protected_until.isoformat() == "2026-04-02T00:00:00+00:00"
    assert not approved.promoted


def test_protection_that_starts_when_submitted_counts_from_the_complete_submission() -> None:
    house = House().open({**NEVER, "clock": {"starts": "submitted"}, "required_fields": ["site"]})
    house.submit("r1", "A")
    house.amend("r1", site="Cairo", day=3)
    approved = only(house.review("r1", "approve", day=20), RegistrationApproved)
    assert approved.protected_from == START + timedelta(days=20)
    assert approved.protected_until.isoformat() == "2026-04-05T00:00:00+00:00"


def test_protection_whose_period_passed_in_review_counts_from_approval() -> None:
    house = House().open({**NEVER, "clock": {"starts": "submitted"}})
    house.submit("r1", "A")
    approved = only(house.review("r1", "approve", day=100), RegistrationApproved)
    assert approved.protected_until == START.replace(hour=0) + timedelta(days=191)


def test_a_policy_that_approves_nothing_holds_for_a_person() -> None:
    house = House().open(NEVER)
    assert only(house.submit("r1", "A"), RegistrationHeld).reason == "review"
    assert house.state("r1") == "in_review"


def test_a_person_approves_or_rejects_with_a_code() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    assert types(house.review("r1", "approve", day=1)) == ["review.decided", "registration.approved"]
    house.submit("r2", "A", products=["Z"], day=2)
    rejected = only(house.review("r2", "reject", code="no_budget", day=3), RegistrationRejected)
    assert rejected.code == "no_budget"


def test_a_person_may_reject_what_is_incomplete_and_nothing_else_of_it() -> None:
    house = House().open({"required_fields": ["site"]})
    house.submit("r1", "A")
    assert refused(house.review("r1", "approve")) == (409, "registration.not_open", "")
    assert refused(house.review("r1", "action_required", fields=["site"])) == (409, "registration.not_open", "")
    house.review("r1", "reject")
    assert (house.state("r1"), house.registration("r1").life.end_code) == ("rejected", "reviewer")


@pytest.mark.parametrize("verdict", ["approve", "reject", "action_required"])
def test_what_was_decided_is_not_reviewed_again(verdict: str) -> None:
    house = House().open()
    house.submit("r1", "A")
    assert refused(house.review("r1", verdict, fields=["site"])) == (409, "registration.not_open", "")


def test_a_registration_that_does_not_exist_is_not_reviewed() -> None:
    assert refused(House().open().review("r1", "approve")) == (404, "registration.unknown", "")


def test_a_person_does_not_approve_what_another_claim_keeps_out() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B")
    assert refused(house.review("r2", "approve")) == (409, "conflict.open", "")


def test_a_person_does_not_approve_a_partners_second_claim_on_a_deal() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "A", products=["Y"])
    house.review("r2", "approve")
    house.amend("r2", products=["X", "Y"])
    assert refused(house.review("r1", "approve")) == (409, "duplicate_of_own", "")


def test_when_a_person_approves_one_of_several_the_others_wait_behind_it() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    house.submit("r2", "B")
    events = house.review("r2", "approve")
    assert house.states("r1", "r2") == ["waiting", "protected"]
    assert house.registration("r1").behind == ("r2",)
    assert "conflict.detected" in types(events)
    house.withdraw("r2", day=1)
    assert house.state("r1") == "in_review"


def test_a_revoked_protection_ends_with_its_code_and_the_queue_moves() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.submit("r2", "B")
    assert types(house.review("r1", "revoke", code="false_evidence"))[:2] == ["review.decided", "protection.revoked"]
    assert house.registration("r1").life.end_code == "false_evidence"
    assert house.states("r1", "r2") == ["revoked", "protected"]


def test_revocation_without_a_word_is_the_vendors_decision() -> None:
    house = House().open()
    house.submit("r1", "A")
    house.review("r1", "revoke")
    assert house.registration("r1").life.end_code == "vendor_decision"
    assert refused(house.review("r1", "revoke")) == (409, "registration.not_open", "")


def test_asking_for_fields_opens_these_alone_and_the_answer_is_judged() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    house.review("r1", "action_required", fields=["customer.tax_id", "contact", "site"])
    assert house.state("r1") == "action_required"
    assert refused(house.amend("r1", competitor="Rival")) == (409, "field.not_open", "competitor")
    assert refused(house.amend("r1", customer={"legal_name": "Other"})) == (
        409,
        "field.not_open",
        "customer.legal_name",
    )
    house.amend("r1", customer={"tax_id": "204829312"}, contact={"name": {"person": "p1", "box": "YQ=="}}, site="Cairo")
    assert house.state("r1") == "in_review"


def test_an_answer_to_a_part_leaves_the_rest_asked_until_it_is_given() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    house.review("r1", "action_required", fields=["customer.tax_id", "site", "evidence"])
    held = only(house.amend("r1", customer={"tax_id": "204829312"}), RegistrationHeld)
    assert (held.reason, held.fields) == ("action_required", ("site", "evidence"))
    [why] = held.findings
    assert (why.code, why.inputs["fields"]) == ("review.still_asked", ["site", "evidence"])
    assert [one.value for one in why.needs] == ["site", "evidence"]
    # then what was given is open no more
    assert refused(house.amend("r1", customer={"tax_id": "204829305"})) == (409, "field.not_open", "customer.tax_id")
    assert only(house.evidence("r1"), RegistrationHeld).fields == ("site",)
    house.evidence("r1")
    assert house.state("r1") == "action_required", "evidence is asked for no more"
    house.amend("r1", site="Cairo")
    assert (house.state("r1"), house.registration("r1").fields) == ("in_review", ())


def test_a_field_that_is_sent_as_it_is_was_answered() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A", site="Cairo", project="One")
    house.review("r1", "action_required", fields=["site", "project", "customer.tax_id"])
    house.amend("r1", site="Cairo", project=None)
    assert house.registration("r1").fields == ("customer.tax_id",)


def test_an_answer_to_a_part_leaves_a_deal_to_those_behind_it() -> None:
    house = House().open({"conflict": {"order": ["first_complete_submission"]}})
    house.submit("r0", "C", products=["X", "Y"])
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["X"])
    house.review("r1", "action_required", fields=["customer.tax_id", "site"])
    house.withdraw("r0")
    assert (house.state("r1"), house.state("r2")) == ("action_required", "waiting"), "it keeps its place"
    house.amend("r1", customer={"tax_id": "204829402"})
    assert (house.state("r1"), house.state("r2")) == ("action_required", "protected"), "it claims another deal"
    house.amend("r1", site="Cairo")
    assert house.state("r1") == "protected"


def test_a_person_may_decide_while_a_part_is_still_asked() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    house.review("r1", "action_required", fields=["site", "project"])
    house.amend("r1", site="Cairo")
    house.review("r1", "approve")
    assert (house.state("r1"), house.registration("r1").fields) == ("protected", ())


def test_a_field_that_was_asked_for_may_be_changed_by_its_parts() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    house.review("r1", "action_required", fields=["contact"])
    sealed = {"person": "p1", "box": "YQ=="}
    fact = {"patch": {"contact": {"phone": sealed}}, "fields": ["contact", "contact.phone"]}
    house.when(event(RegistrationAmended, registration="r1", expected_revision=1, **fact), partner="A")
    assert house.state("r1") == "in_review"


def test_a_value_that_the_patch_does_not_list_needs_to_be_asked_for_all_the_same() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    house.review("r1", "action_required", fields=["site"])
    fact = {"registration": "r1", "expected_revision": 1, "patch": {"competitor": "Rival"}, "fields": []}
    answer = refused(house.when(event(RegistrationAmended, **fact), partner="A"))
    assert answer == (409, "field.not_open", "competitor")


def test_evidence_that_was_asked_for_answers_the_request() -> None:
    house = House().open()
    house.submit("r0", "B", products=["X", "Y"])
    house.submit("r1", "A")
    house.review("r1", "action_required", fields=["evidence"])
    house.evidence("r1")
    assert house.state("r1") == "waiting"


def test_evidence_that_was_not_asked_for_answers_nothing() -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    house.review("r1", "action_required", fields=["site"])
    house.evidence("r1")
    assert house.state("r1") == "action_required"


@pytest.mark.parametrize(
    "fields, answer", [([], (422, "field.missing", "fields")), (["site", "mood"], (422, "field.unknown", "fields.1"))]
)
def test_a_request_for_action_names_fields_that_exist(fields: list[str], answer: tuple[int, str, str]) -> None:
    house = House().open(NEVER)
    house.submit("r1", "A")
    fact = ReviewDecided(registration="r1", verdict="action_required", fields=tuple(fields))
    assert refused(house.when(fact)) == answer


def test_a_claim_that_is_sent_back_while_invited_lets_the_next_one_up() -> None:
    house = House().open({"conflict": {"waiter_confirm": "5bd"}})
    for id_, partner in (("r1", "A"), ("r2", "B"), ("r3", "C")):
        house.submit(id_, partner)
    house.withdraw("r1", day=1)
    assert house.registration("r3").behind == ("r2",)
    house.review("r2", "action_required", fields=["site"], day=1)
    assert house.registration("r3").life.hold == "confirmation"


def test_what_a_loser_may_read_names_no_rival_and_no_price() -> None:
    house = House().open()
    house.submit("r1", "A", amount={"amount": "4711.00", "currency": "EUR"})
    held = only(house.submit("r2", "B"), RegistrationHeld)
    decided = held.findings[-1]
    assert (decided.clause, decided.rivals, decided.rival_count) == ("exclusivity", ("r1",), 1)
    assert decided.inputs == {"keys": ["tax_id:204829305"], "held_since": "2026-01-01"}
    assert decided.needs == ()
