"""Scenarios against a policy that is not published, through the API: as the command runs them, bounded, and apart."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.attribution.trials import QUEUE, TrialRefused, Trials, TrialsTooMany, TrialTooLong
from tests.e2e.channel import PRODUCTS, Channel

TEMPLATE = Path(__file__).parents[2] / "programs" / "templates" / "simple-reseller"
POLICY = "program: hunting\nversion: 2\nprotection: {days: 60}\n"
SCENARIOS = """topic: sixty days
partners: [A, B]
deal: {customer: {legal_name: Nile Trading, country: EG, tax_id: 204-829-305}, products: [X]}
scenarios:
- name: the second one waits
  when:
  - registration.submitted: {registration: a, partner: A}
  - registration.submitted: {registration: b, partner: B}
  then: {states: {a: protected, b: waiting}}
- name: sixty days and no more
  when:
  - registration.submitted: {registration: a, partner: A}
  then: {registrations: {a: {protected_until: 2026-06-01}}}
"""
ENDLESS = "topic: much\npartners: [A]\nscenarios:\n" + "".join(
    f"- name: s{number}\n  policy: {{protection: {{days: {number + 1}}}}}\n  when:\n"
    + "".join(
        f"  - registration.submitted: {{registration: r{one}, partner: A, products: [X], "
        f"customer: {{legal_name: Company {one}}}}}\n"
        for one in range(40)
    )
    for number in range(30)
)


async def tried(channel: Channel, key: str | None = None, **texts: str) -> httpx.Response:
    body = {"policy": POLICY, "scenarios": SCENARIOS, **texts}
    headers = {"Authorization": f"Bearer {key or channel.key}"}
    return await channel.stack.client.post("/v1/scenarios", json=body, headers=headers, timeout=600)


async def test_scenarios_come_out_as_under_the_policy_and_nothing_is_kept(live: Channel) -> None:
    await live.house()
    document = {"products": PRODUCTS, "tiers": ["silver"], "partner_types": ["reseller"]}
    assert (await live.send("PUT", "/v1/vendor/document", document)).status_code == 200
    before = await live.stack.pool.fetchval("SELECT count(*) FROM log.facts WHERE key = $1", live.vendor)
    answer = await tried(live)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert [(one["name"], one["status"]) for one in found["scenarios"]] == [
        ("the second one waits", "passed"), ("sixty days and no more", "failed"),
    ]  # fmt: skip
    [failure] = found["scenarios"][1]["failures"]
    assert "protected_until: expected 2026-06-01, found 2026-03-0" in failure
    assert found["counts"] == {"passed": 1, "failed": 1, "pending": 0}
    assert found["coverage"]["clauses"]["protection.days"]
    assert await live.stack.pool.fetchval("SELECT count(*) FROM log.facts WHERE key = $1", live.vendor) == before
    # The vendor's own document counts: it has no product line for what it does not list.
    other = await tried(live, scenarios=SCENARIOS.replace("products: [X]", "products: [Unheard]"))
    assert "product.unknown" in str(other.json()["scenarios"][0]["failures"])


async def test_what_is_wrong_stands_at_its_line_whichever_text_it_is_in(live: Channel) -> None:
    await live.house("acme")
    wrong = await tried(live, policy=POLICY.replace("60", "0"))
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["errors"][0]["line"]) == (422, "policy.invalid", 3)
    texts: list[tuple[str, int]] = [
        ("topic: x\nscenarios:\n- name: a\n  whem: []\n", 4), ("topic: x\nscenarios: [\n", 3),
        ("policy: other.yaml\ntopic: x\nscenarios:\n- name: a\n", 1), ("topic: x\n", 1),
        (f"vendor: {{}}\n{SCENARIOS}".replace("partner: B", "colour: blue"), 9),
    ]  # fmt: skip
    for text, line in texts:
        refused = await tried(live, scenarios=text)
        assert refused.status_code == 422, refused.text
        assert refused.json()["code"].startswith("scenario."), refused.text
        assert refused.json()["errors"][0]["line"] == line, refused.text
    big = await tried(live, scenarios="x" * 300_000)
    assert (big.status_code, big.json()["code"]) == (422, "request.invalid")
    partner = await tried(live, key=await live.partner_key("acme"))
    assert (partner.status_code, partner.json()["code"]) == (403, "scope.missing")


async def test_what_takes_too_long_is_ended_and_the_next_one_is_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEALREG_MASTER_KEY", "a-secret-of-the-service")
    trials = Trials(seconds=0.2)
    try:
        # The process is there before the time counts.
        with pytest.raises(TrialTooLong, match="did not end within"):
            await trials.run(POLICY, ENDLESS, {})
        assert trials._process is None
        trials._seconds = 600
        found = await trials.run(POLICY, SCENARIOS, {})
        assert found["counts"]["passed"] == 1
        environment = Path(f"/proc/{trials._process.pid}/environ")  # type: ignore[union-attr]
        assert not environment.exists() or b"DEALREG_" not in environment.read_bytes(), "it is given no secret"
        waiting = [asyncio.create_task(trials.run(POLICY, SCENARIOS, {})) for _ in range(QUEUE + 1)]
        done = await asyncio.gather(*waiting, return_exceptions=True)
        assert [type(one) for one in done if isinstance(one, Exception)] == [TrialsTooMany]
        # Whoever goes away leaves nothing for the next one to find.
        gone = asyncio.create_task(trials.run(POLICY, ENDLESS, {}))
        await asyncio.sleep(0)
        gone.cancel()
        await asyncio.gather(gone, return_exceptions=True)
        with pytest.raises(TrialRefused):
            await trials.run("program: 1\n", SCENARIOS, {})
        again: dict[str, Any] = await trials.run(POLICY, SCENARIOS, {})
        assert again["counts"]["failed"] == 1
    finally:
        await trials.close()


async def test_what_stands_still_is_told_to_the_vendor_alone(live: Channel) -> None:
    await live.house("acme")
    claim = await live.claim("acme")
    assert await live.read("/v1/decider") == {"halted": None, "timers": []}
    assert await live.read("/v1/parked") == {"items": []}
    pool, subject = live.stack.pool, f"registration:{claim['registration']}"
    await pool.execute(
        "INSERT INTO attribution.halted (vendor, partition, facts_from, journal_from, reason, release, subject, skip) "
        "SELECT vendor, 0, 0, 0, reason, 'other', 'fact:1', false FROM (VALUES ($1::text, 'unreadable'), "
        "($1::text || '-other', 'of another vendor')) AS made (vendor, reason)", live.vendor,
    )  # fmt: skip
    await pool.execute(
        "INSERT INTO projections.parked (view, version, vendor, seq, partition, type, subjects, reason, headers, value)"
        " SELECT view, version, vendor, 99 + n, 0, 'registration.amended', $2, 'KeyError', '', ''"
        " FROM projections.version, generate_series(1, 2) n, unnest(ARRAY[$1::text, $1::text || '-other']) AS vendor"
        " WHERE view = 'pipeline' AND state = 'current'",
        live.vendor, [subject],
    )  # fmt: skip
    try:
        halted = (await live.read("/v1/decider"))["halted"]
        assert (halted["reason"], halted["subject"], halted["resuming"]) == ("unreadable", "fact:1", False)
        [parked] = (await live.read("/v1/parked"))["items"]
        assert (parked["view"], parked["entries"], parked["since"]) == ("pipeline", 2, 100)
        assert parked["subjects"] == [subject]
        partner = await live.partner_key("acme")
        for path in ("/v1/decider", "/v1/parked"):
            refused = await live.get(path, as_=partner)
            assert (refused.status_code, refused.json()["code"]) == (403, "credential.vendor_only")
    finally:
        await pool.execute("DELETE FROM attribution.halted WHERE vendor LIKE $1::text || '%'", live.vendor)
        await pool.execute("DELETE FROM projections.parked WHERE vendor LIKE $1::text || '%'", live.vendor)


async def test_a_partners_keys_are_listed_by_themselves(live: Channel) -> None:
    await live.house("acme", "bravo")
    headers = {"Authorization": f"Bearer {live.key}"}
    for partner in ("acme", "acme", "bravo"):
        body = {"scopes": ["pipeline:read"], "partner": partner}
        made = await live.stack.client.post("/v1/credentials", json=body, headers=headers)
        assert made.status_code == 201
    first = await live.read("/v1/credentials?partner=acme&limit=1")
    assert first["next"].endswith("&partner=acme")
    second = await live.read(first["next"])
    assert [one["partner"] for one in [*first["credentials"], *second["credentials"]]] == ["acme", "acme"]
    assert second["next"] is None
