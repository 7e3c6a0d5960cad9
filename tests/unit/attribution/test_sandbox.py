"""A sandbox: its clock stands until it is moved, what falls due on the way is decided first, it never goes live."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from shared.events.partner import PartnerEnrolled
from shared.events.registration import RegistrationSubmitted
from shared.events.vendor import ClockMoved, VendorConfigured, VendorCreated, VendorWentLive
from tests.unit.attribution.house import DOCUMENT, START, House, event, types
from tests.unit.attribution.test_claims import refused
from tests.unit.attribution.test_clock import clock, enrolled, live

NOW = START + timedelta(days=1)
CUSTOMER = {"legal_name": "Nile Trading", "country": "EG", "tax_id": "204829305"}


def sandbox() -> House:
    """A sandbox with a partner, a program in force and a protected claim on which 90 days are counted."""
    house = House()
    live(house, VendorCreated(name="Acme", mode="sandbox"), START)
    live(house, event(VendorConfigured, document=DOCUMENT), NOW)
    live(house, PartnerEnrolled(partner="A", name="A", tier="silver", partner_type="reseller"), NOW)
    house.publish({})
    live(house, event(RegistrationSubmitted, customer=CUSTOMER, registration="r1", program="hunting", partner="A",
                      products=["X"]), NOW)  # fmt: skip
    return house


def moved(house: House, to: datetime) -> list[str]:
    return types(live(house, ClockMoved(to=to), NOW))


def test_what_arrives_is_decided_at_the_sandboxs_own_time() -> None:
    house = sandbox()
    assert (house.state("r1"), clock(house)) == ("protected", START)
    assert types(live(house, enrolled("E"), START + timedelta(days=400))) == ["partner.enrolled"]
    assert (house.state("r1"), clock(house)) == ("protected", START)


def test_moving_the_clock_decides_first_what_falls_due_on_the_way() -> None:
    house = sandbox()
    assert moved(house, START + timedelta(days=10)) == ["clock.moved"]
    assert moved(house, START + timedelta(days=120)) == ["protection.expired", "clock.moved"]
    expired = next(one for one in house.entries if one.event.type == "protection.expired")
    assert START + timedelta(days=90) <= expired.clock <= START + timedelta(days=91)
    assert (house.state("r1"), clock(house)) == ("expired", START + timedelta(days=120))
    assert moved(house, START + timedelta(days=120)) == ["clock.moved"]


@pytest.mark.parametrize(("days", "code"), [(9, "clock.behind"), (10 + 3_661, "clock.too_far")])
def test_it_moves_forward_and_not_by_a_slip_of_the_pen(days: int, code: str) -> None:
    house = sandbox()
    moved(house, START + timedelta(days=10))
    told = live(house, ClockMoved(to=START + timedelta(days=days)), NOW)
    assert refused(told) == (409, code, "to")
    assert clock(house) == START + timedelta(days=10)


def test_it_never_goes_live() -> None:
    house = sandbox()
    assert refused(live(house, VendorWentLive(), NOW)) == (409, "vendor.sandbox", "")
    assert clock(house) == START


def test_a_brought_time_moves_it_forward_as_an_imports_does() -> None:
    house = sandbox()
    house.when(enrolled("E"), day=5)
    assert clock(house) == START + timedelta(days=5)
    assert refused(house.when(enrolled("F"), day=4)) == (409, "recorded_at.older", "recorded_at")


def test_the_clock_of_no_other_vendor_can_be_moved() -> None:
    house = House().open()
    assert refused(house.when(ClockMoved(to=START + timedelta(days=9)))) == (409, "vendor.not_sandbox", "")
    house = House()
    live(house, VendorCreated(name="Acme", mode="live"), START)
    assert refused(live(house, ClockMoved(to=START + timedelta(days=9)), NOW)) == (409, "vendor.not_sandbox", "")
    assert clock(house) == START
