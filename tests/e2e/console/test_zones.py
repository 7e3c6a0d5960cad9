"""Days and times are those of the zone in which the programs count days, for partners as for the vendor."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from shared.messages import language
from tests.e2e.channel import Channel
from tests.e2e.console.conftest import SignIn

KIRITIMATI = "Pacific/Kiritimati"
"""Fourteen hours before UTC: always another hour, most of the time another day."""


async def test_pages_show_the_days_and_times_of_the_programs_zone(live: Channel, sign_in: SignIn) -> None:
    await live.house("acme", policy={"time_zone": KIRITIMATI})
    claim = await live.claim("acme")
    at = datetime.fromisoformat((await live.registration(claim))["submitted_at"])
    submitted = language("en").moment(at, ZoneInfo(KIRITIMATI))
    assert submitted != language("en").moment(at, UTC)
    for reader in ("acme", None):
        person = await sign_in(live, reader)
        page = await person.see(f"/console/registrations/{claim['registration']}")
        assert f"Days and times are those of {KIRITIMATI}" in page.text
        assert f"Submitted {submitted}" in page.text
    shown = await live.read("/v1/programs/hunting", as_=await live.partner_key("acme"))
    assert shown["time_zone"] == KIRITIMATI


async def test_without_a_program_in_force_times_are_in_utc(live: Channel, sign_in: SignIn) -> None:
    manager = await sign_in(live, None)
    assert "Days and times are those of UTC" in (await manager.see("/console/desk")).text
