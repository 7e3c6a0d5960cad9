"""Lists as files: Parquet says what CSV says, with types; both name partner, customer, CRM and order."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from pyarrow import parquet

from services.projections.api import parquet_rows
from services.projections.api.sheets import PARQUET
from shared.events.money import Money
from shared.events.opportunity import OpportunityChanged
from shared.events.target import TargetSet
from tests.integration.projections.conftest import World
from tests.journals import Journal
from tests.journals_money import refunded_and_suspended

EUROS = Money(amount="5000.00", currency="EUR")
PATHS = (
    "/v1/pipeline", "/v1/credits", "/v1/rewards", "/v1/payouts", "/v1/payouts/summary?group_by=partner", "/v1/ledger",
    "/v1/measures/registrations",
    "/v1/measures/targets", "/v1/measures?group_by=partner", "/v1/measures/revenue?group_by=partner",
)  # fmt: skip


@pytest.fixture
def journal() -> Journal:
    journal = refunded_and_suspended()
    for name, one in (("deals", {"measure": "won", "count": 2}), ("money", {"measure": "value", "amount": EUROS})):
        days = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
        journal.add(TargetSet(**{"partner": "acme", "name": name, **one, **days}))
    journal.add(
        OpportunityChanged(opportunity="opp_acme1", connection="crm", external_id="OPP_ACME1", order_number="=SO-77")
    )
    return journal


async def named(world: World) -> None:
    """The directory knows acme by its name."""
    await world.pool.execute(
        "INSERT INTO registration.directory_partner (vendor, partner, name, segments, status, seq) "
        "VALUES ('maven', 'acme', 'Acme Oy', '{}', 'active', 1) ON CONFLICT DO NOTHING"
    )


async def sheet(world: World, path: str, key: dict[str, str]) -> list[dict[str, str]]:
    answer = await world.client.get(path, headers={**key, "Accept": "text/csv"})
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


async def table(world: World, path: str, key: dict[str, str]) -> Any:
    answer = await world.client.get(path, headers={**key, "Accept": PARQUET})
    assert (answer.status_code, answer.headers["content-type"]) == (200, PARQUET)
    assert answer.headers["content-disposition"].endswith('.parquet"')
    return parquet.read_table(io.BytesIO(answer.content))


def cell(value: Any) -> str:
    """A typed value as the cell that CSV has of it, without what only CSV does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "; ".join(value)
    if isinstance(value, datetime):
        assert value.tzinfo is not None
        return value.astimezone(UTC).isoformat()
    return str(value)


def same(kind: Any, said: str, value: Any) -> bool:
    if isinstance(value, Decimal):
        return Decimal(said) == value
    if isinstance(value, datetime):
        return datetime.fromisoformat(said) == value
    return said.removeprefix("'") == cell(value)


@pytest.mark.parametrize("path", PATHS)
async def test_parquet_has_the_rows_of_csv_with_types(
    world: World, journal: Journal, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet_rows, "ROWS_PER_GROUP", 2)
    monkeypatch.setattr("services.projections.api.finance_sheets.ROWS_PER_READ", 2)
    await world.show(journal)
    await named(world)
    key = await world.key()
    lines, rows = await sheet(world, path, key), (await table(world, path, key))
    assert rows.column_names == list(lines[0])
    found = rows.to_pylist()
    assert len(found) == len(lines) > 0
    for line, row in zip(lines, found, strict=True):
        for name, said in line.items():
            assert same(rows.schema.field(name).type, said, row[name]), (name, said, row[name])


