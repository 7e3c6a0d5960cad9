"""Spelling: claims on one customer meet however it is written, as far as identifiers do not tell them apart."""

from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

import pytest

from services.attribution.domain.documents import name_index
from services.attribution.domain.documents.customer import KeyList, Spellings
from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.name_index import MOST_ALIKE, MOST_UNDER_KEY, NORMALISER
from shared.events.likeness import Likeness
from shared.events.registration import RegistrationCompleted, RegistrationHeld
from shared.events.vendor import DeciderUpgraded
from tests.unit.attribution.house import House, only

EDISON = "Consolidated Edison Company of New York, Inc."
ABBREVIATED = "Cons Edison Co-NY Inc"


def named(legal_name: str, **more: Any) -> dict[str, Any]:
    """A customer that nothing but its name is known of, unless more is."""
    return {"legal_name": legal_name, "country": None, "tax_id": None, **more}


def asked(house: House, id_: str, partner: str, customer: dict[str, Any]) -> RegistrationHeld:
    return only(house.submit(id_, partner, customer=customer), RegistrationHeld)


@pytest.mark.parametrize(
    "one, other, band, rule",
    [
        (EDISON, ABBREVIATED, "same", "written"),
        ("Nile Trading S.A.E.", "شركة النيل للتجارة", "same", "equal"),
        ("Acmeon Labs GmbH", "Acmeon Labs AG", "look", "forms"),
        ("Acmeon Labs", "Acmeon Labs Egypt", "look", "group"),
    ],
)
def test_a_person_is_asked_about_a_name_like_that_of_a_protected_deal(
    one: str, other: str, band: str, rule: str
) -> None:
    for first, second in ((one, other), (other, one)):
        house = House().open()
        house.submit("r1", "A", customer=named(first))
        held = asked(house, "r2", "B", named(second))
        assert (held.reason, held.lookalikes) == ("customer_match", ("r1",))
        (likeness,) = held.likeness
        assert (likeness.registration, likeness.band, likeness.rule) == ("r1", band, rule)
        assert likeness.evidence
        assert 0 < likeness.permille <= 1000


def test_what_a_partner_reads_names_nobody() -> None:
    house = House().open()
    house.submit("r1", "A", customer=named(EDISON))
    held = asked(house, "r2", "B", named(ABBREVIATED))
    decided = held.findings[-1]
    assert (decided.clause, decided.code, decided.rivals) == ("same_deal.customer", "customer_match", ("r1",))
    assert "Edison" not in str(decided.inputs)


def test_only_names_that_are_certainly_one_companys_block_where_the_policy_lets_names_block() -> None:
    policy = {"same_deal": {"name_only": "block"}}
    for one, other, state in ((EDISON, ABBREVIATED, "waiting"), ("Acmeon Labs GmbH", "Acmeon Labs Egypt", "in_review")):
        house = House().open(policy)
        house.submit("r1", "A", customer=named(one))
        house.submit("r2", "B", customer=named(other))
        assert house.state("r2") == state


@pytest.mark.parametrize("other", ["Con Way Freight", "TBD", "N/A"])
def test_another_name_is_another_customer(other: str) -> None:
    house = House().open()
    house.submit("r1", "A", customer=named(EDISON))
    house.submit("r2", "B", customer=named(other))
    assert house.state("r2") == "protected"


def test_what_stands_where_a_name_should_is_nobodys_name() -> None:
    house = House().open()
    house.submit("r1", "A", customer=named("unknown"))
    house.submit("r2", "B", customer=named("Unknown"))
    assert house.state("r2") == "protected"


def test_identifiers_go_before_names() -> None:
    house = House().open()
    house.submit("r1", "A", customer=named(EDISON, tax_id="204829305"))
    house.submit("r2", "B", customer=named(ABBREVIATED, tax_id="204829456"))
    house.submit("r3", "C", customer=named(ABBREVIATED, tax_id="204829305"))
    assert (house.state("r2"), house.state("r3")) == ("protected", "waiting")


def test_names_are_found_across_a_chain_in_which_only_neighbours_are_alike() -> None:
    house = House().open()
    house.submit("r1", "A", customer=named("Acmeon Labs GmbH"))
    house.submit("r2", "B", customer=named("Acmeon Labs AG"))
    held = asked(house, "r3", "C", named("Acmeon Labs"))
    assert set(held.lookalikes) == {"r1"}  # r2 is no protected deal
    house.match("r2", "r1", same=False)
    held = asked(house, "r4", "D", named("ACMEON LABS"))
    assert set(held.lookalikes) == {"r1", "r2"}


def test_the_names_like_a_new_one_are_told_once() -> None:
    house = House().open()
    house.submit("r1", "A", customer=named(EDISON))
    told = [
        only(house.submit(id_, "B", customer=named(ABBREVIATED), products=[product]), RegistrationCompleted).alike
        for id_, product in (("r2", "X"), ("r3", "Y"))
    ]
    assert told == [("name:consolidated edison company of new york",), ()]


