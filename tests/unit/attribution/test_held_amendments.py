"""A protected claim's amendment onto a rival's deal: it waits, and is taken or refused; the claim stays meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from shared.events.base import Event
from shared.events.held import AmendmentHeld, AmendmentRefused, AmendmentTaken
from shared.events.vendor import VendorConfigured
from tests.unit.attribution.house import House, event, only
from tests.unit.attribution.test_claims import refused


def both(policy: dict[str, Any] | None = None) -> House:
    """A holds X and B holds Y, of one customer."""
    house = House().open(policy) if policy else House().open()
    house.submit("r1", "A", products=["X"])
    house.submit("r2", "B", products=["Y"], day=1)
    return house


def says(house: House, id_: str = "r2") -> tuple[str, tuple[str, ...], int]:
    one = house.registration(id_)
    return one.state, one.products, one.revision


def codes(events: list[Event]) -> list[str]:
    return [one.code for one in events if isinstance(one, AmendmentRefused)]


def test_only_the_amendment_is_held_and_the_claim_stays_as_it_was() -> None:
    house = both()
    until = house.registration("r2").protected_until
    held = only(house.amend("r2", products=["X", "Y"], site="Cairo", day=2), AmendmentHeld)
    assert [one.registration for one in held.opponents] == ["r1"]
    assert says(house) == ("protected", ("Y",), 1)
    assert (house.registration("r2").claim.site, house.registration("r2").protected_until) == (None, until)
    assert house.registration("r2").conflict is house.registration("r1").conflict is None


def test_it_is_taken_when_the_holder_ends_and_keeps_the_end_of_protection() -> None:
    house = both()
    until = house.registration("r2").protected_until
    house.amend("r2", products=["X", "Y"], site="Cairo", day=2)
    only(house.withdraw("r1", day=3), AmendmentTaken)
    now = house.registration("r2")
    assert (says(house), now.claim.site, now.protected_until) == (("protected", ("X", "Y"), 2), "Cairo", until)
    house.submit("r3", "C", products=["X"], day=4)
    assert house.state("r3") == "waiting"


@pytest.mark.parametrize("first, states", [("claim", ["protected", "protected"]), ("patch", ["protected", "waiting"])])
def test_it_ranks_as_a_submission_at_its_own_time(first: str, states: list[str]) -> None:
    house = both()
    steps = [lambda day: house.submit("r3", "C", products=["X"], day=day),
             lambda day: house.amend("r2", products=["X", "Y"], day=day)]  # fmt: skip
    for day, step in enumerate(steps if first == "claim" else reversed(steps), start=2):
        step(day)
    house.withdraw("r1", day=5)
    assert house.states("r2", "r3") == states
    assert says(house)[1] == (("Y",) if first == "claim" else ("X", "Y"))
    assert (house.registration("r2").held is None) == (first == "patch")


def test_a_patch_that_no_dimension_reads_applies_at_once_and_is_not_taken_back_later() -> None:
    house = both()
    house.amend("r2", products=["X", "Y"], site="Cairo", customer={"sector": "retail"}, day=2)
    place = house.registration("r2").held
    house.amend("r2", site="Giza", day=3)
    now = house.registration("r2")
    assert now.claim.site == "Giza"
    assert now.held is not None
    assert place is not None
    assert (now.held.at, now.held.order) == (place.at, place.order)
    house.withdraw("r1", day=4)
    now = house.registration("r2")
    assert (now.claim.site, now.claim.customer.sector, now.products) == ("Giza", "retail", ("X", "Y"))


def test_the_revision_to_send_counts_held_patches_for_good() -> None:
    house = both()
    house.amend("r2", products=["X", "Y"], day=2)
    assert refused(house.amend("r2", revision=1, site="Cairo", day=3)) == (412, "revision.mismatch", "If-Match")
    house.amend("r2", revision=2, site="Cairo", day=3)
    assert says(house)[2] == 2
    house.amend("r2", revision=3, products=["Y"], day=4)
    assert (says(house)[2], house.registration("r2").expected_revision) == (4, 4)


def test_a_later_patch_merges_into_it_and_takes_the_new_time() -> None:
    house = both()
    house.amend("r2", products=["X", "Y"], competitor="Rival", day=2)
    house.submit("r3", "C", products=["X"], day=3)
    held = only(house.amend("r2", close_date="2026-09-01", day=4), AmendmentHeld)
    assert (held.products, held.patch.competitor, str(held.patch.close_date)) == (("X", "Y"), "Rival", "2026-09-01")
    house.withdraw("r1", day=5)
    assert house.states("r2", "r3") == ["protected", "protected"]


def test_a_later_patch_that_leaves_the_deal_is_taken_at_once() -> None:
    house = both()
    house.amend("r2", products=["X", "Y"], day=2)
    only(house.amend("r2", products=["Y", "Z"], day=3), AmendmentTaken)
    assert says(house) == ("protected", ("Y", "Z"), 3)


def test_it_ends_with_its_claim() -> None:
    house = both()
    house.amend("r2", products=["X", "Y"], day=2)
    assert codes(house.withdraw("r2", day=3)) == ["claim_ended"]
    assert house.registration("r2").held is None
    house.withdraw("r1", day=4)
    assert says(house)[1] == ("Y",)


def test_a_win_counts_for_the_claim_without_it() -> None:
    house = both({"conflict": {"on_won": "next"}})
    house.amend("r2", products=["X", "Y"], day=2)
    assert codes(house.crm("won", "o1", registration="r2", day=3)) == ["claim_ended"]
    assert says(house) == ("converted", ("Y",), 1)


def test_the_holders_win_ends_it_where_the_policy_closes_a_won_deal() -> None:
    house = both({"conflict": {"on_won": "close"}})
    house.amend("r2", products=["X", "Y"], day=2)
    events = house.crm("won", "o1", registration="r1", day=3)
    assert codes([*events, *house.wait_until(4)]) == ["won_by_holder"]
    assert says(house) == ("protected", ("Y",), 1)
    assert codes(house.amend("r2", products=["X", "Y"], day=5)) == ["won_by_holder"]


def test_the_holders_win_is_its_turn_where_the_next_one_follows() -> None:
    house = both({"conflict": {"on_won": "next"}})
    house.amend("r2", products=["X", "Y"], day=2)
    only(house.crm("won", "o1", registration="r1", day=3), AmendmentTaken)


def test_it_is_gated_again_when_its_turn_comes() -> None:
    house = House().open({"gates": {"min_amount": {"value": 1000, "currency": "EUR"}}, "required_fields": ["amount"]})
    enough, little = ({"amount": one, "currency": "EUR"} for one in ("5000.00", "1.00"))
    house.submit("r1", "A", products=["X"], amount=enough)
    house.submit("r2", "B", products=["Y"], amount=enough)
    house.amend("r2", products=["X", "Y"], amount=little, day=2)
    assert codes(house.withdraw("r1", day=3)) == ["gates.min_amount"]
    assert says(house) == ("protected", ("Y",), 1)


def test_its_partners_other_claim_on_the_deal_makes_it_a_duplicate() -> None:
    house = both()
    house.submit("r3", "B", products=["X"], day=2)
    house.amend("r2", products=["X", "Y"], day=3)
    assert codes(house.withdraw("r1", day=4)) == ["duplicate_of_own"]
    assert house.states("r2", "r3") == ["protected", "protected"]


def test_a_product_that_left_the_catalogue_refuses_it() -> None:
    house = both()
    house.amend("r2", products=["X", "Y"], day=2)
    document = house.vendor.document.model_dump(mode="json")
    document["products"] = [one for one in document["products"] if one["product"] != "X"]
    house.when(event(VendorConfigured, document=document), day=3)
    assert codes(house.withdraw("r1", day=4)) == ["product.unknown"]


def test_a_suspended_partners_waits_until_it_is_reinstated() -> None:
    house = both()
    house.amend("r2", products=["X", "Y"], day=2)
    house.suspend("B", day=3)
    assert house.withdraw("r1", day=4)
    assert house.registration("r2").held is not None
    only(house.reinstate("B", day=5), AmendmentTaken)


def test_an_invited_claim_goes_before_it_and_it_is_never_invited() -> None:
    house = both({"conflict": {"waiter_confirm": "5bd"}})
    house.submit("r3", "C", products=["X"], day=2)
    house.amend("r2", products=["X", "Y"], day=3)
    house.withdraw("r1", day=4)
    assert house.registration("r3").life.hold == "confirmation"
    assert house.registration("r2").held is not None
    house.withdraw("r3", day=5)
    assert says(house) == ("protected", ("X", "Y"), 2)


def test_a_patch_that_only_looks_like_the_rivals_customer_waits_for_a_persons_word() -> None:
    house = House().open()
    mine = {"legal_name": "Sokar Foods", "country": "EG"}
    theirs = {"legal_name": "Delta Steel", "country": "EG"}
    house.submit("r1", "A", customer={**mine, "tax_id": None})
    house.submit("r2", "B", customer={**theirs, "tax_id": None}, day=1)
    named = {"legal_name": "Sokar Food", "country": "EG"}
    held = only(house.amend("r2", customer={"legal_name": "Sokar Food"}, day=2), AmendmentHeld)
    assert (held.lookalikes, held.opponents) == (("r1",), ())
    only(house.split(mine, named, day=3), AmendmentTaken)
    assert house.registration("r2").claim.customer.legal_name == "Sokar Food"


def test_merged_customers_make_it_wait_for_the_holder_it_then_meets() -> None:
    house = House().open()
    mine = {"legal_name": "Sokar Foods", "country": "EG"}
    house.submit("r1", "A", customer={**mine, "tax_id": None})
    house.submit("r2", "B", customer={"legal_name": "Delta Steel", "tax_id": None}, day=1)
    house.amend("r2", customer={"legal_name": "Sokar Food"}, day=2)
    assert not [one for one in house.merge(mine, {"legal_name": "Sokar Food", "country": "EG"}, day=3)
                if isinstance(one, AmendmentTaken)]  # fmt: skip
    assert house.registration("r2").held is not None
    only(house.withdraw("r1", day=4), AmendmentTaken)


def test_only_the_vendors_correction_goes_through_and_contests() -> None:
    house = both()
    fact = {"products": ["X", "Y"]}
    only(house.when(house.patch_of("r2", **fact), day=2), AmendmentHeld)
    by_partner = house.patch_of("r2", correction="we say so", **fact)
    assert refused(house.when(by_partner, day=3, partner="B")) == (403, "correction.vendor_only", "correction")
    house.correct("r2", products=["X", "Y"], day=3)
    assert says(house)[1] == ("X", "Y")
    assert house.registration("r2").conflict is not None
