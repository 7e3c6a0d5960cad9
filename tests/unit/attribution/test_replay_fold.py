"""Replays with known outcomes: what a candidate changes, with the right values and the clause that caused it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.attribution.domain.documents.money import Case
from services.attribution.domain.handlers import claims, decide
from services.attribution.replay.candidate import Candidate, CandidateUnfit
from services.attribution.replay.differences import Change
from services.attribution.replay.spill import Spill
from shared.errors import Invalid
from shared.events.case import CaseOpened, CaseResolved
from shared.events.partner import PartnerEnrolled
from shared.events.person import PersonErased
from shared.events.vendor import VendorConfigured
from tests.replaying import folded, policy_of, replayed
from tests.unit.attribution.house import DOCUMENT, START, House, event, only
from tests.unit.attribution.shop import MONEY, REBATE, selling, usd, won

GATED = {"required_fields": ["amount"], "gates": {"min_amount": {"value": 500, "currency": "EUR"}}}
SMALL = {"amount": "100.00", "currency": "EUR"}


def told(found: list[Change]) -> list[tuple[str, str, str | None]]:
    return [(one.what, one.id, one.clause) for one in found]


def rivals() -> House:
    """B waits behind A, whose claim is small, and comes to its turn only after A's time."""
    house = House().open()
    house.submit("rA", "A", amount=SMALL)
    house.submit("rB", "B", day=1, amount={"amount": "900.00", "currency": "EUR"})
    return house


def test_a_gate_rejects_the_holder_and_the_rival_that_waited_is_protected() -> None:
    found, totals = replayed(rivals(), policy_of(GATED))
    assert told(found) == [
        ("state", "rA", "gates.min_amount"),
        ("state", "rB", "exclusivity"),
    ]
    first, second = found
    assert first.before is not None
    assert first.after is not None
    assert (first.before["state"], first.after["state"]) == ("protected", "rejected")
    assert first.after["code"] == "gates.min_amount"
    assert second.before is not None
    assert second.after is not None
    assert (second.before["state"], second.after["state"]) == ("waiting", "protected")
    sums = totals.partners
    assert (sums["A"].protections_lost, sums["B"].protections_gained) == (1, 1)
    assert (sums["A"].protections_gained, sums["B"].protections_lost) == (0, 0)


def test_a_shorter_protection_moves_its_end_and_names_the_period() -> None:
    house = House().open()
    house.submit("rA", "A")
    found, totals = replayed(house, policy_of({"protection": {"days": 30}}))
    assert told(found) == [("dates", "rA", "protection.days")]
    assert (totals.state_changes, totals.date_changes) == (0, 1)
    house.wait_until(60)
    found, _ = replayed(house, policy_of({"protection": {"days": 30}}))
    assert [(one.what, one.after and one.after["state"]) for one in found] == [("state", "expired")]


def test_another_rate_moves_the_reward_and_nothing_else() -> None:
    house = selling()
    won(house)
    found, totals = replayed(house, policy_of({**MONEY, "rewards": [{**REBATE, "pct": 12.5}]}))
    assert told(found) == [("reward", "o1", "rewards")]
    assert found[0].before == {"name": "rebate", "minor": 10000, "currency": "USD"}
    assert found[0].after == {"name": "rebate", "minor": 12500, "currency": "USD"}
    assert totals.partners["A"].rewards == {"USD": 2500}
    assert totals.partners["A"].credit == {}


