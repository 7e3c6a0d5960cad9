"""Laws of money over any history of wins, changes, refunds, suspensions and decisions (G5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.attribution.domain.documents.keys import Key
from services.attribution.domain.documents.money import Case, Credit, Reward
from services.attribution.domain.documents.opportunity import Opportunity
from services.attribution.domain.documents.partner import Partner
from shared.events.case import CaseResolved
from shared.events.envelope import Entry
from shared.events.opportunity import LinkDecided
from shared.events.order import OrderCancelled, OrderRefunded
from shared.events.partner import PartnerReinstated, PartnerSuspended
from tests.unit.attribution.house import House, event

PARTNERS = ("A", "B")
OPPORTUNITIES = ("o1", "o2", "o3")
LIMIT = 92_233_720_368_547_758_07

POLICIES = st.fixed_dictionaries(
    {
        "credit": st.fixed_dictionaries(
            {
                "model": st.sampled_from(["registered", "linear", "time_decay", "position_based"]),
                "roles": st.sampled_from(
                    [{"sourced": 90, "fulfilled": 10}, {"sourced": 70, "influenced": 20, "fulfilled": 10}]
                ),
                "late_win_days": st.just(30),
            }
        ),
        "rewards": st.lists(
            st.fixed_dictionaries(
                {
                    "name": st.sampled_from(["rebate", "fee"]),
                    "kind": st.just("rebate"),
                    "on": st.sampled_from(["won", "approved"]),
                    "role": st.sampled_from(["sourced", "fulfilled"]),
                    "pct": st.sampled_from([10, "0.5", 50]),
                    "hold_days": st.sampled_from([0, 30]),
                },
                optional={"cap": st.just({"amount": 500, "currency": "USD"})},
            ),
            min_size=1,
            max_size=2,
            unique_by=lambda reward: reward["name"],
        ),
        "clawback": st.just({"on": ["cancel", "refund"], "within_months": 2}),
    }
)
# fmt: off
KINDS = ("submit", "created", "won", "won", "lost", "reopened", "refund", "cancel", "suspend", "reinstate", "resolve",
         "link", "wait")
# fmt: on
AMOUNTS = st.one_of(st.integers(0, 200_000), st.sampled_from([1, 3, LIMIT]))
STEPS = st.lists(
    st.tuples(
        st.sampled_from(KINDS),
        st.sampled_from(OPPORTUNITIES),
        st.sampled_from(PARTNERS),
        AMOUNTS,
        st.sampled_from(["USD", "USD", "JPY"]),
        st.integers(0, 40),
    ),
    min_size=3,
    max_size=18,
)


class Shop:
    """A house that takes any step, sensible or not; what cannot be taken is refused."""

    def __init__(self, policy: dict[str, Any]) -> None:
        self.house = House().open(policy, partners="A B")
        self.day = 1.0
        self.count = 0

    def take(self, step: tuple[str, str, str, int, str, int]) -> None:
        kind, opportunity, partner, minor, currency, days = step
        self.count += 1
        self.day += days
        amount = {
            "amount": str(minor) if currency == "JPY" else f"{minor // 100}.{minor % 100:02}",
            "currency": currency,
        }
        told = {"opportunity": opportunity, "connection": "crm", "external_id": opportunity, "refund": f"f{self.count}"}
        match kind:
            case "submit":
                self.house.submit(f"r{self.count}", partner, day=self.day, amount=amount)
            case "created" | "lost" | "reopened":
                self.house.crm(kind, opportunity, day=self.day, partner=partner)
            case "won":
                self.house.crm("won", opportunity, day=self.day, partner=partner, amount=amount)
            case "refund":
                self.house.when(event(OrderRefunded, **told, amount=amount), day=self.day)
            case "cancel":
                self.house.when(event(OrderCancelled, **told), day=self.day)
            case "suspend":
                self.house.when(PartnerSuspended(partner=partner, reason="audit"), day=self.day)
            case "reinstate":
                self.house.when(PartnerReinstated(partner=partner), day=self.day)
            case "resolve":
                for case in self.all(Case):
                    verdict = "release" if days % 2 else "reverse"
                    self.house.when(CaseResolved(case=case.id, verdict=verdict, reason="seen"), day=self.day)  # type: ignore[arg-type]
            case "link":
                self.house.when(LinkDecided(opportunity=opportunity, registration=None), day=self.day)
            case _:
                self.house.wait_until(self.day)

    def all(self, cls: type[Any]) -> list[Any]:
        return [one for one in self.house.ledger.documents.values() if isinstance(one, cls)]


def sums(entries: Iterable[Entry], *accounts: str) -> dict[tuple[str, str], int]:
    """Balance by partner and currency over the accounts, or over all of them."""
    found: defaultdict[tuple[str, str], int] = defaultdict(int)
    for entry in entries:
        for posting in getattr(entry.event, "postings", ()):
            if not accounts or posting.account in accounts:
                found[posting.partner, posting.currency] += posting.amount_minor
    return {key: total for key, total in found.items() if total}


@settings(max_examples=60)
@given(POLICIES, STEPS)
def test_books_balance_shares_make_the_whole_and_nothing_is_owed_without_a_reason(
    policy: dict[str, Any], steps: list[tuple[str, str, str, int, str, int]]
) -> None:
    shop = Shop(policy)
    for step in steps:
        shop.take(step)
        assert sums(shop.house.entries) == {}
        assert sums(shop.house.entries, "accrued") == {}
    for credit in shop.all(Credit):
        assert sum(share.amount.minor for share in credit.shares) == (credit.value_minor if credit.active else 0)
        deal = shop.house.ledger.documents[Key("opportunity", credit.opportunity)]
        assert isinstance(deal, Opportunity)
        if credit.active:
            assert deal.latest.amount is not None
            assert credit.value_minor == max(deal.latest.amount.minor - deal.refunded_minor, 0)
    owed: defaultdict[tuple[str, str], int] = defaultdict(int)
    for reward in shop.all(Reward):
        assert 0 <= reward.left_minor <= reward.amount_minor
        owed[reward.partner, reward.currency] -= reward.left_minor
    # Nothing was paid in these histories, so nobody owes anything back and each unit owed belongs to a reward.
    assert sums(shop.house.entries, "held", "payable") == {key: total for key, total in owed.items() if total}
    assert all(total < 0 for total in sums(shop.house.entries, "held", "payable").values())
    for partner in shop.all(Partner):
        waiting = {one.id for one in shop.all(Reward) if one.partner == partner.id and one.blocked and one.left_minor}
        assert set(partner.withheld) == waiting


@settings(max_examples=40)
@given(POLICIES, STEPS)
def test_taking_every_win_back_returns_every_balance_of_wins_to_zero(
    policy: dict[str, Any], steps: list[tuple[str, str, str, int, str, int]]
) -> None:
    won_only = {**policy, "rewards": [{**rule, "on": "won"} for rule in policy["rewards"]]}
    shop = Shop(won_only)
    for step in steps:
        shop.take(step)
    for one in shop.all(Opportunity):
        if one.status == "won":
            shop.house.crm("lost", one.id, day=shop.day, partner="A")
    assert sums(shop.house.entries, "held", "payable", "paid") == {}
    assert sums(shop.house.entries, "expense", "reversed") == {}
    assert not any(credit.active for credit in shop.all(Credit))
    assert not any(case.open for case in shop.all(Case))
