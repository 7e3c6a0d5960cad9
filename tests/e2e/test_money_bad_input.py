"""Bad input about money through the public API: each kind has its rule, and what stands in the books is untouched."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from shared.events.money import Money
from tests.e2e.channel import CUSTOMER, NDJSON, Channel
from tests.e2e.till import (
    AT_ONCE,
    DEAL,
    MONEY,
    REBATE,
    balances,
    chain,
    entries,
    item,
    money,
    refund,
    refused,
    reward_of,
    shares,
    tell,
    win,
)

WON = {"event": "won", "external_id": "O-1", "partner": "a"}


async def selling(channel: Channel, **claim: Any) -> Channel:
    """A holds the deal."""
    await channel.house("a", policy=AT_ONCE)
    await channel.claim("a", **claim)
    return channel.on(10)


async def problems(channel: Channel, body: dict[str, Any]) -> list[tuple[str, str]]:
    """The fields that one row of an import is refused for, at once and with nothing taken."""
    row = channel.row("opportunity", {"connection": "crm", **body})
    answer = await channel.stack.client.post(
        "/v1/bulk",
        content=orjson.dumps(row),
        headers={"Authorization": f"Bearer {channel.key}", "Content-Type": NDJSON},
    )
    told = orjson.loads(answer.content)
    assert told["status"] == 422, told
    return [(one["field"], one["code"]) for one in told["problem"]["errors"]]


class TestAmounts:
    """What is no amount is refused at the edge; what is one keeps its currency's exponent to the last unit."""

    @pytest.mark.parametrize(
        ("body", "expected"),
        [
            ({**WON, "amount": money("-1.00")}, [("body.amount", "money.negative")]),
            ({**WON, "amount": money("100.50", "JPY")}, [("body.amount", "money.decimals")]),
            ({**WON, "amount": money("1.0005", "BHD")}, [("body.amount", "money.decimals")]),
            ({**WON, "amount": money("92233720368547758.08")}, [("body.amount", "money.too_large")]),
            ({**WON, "amount": {"amount": 1000, "currency": "USD"}}, [("body.amount", "money.not_decimal")]),
            ({**WON, "amount": money("2.00"), "items": [item("X", "1.00")]}, [("body.items", "items.sum")]),
            (
                {"event": "refunded", "external_id": "O-1", "refund": "CN-1", "amount": money("0.00")},
                [("body.amount", "refund.nothing")],
            ),
            (
                {"event": "cancelled", "external_id": "O-1", "amount": money("1.00")},
                [("body.amount", "field.not_applicable"), ("body.refund", "field.missing")],
            ),
        ],
    )
    async def test_what_is_no_amount_is_named_with_its_field(
        self, importing: Channel, body: dict[str, Any], expected: list[tuple[str, str]]
    ) -> None:
        assert await problems(importing, body) == expected

    @pytest.mark.parametrize(
        ("amount", "currency", "expected"),
        [
            ("1005", "JPY", ["704", "201", "100"]),
            ("1.005", "BHD", ["0.704", "0.201", "0.100"]),
            ("0.01", "USD", ["0.01", "0.00", "0.00"]),
            ("999999999999999.99", "USD", ["699999999999999.99", "200000000000000.00", "100000000000000.00"]),
            ("999999999999999.999", "BHD", ["699999999999999.999", "200000000000000.000", "100000000000000.000"]),
        ],
    )
    async def test_shares_sum_to_the_whole_in_every_currency(
        self, importing: Channel, amount: str, currency: str, expected: list[str]
    ) -> None:
        channel = await selling(importing)
        deal = await win(channel, "O-1", "a", amount, currency)
        found = [share for _, _, share in await shares(channel, deal)]
        assert found == expected
        assert (
            sum(Money(amount=share, currency=currency).minor for share in found)
            == Money(amount=amount, currency=currency).minor
        )

    async def test_a_win_of_zero_credits_zero_and_owes_nothing(self, importing: Channel) -> None:
        channel = await selling(importing)
        deal = await win(channel, "O-1", "a", "0.00")
        assert await shares(channel, deal) == [
            ("sourced", "a", "0.00"),
            ("influenced", None, "0.00"),
            ("fulfilled", "a", "0.00"),
        ]
        assert await balances(channel, "a") == {}
        # nothing is left of it that could be refunded
        assert refused(await refund(channel, "O-1", "CN-1", "0.01")) == (422, "refund.too_large")

    async def test_a_win_without_an_amount_is_credited_when_the_amount_comes(self, importing: Channel) -> None:
        channel = await selling(importing)
        await channel.crm("created", "O-1", partner="a", customer=CUSTOMER, products=["X"])
        assert "credit.assigned" not in entries(await tell(channel, "won", "O-1"))
        assert entries(await refund(channel, "O-1", "CN-1", "10.00")) == ["order.refunded", "refund.waiting"]
        assert "credit.assigned" in entries(await tell(channel.on(11), "changed", "O-1", amount=money("1000.00")))
        assert await balances(channel, "a") == {"payable": "99.00"}


