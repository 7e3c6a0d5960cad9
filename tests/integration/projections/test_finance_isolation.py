"""G10 for money: a vendor never reads another's, a partner reads its own and nothing that gives a rival away."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from shared.events.money import Money
from shared.events.opportunity import OpportunityChanged
from shared.events.partner import PartnerSuspended
from tests.integration.projections.conftest import World
from tests.journals import Journal
from tests.journals_money import Till, won_deal

SECRETS = ("rival", "9876.54", "987.65", "1975.31", "691.36", "432.10", "teaming", "JPY")
"""Whatever is the rival's in these journals, and what the house has: none of it may reach acme."""
LISTS = ("/v1/credits", "/v1/rewards", "/v1/payouts", "/v1/ledger", "/v1/cases")
SHEETS = LISTS
SUMMARIES = tuple(f"/v1/payouts/summary?group_by={one}" for one in ("partner", "program", "currency", "month"))
ONE = ("/v1/cases/case_1", "/v1/opportunities/opp_breach/attribution", "/v1/rewards/rew_breach",
       "/v1/rewards/rew_breach/explanation", "/v1/rewards/rew_acme1/explanation")  # fmt: skip
EVERY = (*LISTS, *SUMMARIES, *ONE)
CSV = {"Accept": "text/csv"}

RIVALS = {
    "/v1/credits": ("partner=rival", "registration=reg_rival", "opportunity=opp_rival1", "currency=JPY", "house=true"),
    "/v1/rewards": ("partner=rival", "registration=reg_rival1", "opportunity=opp_rival1", "program=teaming",
                    "currency=JPY", "reward=rew_rival1", "case=case_2"),
    "/v1/payouts": ("partner=rival", "program=teaming", "currency=JPY"),
    "/v1/ledger": ("partner=rival", "registration=reg_rival1", "opportunity=opp_rival1", "program=teaming",
                   "currency=JPY", "reward=rew_rival1"),
    "/v1/cases": ("partner=rival", "registration=reg_rival1", "opportunity=opp_acme2"),
}  # fmt: skip
"""Filters that name what is not acme's."""


@pytest.fixture
def journal() -> Journal:
    """rival wins a deal that acme holds, and acme one that rival holds; each has another deal, too."""
    journal = Journal()
    won_deal(journal, 1, minor=100_000)
    won_deal(journal, 1, "rival", minor=777_777, currency="JPY")
    journal.submit("reg_acme", "acme")
    journal.complete("reg_acme")
    journal.protect("reg_acme")
    journal.submit("reg_rival", "rival")
    journal.opportunity("opp_breach", "reg_rival", partner="rival")
    journal.win("opp_breach", "reg_rival", case="breach", amount=Money.of(987_654, "USD"))
    till = Till(journal)
    till.open_case("case_1", "opp_breach", "reg_acme", "reg_rival")
    till.credit(
        "opp_breach", "reg_rival", ("sourced", "acme", 691_358), ("influenced", None, 197_531),
        ("fulfilled", "rival", 98_765), case="breach",
    )  # fmt: skip
    till.accrue("rew_breach", "acme", "reg_acme", "opp_breach", 30_303, base=987_654, cases=("case_1",))
    journal.submit("reg_acme2", "acme")
    journal.opportunity("opp_acme2", "reg_acme2", partner="acme")
    journal.win("opp_acme2", "reg_acme2", case="breach", amount=Money.of(20_000, "USD"))
    till.open_case("case_2", "opp_acme2", "reg_rival1", "reg_acme2")
    till.accrue("rew_rival2", "rival", "reg_rival1", "opp_acme2", 43_210, cases=("case_2",), program="teaming")
    return journal


def rows_of(response: Any) -> list[Any]:
    """What a list or a summary answers with."""
    content = response.json()
    return list(content.get("items", content.get("groups", [])))


