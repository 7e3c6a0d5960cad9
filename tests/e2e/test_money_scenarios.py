"""What a fair policy pays, through the public API: suspension, other products, an unregistered winner, refunds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from dealreg.runtime.in_process import Stack
from tests.e2e.channel import CUSTOMER, Channel
from tests.e2e.till import (
    AT_ONCE,
    MONEY,
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

OTHER = {"legal_name": "Delta Foods", "country": "EG", "tax_id": "204-829-321"}
SIXTY = {**MONEY, "protection": {"days": 60}}
HOUSE_20 = ("influenced", None, "200.00")


@pytest_asyncio.fixture(loop_scope="session")
async def long_ago(running: Stack) -> Channel:
    """A vendor whose history begins on 1 January 2024, so that thirteen months are over."""
    vendor = f"importing-{uuid4().hex[:12]}"
    day = -731
    await running.vendor(vendor, importing_from=Channel.START + timedelta(days=day))
    return await Channel.open(running, vendor, day=day)


class TestSuspension:
    """Scenario 5: A protected to the end of day 60, with a reward that is held to the end of day 40."""

    async def test_rivals_stay_out_the_end_stands_and_payouts_are_held_until_reinstatement(
        self, importing: Channel
    ) -> None:
        # given a deal that A won, and another that A holds
        channel = await importing.house("a", "b", policy=SIXTY)
        await channel.claim("a", customer=OTHER)
        a = await channel.claim("a")
        deal = await win(channel.on(10), "O-1", "a", "1000.00", customer=OTHER)
        before = await channel.registration(a)
        assert await balances(channel, "a") == {"held": "100.00"}
        # when A is suspended
        answer = await channel.on(20).send("POST", "/v1/partners/a/suspension", {"reason": "audit"})
        assert answer.status_code == 200, answer.text
        # then A registers nothing, B waits behind it, and its end is what it was
        refusal = await channel.send(
            "POST", "/v1/registrations", {"program": "hunting", "partner": "a", "customer": CUSTOMER, "products": ["Y"]}
        )
        assert refused(refusal) == (403, "partner.suspended")
        b = await channel.on(25).claim("b")
        after = await channel.registration(a)
        assert await channel.states(a, b) == ["protected", "waiting"]
        assert after["protected_until"] == before["protected_until"] == "2026-03-03T00:00:00Z"
        # and what falls due meanwhile stays held, which A may still read
        await channel.pass_time(45)
        assert await balances(channel, "a", as_=await channel.partner_key("a")) == {"held": "100.00"}
        assert (await reward_of(channel, deal))["status"] == "held"
        # when A is reinstated
        await channel.on(50).send("POST", "/v1/partners/a/reinstatement", {"reason": "nothing found"})
        # then the payout resumes, and protection ends when it would have
        assert await balances(channel, "a") == {"payable": "100.00"}
        assert (await channel.registration(a))["protected_until"] == before["protected_until"]
        await channel.pass_time(61)
        assert await channel.states(a, b) == ["expired", "protected"]

    async def test_what_was_payable_before_is_blocked_meanwhile_and_nothing_is_reversed(
        self, importing: Channel
    ) -> None:
        channel = await importing.house("a", policy=AT_ONCE)
        await channel.claim("a")
        deal = await win(channel.on(10), "O-1", "a", "1000.00")
        await channel.on(20).send("POST", "/v1/partners/a/suspension", {"reason": "audit"})
        assert await balances(channel, "a") == {"payable": "100.00"}
        assert (await reward_of(channel, deal))["blocked"] == "partner.suspended"
        await channel.on(30).send("POST", "/v1/partners/a/reinstatement", {})
        assert (await reward_of(channel, deal))["blocked"] is None


class TestOtherProducts:
    """Scenario 6: A registered 100,000 of X at 10 %."""

    async def test_lower_and_with_another_line_pays_for_what_was_registered(self, importing: Channel) -> None:
        channel = await importing.house("a", policy=MONEY)
        a = await channel.claim("a", amount=money("100000.00"))
        # when it is won at 40,000 of X and 20,000 of Z, another line
        items = [item("X", "40000.00"), item("Z", "20000.00")]
        deal = await win(channel.on(10), "O-1", "a", "60000.00", products=["X", "Z"], items=items)
        # then the base is 40,000 and the reward 4,000; Z pays nothing
        reward = await reward_of(channel, deal)
        assert (reward["base"], reward["amount"]) == (money("40000.00"), money("4000.00"))
        assert await balances(channel, "a") == {"held": "4000.00"}
        assert await shares(channel, deal) == [
            ("sourced", "a", "28000.00"),
            ("influenced", None, "8000.00"),
            ("fulfilled", "a", "4000.00"),
            ("unregistered", None, "20000.00"),
        ]
        assert await channel.states(a) == ["converted"]

    async def test_an_alias_is_the_product_and_one_that_the_catalogue_lacks_is_the_houses(
        self, importing: Channel
    ) -> None:
        channel = await importing.house("a", policy=MONEY)
        await channel.claim("a")
        items = [item("x-one", "900.00"), item("Moon Dust", "100.00")]
        deal = await win(channel.on(10), "O-1", "a", "1000.00", items=items)
        assert (await reward_of(channel, deal))["base"] == money("900.00")
        assert (await shares(channel, deal))[-1] == ("unregistered", None, "100.00")


class TestUnregisteredWinner:
    """Scenario 7: A holds the deal, and C, that waits behind it, wins."""

    async def breach(self, channel: Channel) -> tuple[dict[str, Any], str, str]:
        """A's registration, the deal and the case, after the hold of A's reward is over."""
        await channel.house("a", "c", policy=MONEY)
        a = await channel.claim("a")
        c = await channel.on(1).claim("c")
        deal = await win(channel.on(10), "O-1", "c", "1000.00")
        assert await channel.states(a, c) == ["protected", "lost"]
        await channel.pass_time(45)
        [case] = (await channel.read("/v1/cases?state=open"))["items"]
        assert (case["partner"], case["winner"], case["holds"]) == ("a", c["registration"], [money("100.00")])
        assert await shares(channel, deal) == [("sourced", "a", "700.00"), HOUSE_20, ("fulfilled", "c", "100.00")]
        assert await balances(channel, "a") == {"held": "100.00"}
        assert await balances(channel, "c") == {}
        return a, deal, case["case"]

    @pytest.mark.parametrize(
        ("verdict", "outcome", "stands"), [("release", "released", "payable"), ("reverse", "reversed", "reversed")]
    )
    async def test_a_person_decides_with_a_reason_what_the_case_holds(
        self, importing: Channel, verdict: str, outcome: str, stands: str
    ) -> None:
        channel = importing
        a, deal, case = await self.breach(channel)
        resolution = f"/v1/cases/{case}/resolution"
        # when a person decides it
        answer = await channel.on(46).send("POST", resolution, {"verdict": verdict, "reason": "read both files"})
        assert answer.status_code == 200, answer.text
        # then the case is closed with the reason, and the money is where the verdict says
        closed = await channel.read(f"/v1/cases/{case}")
        assert (closed["state"], closed["outcome"], closed["reason"]) == ("closed", outcome, "read both files")
        assert closed["holds"] == []
        assert await balances(channel, "a") == {stands: "100.00"}
        assert await shares(channel, deal) == [("sourced", "a", "700.00"), HOUSE_20, ("fulfilled", "c", "100.00")]
        assert await channel.states(a) == ["protected"]
        told = await chain(channel, deal)
        assert told.index("case.opened") < told.index("reward.accrued") < told.index("case.resolved")
        # and it is decided once
        again = await channel.on(47).send("POST", resolution, {"verdict": "release", "reason": "once more"})
        assert refused(again) == (409, "case.closed")
        assert await balances(channel, "a") == {stands: "100.00"}

    async def test_nobody_decides_without_a_reason_and_no_partner_decides(self, importing: Channel) -> None:
        channel = importing
        _, _, case = await self.breach(channel)
        resolution = f"/v1/cases/{case}/resolution"
        silent = await channel.on(46).send("POST", resolution, {"verdict": "release"})
        assert [(one["field"], one["code"]) for one in silent.json()["errors"]] == [("reason", "field.missing")]
        body = {"verdict": "release", "reason": "it is ours"}
        assert refused(await channel.send("POST", resolution, body, as_=await channel.partner_key("a"))) == (
            403,
            "scope.missing",
        )
        key = {"scopes": ["reviews:write"], "partner": "a"}
        more = await channel.send("POST", "/v1/credentials", key)
        assert [one["code"] for one in more.json()["errors"]] == ["scope.not_for_partners"]
        unknown = await channel.send("POST", "/v1/cases/case_none/resolution", body)
        assert refused(unknown) == (404, "case.unknown")
        assert await balances(channel, "a") == {"held": "100.00"}

    async def test_the_holder_reads_the_case_without_who_won_and_why_it_was_decided(self, importing: Channel) -> None:
        channel = importing
        _, deal, case = await self.breach(channel)
        reason = "they confirmed it in a call"
        await channel.on(46).send("POST", f"/v1/cases/{case}/resolution", {"verdict": "release", "reason": reason})
        winner = (await channel.read(f"/v1/cases/{case}"))["winner"]
        holder, other = await channel.partner_key("a"), await channel.partner_key("c")
        seen = [
            (await channel.get(path, as_=holder)).text
            for path in (f"/v1/cases/{case}", f"/v1/opportunities/{deal}/attribution", "/v1/events?after=0")
        ]
        assert '"outcome":"released"' in seen[0]
        assert not [text for text in seen if reason in text or winner in text]
        # whoever won is not told that there is a case, nor a holder
        assert (await channel.get(f"/v1/cases/{case}", as_=other)).status_code == 404
        assert (await channel.read("/v1/cases", as_=other))["items"] == []

    async def test_a_win_that_is_taken_back_closes_the_case(self, importing: Channel) -> None:
        _, deal, case = await self.breach(importing)
        await importing.on(46).crm("reopened", "O-1", partner="c")
        assert (await importing.read(f"/v1/cases/{case}"))["outcome"] == "win_taken_back"
        assert await balances(importing, "a") == {"reversed": "100.00"}
        assert await shares(importing, deal) == []


class TestEvidence:
    """A holds the deal, B waits with evidence that a person judges before A wins."""

    @pytest.mark.parametrize(
        ("verdicts", "influenced"), [(["verified"], "b"), (["refuted"], None), (["verified", "refuted"], None)]
    )
    async def test_the_last_word_on_it_counts_when_the_deal_is_won(
        self, importing: Channel, verdicts: list[str], influenced: str | None
    ) -> None:
        channel = await importing.house("a", "b", policy=MONEY)
        await channel.claim("a")
        b = await channel.on(1).claim("b", evidence=[{"kind": "demo", "on": "2026-01-01"}])
        [piece] = (await channel.registration(b))["evidence"]
        verification = f"/v1/registrations/{b['registration']}/verification"
        for day, verdict in enumerate(verdicts, 2):
            body = {"evidence": piece["evidence"], "verdict": verdict}
            answer = await channel.on(day).send("POST", verification, body)
            assert answer.status_code == 200, answer.text
        deal = await win(channel.on(10), "O-1", "a", "1000.00")
        assert ("influenced", influenced, "200.00") in await shares(channel, deal)

    async def test_no_partner_verifies_its_own_and_unknown_evidence_is_refused(self, importing: Channel) -> None:
        channel = await importing.house("a", policy=MONEY)
        a = await channel.claim("a", evidence=[{"kind": "demo", "on": "2026-01-01"}])
        [piece] = (await channel.registration(a))["evidence"]
        path, body = f"/v1/registrations/{a['registration']}/verification", {"verdict": "verified"}
        own = await channel.send(
            "POST", path, {**body, "evidence": piece["evidence"]}, as_=await channel.partner_key("a")
        )
        assert refused(own) == (403, "scope.missing")
        unknown = await channel.send("POST", path, {**body, "evidence": "ev_none"})
        assert refused(unknown) == (404, "evidence.unknown")
        nowhere = await channel.send("POST", "/v1/registrations/reg_none/verification", {**body, "evidence": "ev_1"})
        assert refused(nowhere) == (404, "registration.unknown")


class TestRefund:
    """Scenario 12, without the statement: a January rebate of 1,000, payable, refunded by 40 % on 10 April."""

    JANUARY = -731 + 20
    APRIL = -731 + 100
    """2024 is a leap year: 31 + 29 + 31 days lie before April."""

    async def january(self, channel: Channel) -> str:
        await channel.house("a", policy=AT_ONCE)
        await channel.claim("a")
        deal = await win(channel.on(self.JANUARY), "O-1", "a", "10000.00")
        assert await balances(channel, "a") == {"payable": "1000.00"}
        return deal

    async def test_it_goes_back_in_proportion_posted_when_it_is_known_and_effective_when_it_was_earned(
        self, long_ago: Channel
    ) -> None:
        channel = long_ago
        deal = await self.january(channel)
        told = await refund(channel.on(self.APRIL), "O-1", "CN-1", "4000.00")
        assert entries(told) == ["order.refunded", "refund.counted", "credit.revised", "reward.reversed"]
        # then 400 of 1,000 are taken back, and the credit follows
        assert await balances(channel, "a") == {"payable": "600.00", "reversed": "400.00"}
        assert await shares(channel, deal) == [
            ("sourced", "a", "4200.00"),
            ("influenced", None, "1200.00"),
            ("fulfilled", "a", "600.00"),
        ]
        # in April by posting date, in January by effective date, and January as posted is what it was
        reversal = (await channel.read("/v1/ledger?account=reversed"))["items"][0]
        assert (reversal["posted_at"][:10], reversal["effective_at"][:10]) == ("2024-04-10", "2024-01-21")
        payable = "/v1/payouts?account=payable&partner=a&sort=month"
        posted = [(one["month"], one["amount"]["amount"]) for one in (await channel.read(payable))["items"]]
        assert posted == [("2024-01", "1000.00"), ("2024-04", "-400.00")]
        earned = (await channel.read(f"{payable}&by=effective"))["items"]
        assert [(one["month"], one["amount"]["amount"]) for one in earned] == [("2024-01", "600.00")]
        assert await shares(channel, deal, as_of="2024-02-01T00:00:00Z") == [
            ("sourced", "a", "7000.00"),
            ("influenced", None, "2000.00"),
            ("fulfilled", "a", "1000.00"),
        ]

    async def test_the_same_refund_again_does_nothing(self, long_ago: Channel) -> None:
        channel = long_ago
        deal = await self.january(channel)
        await refund(channel.on(self.APRIL), "O-1", "CN-1", "4000.00")
        before = await chain(channel, deal)
        # under another key, another amount, and as a cancellation
        for again in (
            await refund(channel, "O-1", "CN-1", "4000.00"),
            await refund(channel.on(self.APRIL + 1), "O-1", "CN-1", "1.00"),
            await tell(channel, "cancelled", "O-1", refund="CN-1"),
        ):
            assert refused(again) == (409, "refund.repeated")
        assert await balances(channel, "a") == {"payable": "600.00", "reversed": "400.00"}
        assert await chain(channel, deal) == before

    async def test_in_month_13_it_changes_nothing_and_says_so(self, long_ago: Channel) -> None:
        channel = long_ago
        deal = await self.january(channel)
        # The win was on 21 January 2024: the last day that counts is 21 January 2025.
        last_day = -731 + 386
        assert "refund.counted" in entries(await refund(channel.on(last_day), "O-1", "CN-1", "1000.00"))
        late = await refund(channel.on(last_day + 1), "O-1", "CN-2", "1000.00")
        assert entries(late) == ["order.refunded", "refund.disregarded"]
        assert late.json()["entries"][1]["data"]["code"] == "too_late"
        assert await balances(channel, "a") == {"payable": "900.00", "reversed": "100.00"}
        assert [share for _, _, share in await shares(channel, deal)] == ["6300.00", "1800.00", "900.00"]

    async def test_a_cancelled_order_takes_back_what_is_left(self, long_ago: Channel) -> None:
        channel = long_ago
        deal = await self.january(channel)
        await refund(channel.on(self.APRIL), "O-1", "CN-1", "3333.33")
        await tell(channel, "cancelled", "O-1", refund="CX-1")
        assert await balances(channel, "a") == {"reversed": "1000.00"}
        assert {amount for _, _, amount in await shares(channel, deal)} == {"0.00"}