class TestCurrencies:
    """Registered in dollars, ordered in something else: the order's currency is the one that counts."""

    async def test_credit_and_reward_are_in_the_orders_currency(self, importing: Channel) -> None:
        channel = await selling(importing, amount=money("1000.00", "USD"))
        deal = await win(channel, "O-1", "a", "150000", "JPY")
        assert (await reward_of(channel, deal))["amount"] == money("15000", "JPY")
        assert await balances(channel, "a") == {"payable": "15000"}

    async def test_an_order_that_changes_its_currency_is_taken_back_in_one_and_owed_in_the_other(
        self, importing: Channel
    ) -> None:
        channel = await selling(importing)
        await win(channel, "O-1", "a", "1000.00")
        told = await tell(channel.on(11), "changed", "O-1", amount=money("200.000", "BHD"))
        assert entries(told)[-2:] == ["reward.accrued", "reward.released"]
        found = await channel.read("/v1/payouts/summary?group_by=currency")
        stands = {
            (group["key"], one["account"]): one["amount"]["amount"]
            for group in found["groups"]
            for one in group["accounts"]
            if one["account"] in ("payable", "reversed")
        }
        # no total anywhere is of two currencies
        assert stands == {
            ("BHD", "payable"): "20.000",
            ("USD", "payable"): "0.00",
            ("USD", "reversed"): "100.00",
        }

    async def test_a_refund_in_another_currency_is_refused(self, importing: Channel) -> None:
        channel = await selling(importing)
        await win(channel, "O-1", "a", "1000.00")
        assert refused(await refund(channel, "O-1", "CN-1", "1.00", "EUR")) == (422, "refund.currency")
        assert await balances(channel, "a") == {"payable": "100.00"}


