"""Targets over HTTP: what is reached at each day's end is what the list that it opens comes to."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.projections.verify import verify, view_digests
from services.projections.views import MEASURES
from shared.events import protection as p
from shared.events import registration as r
from shared.events.money import Money
from shared.events.partner import PartnerEnrolled
from shared.events.target import VALUES, TargetDropped, TargetSet
from shared.events.vendor import VendorConfigured, VendorDocument
from tests.integration.projections.conftest import World
from tests.integration.projections.test_measures_api import at, protect
from tests.journals import Journal

PATH = "/v1/measures/targets"
DAYS = ("2026-01-05", "2026-02-01", "2026-02-10", "2026-02-28", "2026-03-31", "2026-06-30")


def wanted(name: str, partner: str = "acme", **more: Any) -> TargetSet:
    period = {"first_day": date(2026, 1, 1), "last_day": date(2026, 3, 31)}
    return TargetSet(**{"partner": partner, "name": name, "measure": "won", "count": 4, **period, **more})


def euros(amount: str, currency: str = "EUR") -> dict[str, Any]:
    return {"count": None, "amount": Money(amount=amount, currency=currency)}


def submit(journal: Journal, number: int, partner: str, clock: datetime, amount: Money | None, **more: Any) -> None:
    event = r.RegistrationSubmitted(
        registration=f"reg_{number}", partner=partner, customer=r.Customer(legal_name=f"Customer {number}"),
        program=more.get("program", "demo"), products=more.get("products", ("GTX Basic",)), amount=amount,
    )  # fmt: skip
    journal.add(event, clock=clock)
    journal.add(r.RegistrationCompleted(
        policy="demo/1", policy_number=1, registration=f"reg_{number}", products=event.products, keys=("k",)
    ))  # fmt: skip
    protect(journal, f"reg_{number}", clock=clock + timedelta(hours=1))


def win(journal: Journal, number: int, clock: datetime) -> None:
    journal.add(p.ProtectionConverted(registration=f"reg_{number}", opportunity=f"opp_{number}"), clock=clock)


def channel() -> Journal:
    """Two partners with targets of every measure, and wins inside, outside and at the edges of the quarter."""
    journal = Journal(start=at(1))
    journal.add(VendorConfigured(document=VendorDocument(time_zone="Africa/Cairo")))
    for partner in ("acme", "bolt"):
        journal.add(PartnerEnrolled(partner=partner, name=partner.title()))
        for measure in ("registrations", "approved", "won"):
            journal.add(wanted(f"q1-{measure}", partner, measure=measure))
        for measure in VALUES:
            journal.add(wanted(f"q1-{measure}", partner, measure=measure, **euros("300.00")))
    journal.add(wanted("pro", product="GTX Pro", program="other"))
    journal.add(wanted("february", first_day=date(2026, 2, 1), last_day=date(2026, 2, 28), measure="won"))
    journal.add(wanted("two-days", first_day=date(2026, 2, 6), last_day=date(2026, 2, 7)))
    journal.add(wanted("dollars", measure="won_value", **euros("50.00", "USD")))
    journal.add(wanted("old", first_day=date(2025, 1, 1), last_day=date(2025, 12, 31)))
    amounts = (("EUR", 10_000), ("EUR", 5_050), ("USD", 7_000), None, ("EUR", 1_000))
    for number, one in enumerate(amounts):
        amount = Money.of(one[1], one[0]) if one else None
        more: dict[str, Any] = {"program": "other", "products": ("GTX Pro", "GTX Basic")} if number % 2 else {}
        submit(journal, number, "acme", at(3) + timedelta(hours=6 * number), amount, **more)
    submit(journal, 5, "bolt", at(7), Money.of(99_900, "EUR"))
    for number in range(3):
        win(journal, number, at(5 + number, month=2))
    # 22:30 UTC on 31 March: April has begun in Cairo.
    win(journal, 3, at(20, month=3))
    win(journal, 4, datetime(2026, 3, 31, 22, 30, tzinfo=UTC))
    win(journal, 5, datetime(2026, 4, 2, 10, tzinfo=UTC))
    return journal


@pytest.fixture
async def shown(world: World) -> World:
    await world.show(channel())
    return world


async def read(world: World, key: dict[str, str], **asked: Any) -> dict[tuple[str, str], Any]:
    answer = await world.get(PATH, key, **asked)
    assert answer.status_code == 200, answer.text
    return {(one["partner"], one["name"]): one for one in answer.json()["items"]}


async def test_what_is_reached_on_each_day_is_what_the_list_that_it_opens_comes_to(shown: World) -> None:
    counted = 0
    for key in (await shown.key(), await shown.key(partner="acme")):
        for day in DAYS:
            for one in (await read(shown, key, as_of=day)).values():
                answer = await shown.client.get(f"{one['opens']}&limit=500", headers=key)
                assert answer.status_code == 200, answer.text
                items = answer.json()["items"]
                assert len(items) == one["reached_count"], one
                counted += len(items)
                if one["reached_amount"] is not None:
                    total = sum(Decimal(each["amount"]["amount"]) for each in items)
                    assert total == Decimal(one["reached_amount"]["amount"]), one
    assert counted > 100


async def test_a_target_without_bounds_says_the_number_of_measures(shown: World) -> None:
    """One home for a number: over a period that has everything, attainment is what `GET /v1/measures` says."""
    journal = channel()
    whole = {"first_day": date(2025, 1, 1), "last_day": date(2026, 12, 31)}
    for partner in ("acme", "bolt"):
        for measure in ("registrations", "approved", "won"):
            journal.add(wanted(f"all-{measure}", partner, measure=measure, **whole), clock=at(2, month=5))
        for measure in VALUES:
            journal.add(wanted(f"all-{measure}", partner, measure=measure, **euros("1.00"), **whole))
    await shown.show(journal)
    key = await shown.key()
    found = await read(shown, key, limit=500)
    groups = (await shown.get("/v1/measures", key, group_by="partner")).json()["groups"]
    assert len(groups) == 2
    for group in groups:
        for measure in ("registrations", "approved", "won"):
            assert found[group["key"], f"all-{measure}"]["reached_count"] == group[measure] > 0
        for measure in VALUES:
            one = found[group["key"], f"all-{measure}"]
            amounts = [one["reached_amount"], *one["other_amounts"]]
            assert sorted(amounts, key=lambda each: str(each["currency"])) == group[measure]


async def test_currencies_are_told_apart_and_never_converted(shown: World) -> None:
    found = await read(shown, await shown.key(), as_of="2026-03-31")
    one = found["acme", "q1-won_value"]
    assert one["reached_amount"] == {"amount": "150.50", "currency": "EUR"}
    assert (one["reached_count"], one["share"], one["without_amount"]) == (2, "0.5017", 1)
    assert one["other_amounts"] == [{"amount": "70.00", "currency": "USD"}]
    dollars = found["acme", "dollars"]
    assert (dollars["share"], dollars["reached_count"]) == ("1.4000", 1)
    assert dollars["other_amounts"] == [{"amount": "150.50", "currency": "EUR"}]
    assert found["acme", "q1-won"]["reached_count"] == 4, "a count has every currency, and those that state none"


async def test_days_of_the_period_are_those_of_the_vendors_zone(shown: World) -> None:
    key = await shown.key()
    found = await read(shown, key, as_of="2026-06-30")
    assert found["acme", "q1-won"]["reached_count"] == 4, "won on 1 April in Cairo"
    assert found["bolt", "q1-won"]["reached_count"] == 0
    assert (found["acme", "q1-won"]["state"], found["acme", "q1-won"]["days_left"]) == ("over", 0)
    assert found["acme", "two-days"]["reached_count"] == 2, "both its first and its last day count"
    february = await read(shown, key, as_of="2026-02-06", name="february")
    assert february["acme", "february"]["reached_count"] == 2, "those of 5 and 6 February, not of the 7th"
    assert february["acme", "february"]["expected_count"] == "0.9"
    assert (await read(shown, key, as_of="2026-02-06"))["acme", "old"]["reached_count"] == 0


async def test_program_and_product_narrow_what_counts(shown: World) -> None:
    found = await read(shown, await shown.key(), as_of="2026-03-31")
    assert found["acme", "pro"]["reached_count"] == 2
    assert "program=other&product=GTX+Pro" in found["acme", "pro"]["opens"]


async def test_a_win_that_is_taken_back_counts_no_longer_and_the_past_stays(shown: World) -> None:
    journal = channel()
    journal.add(p.ProtectionResumed(registration="reg_0", opportunity="opp_0"), clock=at(3, month=5))
    await shown.show(journal)
    key = await shown.key()
    assert (await read(shown, key, as_of="2026-04-30"))["acme", "q1-won"]["reached_count"] == 4
    assert (await read(shown, key, as_of="2026-05-03"))["acme", "q1-won"]["reached_count"] == 3


async def test_a_replaced_or_dropped_target_is_answered_as_of_earlier_days_as_it_was(shown: World) -> None:
    journal = channel()
    journal.add(wanted("q1-won", count=40), clock=at(3, month=5))
    journal.add(TargetDropped(partner="acme", name="pro"))
    journal.add(wanted("fleeting"))
    journal.add(TargetDropped(partner="acme", name="fleeting"))
    await shown.show(journal)
    key = await shown.key()
    before, after = await read(shown, key, as_of="2026-05-02"), await read(shown, key, as_of="2026-05-03")
    assert (before["acme", "q1-won"]["count"], before["acme", "q1-won"]["share"]) == (4, "1.0000")
    assert (after["acme", "q1-won"]["count"], after["acme", "q1-won"]["share"]) == (40, "0.1000")
    assert before.keys() - after.keys() == {("acme", "pro")}


async def test_a_partner_sees_its_own_targets_alone(shown: World) -> None:
    key = await shown.key(partner="bolt")
    found = await read(shown, key)
    assert {partner for partner, _ in found} == {"bolt"}
    assert len(found) == 6
    assert await read(shown, key, partner="acme") == {}
    assert "seq" not in (await shown.get(PATH, key)).json()
    assert "/v1/measures/registrations?partner=bolt" in found["bolt", "q1-won"]["opens"]


async def test_filters_sorts_pages_and_fields(shown: World) -> None:
    key = await shown.key()
    assert {name for _, name in await read(shown, key, measure="won", partner="acme")} == {
        "q1-won", "pro", "february", "two-days", "old",
    }  # fmt: skip
    assert set(await read(shown, key, running="true", as_of="2026-02-06", name="old")) == set()
    assert set(await read(shown, key, running="false", as_of="2026-02-06")) == {("acme", "old")}
    assert {name for _, name in await read(shown, key, program="other")} == {"pro"}
    path: str | None = f"{PATH}?limit=5&sort=-last_day"
    names = []
    while path:
        page = (await shown.client.get(path, headers=key)).json()
        names += [(one["partner"], one["name"]) for one in page["items"]]
        path = page["next"]
    assert len(names) == len(set(names)) == 17
    assert names[-1] == ("acme", "old")
    page = (await shown.get(PATH, key, fields="name,share")).json()
    assert set(page["items"][0]) == {"name", "share"}


async def test_the_file_has_every_target_with_the_numbers_of_the_page(shown: World) -> None:
    key = await shown.key()
    asked = {"headers": {**key, "Accept": "text/csv"}, "params": {"as_of": "2026-02-28", "limit": 2}}
    answer = await shown.client.get(PATH, **asked)  # type: ignore[arg-type]
    rows = {(row["partner"], row["name"]): row for row in csv.DictReader(io.StringIO(answer.text))}
    found = await read(shown, key, as_of="2026-02-28")
    assert rows.keys() == found.keys()
    one = rows["acme", "q1-won_value"]
    assert (one["amount"], one["currency"], one["reached_amount"], one["share"]) == (
        "300.00",
        "EUR",
        "150.50",
        "0.5017",
    )
    assert (one["first_day"], one["count"]) == ("2026-01-01", "")


@pytest.mark.parametrize(
    "path, code",
    [
        (f"{PATH}?as_of=2999-01-01", "time.future"),
        (f"{PATH}?as_of=yesterday", "date.impossible"),
        (f"{PATH}?measure=profit", "field.choice"),
        (f"{PATH}?running=perhaps", "field.type"),
        (f"{PATH}?sort=share", "field.choice"),
        (f"{PATH}?month_from=2026-01", "field.unknown"),
        ("/v1/measures/registrations?of=active&reached_from=2026-01-01", "field.not_applicable"),
        ("/v1/measures/registrations?of=open&reached_to=2026-01-01", "field.not_applicable"),
        ("/v1/measures/registrations?reached_from=2026-02-30", "date.impossible"),
    ],
)
async def test_what_cannot_be_meant_is_refused_by_name(shown: World, path: str, code: str) -> None:
    answer = await shown.client.get(path, headers=await shown.key())
    assert answer.status_code == 422
    assert [one["code"] for one in answer.json()["errors"]] == [code]


async def test_rows_are_the_same_entry_by_entry_and_folded_again(world: World) -> None:
    journal, step = channel(), Journal()
    journal.add(TargetDropped(partner="acme", name="pro"))
    journal.add(wanted("brief"))
    journal.add(TargetDropped(partner="acme", name="brief"))
    for entry, record in zip(journal.entries, journal.records, strict=True):
        step.entries.append(entry)
        step.records.append(record)
        await world.append(step)
        await world.project(MEASURES)
    live = await view_digests(world.pool, [MEASURES])
    assert (await verify(world.pool, world.log, [MEASURES])).holds
    tables = ", ".join(MEASURES.tables)
    await world.pool.execute(f"TRUNCATE projections.head, {tables}, log.ownership")
    await world.project(MEASURES)
    assert await view_digests(world.pool, [MEASURES]) == live
    await world.pool.execute("UPDATE projections.measured_target SET wanted = 5 WHERE name = 'q1-won'")
    differences = (await verify(world.pool, world.log, [MEASURES])).differences
    assert {(one.table, one.column) for one in differences} == {("projections.measured_target", "wanted")}
