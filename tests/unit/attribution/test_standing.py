"""The vendor's own house: its document, its partners' standing, its programs and their versions."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.name_index import NORMALISER
from services.attribution.domain.documents.program import Program
from shared.events.base import Event
from shared.events.partner import PartnerChanged, PartnerEnrolled
from shared.events.person import PersonErased
from shared.events.program import ProgramPublished, ProgramTookEffect
from shared.events.vendor import DeciderUpgraded, FactRefused, VendorConfigured, VendorCreated
from shared.policy.reading import read_policy
from tests.unit.attribution.house import DOCUMENT, POLICY, House, event, only, types
from tests.unit.attribution.shop import REBATE
from tests.unit.attribution.test_claims import refused


def publish(house: House, *, day: float = 0, raw: dict[str, Any] | None = None, **policy: Any) -> list[Event]:
    """A version published; `raw` replaces parts of the document after it was read."""
    document = read_policy(orjson.dumps({**POLICY, **policy})).model_dump(mode="json")
    number = document["version"]
    fact = {"program": "hunting", "number": number, "policy": {**document, **(raw or {})}}
    return house.when(event(ProgramPublished, **fact), day=day)


def in_force(house: House) -> int | None:
    program = house.ledger.documents[Key("program", "hunting")]
    assert isinstance(program, Program)
    return program.in_force


def test_a_vendor_is_created_once_and_says_which_release_decides_for_it() -> None:
    house = House()
    upgraded = only(house.when(VendorCreated(name="Acme", mode="importing")), DeciderUpgraded)
    assert (upgraded.release, upgraded.normaliser) == ("test", NORMALISER)
    assert refused(house.when(VendorCreated(name="Acme", mode="live"))) == (409, "vendor.exists", "")


def test_nothing_is_decided_for_a_vendor_that_does_not_exist() -> None:
    assert refused(House().when(PartnerEnrolled(partner="A", name="A"))) == (404, "vendor.unknown", "")


def test_another_release_says_so_before_its_first_decision_and_once() -> None:
    house = House().open()
    house.release = "next"
    assert types(house.submit("r1", "A"))[0] == "decider.upgraded"
    assert "decider.upgraded" not in types(house.submit("r2", "B"))


@pytest.mark.parametrize(
    "fact, answer",
    [
        (PartnerEnrolled(partner="A", name="A"), (409, "partner.exists", "partner")),
        (PartnerEnrolled(partner="N", name="N", tier="iron"), (422, "tier.unknown", "tier")),
        (PartnerEnrolled(partner="N", name="N", partner_type="isv"), (422, "partner_type.unknown", "partner_type")),
        (PartnerChanged(partner="N", name="N"), (404, "partner.unknown", "partner")),
        (PartnerChanged(partner="A", tier="iron"), (422, "tier.unknown", "tier")),
        (PartnerChanged(partner="A", partner_type="isv"), (422, "partner_type.unknown", "partner_type")),
    ],
)
def test_a_partner_is_enrolled_once_with_what_the_vendor_knows(fact: Event, answer: tuple[int, str, str]) -> None:
    assert refused(House().open().when(fact)) == answer


def test_a_partners_given_fields_replace_the_old_ones_and_segments_merge() -> None:
    house = House().open(partners="")
    house.when(PartnerEnrolled(partner="A", name="A", tier="gold", segments={"region": "east", "size": "small"}))
    house.when(PartnerChanged(partner="A", name="Alpha", segments={"size": None, "desk": "one"}))
    partner = house.partner("A")
    assert (partner.name, partner.tier) == ("Alpha", "gold")
    assert partner.segments == (("desk", "one"), ("region", "east"))


def test_a_partner_is_suspended_or_active() -> None:
    house = House().open()
    assert refused(house.reinstate("A")) == (409, "partner.active", "")
    house.suspend("A")
    assert refused(house.suspend("A")) == (409, "partner.suspended", "")
    assert refused(house.suspend("N")) == (404, "partner.unknown", "partner")
    assert refused(house.reinstate("N")) == (404, "partner.unknown", "partner")


@pytest.mark.parametrize(
    "policy, answer",
    [
        ({"calendar": "FR"}, ("calendar.unknown", "policy.calendar")),
        ({"eligibility": {"min_tier": "iron"}}, ("tier.unknown", "policy.eligibility.min_tier")),
        (
            {"eligibility": {"partner_types": ["reseller", "isv"]}},
            ("partner_type.unknown", "policy.eligibility.partner_types.1"),
        ),
        (
            {"rewards": [{**REBATE, "when": {"lines": ["hardwear"]}}]},
            ("line.unknown", "policy.rewards.0.when.lines.0"),
        ),
    ],
)
def test_a_policy_rests_on_what_the_vendor_document_has(policy: dict[str, Any], answer: tuple[str, str]) -> None:
    assert refused(publish(House().open(), version=2, **policy)) == (422, *answer)


@pytest.mark.parametrize(
    "calendar, day, taken",
    [
        ("DE", "2027-01-01", False),
        ("DE", "2026-12-31", True),
        ("DE", "immediately", True),
        ("plain", "2031-01-01", True),
    ],
)
def test_a_calendar_that_lists_holidays_lists_those_of_the_first_year(calendar: str, day: str, taken: bool) -> None:
    house = House().open()
    calendars = {"DE": {"holidays": ["2025-12-25", "2026-12-25"]}, "plain": {}}
    house.when(event(VendorConfigured, document={**DOCUMENT, "calendars": calendars}))
    told = publish(house, version=2, effective_from=day, calendar=calendar)
    if taken:
        assert "program.published" in types(told)
        return
    assert refused(told) == (422, "calendar.year_missing", "policy.calendar")
    assert only(told, FactRefused).errors[0].params == {"calendar": "DE", "year": "2027", "last": "2026"}


@pytest.mark.parametrize(
    "policy, missing, answer",
    [
        ({"calendar": "DE"}, {"calendars": {}}, ("calendar.unknown", "document.calendars")),
        ({"eligibility": {"min_tier": "gold"}}, {"tiers": ["silver"]}, ("tier.unknown", "document.tiers")),
        (
            {"eligibility": {"partner_types": ["reseller"]}},
            {"partner_types": []},
            ("partner_type.unknown", "document.partner_types"),
        ),
        (
            {"rewards": [{**REBATE, "when": {"lines": ["services"]}}]},
            {"products": [{"product": name, "line": "hardware"} for name in "XYZ"]},
            ("line.unknown", "document.products"),
        ),
    ],
)
def test_a_vendor_document_keeps_what_published_policies_rest_on(
    policy: dict[str, Any], missing: dict[str, Any], answer: tuple[str, str]
) -> None:
    house = House().open()
    publish(house, version=2, effective_from="2026-06-01", **policy)
    fact = event(VendorConfigured, document={**DOCUMENT, **missing})
    assert refused(house.when(fact)) == (422, *answer)


def test_a_refused_reference_says_what_is_known_and_what_was_likely_meant() -> None:
    told = publish(House().open(), version=2, eligibility={"min_tier": "Gold", "partner_types": ["resellers"]})
    refusal = only(told, FactRefused)
    assert [(one.field, one.code, one.params) for one in refusal.errors] == [
        (
            "policy.eligibility.partner_types.0",
            "partner_type.unknown",
            {
                "partner_type": "resellers",
                "place": "eligibility.partner_types.0",
                "known": ["reseller", "distributor"],
                "similar": "reseller",
            },
        ),
        (
            "policy.eligibility.min_tier",
            "tier.unknown",
            {"tier": "Gold", "place": "eligibility.min_tier", "known": ["silver", "gold"], "similar": "gold"},
        ),
    ]


def test_a_refused_vendor_document_says_which_version_names_what_it_leaves_out() -> None:
    house = House().open()
    publish(house, version=2, eligibility={"min_tier": "gold"})
    publish(house, version=3)
    refusal = only(house.when(event(VendorConfigured, document={**DOCUMENT, "tiers": ["silver"]})), FactRefused)
    assert refusal.errors[0].params == {
        "tier": "gold", "place": "eligibility.min_tier", "known": ["silver"], "program": "hunting", "version": 2,
    }  # fmt: skip


def test_a_line_whose_last_product_is_retired_is_still_known() -> None:
    house = House().open()
    rewards = [{**REBATE, "when": {"lines": ["services"]}}]
    publish(house, version=2, rewards=rewards)
    listed = [one for one in DOCUMENT["products"] if one["line"] != "services"]
    assert types(house.when(event(VendorConfigured, document={**DOCUMENT, "products": listed}))) == [
        "vendor.configured"
    ]
    assert types(publish(house, version=3, rewards=rewards)) == ["program.published", "program.took_effect"]


def test_a_policy_that_no_release_can_read_is_refused_with_its_path() -> None:
    answer = refused(publish(House().open(), version=2, raw={"protection": {"days": "many"}}))
    assert answer == (422, "policy.invalid", "policy.protection.days")


def test_a_policy_names_the_program_and_version_that_it_is_published_as() -> None:
    answer = refused(publish(House().open(), version=2, raw={"program": "other"}))
    assert answer == (422, "policy.invalid", "policy.program")


def test_versions_go_up_and_are_never_published_again() -> None:
    house = House().open({"version": 3})
    for number in (3, 2):
        assert refused(publish(house, version=number)) == (409, "policy.version_exists", "policy.version")


def test_immediately_is_the_position_of_publication() -> None:
    house = House().open()
    house.submit("r1", "A")
    assert types(publish(house, version=2, protection={"days": 10})) == ["program.published", "program.took_effect"]
    house.submit("r2", "B", products=["Z"])
    assert [house.registration(id_).policy_number for id_ in ("r1", "r2")] == [1, 2]


def test_what_was_pinned_at_complete_submission_stays() -> None:
    house = House().open({"conflict": {"order": ["approved_first"]}})
    house.submit("r1", "A")
    house.submit("r2", "B")
    publish(house, version=2, protection={"days": 10})
    house.withdraw("r1", day=1)
    until = house.registration("r2").protected_until
    assert until is not None
    assert until.isoformat() == "2026-04-03T00:00:00+00:00"


def test_a_claim_that_completes_later_pins_the_version_of_then() -> None:
    house = House().open({"required_fields": ["site"]})
    house.submit("r1", "A")
    publish(house, version=2)
    house.amend("r1", site="Cairo")
    assert house.registration("r1").policy_number == 2


def test_a_later_day_is_a_deadline_at_its_midnight_in_the_policys_zone() -> None:
    house = House().open()
    publish(house, version=2, effective_from="2026-01-10", time_zone="Europe/Berlin")
    assert in_force(house) == 1
    house.wait_until(20)
    entry = next(one for one in house.entries if one.event == ProgramTookEffect(**effect(2)))
    assert entry.clock.isoformat() == "2026-01-09T23:00:00+00:00"
    assert in_force(house) == 2


def effect(number: int) -> dict[str, Any]:
    return {"program": "hunting", "number": number, "policy": f"hunting/{number}"}


def test_versions_of_one_day_take_effect_by_number_and_others_keep_their_own_day() -> None:
    house = House().open()
    publish(house, version=2, effective_from="2026-01-10")
    publish(house, version=3, effective_from="2026-01-10")
    publish(house, version=4, effective_from="2026-01-20")
    house.wait_until(12)
    effects = [one.event.number for one in house.entries if isinstance(one.event, ProgramTookEffect)]
    assert effects == [1, 2, 3]
    house.wait_until(22)
    assert in_force(house) == 4


@pytest.mark.parametrize("day", ["2026-01-01", "2025-12-31", "1900-01-01"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Sao_Paulo"])
def test_a_past_day_is_refused(day: str, zone: str) -> None:
    answer = refused(publish(House().open(), version=2, effective_from=day, time_zone=zone))
    assert answer == (422, "policy.effective_in_past", "policy.effective_from")


def test_a_day_that_opens_at_this_very_instant_is_not_past() -> None:
    house = House().open()
    midnight = 15 / 24
    events = publish(house, day=midnight, version=2, effective_from="2026-01-02")
    assert types(events) == ["program.published", "program.took_effect"]


def test_a_person_erased_is_on_record_and_changes_nothing_that_was_decided() -> None:
    house = House().open()
    house.submit("r1", "A")
    before = dict(house.ledger.documents)
    assert types(house.when(PersonErased(person="p1"), day=1)) == ["person.erased"]
    assert {key: one for key, one in house.ledger.documents.items() if key != Key("vendor", "")} == {
        key: one for key, one in before.items() if key != Key("vendor", "")
    }