class TestOrders:
    """Orders that cannot be as they are told."""

    async def test_a_win_told_twice_pays_once(self, importing: Channel) -> None:
        channel = await selling(importing)
        deal = await win(channel, "O-1", "a", "1000.00")
        before = await shares(channel, deal)
        assert entries(await tell(channel.on(11), "won", "O-1", amount=money("1000.00"))) == ["opportunity.won"]
        assert await shares(channel, deal) == before
        assert await balances(channel, "a") == {"payable": "100.00"}

    async def test_a_refund_before_the_win_waits_and_counts_at_the_win(self, importing: Channel) -> None:
        channel = await selling(importing)
        assert entries(await refund(channel, "O-1", "CN-1", "100.00")) == ["order.refunded", "refund.waiting"]
        deal = (await channel.read("/v1/opportunities"))["items"][0]
        waiting = {"refund": "CN-1", "state": "waiting", "code": "before_win", "counted": None}
        assert (deal["state"], deal["refunds"]) == ("open", [{**waiting, "amount": money("100.00")}])
        deal = await win(channel, "O-1", "a", "1000.00")
        assert await balances(channel, "a") == {"payable": "90.00"}
        assert refused(await refund(channel.on(11), "O-1", "CN-1", "100.00")) == (409, "refund.repeated")
        found = await channel.read(f"/v1/opportunities/{deal}")
        assert (found["refunded"], found["refunds"][0]["state"]) == (money("100.00"), "counted")
        claim = (await channel.read("/v1/pipeline"))["items"][0]["registration"]
        told = await channel.read(f"/v1/registrations/{claim}/explanation")
        assert "Refunded: 100.00 USD; 100.00 USD of the order in all." in [one["sentence"] for one in told["decisions"]]

    async def test_a_creation_told_after_the_win_leaves_it_won_in_every_answer(self, importing: Channel) -> None:
        channel = await selling(importing)
        deal = await win(channel, "O-1", "a", "1000.00")
        await tell(channel.on(11), "created", "O-1", amount=money("700.00"), partner="a", customer=CUSTOMER)
        found = await channel.read("/v1/opportunities?state=won")
        assert [(one["opportunity"], one["amount"]) for one in found["items"]] == [(deal, money("1000.00"))]
        claim = (await channel.read("/v1/pipeline"))["items"][0]
        assert claim["opportunities"] == {"open": 0, "won": 1, "lost": 0, "won_value": [money("1000.00")]}
        assert await balances(channel, "a") == {"payable": "100.00"}

    async def test_more_than_is_left_of_the_order_is_not_refunded(self, importing: Channel) -> None:
        channel = await selling(importing)
        deal = await win(channel, "O-1", "a", "1000.00")
        assert refused(await refund(channel, "O-1", "CN-1", "1000.01")) == (422, "refund.too_large")
        await refund(channel, "O-1", "CN-2", "600.00")
        before = await chain(channel, deal)
        too_large = await refund(channel, "O-1", "CN-3", "400.01")
        assert refused(too_large) == (422, "refund.too_large")
        assert too_large.json()["errors"][0]["field"] == "amount"
        assert await chain(channel, deal) == before
        assert await balances(channel, "a") == {"payable": "40.00", "reversed": "60.00"}

    async def test_a_product_that_nobody_knows_is_no_error_and_counts_for_nothing(self, importing: Channel) -> None:
        channel = await selling(importing)
        claim = (await channel.read("/v1/pipeline"))["items"][0]["registration"]
        told = {"registration": claim, "products": ["Moon Dust"]}
        deal = await win(channel, "O-1", "a", "1000.00", **told)
        assert (await shares(channel, deal))[-1] == ("unregistered", None, "1000.00")
        assert await balances(channel, "a") == {}

    async def test_a_reopened_win_owes_nothing_and_won_again_it_is_owed_once(self, importing: Channel) -> None:
        channel = await selling(importing)
        deal = await win(channel, "O-1", "a", "1000.00")
        await channel.on(11).crm("reopened", "O-1")
        assert await balances(channel, "a") == {"reversed": "100.00"}
        assert await shares(channel, deal) == []
        await channel.on(12).crm("won", "O-1")
        assert await balances(channel, "a") == {"payable": "100.00", "reversed": "100.00"}


class TestLimits:
    """The largest amounts, many times over: sums beyond 64 bits stay exact, everywhere."""

    async def test_twelve_of_the_largest_orders_are_paid_and_taken_back_to_the_last_unit(
        self, importing: Channel
    ) -> None:
        everything = {"credit": {"roles": {"sourced": 100}}, "rewards": [{**REBATE, "pct": 100, "hold_days": 0}]}
        channel = await importing.house("a", policy={**MONEY, **everything})
        a = await channel.claim("a")
        orders = [{"connection": "crm", "external_id": f"O-{number}"} for number in range(12)]
        won = {"event": "won", "partner": "a", **DEAL, "amount": money("999999999999999.999", "BHD")}
        await channel.on(10).bulk([channel.row("opportunity", {**order, **won}) for order in orders])
        assert await balances(channel, "a") == {"payable": "11999999999999999.988"}
        found = await channel.registration(a)
        assert found["opportunities"]["won_value"] == [money("11999999999999999.988", "BHD")]
        for path in ("/v1/credits", "/v1/ledger?account=payable", "/v1/payouts?account=payable", "/v1/rewards"):
            sheet = await channel.stack.client.get(
                path, headers={"Authorization": f"Bearer {channel.key}", "Accept": "text/csv"}
            )
            assert sheet.headers["Dealreg-Totals"].lstrip("-").endswith("11999999999999999.988"), path
        cancelled = {"event": "cancelled", "refund": "CX-1"}
        await channel.bulk([channel.row("opportunity", {**order, **cancelled}) for order in orders])
        assert await balances(channel, "a") == {"reversed": "11999999999999999.988"}
