"""What a fair policy answers, through the public API: the scenarios of this half."""

from __future__ import annotations

from typing import Any

from tests.e2e.channel import CUSTOMER, POLICY, Channel

ARABIC = {"legal_name": "شركة النيل للتجارة", "country": "EG", "tax_id": "204-829-305"}
CONFIRMED = {"protection": {"days": 10}, "conflict": {"waiter_confirm": "5bd"}}
EXTENDABLE = {"protection": {"days": 10, "extension": {"max": 1, "days": 30, "decide": "5bd"}}}


class TestSpelling:
    """The same company under another spelling."""

    async def test_an_equal_tax_id_holds_the_second_claim_and_names_the_key(self, importing: Channel) -> None:
        # given a deal that A holds
        channel = await importing.house("a", "b")
        first = await channel.claim("a")
        # when B claims it under an Arabic name, with the same tax id and product
        second = await channel.on(1).claim("b", customer=ARABIC)
        # then B waits, and is told by which key the customer was recognised
        assert await channel.states(first, second) == ["protected", "waiting"]
        explanation = await channel.explanation(second)
        keys = [key for decision in explanation["decisions"] for key in decision["outcome"].get("keys", [])]
        assert "tax_id:204829305" in keys
        assert "tax id 204829305" in explanation["sentence"]

    async def test_a_name_alone_is_decided_by_a_person_and_the_answer_is_reused(self, importing: Channel) -> None:
        # given a deal that A holds, and a claim of B with the same name and no kind of identifier in common
        channel = await importing.house("a", "b")
        first = await channel.claim("a")
        namesake = {"legal_name": "NILE TRADING Ltd", "country": "EG", "duns": "150483782"}
        second = await channel.on(1).claim("b", customer=namesake)
        assert (second["state"], second["hold"]) == ("in_review", "customer_match")
        # when a person says that it is another company
        answer = await channel.on(2).send(
            "POST",
            f"/v1/registrations/{second['registration']}/match",
            {"other": first["registration"], "same": False},
        )
        assert answer.status_code == 200, answer.text
        # then B is protected, and the question is not asked again for the same two customers
        assert await channel.states(first, second) == ["protected", "protected"]
        await channel.on(3).send("POST", f"/v1/registrations/{second['registration']}/withdrawal", {})
        again = await channel.on(4).claim("b", customer=namesake)
        assert (again["state"], again["hold"]) == ("protected", None)

    async def test_the_other_spelling_first_and_a_name_in_two_scripts(self, importing: Channel) -> None:
        # given a deal that A holds under the Arabic name
        channel = await importing.house("a", "b", "c")
        first = await channel.claim("a", customer=ARABIC)
        # when B claims it under the Latin one with the same tax id, and C under the Latin one with nothing but the name
        second = await channel.on(1).claim("b", customer={**CUSTOMER, "tax_id": ARABIC["tax_id"]})
        third = await channel.on(2).claim("c", customer={"legal_name": "Al-Neel for Trading Co.", "country": "EG"})
        # then rules decide on B, and a person is asked about C, who does not read of whom
        assert await channel.states(first, second, third) == ["protected", "waiting", "in_review"]
        assert third["hold"] == "customer_match"
        await channel.stack.drained()
        [asked] = (await channel.read("/v1/matches?state=open"))["items"]
        assert [one["registration"] for one in asked["sides"]] == [third["registration"], first["registration"]]


class TestSubsidiary:
    """Two companies of one group."""

    async def test_sisters_are_one_customer_to_the_group(self, importing: Channel) -> None:
        policy = {"same_deal": {"customer": "group"}}
        channel = await importing.house("a", "b", policy=policy)
        cairo = await channel.claim("a", customer={**CUSTOMER, "city": "Cairo", "subsidiary_of": "Nile Holding"})
        sister = {"legal_name": "النيل جدة", "country": "SA", "city": "Jeddah", "tax_id": "300055184400003"}
        jeddah = await channel.on(1).claim("b", customer={**sister, "subsidiary_of": "NILE HOLDING"})
        assert await channel.states(cairo, jeddah) == ["protected", "waiting"]

    async def test_sisters_are_different_customers_to_the_entity(self, importing: Channel) -> None:
        channel = await importing.house("a", "b", policy={"same_deal": {"customer": "entity"}})
        cairo = await channel.claim("a", customer={**CUSTOMER, "city": "Cairo"})
        jeddah = await channel.on(1).claim(
            "b", customer={**CUSTOMER, "country": "SA", "city": "Jeddah", "tax_id": "300055184400003"}
        )
        assert await channel.states(cairo, jeddah) == ["protected", "protected"]