def test_a_name_that_shares_a_key_and_is_another_companys_is_not_alike() -> None:
    house = House().open()
    house.submit("r1", "A", customer=named(EDISON))
    other = "Consolidated Edison Solutions Inc."
    assert set(name_index.spelling_keys(EDISON)) & set(name_index.spelling_keys(other))
    assert only(house.submit("r2", "B", customer=named(other)), RegistrationCompleted).alike == ()


def test_a_claim_whose_customer_is_put_right_meets_the_names_like_the_new_one() -> None:
    house = House().open({"review": {"auto_approve_if": "never"}})
    house.submit("r1", "A", customer=named(EDISON))
    house.review("r1", "approve")
    house.submit("r2", "B", customer=named("Somebody else"))
    assert house.registration("r2").life.hold == "review"
    house.amend("r2", customer={"legal_name": ABBREVIATED})
    assert (house.registration("r2").life.hold, house.registration("r2").lookalikes) == ("customer_match", ("r1",))


def test_a_key_that_too_many_names_share_finds_nobody() -> None:
    house = House().open()
    words = ("Alder", "Birch", "Cedar", "Elm", "Fir", "Hazel", "Juniper", "Larch", "Maple", "Oak", "Pine", "Rowan")
    names = [f"Zorblatt {one} {other}" for one in words for other in words if one != other][: MOST_UNDER_KEY + 2]
    for number, name in enumerate(names):
        events = house.submit(f"r{number}", "A", customer=named(name), products=["X"])
        assert len(only(events, RegistrationCompleted).alike) <= MOST_ALIKE
    lists = [one for one in house.ledger.documents.values() if isinstance(one, Spellings)]
    crowded = [one for one in lists if one.crowded]
    assert crowded
    assert all(not one.names for one in crowded)
    assert max(len(one.names) for one in lists) <= MOST_UNDER_KEY


class TestNormaliser:
    """A new way to read names, with a decider that has it beside the old one."""

    def test_names_are_compared_anew_from_its_entry_and_nothing_decided_changes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # given two names that the normaliser in force does not find alike
        house = House().open()
        house.submit("r1", "A", customer=named("Consolidated Edison"))
        house.submit("r2", "B", customer=named("Con Ed Nycorp"))
        assert (house.state("r1"), house.state("r2")) == ("protected", "protected")
        before = len(house.entries)
        # when a release comes whose newer one lists both under a key of its own
        newer = {**name_index.NORMALISERS, NORMALISER + 1: lambda _: ("n3everybody",)}
        monkeypatch.setattr(name_index, "NORMALISERS", MappingProxyType(newer))
        name_index.spelling_keys.cache_clear()
        monkeypatch.setattr("services.attribution.domain.handlers.administration.NORMALISER", NORMALISER + 1)
        house.release = "next"
        try:
            # then it takes effect at its entry, and what was decided stays
            house.submit("r3", "C", customer=named("Consolidated Edisen"))
            upgraded = only([one.event for one in house.entries[before:]], DeciderUpgraded)
            assert (upgraded.release, upgraded.normaliser) == ("next", NORMALISER + 1)
            assert (house.state("r1"), house.state("r2")) == ("protected", "protected")
            # and names of before are found by the keys of before, new ones are listed under those of both
            assert house.state("r3") == "in_review"
            assert house.ledger.documents[Key("spelling", "n3everybody")].names  # type: ignore[union-attr]
            # and an old name is read anew with its next claim
            house.submit("r4", "D", customer=named("Con Ed Nycorp"), products=["Y"])
            read = house.ledger.documents[Key("key", "name:con ed nycorp")]
            assert isinstance(read, KeyList)
            assert read.read == NORMALISER + 1
        finally:
            name_index.spelling_keys.cache_clear()

    def test_an_old_name_is_compared_again_with_its_next_claim_and_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        # given a normaliser under which nobody is found, and two names that are alike
        real, nobody = name_index.NORMALISERS[NORMALISER], {NORMALISER: lambda _: ()}
        monkeypatch.setattr(name_index, "NORMALISERS", MappingProxyType(nobody))
        name_index.spelling_keys.cache_clear()
        house = House().open()
        for id_, partner, name in (("r1", "A", "Acmeon Labs"), ("r2", "B", "Acmeon Labs Egypt")):
            house.submit(id_, partner, customer=named(name))
        # when the next one finds them
        monkeypatch.setattr(name_index, "NORMALISERS", MappingProxyType({**nobody, NORMALISER + 1: real}))
        monkeypatch.setattr("services.attribution.domain.handlers.administration.NORMALISER", NORMALISER + 1)
        name_index.spelling_keys.cache_clear()
        house.release = "next"
        try:
            told = [
                only(house.submit(id_, "C", customer=named(name), products=[product]), RegistrationCompleted).alike
                for id_, name, product in (
                    ("r3", "Acmeon Labs", "Y"),
                    ("r4", "Acmeon Labs Egypt", "Y"),
                    ("r5", "Acmeon Labs Egypt", "Z"),
                )
            ]
            # then each is read anew with its next claim, and not with the one after
            assert [len(one) for one in told] == [0, 1, 0]
        finally:
            name_index.spelling_keys.cache_clear()


