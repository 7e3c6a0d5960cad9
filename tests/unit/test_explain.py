"""What `dealreg explain` tells of histories that the decider wrote."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from pathlib import Path

import orjson
import pytest
from rich.console import Console

from dealreg.commands.explain import document, show
from services.projections.timeline.documents import Row, Story
from services.projections.timeline.finding import StoryUnknown, found_story
from services.projections.views import FEED
from services.projections.views.feed_rows import FeedRows
from shared.events.case import CaseResolved
from shared.events.order import OrderRefunded
from shared.events.partner import PartnerChanged
from shared.events.reward import RewardAccrued
from tests import feeds
from tests.unit.attribution.house import House, event, only

TOLD = Path(__file__).parent / "told"
DERIVED = re.compile(r"\b(case|rew)_[0-9a-f]{32}")
POLICY = {
    "credit": {"roles": {"sourced": 70, "influenced": 20, "fulfilled": 10}},
    "rewards": [{"name": "rebate", "kind": "rebate", "on": "won", "pct": 10, "hold_days": 30}],
    "clawback": {"on": ["refund"], "within_months": 6},
}


def usd(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


@pytest.fixture
def house() -> House:
    house = House().open(POLICY, partners="acme bolt")
    house.when(event(PartnerChanged, partner="acme", name="Acme Systems"))
    house.when(event(PartnerChanged, partner="bolt", name="Bolt [Ltd]"))
    return house


async def told(house: House, id_: str) -> Story:
    rows = [
        Row(row.seq, None, row.type, row.version, row.decision, row.clock, row.known_at, row.cause, row.principal,
            row.subjects, orjson.loads(feeds.content_of(row)))
        for row in FEED.fold(FeedRows(), house.entries).feed
    ]  # fmt: skip

    async def read(subjects: Sequence[str], types: Sequence[str] | None = None) -> list[Row]:
        return [
            row for row in rows if {*row.subjects} & {*subjects} and (types is None or row.type in types)
        ]  # fmt: skip

    return await found_story(read, "acme", id_, len(rows))


async def text(house: House, id_: str) -> str:
    out = io.StringIO()
    show(await told(house, id_), Console(file=out, width=120, highlight=False))
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def breach(house: House) -> str:
    """bolt wins what acme holds, for 1,000; a tenth is refunded. Returns the reward that a case holds."""
    house.submit("reg_a", "acme", amount=usd("900.00"))
    house.submit("reg_b", "bolt", day=1)
    won = house.crm("won", "opp_1", day=2, partner="bolt", amount=usd("1000.00"))
    refund = {"opportunity": "opp_1", "connection": "crm", "external_id": "opp_1", "refund": "f1"}
    house.when(event(OrderRefunded, **refund, amount=usd("100.00")), day=3)
    return only(won, RewardAccrued).reward


def same(told: str, name: str) -> None:
    """The text is the golden one; ids that the decider derives are left out."""
    assert DERIVED.sub(r"\1_…", told) == (TOLD / f"{name}.txt").read_text()


async def test_a_breach_is_told_from_both_claims_to_what_waits_for_whom(house: House) -> None:
    reward = breach(house)
    deal = await text(house, "opp_1")
    same(deal, "breach")
    # The reward's story is the deal's, told from its claim.
    assert (await text(house, reward)).splitlines()[-4:] == deal.splitlines()[-4:]


async def test_a_case_that_is_released_leaves_what_a_suspension_holds(house: House) -> None:
    breach(house)
    [case] = {row.event.case for row in house.entries if row.event.type == "case.opened"}  # type: ignore[attr-defined]
    house.suspend("acme", day=4)
    house.when(event(CaseResolved, case=case, verdict="release", reason="both agree"), day=5)
    story = await told(house, case)
    assert (story.kind, story.rewards[0].cases, story.rewards[0].blocked) == ("case", (), "partner.suspended")
    house.wait_until(40)
    same(await text(house, case), "suspended")
    house.reinstate("acme", day=41)
    assert (
        (await text(house, case))
        .splitlines()[-1]
        .startswith("  Acme Systems: 90.00 USD left of 100.00 USD, payable since 11 Feb 2026 09:00, due now")
    )


async def test_what_people_said_of_its_customer_is_told_of_either_claim(house: House) -> None:
    nile, delta = (
        {"legal_name": "Nile Trading", "tax_id": "204-829-305", "country": "EG"},
        {"legal_name": "Delta Works"},
    )
    house.submit("reg_a", "acme", customer={"city": "Cairo"})
    house.submit("reg_b", "bolt", customer={**delta, "tax_id": None, "country": None}, day=1)
    house.match("reg_b", "reg_a", same=True, day=2)
    house.unmatch("reg_a", "reg_b", day=3)
    house.merge(delta, nile, day=4)
    for claim in ("reg_a", "reg_b"):
        said = [one.sentence for one in (await told(house, claim)).lines if one.type.startswith("customer.")]
        assert [one.rpartition(": ")[2] for one in said] == [
            "A reviewer says that Bolt [Ltd] (reg_b) and Acme Systems (reg_a) have the same customer.",
            "A reviewer revokes the answer on the customers of Acme Systems (reg_a) and Bolt [Ltd] (reg_b).",
            "A reviewer says that Delta Works and Nile Trading are one customer from now on.",
        ]


async def test_a_win_taken_back_leaves_no_credit_and_nothing_due(house: House) -> None:
    house.submit("reg_a", "acme")
    house.crm("won", "opp_1", day=1, partner="acme", amount=usd("1000.00"))
    house.crm("reopened", "opp_1", day=2, partner="acme")
    story = await told(house, "reg_a")
    assert (story.credit, [one.status for one in story.rewards]) == ([], ["reversed"])
    assert [one.state for one in story.claims] == ["protected"]
    same(await text(house, "reg_a"), "reopened")


async def test_a_refund_that_waits_for_its_win_is_told_and_then_that_it_counts(house: House) -> None:
    house.submit("reg_a", "acme")
    refund = {"opportunity": "opp_1", "connection": "crm", "external_id": "opp_1", "refund": "f1"}
    house.when(event(OrderRefunded, **refund, amount=usd("100.00")), day=1)
    alone = [one.sentence for one in (await told(house, "opp_1")).lines]
    assert alone[-1] == "The refund waits: the opportunity is not won; it counts at the win."
    house.crm("won", "opp_1", day=2, partner="acme", amount=usd("1000.00"))
    for about in ("opp_1", "reg_a"):
        story = await told(house, about)
        assert "Refunded: 100.00 USD; 100.00 USD of the order in all." in [one.sentence for one in story.lines]
        assert {share.amount.amount for share in story.credit if share.role == "sourced"} <= {"900.00", "630.00"}


async def test_a_rival_that_was_rejected_reads_by_whom(house: House) -> None:
    house.submit("reg_a", "acme")
    house.submit("reg_b", "bolt", day=1)
    house.review("reg_b", "reject", code="duplicate", day=2)
    same(await text(house, "reg_b"), "rejected")
    # Of the holder's story the rival's claim is part, and says whose it is.
    assert "Bolt [Ltd] (reg_b): Waits" in await text(house, "reg_a")


async def test_other_deals_of_a_registration_have_stories_of_their_own(house: House) -> None:
    house.submit("reg_a", "acme")
    house.crm("won", "opp_1", day=1, partner="acme", amount=usd("1000.00"))
    house.crm("won", "opp_2", day=2, partner="acme", amount=usd("77.00"))
    second = await told(house, "opp_2")
    assert not [line for line in second.lines if "opp_1" in line.sentence or "1,000.00" in line.sentence]
    assert [one.state for one in second.claims] == ["converted"]
    assert {share.opportunity for share in second.credit} == {"opp_2"}
    both = await text(house, "reg_a")
    assert both.splitlines()[-1] == "  In all, Acme Systems: 107.70 USD held"


async def test_json_is_the_story_field_by_field(house: House) -> None:
    reward = breach(house)
    content = orjson.loads(orjson.dumps(document(await told(house, reward))))
    assert list(content) == [
        "vendor", "about", "kind", "title", "as_of", "complete", "zone", "partners", "claims", "lines", "credit",
        "rewards",
    ]  # fmt: skip
    assert list(content["lines"][0]) == ["seq", "at", "type", "registration", "by", "sentence", "policy", "findings"]
    assert list(content["claims"][0]) == ["registration", "partner", "customer", "state", "protected_until"]
    assert content["credit"][1] == {
        "opportunity": "opp_1", "partner": None, "role": "influenced", "portion": "1/5", "amount": usd("180.00"),
    }  # fmt: skip
    [owed] = content["rewards"]
    assert owed == {
        "reward": reward, "name": "rebate", "partner": "acme", "opportunity": "opp_1", "amount": usd("100.00"),
        "left": usd("90.00"),
        "status": "held", "due_at": "2026-02-03T00:00:00+00:00", "cases": owed["cases"], "blocked": None,
    }  # fmt: skip
    assert len(owed["cases"]) == 1


async def test_what_nobody_told_of_is_unknown(house: House) -> None:
    with pytest.raises(StoryUnknown) as refused:
        await told(house, "reg_nothing")
    assert refused.value.code == "story.unknown"