def test_other_roles_move_credit_between_partner_and_house() -> None:
    house = selling()
    won(house)
    roles = {"credit": {"roles": {"sourced": 60, "fulfilled": 40}}, "rewards": []}
    found, totals = replayed(house, policy_of({**MONEY, **roles}))
    moved = [
        (one.partner, (one.before or {}).get("minor"), (one.after or {}).get("minor"), one.clause)
        for one in found
        if one.what == "credit"
    ]
    # Of 1,000 USD the source had 70 %; the 20 % that nobody filled were the house's.
    assert moved == [
        ("A", 10000, 40000, "credit.roles"),
        ("A", 70000, 60000, "credit.roles"),
        ("house", 20000, None, "credit.roles"),
    ]
    assert (totals.partners["A"].credit, totals.partners["house"].credit) == ({"USD": 20000}, {"USD": -20000})
    assert [(one.what, one.clause) for one in found if one.what == "reward"] == [("reward", "rewards")]


def test_money_of_a_claim_that_is_rejected_names_the_gate() -> None:
    house = House().open({**MONEY, "required_fields": ["amount"]})
    house.submit("rA", "A", amount=SMALL)
    won(house, "1000.00")
    found, totals = replayed(house, policy_of({**MONEY, **GATED}))
    money = [(one.what, one.partner, one.after, one.clause) for one in found if one.what in ("credit", "reward")]
    assert ("reward", "A", None, "gates.min_amount") in money
    assert {clause for *_, clause in money if _[1] == "A"} == {"gates.min_amount"}
    assert totals.partners["A"].rewards == {"USD": -10000}
    assert (totals.partners["A"].wins_lost, totals.partners["A"].protections_lost) == (1, 1)


def test_facts_before_the_candidate_takes_force_are_decided_as_they_were() -> None:
    house = rivals()
    house.submit("rC", "C", day=10, amount=SMALL, products=["Z"])
    found, totals = replayed(house, policy_of(GATED), START + timedelta(days=5))
    assert told(found) == [("state", "rC", "gates.min_amount")]
    assert totals.registrations == 3


def test_what_was_earned_before_it_takes_force_is_counted_and_stays() -> None:
    house = selling()
    won(house, day=10)
    house.submit("rB", "B", day=20, products=["Z"], amount=usd("1000.00"))
    won(house, id_="o2", day=25, partner="B", registration="rB", products=["Z"])
    rate = policy_of({**MONEY, "rewards": [{**REBATE, "pct": 20}]})
    found, totals = replayed(house, rate, START + timedelta(days=15))
    assert told(found) == [("reward", "o2", "rewards")]
    assert (totals.earned_lines > 0, totals.earned_moved, found[0].earned_before) == (True, 0, False)


def test_a_verdict_that_no_longer_fits_is_listed_with_its_code() -> None:
    house = House().open({"review": {"auto_approve_if": "never"}})
    house.submit("rA", "A")
    house.review("rA", "approve", day=1)
    found, totals = replayed(house, policy_of({}))
    (misfit,) = (one for one in found if one.what == "misfit")
    assert misfit.registration == "registration:rA"
    assert misfit.after is not None
    assert misfit.after["type"] == "review.decided"
    assert totals.misfits == {misfit.after["code"]: 1}
    assert totals.fits == 0


def test_a_fact_that_was_refused_and_would_be_taken_is_listed_as_well() -> None:
    house = House().open()
    house.submit("rA", "A")
    house.review("rA", "approve", day=1)
    found, totals = replayed(house, policy_of({"review": {"auto_approve_if": "never"}}))
    assert (totals.fits, totals.misfits) == (1, {})
    assert [one.what for one in found] == ["dates", "fits"]


def test_a_case_is_found_by_its_win_though_its_number_moved() -> None:
    house = selling()
    house.when(PartnerEnrolled(partner="X", name="X", tier="silver", partner_type="distributor"), day=1)
    # It waits in a conflict, which takes an entry more than its rejection does: every later id is another one.
    house.submit("rX", "X", day=1)
    house.submit("rC", "C", day=2)
    case = only(won(house, id_="o2", partner="C"), CaseOpened).case
    house.wait_until(60)
    house.when(CaseResolved(case=case, verdict="reverse", reason="read the file"), day=61)
    candidate = policy_of({**MONEY, "eligibility": {"partner_types": ["reseller"]}})
    found, totals = replayed(house, candidate)
    assert ("state", "rX", "eligibility.partner_types") in told(found)
    assert totals.misfits == {}
    assert not any(one.what == "reward" for one in found)
    fold = folded(house, Candidate(candidate))
    assert [one.id for one in fold.every("case") if isinstance(one, Case)] != [case]


