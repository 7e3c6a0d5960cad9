"""What `dealreg run --demo` suggests is found beyond the first page; where there is nothing it starts all the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from dealreg.demo.day import Day
from dealreg.demo.history import PROGRAM
from dealreg.demo.importing import KEYS, _with_keys_that_work
from dealreg.demo.memory import Memory
from dealreg.demo.reading import PAGE, every
from dealreg.demo.welcome import welcome
from dealreg.runtime.in_process import stack
from services.console.pages.home import SOON
from shared.credentials import Credentials, operator
from tests.crash.place import quick
from tests.e2e.channel import Channel, claim_of

DEALS = PAGE + 5
BULK = 900
WAITING = (
    "/v1/pipeline?state=in_review", "/v1/matches?state=open", "/v1/pipeline?asks=extension",
    "/v1/opportunities?state=won&linked=false", "/v1/conflicts?state=open",
)  # fmt: skip


async def test_more_claims_than_a_page_of_the_partner_keep_nothing_from_starting(database: str, tmp_path: Path) -> None:
    async with stack(quick(database, tmp_path)) as running:
        await running.vendor("acme")
        channel = await Channel.open(running, "acme", day=None)
        await channel.house("mine", "rival", policy={"program": PROGRAM})
        await _claimed(channel, "rival", range(DEALS + 1))
        await running.drained()
        # all but the last, whichever page that is on
        await _claimed(channel, "mine", range(DEALS))
        await running.drained()
        memory = Memory(tmp_path, 0, True, "", channel.key, "dr_partner", "mine")
        said = await welcome(running.client, running.base_url, memory)
        assert f"Customer {DEALS} / X is protected for" in said
        await _claimed(channel, "mine", [DEALS])
        await running.drained()
        said = await welcome(running.client, running.base_url, memory)
        assert "Partner mine has already claimed every deal that a rival holds" in said
        assert "VENDOR_KEY=" in said
        held = [one async for one in every(running.client, "/v1/pipeline", _bearer(channel.key))]
        assert len(held) == 2 * (DEALS + 1)


async def test_keys_of_the_demo_that_somebody_ended_are_made_again(database: str, tmp_path: Path) -> None:
    async with stack(quick(database, tmp_path), work=False) as running:
        credentials = Credentials(running.pool, 0)
        keys = {name: await running.key("maven", ["pipeline:read"]) for name in KEYS}
        memory = Memory(tmp_path, 0, True, keys["import_key"], keys["vendor_key"], keys["partner_key"], "mine")
        assert await _with_keys_that_work(running.runtime, memory) == memory
        caller = await credentials.authenticate(memory.vendor_key)
        await credentials.revoke("maven", caller.credential, by=operator("maven"))
        now = await _with_keys_that_work(running.runtime, memory)
        assert now.vendor_key != memory.vendor_key
        assert (now.import_key, now.partner_key) == (memory.import_key, memory.partner_key)
        await credentials.authenticate(now.vendor_key)


async def _claimed(channel: Channel, partner: str, numbers: range | list[int]) -> None:
    bodies = [(number, {"legal_name": f"Customer {number}", "tax_id": f"DE{number:09}"}) for number in numbers]
    for start in range(0, len(bodies), BULK):
        await channel.bulk([
            channel.row("registration.submit", claim_of(partner, customer=customer, program=PROGRAM))
            for _, customer in bodies[start : start + BULK]
        ])  # fmt: skip


async def test_the_day_gives_both_people_something_to_do_and_is_told_once(database: str, tmp_path: Path) -> None:
    async with stack(quick(database, tmp_path)) as running:
        await running.vendor("acme")
        channel = await Channel.open(running, "acme", day=None)
        partners = ["mine", "one", "two", "three", "four"]
        await channel.house(*partners)
        memory = Memory(tmp_path, 0, True, "", channel.key, "", "mine")
        day = Day(running.client, memory, partners, ["X", "Y", "Z"], datetime.now(UTC).date())
        counts = []
        for _ in range(2):
            await day.told()
            await running.drained()
            counts.append([len((await channel.read(path))["items"]) for path in WAITING])
        # to approve, names to compare, a request, a win that belongs to nobody, two pairs of claims that meet
        assert counts == [[4, 2, 1, 1, 2]] * 2
        mine = await channel.partner_key("mine")
        queries = ("hold=confirmation", "state=action_required", "state=protected")
        own = [len((await channel.read(f"/v1/pipeline?{one}", as_=mine))["items"]) for one in queries]
        assert own == [1, 1, 2], "a turn to confirm, a question, and what ends within two weeks"
        [soon, *_] = (await channel.read("/v1/pipeline?state=protected&sort=protected_until", as_=mine))["items"]
        assert soon["days_left"] <= SOON.days
        assert [one["name"] for one in (await channel.read("/v1/measures/targets?partner=mine"))["items"]] == [
            "quarter-new", "quarter-won",
        ]  # fmt: skip


def _bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}