async def test_columns_have_the_types_of_what_they_hold(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    types = {one.name: str(one.type) for one in (await table(world, "/v1/rewards", key)).schema}
    assert {name: types[name] for name in ("reward", "amount", "hold_until", "cases")} == {
        "reward": "string", "amount": "decimal128(38, 4)", "hold_until": "timestamp[us, tz=UTC]",
        "cases": "list<element: string>",
    }  # fmt: skip
    pipeline = (await table(world, "/v1/pipeline", key)).schema
    assert [str(pipeline.field(name).type) for name in ("revision", "close_date")] == ["int64", "date32[day]"]


async def test_every_file_of_money_names_partner_customer_crm_and_order(world: World, journal: Journal) -> None:
    await world.show(journal)
    await named(world)
    key = await world.key()
    for path in ("/v1/credits", "/v1/rewards", "/v1/ledger"):
        [row, *_] = await sheet(world, f"{path}?opportunity=opp_acme1&partner=acme", key)
        assert row["partner_name"] == "Acme Oy", path
        assert (row["connection"], row["crm_id"], row["order_number"]) == ("crm", "OPP_ACME1", "'=SO-77"), path
        assert row["customer"], path
    assert {row["partner_name"] for row in await sheet(world, "/v1/payouts?partner=acme", key)} == {"Acme Oy"}
    [group] = await sheet(world, "/v1/measures/revenue?partner=acme", key)
    assert (group["key"], group["name"]) == ("acme", "Acme Oy")


async def test_the_past_has_no_order_number_that_was_not_yet_known(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    [row, *_] = await sheet(world, f"/v1/credits?opportunity=opp_acme1&as_of={len(journal.records) - 1}", key)
    assert (row["crm_id"] != "", row["order_number"]) == (True, "")


async def test_debit_and_credit_are_never_negative_and_their_difference_is_the_amount(
    world: World, journal: Journal
) -> None:
    await world.show(journal)
    rows = await sheet(world, "/v1/ledger", await world.key())
    for row in rows:
        debit, credit = Decimal(row["debit"]), Decimal(row["credit"])
        assert min(debit, credit) == 0
        assert debit - credit == Decimal(row["amount"])
    moved: dict[tuple[str, ...], Decimal] = {}
    for row in rows:
        group = (row["partner"], row["program"], row["currency"], row["account"])
        moved[group] = moved.get(group, Decimal(0)) + Decimal(row["debit"])
    for row in await sheet(world, "/v1/payouts", await world.key()):
        moved[row["partner"], row["program"], row["currency"], row["account"]] -= Decimal(row["debit"])
    assert set(moved.values()) == {Decimal(0)}


async def test_a_byte_order_mark_comes_where_it_is_asked_for(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    for path in PATHS:
        mark = "&bom=true" if "?" in path else "?bom=true"
        answer = await world.client.get(path + mark, headers={**key, "Accept": "text/csv"})
        assert answer.content[:3] == b"\xef\xbb\xbf", path
        plain = await world.client.get(path, headers={**key, "Accept": "text/csv"})
        assert answer.content[3:] == plain.content, path
        for accept in ("application/json", PARQUET):
            refused = await world.client.get(path + mark, headers={**key, "Accept": accept})
            assert (refused.status_code, refused.json()["errors"]) == (422, [{
                "field": "bom", "code": "field.not_applicable",
                "message": "only goes with `Accept: text/csv`; leave it out",
            }])  # fmt: skip


async def test_without_the_library_parquet_is_refused_and_says_what_to_install(
    world: World, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.show(journal)
    monkeypatch.setattr(parquet_rows, "installed", lambda: False)
    key = await world.key()
    answer = await world.client.get("/v1/ledger", headers={**key, "Accept": PARQUET})
    assert (answer.status_code, answer.json()["code"]) == (406, "accept.none")
    assert "pip install dealreg[parquet]" in answer.json()["detail"]
    other = await world.client.get("/v1/ledger", headers={**key, "Accept": f"{PARQUET}, */*;q=0.1"})
    assert other.headers["content-type"] == "application/json"


@pytest.mark.parametrize("installed", [True, False])
async def test_a_list_says_in_which_other_forms_its_address_has_it(
    world: World, journal: Journal, monkeypatch: pytest.MonkeyPatch, installed: bool
) -> None:
    await world.show(journal)
    monkeypatch.setattr(parquet_rows, "installed", lambda: installed)
    forms = ["text/csv", *([PARQUET] if installed else [])]
    key = await world.key()
    for path in (*PATHS, "/v1/cases"):
        answer = await world.client.get(path, headers=key)
        links = answer.headers["link"].split(", ")
        assert links[-len(forms) :] == [f'<>; rel="alternate"; type="{one}"' for one in forms], path
        assert all('rel="next"' in one for one in links[: -len(forms)]), path
        for one in forms:
            assert (await world.client.get(path, headers={**key, "Accept": one})).status_code == 200, (path, one)
    page = await world.client.get("/v1/ledger?limit=1", headers=key)
    assert page.links["next"]["url"] == page.json()["next"], "the next page stands beside them"
    assert page.links["alternate"]["url"] == ""


async def test_a_list_without_rows_is_a_file_with_columns(world: World, journal: Journal) -> None:
    await world.show(journal)
    empty = await table(world, "/v1/ledger?currency=EUR", await world.key())
    assert (empty.num_rows, empty.column_names[0]) == (0, "line")