class TestGroup:
    """Scenario 2: companies of one group are two customers, or one, as the policy says."""

    CAIRO = named("Nile Trading Cairo", country="EG", tax_id="204-829-305", subsidiary_of="Nile Holding")
    JEDDAH = named("Nile Trading Jeddah", country="SA", tax_id="300000003", subsidiary_of="NILE Holding Co.")

    @pytest.mark.parametrize("customer, state", [("entity", "protected"), ("group", "waiting")])
    @pytest.mark.parametrize(
        "one, other",
        [
            pytest.param(CAIRO, JEDDAH, id="sisters"),
            pytest.param(named("Nile Holding", tax_id="204-829-111"), JEDDAH, id="parent first"),
            pytest.param(JEDDAH, named("Nile Holding", tax_id="204-829-111"), id="subsidiary first"),
            pytest.param(
                named("Nile", tax_id="204-829-111", domain="nile.com.eg"),
                named("Zanzibar Foods", tax_id="204-829-222", domain="shop.nile.com.eg"),
                id="domain of the group last",
            ),
            pytest.param(
                named("Zanzibar Foods", tax_id="204-829-222", domain="shop.nile.com.eg"),
                named("Nile", tax_id="204-829-111", domain="nile.com.eg"),
                id="domain of the group first",
            ),
            pytest.param(
                named("Holding", lei="5493001KJTIIGC8Y1R12"),
                named("Zanzibar Foods", tax_id="204-829-222", subsidiary_of="5493001KJTIIGC8Y1R12"),
                id="parent by its LEI",
            ),
        ],
    )
    def test_the_policy_chooses(self, customer: str, state: str, one: dict, other: dict) -> None:  # type: ignore[type-arg]
        house = House().open({"same_deal": {"customer": customer}})
        house.submit("r1", "A", customer=one)
        house.submit("r2", "B", customer=other)
        assert house.state("r2") == state

    def test_entities_of_a_declared_group_are_told_apart_without_identifiers(self) -> None:
        house = House().open()
        house.submit("r1", "A", customer=named("Nile Trading Cairo", subsidiary_of="Nile Holding"))
        house.submit("r2", "B", customer=named("Nile Trading Jeddah", subsidiary_of="Nile Holding"))
        assert house.state("r2") == "protected"

    @pytest.mark.parametrize(
        "parent, other, state",
        [
            ("Acmeon Holding", "Acmeon Labs AG", "protected"),
            (None, "Acmeon Labs AG", "in_review"),
            ("Acmeon Holding", "ACMEON LABS GmbH", "in_review"),
        ],
    )
    def test_a_legal_form_tells_entities_apart_where_both_name_their_group(
        self, parent: str | None, other: str, state: str
    ) -> None:
        house = House().open()
        house.submit("r1", "A", customer=named("Acmeon Labs GmbH", subsidiary_of=parent))
        house.submit("r2", "B", customer=named(other, subsidiary_of=parent))
        assert house.state("r2") == state

    def test_a_domain_in_common_is_no_word_that_they_are_two_entities(self) -> None:
        house = House().open()
        cairo = named("Acmeon Labs Cairo", domain="acmeon.com", tax_id="204829305", subsidiary_of="Zorblatt Holding")
        house.submit("r1", "A", customer=cairo)
        house.submit("r2", "B", customer=named("Acmeon Labs", domain="acmeon.com"))
        assert house.state("r2") == "in_review"

    def test_either_policy_makes_it_one_customer(self) -> None:
        house = House().open()
        house.publish({"program": "group", "same_deal": {"customer": "group"}})
        house.submit("r1", "A", customer=self.CAIRO)
        house.submit("r2", "B", customer=self.JEDDAH, program="group")
        assert house.state("r2") == "waiting"


def test_evidence_is_told_in_fields() -> None:
    house = House().open()
    house.submit("r1", "A", customer=named(EDISON))
    (likeness,) = asked(house, "r2", "B", named(ABBREVIATED)).likeness
    assert isinstance(likeness, Likeness)
    assert ("form.one", "inc") in {(one.name, one.value) for one in likeness.evidence}


def test_a_person_has_until_the_policys_period_is_over() -> None:
    house = House().open({"same_deal": {"match_within": "2bd"}, "time_zone": "Europe/Berlin"})
    house.submit("r1", "A", customer=named(EDISON))
    held = asked(house, "r2", "B", named(ABBREVIATED))
    # Thursday, 1 January 2026, 9:00 UTC: two business days end with Monday.
    assert held.until == datetime(2026, 1, 5, 23, tzinfo=UTC)
