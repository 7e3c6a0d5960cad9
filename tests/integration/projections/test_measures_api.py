"""Measures over HTTP: each number of every day is as long as the list that it opens."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.projections.api.measure_filters import NUMBERS
from services.projections.verify import verify, view_digests
from services.projections.views import MEASURES
from shared.events import conflict as c
from shared.events import protection as p
from shared.events import registration as r
from shared.events.money import Money
from shared.events.partner import PartnerChanged, PartnerEnrolled
from shared.events.vendor import VendorConfigured, VendorDocument
from tests.integration.projections.conftest import World
from tests.journals import Journal, ordinary_deals
from tests.journals_money import won_deal

DOCUMENT = VendorDocument(territories={"DACH": ("DE", "AT"), "Nile": ("EG",)}, time_zone="Africa/Cairo")
GROUPINGS = ("partner", "segment", "program", "product", "territory", "month")
DAYS = ("2026-01-05", "2026-03-01", "2026-02-10")


def at(day: int, hour: int = 10, month: int = 1) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


def channel() -> Journal:
    """Seven registrations of three partners, with every turn that a number tells apart."""
    journal = Journal(start=at(4))
    journal.add(VendorConfigured(document=DOCUMENT))
    journal.add(PartnerEnrolled(partner="acme", name="Acme", segments={"size": "large", "kind": "si"}))
    journal.add(PartnerEnrolled(partner="bolt", name="Bolt", segments={"size": "small"}))
    customers = ("DE", "AT", "EG", None, "FR", "DE", "EG")
    for number, country in enumerate(customers):
        customer = r.Customer(legal_name=f"Customer {number}", country=country)
        products = ("GTX Basic", "GTX Pro") if number % 2 else ("GTX Basic",)
        amount = None if number == 3 else Money.of(10_001 + number, "USD" if number < 5 else "EUR")
        event = r.RegistrationSubmitted(
            registration=f"reg_{number}", partner=("acme", "bolt", "cato")[number % 3], customer=customer,
            program="demo" if number else "other", products=products, amount=amount,
        )  # fmt: skip
        # The last is of 22:30 UTC on 31 January: February has begun in Cairo.
        journal.add(
            event, clock=at(5) + timedelta(hours=number) if number < 6 else datetime(2026, 1, 31, 22, 30, tzinfo=UTC)
        )
        journal.add(r.RegistrationCompleted(
            policy="demo/1", policy_number=1, registration=f"reg_{number}", products=products, keys=("k",)
        ))  # fmt: skip
    ask(journal, "reg_5", clock=at(1, month=2))
    for number in range(5):
        protect(journal, f"reg_{number}", clock=at(2, month=2) + timedelta(minutes=number))
    journal.add(c.ConflictDetected(
        conflict="con_1", registration="reg_6",
        opponents=(c.Opponent(registration="reg_0", partner="acme", keys=("k",), products=("GTX Basic",)),),
    ))  # fmt: skip
    journal.add(r.RegistrationHeld(registration="reg_6", reason="conflict", behind=("reg_0",)))
    journal.add(p.ProtectionConverted(registration="reg_0", opportunity="opp_1"), clock=at(9, month=2))
    journal.add(c.ConflictResolved(conflict="con_1", registration="reg_6", outcome="closed"))
    journal.add(r.RegistrationClosed(registration="reg_6", code="won_by_holder"))
    journal.add(p.ProtectionLost(registration="reg_1", opportunity="opp_2"), clock=at(10, month=2))
    journal.add(p.ProtectionReleased(registration="reg_2", code="withdrawn"))
    journal.add(r.RegistrationRejected(registration="reg_5", code="by_person"), clock=at(12, month=2))
    amend = r.Patch(customer={"country": "EG"}, amount=Money.of(777, "USD"))
    journal.add(
        r.RegistrationAmended(registration="reg_4", expected_revision=1, patch=amend, fields=("customer", "amount")),
        clock=at(20, month=2),
    )
    journal.add(PartnerChanged(partner="bolt", segments={"size": None, "kind": "si"}))
    # One day takes back what it changed.
    journal.add(p.ProtectionResumed(registration="reg_0", opportunity="opp_1"), clock=at(2, month=3))
    journal.add(p.ProtectionConverted(registration="reg_0", opportunity="opp_1"))
    journal.add(p.ProtectionResumed(registration="reg_0", opportunity="opp_1"), clock=at(3, month=3))
    return journal


def ask(journal: Journal, registration: str, **fields: Any) -> None:
    until = fields["clock"] + timedelta(days=3)
    held = r.RegistrationHeld(registration=registration, reason="customer_match", lookalikes=("reg_0",), until=until)
    journal.add(held, **fields)


def protect(journal: Journal, registration: str, **fields: Any) -> None:
    moment = fields["clock"]
    journal.add(
        r.RegistrationApproved(
            policy="demo/1", registration=registration, promoted=False, protected_from=moment,
            protected_until=moment + timedelta(days=30),
        ),
        **fields,
    )  # fmt: skip


async def read(world: World, key: dict[str, str], **asked: Any) -> Any:
    answer = await world.get("/v1/measures", key, **asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def opened(world: World, key: dict[str, str], path: str, of: str) -> list[str]:
    answer = await world.client.get(f"{path}&of={of}&limit=500", headers=key)
    assert answer.status_code == 200, answer.text
    return [one["registration"] for one in answer.json()["items"]]


@pytest.fixture
async def shown(world: World) -> World:
    await world.show(channel())
    return world


async def test_every_number_of_every_day_is_as_long_as_the_list_that_it_opens(shown: World) -> None:
    keys = [await shown.key(), await shown.key(partner="bolt")]
    seen = 0
    for key in keys:
        for day in DAYS:
            for grouping in GROUPINGS if day == DAYS[-1] and key is keys[0] else ("segment",):
                document = await read(shown, key, group_by=grouping, as_of=day)
                for group in (document["total"], *document["groups"]):
                    for of in NUMBERS:
                        if group[of] or of == "conflicts_open":
                            assert len(await opened(shown, key, group["opens"], of)) == group[of], (group["key"], of)
                            seen += group[of]
    assert seen > 150


async def test_what_is_counted_at_the_end_of_a_day(shown: World) -> None:
    key = await shown.key()
    then = (await read(shown, key, as_of="2026-02-10"))["total"]
    assert {name: then[name] for name in ("registrations", "approved", "active", "won", "lost", "released")} == {
        "registrations": 7, "approved": 5, "active": 2, "won": 1, "lost": 1, "released": 1,
    }  # fmt: skip
    assert (then["conflicts"], then["conflicts_closed"], then["clock_running"], then["closed"]) == (1, 1, 1, 1)
    assert then["won_value"] == [{"amount": "100.01", "currency": "USD"}]
    assert then["value"] == [{"amount": "200.13", "currency": "EUR"}, {"amount": "400.11", "currency": "USD"}]
    assert (then["win_rate_pct"], then["approved_pct"], then["churn_pct"]) == ("50.0", "71.4", "20.0")
    # Protected from 2 February for thirty days; the win came 35 days after the submission.
    assert (then["age_days"], then["days_left"], then["cycle_days"]) == ("8.0", "22.0", "35.0")
    later = (await read(shown, key, as_of="2026-03-01"))["total"]
    assert (later["rejected"], later["clock_missed"], later["clock_running"], later["reviewed"]) == (1, 1, 0, 1)
    assert later["review_hours"] == "264.0"
    now = (await read(shown, key))["total"]
    assert (now["won"], now["active"]) == (0, 3), "the win was taken back"


async def test_days_months_territories_and_segments_are_those_of_then(shown: World) -> None:
    key = await shown.key()
    months = await read(shown, key, group_by="month")
    assert [(one["key"], one["registrations"]) for one in months["groups"]] == [("2026-01", 6), ("2026-02", 1)]
    assert months["time_zone"] == "Africa/Cairo"
    before = await read(shown, key, group_by="territory", as_of="2026-02-10")
    assert {one["key"]: one["registrations"] for one in before["groups"]} == {"DACH": 3, "Nile": 2, "FR": 1, None: 1}
    after = await read(shown, key, group_by="territory", as_of="2026-03-01")
    assert {one["key"]: one["registrations"] for one in after["groups"]} == {"DACH": 3, "Nile": 3, None: 1}
    segments = await read(shown, key, group_by="segment", as_of="2026-02-10")
    assert {one["key"]: one["registrations"] for one in segments["groups"]} == {
        "size=large": 3, "kind=si": 3, "size=small": 2, None: 2,
    }  # fmt: skip
    changed = await read(shown, key, group_by="segment", as_of="2026-03-01")
    assert {one["key"]: one["registrations"] for one in changed["groups"]} == {"size=large": 3, "kind=si": 5, None: 2}


async def test_filters_narrow_numbers_and_products_count_under_each(shown: World) -> None:
    key = await shown.key()
    products = await read(shown, key, group_by="product")
    assert [(one["key"], one["registrations"]) for one in products["groups"]] == [("GTX Basic", 7), ("GTX Pro", 3)]
    assert products["total"]["registrations"] == 7
    only = await read(shown, key, group_by="product", product="GTX Pro")
    assert [(one["key"], one["registrations"]) for one in only["groups"]] == [("GTX Pro", 3)]
    narrowed = await read(shown, key, partner="acme", program="demo", territory="none", currency="USD")
    assert narrowed["total"]["registrations"] == 0
    assert (await read(shown, key, territory="none"))["total"]["registrations"] == 1
    assert [one["key"] for one in (await read(shown, key, limit=1))["groups"]] == ["acme"]
    assert (await read(shown, key, month_from="2026-02"))["total"]["registrations"] == 1


async def test_a_partner_counts_its_own_alone(shown: World) -> None:
    key = await shown.key(partner="bolt")
    document = await read(shown, key)
    assert [(one["key"], one["registrations"]) for one in document["groups"]] == [("bolt", 2)]
    assert "seq" not in document
    assert (await read(shown, key, partner="acme"))["total"]["registrations"] == 0
    assert await opened(shown, key, "/v1/measures/registrations?partner=acme", "registrations") == []


async def test_the_table_adds_up_to_the_groups(shown: World) -> None:
    key = await shown.key()
    answer = await shown.client.get("/v1/measures?group_by=partner", headers={**key, "Accept": "text/csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert sum(int(row["registrations"]) for row in rows if row["key"] == "acme") == 3
    assert {row["currency"] for row in rows if row["key"] == "acme"} == {"USD", "EUR", ""}
    listed = await shown.client.get(
        "/v1/measures/registrations?of=won&as_of=2026-02-10", headers={**key, "Accept": "text/csv"}
    )
    [won] = csv.DictReader(io.StringIO(listed.text))
    assert (won["registration"], won["amount"], won["customer"]) == ("reg_0", "100.01", "Customer 0")
    assert (listed.headers["dealreg-rows"], listed.headers["dealreg-totals"]) == ("1", "USD 100.01")


@pytest.mark.parametrize(
    "asked, code",
    [("as_of=2999-01-01", "time.future"), ("as_of=42", "date.impossible"), ("of=profit", "field.choice"),
     ("month_from=2026-13", "date.impossible"), ("since=2026-01-01", "field.unknown")],
)  # fmt: skip
async def test_what_cannot_be_meant_is_refused_by_name(shown: World, asked: str, code: str) -> None:
    key = await shown.key()
    answer = await shown.client.get(f"/v1/measures/registrations?{asked}", headers=key)
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == [code]


async def test_pages_of_a_list_follow_each_other(shown: World) -> None:
    key = await shown.key()
    path, found = "/v1/measures/registrations?limit=3&sort=amount", []
    while path:
        page = (await shown.client.get(path, headers=key)).json()
        found += [one["registration"] for one in page["items"]]
        path = page["next"]
    assert sorted(found) == [f"reg_{number}" for number in range(7)]
    assert len(found) == 7


async def test_rows_are_the_same_entry_by_entry_and_folded_again(world: World) -> None:
    journal = channel()
    step = Journal()
    for entry, record in zip(journal.entries, journal.records, strict=True):
        step.entries.append(entry)
        step.records.append(record)
        await world.append(step)
        await world.project(MEASURES)
    stages = await world.pool.fetch("SELECT stage FROM projections.measure WHERE day = '2026-03-02'")
    assert [row["stage"] for row in stages] == ["converted"], "won on a later day; protected as it was"
    live = await view_digests(world.pool, [MEASURES])
    assert (await verify(world.pool, world.log, [MEASURES])).holds
    await world.pool.execute(
        "TRUNCATE projections.head, projections.measured, projections.measure, projections.measured_partner, "
        "projections.measure_total, projections.measure_month, projections.measure_open, "
        "projections.measured_vendor, projections.measured_target, log.ownership"
    )
    await world.project(MEASURES)
    assert await view_digests(world.pool, [MEASURES]) == live
    await world.pool.execute("UPDATE projections.measure SET registrations = registrations + 1 WHERE stage = 'lost'")
    [difference] = (await verify(world.pool, world.log, [MEASURES])).differences
    assert (difference.table, difference.column) == ("projections.measure", "registrations")


async def test_what_is_added_up_ahead_answers_as_every_cell_does(shown: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await shown.pool.fetchval("SELECT count(*) FROM projections.measure_month") > 20
    keys = [await shown.key(), await shown.key(partner="bolt")]
    narrowed: list[dict[str, Any]] = [
        {}, {"partner": "acme"}, {"product": "GTX Pro"}, {"product": ["GTX Pro", "GTX Basic"]}, {"program": "demo"},
        {"territory": ["DACH", "none"]}, {"segment": "kind=si"}, {"currency": "USD", "month_to": "2026-01"},
        {"month_from": "2026-02"}, {"territory": "Nile", "program": "demo"},
        {"partner": "bolt", "product": "GTX Basic"},
    ]  # fmt: skip
    days = ("2026-02-10", "2026-03-03", "2026-01-31", "2026-03-02", "2025-12-31", "2026-02-19", "2026-03-01")
    asked = [
        (keys[turn % 3 == 2], {"group_by": GROUPINGS[turn % 6], "as_of": days[turn % 7], **filters})
        for turn, filters in enumerate([*narrowed * 7, {}, {}])
    ]
    ahead = [await read(shown, key, **one) for key, one in asked]
    monkeypatch.setattr("services.projections.api.measure_reading._Question._kind", lambda *_: None)
    for (key, one), found in zip(asked, ahead, strict=True):
        assert await read(shown, key, **one) == found, one


async def test_what_a_closed_day_learns_late_is_added_to_what_was_closed(world: World) -> None:
    journal = channel()
    months = "SELECT * FROM projections.measure_month ORDER BY kind, key, country, currency, month, changed"
    await world.show(journal)
    closed = await world.pool.fetch(months)
    # Its edge's clock is behind: the day, and the month, before the vendor's newest.
    released = p.ProtectionReleased(registration="reg_3", code="withdrawn")
    journal.add(released, clock=at(4, month=3), known_at=at(27, month=2))
    await world.show(journal)
    assert await world.pool.fetch(months) != closed
    assert await world.pool.fetchval("SELECT count(*) FROM projections.measure WHERE day = '2026-02-27'") == 2
    assert (await verify(world.pool, world.log, [MEASURES])).holds
    key = await world.key()
    [then, earlier] = [(await read(world, key, as_of=day))["total"] for day in ("2026-02-27", "2026-02-26")]
    assert (then["released"], earlier["released"]) == (2, 1)


async def test_revenue_is_the_sum_of_the_shares_that_it_opens(world: World) -> None:
    journal = ordinary_deals("maven", 4)
    for number in (5, 6):  # shared with a partner that helped
        won_deal(journal, number, f"partner-{number}")
    await world.show(journal)
    for key in (await world.key(), await world.key(partner="partner-1")):
        for asked in ("group_by=partner", "group_by=program", "group_by=month&month_from=2026-01", "as_of=2026-01-04"):
            document = (await world.client.get(f"/v1/measures/revenue?{asked}", headers=key)).json()
            for group in (document["total"], *document["groups"]):
                for role in ("sourced", "influenced", "fulfilled"):
                    path = f"{group['opens']}&role={role}&limit=500"
                    items = (await world.client.get(path, headers=key)).json()["items"] if group["opens"] else []
                    sums = {one["currency"]: Decimal(one["amount"]) for one in group[role]}
                    if group["opens"]:
                        assert sum(Decimal(one["amount"]["amount"]) for one in items) == sum(sums.values())
    whole = (await world.get("/v1/measures/revenue", await world.key())).json()
    assert Decimal(whole["total"]["sourced"][0]["amount"]) > 2_000
    assert whole["groups"][0]["key"] == "partner-0"
    # The journal begins on 5 January: the day before, nothing was won.
    before = (await world.get("/v1/measures/revenue", await world.key(), as_of="2026-01-04")).json()
    assert before["total"]["sourced"] == []
