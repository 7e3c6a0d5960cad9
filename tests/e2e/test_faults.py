"""A decision that fails, as senders and operators see it: refused, told again by the operator, decided in its place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import pytest

from dealreg.tools.retelling import Retelling
from services.attribution.domain.handlers import claims, decide, timers
from services.attribution.resuming import resume, standing
from shared.events.envelope import retold_id
from shared.events.registration import RegistrationSubmitted
from tests.e2e.channel import Channel, claim_of
from tests.until import until

SITE = "Somewhere Personal"
BY_PERSON = {"review": {"auto_approve_if": "never"}, "conflict": {"order": ["first_complete_submission"]}}


@contextmanager
def failing(vendor_fact: list[str]) -> Iterator[None]:
    """Claims on that site cannot be decided, whatever is tried."""
    submit = claims.submit

    def broken(working_set: Any, event: Any) -> None:
        submit(working_set, event)
        if event.site == SITE:
            vendor_fact.append(event.registration)
            raise KeyError(SITE)

    with patch.dict(decide.HANDLERS, {RegistrationSubmitted: broken}):
        yield


@pytest.mark.parametrize("bound", [False, True], ids=["vendor", "partner"])
async def test_a_fact_that_failed_is_told_again_and_its_sender_looks_where_it_always_did(
    live: Channel, bound: bool
) -> None:
    channel = await live.house("a", "b", policy=BY_PERSON)
    key = await channel.partner_key("a") if bound else None
    tried: list[str] = []
    with failing(tried):
        refused = await channel.send("POST", "/v1/registrations", claim_of("a", site=SITE), as_=key)
        assert (refused.status_code, refused.json()["code"]) == (409, "decider.fault")
        assert SITE not in refused.text
        assert len(tried) == 2
        rival = await channel.claim("b")
        assert rival["state"] == "in_review"
        location = refused.headers["location"]
        fact = location.rpartition("reg_")[2]
        # While the release is not repaired, telling it again fails again.
        retelling = Retelling(channel.stack.pool, channel.stack.log)
        assert [one.fact for one in await retelling.run([], channel.vendor, dry_run=True)] == [fact]
        told = await retelling.run([], channel.vendor)
        assert [(one.again, one.attempt) for one in told] == [(retold_id(fact, 1), 1)]
        await channel.stack.drained()
        assert (await channel.get(location, as_=key)).json()["code"] == "decider.fault"
    told = await retelling.run([fact], channel.vendor)
    assert [(one.fact, one.attempt) for one in told] == [(fact, 2)]
    await channel.stack.drained()
    answer = await channel.get(location, as_=key)
    assert (answer.status_code, answer.json()["state"]) == (200, "in_review"), answer.text
    at = await channel.get(f"/v1/facts/{fact}", as_=key)
    assert (at.status_code, at.json()["fact"], at.json()["state"]) == (200, fact, "decided"), at.text
    # Nothing is left to be told, and the claim has the place of its first acceptance.
    assert await retelling.run([], channel.vendor) == []
    assert await channel.states(rival) == ["waiting"]


async def test_an_import_is_paused_at_a_fact_that_fails_and_goes_on_where_it_was(importing: Channel) -> None:
    channel = await importing.house("a", "b")
    tried: list[str] = []
    with failing(tried):
        body = claim_of("a", site=SITE)
        sent = await channel.send("POST", "/v1/registrations", body, wait=0)
        pool = channel.stack.pool

        async def halted() -> bool:
            return [one.vendor for one in await standing(pool)] == [channel.vendor]

        await until(halted)

        async def paused() -> bool:
            answer = await channel.on(1).send("POST", "/v1/registrations", claim_of("b"), wait=0)
            return answer.status_code == 409 and answer.json()["code"] == "import.paused"

        await until(paused)
        assert (await channel.get(sent.headers["location"])).status_code == 202
    await resume(pool, channel.vendor, skip=False)

    async def decided() -> bool:
        return (await channel.get(sent.headers["location"])).status_code == 200

    await until(decided)
    assert await standing(pool) == []


async def test_a_timer_that_failed_is_armed_by_a_person(importing: Channel) -> None:
    channel = await importing.house("a", policy={"protection": {"days": 10}})
    claim = await channel.claim("a")

    def broken(_book: Any, _id: str) -> None:
        raise KeyError("a bug")

    with patch.dict(timers.FIRES, {"protection.end": broken}):
        await channel.on(20).send("POST", "/v1/partners", {"partner": "z", "name": "Z"}, wait=0)

        async def halted() -> bool:
            return [one.vendor for one in await standing(channel.stack.pool)] == [channel.vendor]

        await until(halted)
        await resume(channel.stack.pool, channel.vendor, skip=True)

        # A resumed vendor stands still no more at once; its row goes with the commit of what it was told to skip.
        async def gone_on() -> bool:
            return not await channel.stack.pool.fetch("SELECT vendor FROM attribution.halted")

        await until(gone_on)
    assert await channel.states(claim) == ["protected"]
    subject = {"subject": f"registration:{claim['registration']}", "timer": "protection.end"}

    async def armed() -> bool:
        answer = await channel.send("POST", "/v1/timers/arm", subject)
        return answer.status_code == 200

    await until(armed)
    assert await channel.states(claim) == ["expired"]
    again = await channel.send("POST", "/v1/timers/arm", subject)
    assert (again.status_code, again.json()["code"]) == (409, "timer.not_failed")
