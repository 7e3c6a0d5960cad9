"""A program withdrawn for new registrations, through the public API."""

from __future__ import annotations

from tests.e2e.channel import POLICY, Channel, claim_of

WITHDRAWAL = "/v1/programs/hunting/withdrawal"


async def test_a_withdrawn_program_takes_no_new_registrations_and_is_opened_by_a_version(live: Channel) -> None:
    await live.house("nord", "sued")
    held = await live.claim("nord")
    done = await live.send("POST", WITHDRAWAL, {"reason": "replaced"})
    assert (done.status_code, done.json()["state"]) == (200, "decided"), done.text
    refused = await live.send("POST", "/v1/registrations", claim_of("sued"))
    assert (refused.status_code, refused.json()["code"]) == (409, "program.withdrawn"), refused.text
    again = await live.send("POST", WITHDRAWAL, {})
    assert (again.status_code, again.json()["code"]) == (409, "program.withdrawn")
    assert (await live.send("POST", "/v1/programs/nothing/withdrawal", {})).status_code == 404
    await live.stack.drained()
    [program] = (await live.get("/v1/programs")).json()["programs"]
    assert (program["withdrawn"], program["version"]) == (True, 1)
    partner = await live.partner_key("nord")
    assert (await live.get("/v1/programs", as_=partner)).json()["programs"] == []
    extended = await live.get(f"/v1/registrations/{held['registration']}")
    assert extended.json()["state"] == "protected"
    assert (await live.send("POST", "/v1/programs", {**POLICY, "version": 2})).status_code == 200
    await live.stack.drained()
    assert (await live.get("/v1/programs/hunting", as_=partner)).json()["withdrawn"] is False
    waiting = await live.claim("sued")
    assert waiting["state"] == "waiting"