async def test_a_partner_reads_its_own_money_and_nothing_of_its_rival(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key(partner="acme")
    moment = journal.clock.isoformat().replace("+00:00", "Z")
    for path in (*EVERY, "/v1/events?limit=500", *(f"{one}?as_of={moment}" for one in (*LISTS, *ONE))):
        response = await world.client.get(path, headers=key)
        assert response.status_code == 200, path
        assert rows_of(response) or path.startswith(ONE), path
        for secret in (*SECRETS, '"seq"'):
            assert secret not in response.text, (path, secret)
    for path in SHEETS:
        response = await world.client.get(path, headers={**key, **CSV})
        assert int(response.headers["Dealreg-Rows"]) == response.text.count("\r\n") - 1 > 0
        for secret in SECRETS:
            assert secret not in response.text + response.headers["Dealreg-Totals"], (path, secret)


async def test_a_feed_has_the_money_of_its_partner_beside_its_claims(world: World, journal: Journal) -> None:
    await world.show(journal)
    for partner, deal, value in (("acme", "rew_breach", False), ("rival", "rew_rival2", True)):
        events = rows_of(await world.get("/v1/events", await world.key(partner=partner), limit=500))
        money: list[Any] = [one for one in events if one["type"].startswith(("credit.", "reward.", "case."))]
        assert [one["type"] for one in money if f"reward:{deal}" in one["subjects"]] == ["reward.accrued"]
        shared = [one for one in money if "shares" in one["data"]]
        [credited] = [one for one in shared if one["data"]["opportunity"] == "opp_breach"]
        # The deal is rival's: what it is worth is told to rival alone.
        assert ("value" in credited["data"]) == value
        assert [share["partner"] for share in credited["data"]["shares"]] == [partner]
        assert [one["type"] for one in money].count("case.opened") == 1


async def test_no_filter_reaches_or_counts_a_rivals_money(world: World, journal: Journal) -> None:
    await world.show(journal)
    for partner, seen in (("acme", False), (None, True)):
        key = await world.key(partner=partner)
        for path, filters in RIVALS.items():
            for narrowed in filters:
                response = await world.client.get(f"{path}?{narrowed}", headers=key)
                assert bool(response.json()["items"]) == seen, (path, narrowed, partner)
                if path in SHEETS:
                    sheet = await world.client.get(f"{path}?{narrowed}", headers={**key, **CSV})
                    assert (sheet.headers["Dealreg-Rows"] != "0") == bool(sheet.headers["Dealreg-Totals"]) == seen
        for narrowed in RIVALS["/v1/payouts"]:
            summary = await world.client.get(f"/v1/payouts/summary?group_by=month&{narrowed}", headers=key)
            assert bool(summary.json()["groups"]) == seen, narrowed


async def test_what_is_a_rivals_is_answered_as_unknown(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key(partner="acme")
    for path, made_up in (
        ("/v1/cases/case_2", "/v1/cases/case_nobody"),
        ("/v1/opportunities/opp_rival1/attribution", "/v1/opportunities/opp_nobody/attribution"),
    ):
        theirs, nobodys = [await world.client.get(one, headers=key) for one in (path, made_up)]
        assert (theirs.status_code, theirs.json()["code"]) == (404, nobodys.json()["code"])
        assert (await world.client.get(path, headers=await world.key())).status_code == 200


async def test_another_vendor_reads_nothing_whatever_its_partners_are_called(world: World, journal: Journal) -> None:
    other = Journal("other")
    other.submit("reg_o", "acme")
    await world.show(journal, other)
    for key in (await world.key("other"), await world.key("other", partner="acme")):
        for path in (*EVERY, *(f"{one}?partner=acme" for one in LISTS)):
            response = await world.client.get(path, headers=key)
            if path in ONE:
                assert response.status_code == 404, path
            else:
                assert response.status_code == 200, path
                assert not rows_of(response), path
        for path in SHEETS:
            assert (await world.client.get(path, headers={**key, **CSV})).headers["Dealreg-Rows"] == "0"


async def test_a_cursor_opens_for_nobody_else(world: World, journal: Journal) -> None:
    journal.submit("reg_acme3", "acme")
    journal.win("opp_acme3", "reg_acme3", case="breach")
    Till(journal).open_case("case_3", "opp_acme3", "reg_acme", "reg_acme3")
    await world.show(journal)
    keys = [await world.key(), await world.key(partner="acme"), await world.key(partner="rival"), await world.key("o")]
    for path in LISTS:
        for owner, key in enumerate(keys[:2]):
            following = (await world.client.get(f"{path}?limit=1", headers=key)).json()["next"]
            assert following, path
            for other in keys[:owner] + keys[owner + 1 :]:
                response = await world.client.get(following, headers=other)
                assert (response.status_code, response.json()["code"]) == (422, "cursor.invalid"), path
            assert (await world.client.get(following, headers=key)).status_code == 200


async def test_a_partner_names_moments_not_sequence_numbers(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key(partner="acme")
    for path in (*LISTS, "/v1/payouts/summary", *ONE):
        for query in ({"as_of": "30"}, {"min_position": "30"}):
            more: dict[str, Any] = {"group_by": "month"} if path.endswith("summary") else {}
            response = await world.get(path, key, **query, **more)
            assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "position.vendor_only"), path


async def test_money_needs_its_own_scope(world: World, journal: Journal) -> None:
    await world.show(journal)
    poor = await world.key(partner="acme", scopes=("pipeline:read", "events:read"))
    for path in EVERY:
        response = await world.client.get(path, headers=poor)
        assert (response.status_code, response.json()["code"]) == (403, "scope.missing"), path
        assert (await world.client.get(path)).status_code == 401, path


async def test_a_suspended_partner_still_reads_its_own(world: World, journal: Journal) -> None:
    await world.show(journal)
    key = await world.key(partner="acme")
    before = {path: (await world.client.get(path, headers=key)).json() for path in (*LISTS, *ONE)}
    journal.add(PartnerSuspended(partner="acme", reason="audit"))
    await world.show(journal)
    for path, content in before.items():
        response = await world.client.get(path, headers=key)
        assert (response.status_code, response.json()) == (200, content), path


async def test_a_file_names_the_deal_only_to_the_partner_whose_deal_it_is(world: World, journal: Journal) -> None:
    journal.add(
        OpportunityChanged(opportunity="opp_breach", connection="crm", external_id="OPP_BREACH", order_number="SO-9")
    )
    await world.show(journal)
    for path in ("/v1/credits", "/v1/rewards", "/v1/ledger"):
        asked = f"{path}?opportunity=opp_breach&partner=acme"
        for partner, order in (("acme", ""), (None, "SO-9")):
            answer = await world.client.get(asked, headers={**await world.key(partner=partner), **CSV})
            rows = list(csv.DictReader(io.StringIO(answer.text)))
            assert {(row["crm_id"] != "", row["order_number"]) for row in rows} == {(partner is None, order)}, path
    answer = await world.client.get(
        "/v1/credits?opportunity=opp_breach", headers={**await world.key(partner="acme"), **CSV}
    )
    assert [row["customer"] for row in csv.DictReader(io.StringIO(answer.text))] == [""]