class TestHolderExpires:
    """B, then C wait behind A, whose protection ends."""

    async def test_the_first_waiter_confirms_and_is_protected_for_a_full_period(self, importing: Channel) -> None:
        channel = await importing.house("a", "b", "c", policy=CONFIRMED)
        a = await channel.claim("a")
        b = await channel.on(1).claim("b")
        c = await channel.on(2).claim("c")
        # when A's last day is over
        await channel.pass_time(11)
        # then B is asked, and has five business days
        asked = await channel.registration(b)
        assert await channel.states(a, b, c) == ["expired", "waiting", "waiting"]
        assert (asked["hold"], asked["confirm_by"]) == ("confirmation", "2026-01-17T00:00:00Z")
        # when it confirms
        answer = await channel.on(12).send("POST", f"/v1/registrations/{b['registration']}/confirmation")
        assert answer.status_code == 200, answer.text
        # then it is protected for ten days from the day after
        confirmed = await channel.registration(b)
        assert confirmed["state"] == "protected"
        assert confirmed["protected_until"] == "2026-01-24T00:00:00Z"
        assert await channel.states(c) == ["waiting"]

    async def test_silence_passes_to_the_next(self, importing: Channel) -> None:
        channel = await importing.house("a", "b", "c", policy=CONFIRMED)
        a = await channel.claim("a")
        b = await channel.on(1).claim("b")
        c = await channel.on(2).claim("c")
        # when B says nothing for more than five business days
        await channel.pass_time(20)
        # then C is asked
        assert await channel.states(a, b, c) == ["expired", "closed", "waiting"]
        assert (await channel.registration(c))["hold"] == "confirmation"

    async def test_the_invited_is_judged_on_todays_facts(self, importing: Channel) -> None:
        channel = await importing.house("a", "b", "c", policy=CONFIRMED)
        await channel.claim("a")
        b = await channel.on(1).claim("b")
        await channel.pass_time(11)
        # when B was suspended before it confirms
        await channel.on(12).send("POST", "/v1/partners/b/suspension", {"reason": "unpaid invoices"})
        answer = await channel.send("POST", f"/v1/registrations/{b['registration']}/confirmation")
        # then it is not protected
        assert (answer.status_code, answer.json()["code"]) == (403, "partner.suspended")
        assert await channel.states(b) != ["protected"]


class TestLateExtension:
    """Protection to the end of day 10; the request before and after it."""

    async def test_a_request_in_time_keeps_protection_until_it_is_decided(self, importing: Channel) -> None:
        channel = await importing.house("a", "b", policy=EXTENDABLE)
        a = await channel.claim("a")
        b = await channel.on(1).claim("b")
        answer = await channel.on(10).send(
            "POST", f"/v1/registrations/{a['registration']}/extension", {"reason": "board"}
        )
        assert answer.status_code == 200, answer.text
        # the end has passed and nobody decided yet
        await channel.pass_time(12)
        assert await channel.states(a, b) == ["protected", "waiting"]
        # a person grants it
        await channel.on(13).send(
            "POST", f"/v1/registrations/{a['registration']}/review", {"verdict": "grant_extension"}
        )
        extended = await channel.registration(a)
        assert (extended["state"], extended["extensions"]) == ("protected", 1)
        assert extended["protected_until"] == "2026-02-11T00:00:00Z"

    async def test_an_extension_is_offered_while_the_version_that_decided_has_one_left(
        self, importing: Channel
    ) -> None:
        channel = await importing.house("a", policy=EXTENDABLE)
        first = await channel.claim("a")
        none = {**POLICY, "version": 2}
        await channel.bulk([channel.row("program.publish", {"policy": none})])
        second = await channel.claim("a", customer={"legal_name": "Delta", "tax_id": "204-829-321", "country": "EG"})
        path = f"/v1/registrations/{first['registration']}"

        async def offered(claim: dict[str, Any]) -> bool:
            return bool((await channel.registration(claim))["extension_offered"])

        assert (second["policy"], await offered(second)) == ("hunting/2", False)
        refused = await channel.send("POST", f"/v1/registrations/{second['registration']}/extension", {"reason": "b"})
        assert (refused.status_code, refused.json()["code"]) == (409, "extension.not_offered")
        assert (first["policy"], await offered(first)) == ("hunting/1", True), "by the version that decided it"
        await channel.send("POST", f"{path}/extension", {"reason": "board"})
        assert not await offered(first), "it is asked for"
        await channel.send("POST", f"{path}/review", {"verdict": "refuse_extension", "code": "no"})
        assert await offered(first), "a refused one is not used up"
        await channel.send("POST", f"{path}/extension", {"reason": "board"})
        await channel.send("POST", f"{path}/review", {"verdict": "grant_extension"})
        assert (await channel.registration(first))["extensions"] == 1
        assert not await offered(first), "used up"
        assert (await channel.read(f"{path}?as_of={first['seq']}"))["extension_offered"], "as of an entry before"
        await channel.send("POST", f"{path}/withdrawal", {})
        assert not await offered(first), "not protected"

    async def test_undecided_it_lasts_five_business_days_at_most(self, importing: Channel) -> None:
        channel = await importing.house("a", "b", policy=EXTENDABLE)
        a = await channel.claim("a")
        b = await channel.on(1).claim("b")
        await channel.on(10).send("POST", f"/v1/registrations/{a['registration']}/extension", {"reason": "board"})
        await channel.pass_time(20)
        assert await channel.states(a, b) == ["expired", "protected"]

    async def test_a_request_after_the_end_is_refused_and_a_new_claim_queues_last(self, importing: Channel) -> None:
        channel = await importing.house("a", "b", "c", policy=EXTENDABLE)
        a = await channel.claim("a")
        b = await channel.on(1).claim("b")
        c = await channel.on(2).claim("c")
        late = await channel.on(11).send(
            "POST", f"/v1/registrations/{a['registration']}/extension", {"reason": "board"}
        )
        assert (late.status_code, late.json()["code"]) == (409, "extension.late")
        again = await channel.claim("a")
        assert await channel.states(a, b, c, again) == ["expired", "protected", "waiting", "waiting"]
        # B ends: C comes before the one that came back
        await channel.on(12).send("POST", f"/v1/registrations/{b['registration']}/withdrawal", {})
        assert await channel.states(b, c, again) == ["released", "protected", "waiting"]

    async def test_a_win_in_the_gap_is_not_protected(self, importing: Channel) -> None:
        channel = await importing.house("a", policy=EXTENDABLE)
        await channel.claim("a")
        deal = {"partner": "a", "customer": CUSTOMER, "products": ["X"]}
        await channel.crm("created", "O-1", **deal)
        await channel.on(11).crm("won", "O-1", **deal, amount={"amount": "100.00", "currency": "USD"})
        page = await channel.read("/v1/opportunities?external_id=O-1")
        assert page["items"][0]["case"] == "unprotected"
