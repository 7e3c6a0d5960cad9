"""The pipeline as a list: filters, order, pages, past and present, JSON and CSV."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.projections.api.csv_rows import safe
from shared.events import registration as r
from shared.events import vendor as v
from shared.events.money import Money
from tests.integration.projections.conftest import World
from tests.journals import Journal, submitted


def ids(response: Any) -> list[str]:
    assert response.status_code == 200, response.text
    return [one["registration"] for one in response.json()["items"]]


@pytest.fixture
def journal() -> Journal:
    """Five claims of two partners: protected, waiting behind it, draft, protected in euros, rejected."""
    journal = Journal()
    journal.add(v.VendorCreated(name="Maven", mode="importing"))
    journal.submit("reg_a", "acme", amount=Money.of(100, "USD"), close_date=date(2026, 3, 1), external_id="A-1")
    journal.complete("reg_a")
    journal.protect("reg_a")
    journal.submit("reg_b", "bolt", amount=Money.of(200, "USD"), close_date=date(2026, 4, 1))
    journal.complete("reg_b")
    journal.wait_behind("reg_b", "reg_a")
    journal.submit("reg_c", "acme", amount=None, close_date=None)
    journal.submit("reg_d", "bolt", amount=Money.of(300, "EUR"), products=("MG Special", "GTX Pro"))
    journal.complete("reg_d", products=("MG Special", "GTX Pro"))
    journal.protect("reg_d")
    journal.opportunity("opp_1", "reg_d")
    journal.submit("reg_e", "acme", customer=r.Customer(legal_name="Initech 100%"))
    journal.complete("reg_e")
    journal.add(r.RegistrationRejected(registration="reg_e", code="not_eligible"))
    return journal


async def test_the_list_shows_each_registration_newest_first(world: World, journal: Journal) -> None:
    await world.show(journal)
    response = await world.get("/v1/pipeline", await world.key())
    assert ids(response) == ["reg_e", "reg_d", "reg_c", "reg_b", "reg_a"]
    protected = response.json()["items"][-1]
    assert (protected["state"], protected["amount"]) == ("protected", {"amount": "1.00", "currency": "USD"})
    assert protected["days_left"] == 90
    waiting = response.json()["items"][3]
    assert (waiting["state"], waiting["behind"][0]["registration"]) == ("waiting", "reg_a")


@pytest.mark.parametrize(
    "query, expected",
    [
        ({"state": ["protected", "waiting"]}, ["reg_a", "reg_b", "reg_d"]),
        ({"partner": "bolt"}, ["reg_b", "reg_d"]),
        ({"product": "GTX Pro"}, ["reg_d"]),
        ({"customer": "globex"}, ["reg_a", "reg_b", "reg_c", "reg_d"]),
        ({"customer": "0%"}, ["reg_e"]),
        ({"customer": "G%x"}, []),
        ({"currency": "EUR"}, ["reg_d"]),
        ({"opportunity": "linked"}, ["reg_d"]),
        ({"opportunity": "none", "partner": "bolt"}, ["reg_b"]),
        ({"close_from": "2026-03-02", "close_to": "2026-04-01"}, ["reg_b"]),
        ({"external_id": "A-1"}, ["reg_a"]),
        ({"protected_before": "2026-04-05T09:12:00Z"}, ["reg_a"]),
        ({"program": "other"}, []),
    ],
)
async def test_filters(world: World, journal: Journal, query: dict[str, Any], expected: list[str]) -> None:
    journal.add(r.RegistrationWithdrawn(registration="reg_c"))
    await world.show(journal)
    assert sorted(ids(await world.get("/v1/pipeline", await world.key(), **query))) == expected


async def test_sorting_puts_absent_values_last_in_both_directions(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    upwards = ids(await world.get("/v1/pipeline", key, sort="close_date"))
    assert (upwards[0], upwards[-1]) == ("reg_a", "reg_c")
    assert ids(await world.get("/v1/pipeline", key, sort="-close_date"))[-1] == "reg_c"


@pytest.mark.parametrize("sort", ["submitted_at", "-close_date", "amount", "partner", "-state", "protected_until"])
async def test_pages_meet_every_row_once_while_the_world_moves_on(world: World, journal: Journal, sort: str) -> None:
    await world.show(journal)
    key = await world.key()
    whole = ids(await world.get("/v1/pipeline", key, sort=sort))
    response = await world.get("/v1/pipeline", key, sort=sort, limit=2)
    seen = ids(response)
    number = 0
    while link := response.json()["next"]:
        # Rows appear, change state and move in the order between any two pages.
        number += 1
        journal.submit(f"reg_new{number}", "acme", close_date=date(2025, 1, number), amount=Money.of(number, "USD"))
        if number == 1:
            journal.expire("reg_d", cause="its-deadline")
        await world.show(journal)
        response = await world.client.get(link, headers=key)
        seen += ids(response)
        assert ('rel="next"' in response.headers["link"]) == (response.json()["next"] is not None)
    assert seen == whole


async def test_as_of_a_number_shows_what_was_then(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    response = await world.get("/v1/pipeline", key, as_of="2")
    assert ids(response) == ["reg_a"]
    assert response.json()["items"][0]["state"] == "draft"
    assert response.json()["seq"] == 2
    # Within a fact a registration is as that fact left it: what it is in between, nobody was ever told.
    within = await world.get("/v1/pipeline", key, as_of="3")
    assert (within.json()["items"][0]["state"], within.json()["seq"]) == ("protected", 3)
    assert ids(await world.get("/v1/pipeline", key, as_of="0")) == []


async def test_as_of_an_instant_is_the_last_entry_known_by_then(world: World) -> None:
    journal = Journal()
    journal.submit("reg_a")
    journal.complete("reg_a")
    # A deadline falls due early but is written late: known late, so an instant between does not see it.
    journal.protect("reg_a", until=journal.clock + timedelta(days=1))
    late = journal.clock + timedelta(days=40)
    journal.expire("reg_a", clock=journal.clock + timedelta(days=1), known_at=late, cause="its-deadline")
    journal.add(submitted("reg_b"), known_at=late - timedelta(days=1))
    await world.show(journal)
    key = await world.key()

    async def states(moment: Any) -> list[str]:
        response = await world.get("/v1/pipeline", key, as_of=moment.isoformat(), sort="submitted_at")
        return [one["state"] for one in response.json()["items"]]

    assert await states(late - timedelta(seconds=1)) == ["protected"]
    assert await states(late) == ["expired", "draft"]
    assert await states(journal.start) == []


async def test_every_instant_names_the_entry_that_a_reading_from_the_start_finds(world: World) -> None:
    journal = Journal()
    for number, hours in enumerate((0, 3, 1, 3, 3, 2, 7, 5, 8, 8, 4, 9, 20)):
        journal.add(submitted(f"reg_{number}"), known_at=journal.start + timedelta(hours=hours))
    await world.show(journal)
    key = await world.key()
    for half_hours in range(-1, 42):
        moment, last = journal.start + timedelta(hours=half_hours / 2), 0
        for entry in journal.entries:
            if entry.known_at > moment:
                break
            last = entry.seq
        response = await world.get("/v1/pipeline", key, as_of=moment.isoformat())
        assert response.json()["seq"] == last, moment


async def test_as_of_the_future_is_refused_and_beyond_the_view_is_waited_for(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    beyond = await world.get("/v1/pipeline", key, as_of="999", wait="0")
    assert (beyond.status_code, beyond.json()["code"]) == (503, "position.not_reached")
    assert beyond.headers["retry-after"]
    future = await world.get("/v1/pipeline", key, as_of="2999-01-01T00:00:00Z")
    assert (future.status_code, future.json()["errors"][0]["code"]) == (422, "time.future")


async def test_every_wrong_parameter_is_named_at_once(world: World, journal: Journal) -> None:
    key = await world.key()
    response = await world.get("/v1/pipeline", key, state="sold", limit="0", close_from="2026-02-30", colour="red")
    assert response.status_code == 422
    assert {one["field"] for one in response.json()["errors"]} == {"state.0", "limit", "close_from", "colour"}
    unknown = await world.get("/v1/pipeline", key, sort="colour")
    assert unknown.json()["errors"][0]["field"] == "sort"


async def test_a_cursor_is_good_for_its_own_question_and_caller_only(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    cursor = (await world.get("/v1/pipeline", key, limit=1)).json()["next"].partition("cursor=")[2]
    assert (await world.get("/v1/pipeline", key, cursor=cursor)).status_code == 200
    for headers, query in (
        (key, {"state": "draft"}),
        (key, {"sort": "partner"}),
        (await world.key("other"), {}),
        (await world.key(partner="acme"), {}),
    ):
        response = await world.get("/v1/pipeline", headers, cursor=cursor, **query)
        assert (response.status_code, response.json()["code"]) == (422, "cursor.invalid")
    assert (await world.get("/v1/pipeline", key, cursor=cursor[:-4] + "AAAA")).status_code == 422


async def test_sparse_fields(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    items = (await world.get("/v1/pipeline", key, fields="registration,state", limit=1)).json()["items"]
    assert items == [{"registration": "reg_e", "state": "rejected"}]
    assert (await world.get("/v1/pipeline", key, fields="colour")).json()["errors"][0]["code"] == "field.unknown"


async def test_an_unchanged_list_is_not_sent_twice(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key()
    first = await world.get("/v1/pipeline", key)
    again = {**key, "If-None-Match": first.headers["etag"]}
    assert (await world.get("/v1/pipeline", again)).status_code == 304
    journal.submit("reg_f")
    await world.show(journal)
    assert (await world.get("/v1/pipeline", again)).status_code == 200


@pytest.mark.parametrize("partner", [None, "acme"])
async def test_an_unchanged_page_with_a_next_one_is_not_sent_twice(
    world: World, journal: Journal, partner: str | None
) -> None:
    await world.show(journal)
    key = await world.key(partner=partner)
    first = await world.get("/v1/pipeline", key, limit=1)
    assert first.json()["next"] is not None
    for known in (first.headers["etag"], first.headers["etag"].removeprefix("W/"), f'"x", {first.headers["etag"]}'):
        again = await world.get("/v1/pipeline", {**key, "If-None-Match": known}, limit=1)
        assert (again.status_code, again.content) == (304, b""), known
        assert again.headers["etag"] == first.headers["etag"]
    assert (await world.get("/v1/pipeline", {**key, "If-None-Match": '"x"'}, limit=1)).status_code == 200


async def test_a_cursor_of_the_same_question_is_the_same_for_vendors_alone(world: World, journal: Journal) -> None:
    await world.show(journal)
    for partner, texts in ((None, 1), ("acme", 2)):
        key = await world.key(partner=partner)
        found = {(await world.get("/v1/pipeline", key, limit=1)).json()["next"] for _ in range(2)}
        assert len(found) == texts, partner
        for following in found:
            assert len(ids(await world.client.get(following, headers=key))) == 1


async def test_what_is_there_matches_any_etag(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = {**(await world.key()), "If-None-Match": "*"}
    for path in ("/v1/pipeline", "/v1/pipeline?limit=1", "/v1/registrations/reg_a"):
        assert (await world.get(path, key)).status_code == 304, path
    assert (await world.get("/v1/registrations/reg_none", key)).status_code == 404


@pytest.mark.parametrize(
    "accept, kind",
    [
        ("text/csv;q=0, application/json", "application/json"),
        ("application/json;q=0.1, text/csv", "text/csv"),
        ("text/*", "text/csv"),
        ("*/*", "application/json"),
        ("application/xml", None),
        ("application/json;q=0", None),
    ],
)
@pytest.mark.parametrize("path", ["/v1/pipeline", "/v1/ledger"])
async def test_the_answer_has_the_form_that_is_accepted(
    world: World, journal: Journal, path: str, accept: str, kind: str | None
) -> None:
    await world.show(journal)
    answer = await world.get(path, {**(await world.key()), "Accept": accept})
    assert "Accept" in answer.headers["vary"]
    if kind is None:
        assert (answer.status_code, answer.json()["code"]) == (406, "accept.none")
    else:
        assert answer.headers["content-type"].partition(";")[0] == kind


@pytest.mark.parametrize("opening", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_begins_as_a_formula(opening: str) -> None:
    assert safe(f"{opening}1+1") == f"'{opening}1+1"


async def test_csv_has_every_row_and_starts_no_formula(world: World, journal: Journal) -> None:
    journal.submit("reg_f", customer=r.Customer(legal_name="=HYPERLINK(1)"))
    await world.show(journal)
    key = {**(await world.key()), "Accept": "text/csv"}
    response = await world.get("/v1/pipeline", key, limit=1)
    assert response.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(response.text)))
    assert [one["registration"] for one in rows] == ["reg_a", "reg_b", "reg_c", "reg_d", "reg_e", "reg_f"]
    assert (rows[0]["amount"], rows[0]["currency"], rows[3]["products"]) == ("1.00", "USD", "MG Special; GTX Pro")
    assert rows[5]["customer"] == "'=HYPERLINK(1)"


async def test_a_summary_never_adds_across_currencies(world: World, journal: Journal) -> None:
    journal.win("opp_1", "reg_d", amount=Money.of(450, "GBP"))
    await world.show(journal)
    key = await world.key()
    groups = (await world.get("/v1/pipeline/summary", key, group_by="partner")).json()["groups"]
    acme, bolt = groups
    assert (acme["key"], acme["registrations"]) == ("acme", 3)
    assert acme["amounts"] == [{"amount": "551.00", "currency": "USD"}]
    assert bolt["amounts"] == [{"amount": "3.00", "currency": "EUR"}, {"amount": "2.00", "currency": "USD"}]
    assert bolt["won_value"] == [{"amount": "4.50", "currency": "GBP"}]
    products = (await world.get("/v1/pipeline/summary", key, group_by="product")).json()["groups"]
    assert {one["key"]: one["registrations"] for one in products} == {"GTX Basic": 4, "GTX Pro": 1, "MG Special": 1}
    for name in ("state", "program", "customer", "currency"):
        counted = (await world.get("/v1/pipeline/summary", key, group_by=name)).json()["groups"]
        assert sum(one["registrations"] for one in counted) == 5


async def test_counts_without_amounts_are_the_same_counts(world: World, journal: Journal) -> None:
    journal.win("opp_1", "reg_d", amount=Money.of(450, "GBP"))
    await world.show(journal)
    filters = ({}, {"state": "protected"}, {"partner": "bolt"}, {"customer": "no such"})
    for key in (await world.key(), await world.key(partner="bolt")):
        for name in ("state", "partner", "program", "product", "customer", "currency"):
            for chosen in (*filters, {"as_of": datetime.now(UTC).isoformat()}):
                whole = (await world.get("/v1/pipeline/summary", key, group_by=name, **chosen)).json()
                counts = (await world.get("/v1/pipeline/summary", key, group_by=name, amounts="false", **chosen)).json()
                for one in whole["groups"]:
                    del one["amounts"], one["won_value"]
                assert counts == whole


async def test_days_are_counted_from_the_vendors_clock_while_it_imports_and_from_now_once_live(world: World) -> None:
    journal = Journal()
    journal.add(v.VendorCreated(name="Maven", mode="importing"))
    journal.submit("reg_a")
    journal.complete("reg_a")
    journal.protect("reg_a", until=journal.clock + timedelta(days=10))
    await world.show(journal)
    key = await world.key()
    assert (await world.get("/v1/pipeline", key)).json()["items"][0]["days_left"] == 10
    journal.add(v.VendorWentLive())
    await world.show(journal)
    # The real now is long after that journal's days.
    assert (await world.get("/v1/pipeline", key)).json()["items"][0]["days_left"] == 0
    assert (await world.get("/v1/pipeline", key, as_of=str(journal.seq - 1))).json()["items"][0]["days_left"] == 10


async def test_the_largest_won_values_of_one_registration_are_summed_without_loss(world: World) -> None:
    journal = Journal()
    journal.submit("reg_1", "acme")
    journal.complete("reg_1")
    journal.protect("reg_1")
    largest = Money.of(2**63 - 1, "JPY")
    for one in ("opp_1", "opp_2", "opp_3"):
        journal.opportunity(one, "reg_1")
        journal.win(one, "reg_1", amount=largest)
    await world.show(journal)
    key = await world.key()
    whole = [{"amount": str(3 * (2**63 - 1)), "currency": "JPY"}]
    shown = (await world.get("/v1/registrations/reg_1", key)).json()
    assert shown["opportunities"]["won_value"] == whole
    groups = (await world.get("/v1/pipeline/summary", key, group_by="partner")).json()["groups"]
    assert [group["won_value"] for group in groups] == [whole]
