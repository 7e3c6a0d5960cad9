"""Whatever the policy, whatever happens: a decision says why by clauses of its policy, and the same twice."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.attribution.domain.documents.partner import Partner
from services.attribution.domain.documents.rates import Rates, RateTable
from services.attribution.domain.documents.registration import Registration
from services.attribution.domain.documents.vendor import Vendor
from services.attribution.domain.rules import eligibility, gates
from services.attribution.domain.rules.complete import incomplete, missing_fields
from services.attribution.domain.rules.subject import Subject
from shared.events.base import Decision, Finding
from shared.events.codec import canonical
from shared.events.conflict import ConflictDetected
from shared.events.lifecycle import Life
from shared.events.money import MAX_MINOR, Money
from shared.events.registration import (
    RegistrationApproved,
    RegistrationHeld,
    RegistrationRejected,
    RegistrationSubmitted,
)
from shared.events.vendor import VendorConfigured
from shared.policy.clauses import CLAUSES, exists_in
from shared.policy.gates import Gates, MinAmount
from shared.policy.schema import Policy
from tests.property.attribution.histories import Step, Story, histories, policies
from tests.unit.attribution.house import DOCUMENT, POLICY, START, House, event

bounded = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DECIDED = (RegistrationHeld, RegistrationRejected, RegistrationApproved)


def told(hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]) -> House:
    story = Story(hunting, teaming, spare=teaming)
    for step in steps:
        story.tell(step)
    return story.house


@bounded
@given(policies(), policies(), histories)
def test_every_decision_names_clauses_of_the_policy_that_it_names(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]
) -> None:
    house = told(hunting, teaming, steps)
    for entry in house.entries:
        if not isinstance(entry.event, Decision):
            continue
        assert entry.event.findings or not isinstance(entry.event, DECIDED), entry.event
        for finding in entry.event.findings:
            declared = CLAUSES[finding.clause]
            assert set(finding.inputs) <= set(declared), finding
            assert {need.input for need in finding.needs} <= set(declared), finding
            assert not (finding.needs and finding.outcome == "passed"), finding
            assert finding.rival_count >= len(finding.rivals)
            if entry.event.policy is not None:
                assert exists_in(policy_of(house, entry.event.policy), finding.clause), (finding, entry.event.policy)
        if isinstance(entry.event, RegistrationHeld | RegistrationRejected):
            assert entry.event.findings[-1].outcome != "passed", entry.event
        if isinstance(entry.event, RegistrationRejected) and entry.event.findings[-1].clause != "always.person":
            assert entry.event.code == entry.event.findings[-1].code


def policy_of(house: House, label: str) -> Policy:
    program, _, number = label.partition("/")
    published = next(
        one.event.policy  # type: ignore[attr-defined]
        for one in house.entries
        if one.event.type == "program.published" and (one.event.program, str(one.event.number)) == (program, number)  # type: ignore[attr-defined]
    )
    return Policy.model_validate(published, strict=False)


@settings(bounded, max_examples=15)
@given(policies(), policies(), histories)
def test_facts_decided_twice_give_the_same_bytes(
    hunting: dict[str, Any], teaming: dict[str, Any], steps: list[Step]
) -> None:
    house = told(hunting, teaming, steps)
    again = House()
    for fact in house.taken:
        again.take(fact)
    assert [canonical(one) for one in again.entries] == [canonical(one) for one in house.entries]


def subject(claim: dict[str, Any] | None = None, **partner: Any) -> Subject:
    given: dict[str, Any] = {
        "registration": "r1", "program": "hunting", "partner": "A", "customer": {"legal_name": "Nile"},
        "products": ["X"], **(claim or {}),
    }  # fmt: skip
    tier = partner.pop("pinned", None)
    submitted = event(RegistrationSubmitted, **given)
    registration = Registration("r1", "hunting", "A", submitted, Life("submitted"), START, tier=tier)
    vendor = Vendor("live").configured(event_document())
    return Subject(registration, Partner("A", "A", **partner), vendor, START, ZoneInfo("UTC"))


def event_document() -> Any:
    return event(VendorConfigured, document=DOCUMENT).document


LEAST = MinAmount(value="100", currency="EUR")
TURNED: dict[str, tuple[Finding, Any]] = {
    "eligibility.partner_types": (
        eligibility.partner_types(("distributor",), subject(partner_type="reseller")),
        lambda need: eligibility.partner_types(("distributor",), subject(partner_type=need.value[0])),
    ),
    "eligibility.min_tier": (
        eligibility.min_tier("gold", subject(pinned="silver")),
        lambda need: eligibility.min_tier("gold", subject(pinned=need.value)),
    ),
    "eligibility.max_open_registrations": (
        eligibility.max_open_registrations(2, subject(open=(("hunting", 3),))),
        lambda need: eligibility.max_open_registrations(2, subject(open=(("hunting", need.value),))),
    ),
    "eligibility.min_score": (
        eligibility.min_score({"index": "5.0"}, subject(scores=(("index", "4.9"),))),
        lambda need: eligibility.min_score({"index": "5.0"}, subject(scores=(tuple(need.value.split()),))),
    ),
    "eligibility.certifications": (
        eligibility.certifications(("Pro",), subject(certifications=(("Pro", "2025-12-31"),))),
        lambda need: eligibility.certifications(("Pro",), subject(certifications=((need.value, None),))),
    ),
    "eligibility.segments": (
        eligibility.segments({"region": ("DACH", "MEA")}, subject(segments=(("region", "APAC"),))),
        lambda need: eligibility.segments(
            {"region": ("DACH", "MEA")}, subject(segments=(tuple(need.value[1].split()),))
        ),
    ),
    "eligibility.territories": (
        eligibility.territories(("DACH",), subject({"customer": {"legal_name": "Nile", "country": "EG"}})),
        lambda need: eligibility.territories(
            tuple(need.value), subject({"customer": {"legal_name": "Nile", "country": "AT"}})
        ),
    ),
    "gates.min_amount": (
        gates.min_amount(LEAST, subject({"amount": {"amount": "99.99", "currency": "EUR"}})),
        lambda need: gates.min_amount(
            LEAST, subject({"amount": dict(zip(("amount", "currency"), need.value.split(), strict=True))})
        ),
    ),
    "gates.min_units": (
        gates.min_units(10, subject({"units": 9})),
        lambda need: gates.min_units(10, subject({"units": need.value})),
    ),
    "gates.min_term_months": (
        gates.min_term_months(36, subject()),
        lambda need: gates.min_term_months(36, subject({"term_months": need.value})),
    ),
    "gates.single_end_customer": (
        gates.single_end_customer(True, subject({"further_customers": ["Delta"]})),
        lambda need: gates.single_end_customer(True, subject({"further_customers": ["Delta"][: need.value] or None})),
    ),
}


@pytest.mark.parametrize("clause", TURNED)
def test_what_a_finding_needs_turns_its_rule(clause: str) -> None:
    failed, again = TURNED[clause]
    assert (failed.clause, failed.outcome, failed.code) == (clause, "failed", clause)
    (need,) = failed.needs
    turned = again(need)
    assert (turned.outcome, turned.code, turned.needs) == ("passed", f"{clause}.passed", ())


@given(st.integers(1, 10**17 - 1), st.integers(1, 10**17 - 1), st.decimals("0.0001", "99999", places=4))
def test_an_amount_at_a_rate_is_compared_exactly_and_never_shown_as_enough_when_it_is_not(
    has: int, least: int, rate: Decimal
) -> None:
    gate = MinAmount(value=Money.of(least, "USD").amount, currency="USD")
    of_claim = subject({"amount": Money.of(has, "EUR").model_dump()})
    table = RateTable(START.date(), START, 0, (("USD", str(rate)),))
    found = gates.min_amount(gate, replace(of_claim, rates=(Rates("EUR", (table,)),)))
    assert (found.outcome == "passed") == (Fraction(has) * Fraction(rate) >= least)
    shown = minor(found.inputs["converted"])
    assert (found.outcome == "passed") == (shown >= least) or shown == MAX_MINOR


def minor(written: Any) -> int:
    return int(written.partition(" ")[0].replace(".", ""))


def test_the_fields_that_are_needed_complete_a_claim() -> None:
    policy = Policy.model_validate({**POLICY, "required_fields": ["site", "amount"]}, strict=False)
    bare = subject().claim.claim
    found = incomplete(missing_fields(policy, bare))
    assert [need.value for need in found.needs] == ["site", "amount"]
    full = bare.model_copy(update={"site": "Cairo", "amount": Money(amount="1.00", currency="EUR")})
    assert missing_fields(policy, full) == ()


def test_every_clause_of_a_family_has_its_rule() -> None:
    for family, rules in ((type(Policy.model_fields["eligibility"].default), eligibility.RULES), (Gates, gates.RULES)):
        assert set(family.model_fields) == set(rules)
        prefix = "eligibility" if rules is eligibility.RULES else "gates"
        assert {f"{prefix}.{name}" for name in rules} <= set(CLAUSES)


def test_a_conflict_says_by_which_clause_it_began() -> None:
    house = House().open()
    house.submit("r1", "A")
    (detected,) = [one for one in house.submit("r2", "B") if isinstance(one, ConflictDetected)]
    assert [one.clause for one in detected.findings] == ["same_deal.products", "exclusivity"]
