"""What of an entry about money each partner reads: its own share and reward, on its own deal and on a rival's (G10)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import orjson
import pytest

from services.projections.views import FEED
from services.projections.views.audience import readers_of, redacted
from services.projections.views.feed_rows import FeedRows
from shared.events.case import CaseResolved
from shared.events.money import Money
from shared.messages import Words
from tests import feeds
from tests.journals import Journal
from tests.journals_money import Till, won_deal


@pytest.fixture
def journal() -> Journal:
    """rival wins the deal that acme holds; both are credited, acme's reward waits for a person who reverses it."""
    journal = Journal()
    journal.submit("reg_acme", "acme")
    journal.complete("reg_acme")
    journal.protect("reg_acme")
    journal.submit("reg_rival", "rival")
    journal.complete("reg_rival")
    journal.opportunity("opp_1", "reg_rival", partner="rival")
    journal.win("opp_1", "reg_rival", case="breach", amount=Money.of(100_000, "USD"))
    till = Till(journal)
    till.open_case("case_1", "opp_1", "reg_acme", "reg_rival")
    till.credit(
        "opp_1", "reg_rival", ("sourced", "acme", 70_000), ("influenced", None, 20_000), ("fulfilled", "rival", 10_000),
        case="breach",
    )  # fmt: skip
    till.accrue("rew_1", "acme", "reg_acme", "opp_1", 7_000, cases=("case_1",))
    till.refund("opp_1", "r-1", 50_000, 50_000)
    till.credit(
        "opp_1", "reg_rival", ("sourced", "acme", 35_000), ("influenced", None, 10_000), ("fulfilled", "rival", 5_000),
        number=2, case="breach", code="refunded",
    )  # fmt: skip
    till.reverse("rew_1", 3_500)
    till.reverse("rew_1", 3_500, "case_reversed")
    till.resolve("case_1", "opp_1", "reg_acme", "reverse")
    till.uncredit("opp_1", "reg_rival", 3, 50_000)
    return journal


def read(journal: Journal) -> dict[str, list[tuple[str, dict[str, Any]]]]:
    """Each partner's feed: type and content."""
    found = defaultdict(list)
    folded = FEED.fold(FeedRows(), journal.entries)
    for row in feeds.read(folded.feed, folded.partner_feed):
        found[row.partner].append((row.type, orjson.loads(row.data)))
    return found


def contents(journal: Journal, partner: str, type_: str) -> list[dict[str, Any]]:
    return [content for kind, content in read(journal)[partner] if kind == type_]


def test_the_holder_reads_its_money_on_the_rivals_deal_and_nothing_of_the_deal(journal: Journal) -> None:
    own = [(kind, content) for kind, content in read(journal)["acme"] if kind.startswith(("c", "rew", "o"))]
    assert [kind for kind, _ in own] == [
        "case.opened", "credit.assigned", "reward.accrued", "credit.revised", "reward.reversed", "reward.reversed",
        "case.closed", "credit.reversed",
    ]  # fmt: skip
    text = orjson.dumps(own).decode()
    for secret in ("rival", "1000.00", "100.00", "200.00", "500.00"):
        assert secret not in text, secret
    by_type = dict(own)
    assert not {"policy", "value"} & by_type["credit.revised"].keys()
    words = Words(partner="acme")
    said = "Credited to you, revised (part of the order was refunded): 350.00 USD (sourced)."
    assert words.entry("credit.revised", by_type["credit.revised"]) == said
    assert words.entry("reward.accrued", by_type["reward.accrued"]) == "Earned 70.00 USD as rebate."
    assert not {"base", "findings"} & by_type["reward.accrued"].keys()
    assert {posting["partner"] for posting in by_type["reward.accrued"]["postings"]} == {"acme"}


def test_the_winner_reads_what_its_deal_is_worth_and_its_own_share_alone(journal: Journal) -> None:
    own = read(journal)["rival"]
    assert [kind for kind, _ in own if kind.startswith(("c", "rew"))] == [
        "credit.assigned", "credit.revised", "credit.reversed",
    ]  # fmt: skip
    assert [kind for kind, _ in own if kind.startswith(("order", "refund"))] == ["order.refunded", "refund.counted"]
    [assigned] = contents(journal, "rival", "credit.assigned")
    assert (assigned["value"], assigned["policy"]) == ({"amount": "1000.00", "currency": "USD"}, "demo/1")
    assert [share["partner"] for share in assigned["shares"]] == ["rival"]
    text = orjson.dumps(own).decode()
    for secret in ("acme", "700.00", "200.00", "70.00", "case_1"):
        assert secret not in text, secret


def test_an_owner_reads_its_rewards_whole(journal: Journal) -> None:
    alone = Journal()
    won_deal(alone, 1, minor=100_000)
    [accrued] = contents(alone, "acme", "reward.accrued")
    assert accrued["base"] == {"amount": "1000.00", "currency": "USD"}
    said = Words(partner="acme").entry("reward.accrued", accrued)
    assert said == "Earned 100.00 USD as rebate: 10 % of 1,000.00 USD."
    assert sum(posting["amount_minor"] for posting in accrued["postings"]) == 0


def test_who_loses_its_share_is_told_so_once() -> None:
    journal = Journal()
    name = won_deal(journal, 1, minor=1_000)
    till = Till(journal)
    opportunity, registration = f"opp_{name}", f"reg_{name}"
    till.credit(opportunity, registration, ("sourced", "bolt", 1_000), number=2, code="value_changed")
    till.credit(opportunity, registration, ("sourced", "bolt", 900), number=3, code="value_changed")
    [revised] = contents(journal, "acme", "credit.revised")
    assert revised["shares"] == []
    said = Words(partner="acme").entry("credit.revised", revised)
    assert said == "Credited to you, revised (the value changed): nothing any more."
    assert len(contents(journal, "bolt", "credit.revised")) == 2


def test_what_a_person_wrote_about_a_case_is_the_vendors(journal: Journal) -> None:
    resolved = next(one.event for one in journal.entries if isinstance(one.event, CaseResolved))
    assert readers_of(resolved, lambda _: "acme") == []


def test_only_credit_has_several_readers(journal: Journal) -> None:
    for entry in journal.entries:
        if not entry.event.type.startswith("credit."):
            assert len(readers_of(entry.event, lambda _: "acme", ["acme", "rival"])) <= 1


def test_a_case_tells_its_holder_no_policy_but_its_own(journal: Journal) -> None:
    opened = next(one.event for one in journal.entries if one.event.type == "case.opened")
    content = redacted(opened.model_copy(update={"policy": "teaming/3"}), "acme", {"registration:reg_acme": "acme"}.get)
    assert "policy" not in content