def test_time_stops_where_it_is_told_to() -> None:
    house = House().open()
    house.submit("rA", "A")
    house.submit("rB", "B", day=10, products=["Z"])
    fold = folded(house, until=START + timedelta(days=10))
    assert [one.registration for one in fold.registrations()] == ["rA"]
    fold = folded(house, until=START + timedelta(days=200))
    assert [one.state for one in fold.registrations()] == ["expired", "expired"]


def test_names_that_the_vendor_does_not_know_make_a_candidate_unfit() -> None:
    candidate = policy_of({"eligibility": {"min_tier": "platinum"}})
    with pytest.raises(CandidateUnfit, match="platinum"):
        replayed(rivals(), candidate)
    with pytest.raises(CandidateUnfit, match="platinum"):
        replayed(rivals(), candidate, START + timedelta(hours=1))


def test_a_candidate_of_later_than_the_last_fact_is_told_so() -> None:
    with pytest.raises(Invalid, match="name an earlier instant with --from"):
        replayed(rivals(), policy_of(GATED), START + timedelta(days=400))


def test_a_version_published_meanwhile_gives_way_to_the_candidate() -> None:
    house = rivals()
    house.publish({"version": 2, "protection": {"days": 10}}, day=5)
    house.publish({"version": 3, "effective_from": "2026-02-01", "protection": {"days": 20}}, day=6)
    house.submit("rC", "C", day=40, products=["Z"])
    found, totals = replayed(house, policy_of({"protection": {"days": 90}}), START + timedelta(days=4))
    assert told(found) == [("dates", "rC", "protection.days")]
    assert totals.misfits == {}


def test_a_name_dropped_from_the_document_later_is_a_fact_that_no_longer_fits() -> None:
    house = rivals()
    house.when(event(VendorConfigured, document={**DOCUMENT, "tiers": []}), day=3)
    house.submit("rC", "C", day=4, products=["Z"])
    _, totals = replayed(house, policy_of({"eligibility": {"min_tier": "silver"}}))
    assert totals.misfits == {"tier.unknown": 1}


def test_an_erased_person_is_nobody_that_a_replay_reads() -> None:
    house = House().open({"required_fields": ["contact"]})
    contact: dict[str, Any] = {"name": {"person": "person1", "box": "AAAA"}}
    house.submit("rA", "A", contact=contact)
    house.when(PersonErased(person="person1"), day=2)
    house.submit("rB", "B", day=3, contact=contact)
    found, _ = replayed(house, policy_of({"protection": {"days": 30}}))
    assert told(found) == [("dates", "rA", "protection.days")]


def test_a_fact_that_cannot_be_decided_is_refused_on_that_side_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    house = rivals()
    taken = claims.submit

    def faulty(working_set: Any, claim: Any) -> None:
        if claim.registration == "rB" and working_set.program("hunting").documents[1].count('days":30'):
            raise ZeroDivisionError
        taken(working_set, claim)

    monkeypatch.setitem(decide.HANDLERS, type(house.taken[-1].event), faulty)
    found, totals = replayed(house, policy_of({"protection": {"days": 30}}))
    assert totals.misfits == {"decider.fault": 1}
    assert ("state", "rB") in [(one.what, one.id) for one in found]


def test_what_is_set_aside_has_no_name_in_any_folder(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLITE_TMPDIR", str(tmp_path))
    spill = Spill()
    spill.add("step", ((f"registration:{number}", "x" * 1_000) for number in range(100_000)))
    assert list(tmp_path.iterdir()) == []
    spill.close()
