"""The examples work as they are: the vendor document and the policy publish, the script and the client run."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

import orjson

from tests.e2e.channel import Channel

EXAMPLES = Path(__file__).parents[2] / "examples"
NORDLICHT = {"partner": "nordlicht", "name": "Nordlicht IT", "partner_type": "reseller", "tier": "silver"}
RUN_SECONDS = 300


async def test_the_script_registers_waits_and_reads_why(live: Channel) -> None:
    key = await _partner(live)
    code, said, complaint = await _run(live, key, "bash", "register.sh")
    assert code == 0, complaint
    lines = said.splitlines()
    assert lines[0] == "state: protected"
    assert lines[1].startswith("why: Approved")
    events = [line.split(" ")[1:] for line in lines[2:]]
    assert [position for position, _ in events] == [str(number) for number in range(1, len(events) + 1)]
    assert [events[1][1], events[-1][1]] == ["registration.submitted", "registration.approved"]
    # run again it is the same claim
    code, again, _ = await _run(live, key, "bash", "register.sh")
    assert (code, again.splitlines()[0]) == (0, "state: protected")
    assert len((await live.read("/v1/pipeline"))["items"]) == 1


async def test_the_script_ends_with_the_problem_where_it_is_refused(live: Channel) -> None:
    code, said, complaint = await _run(live, "dr_0000000000000000_unknown", "bash", "register.sh")
    assert (code, said) == (22, ""), "curl's code for an error of HTTP"
    assert "401" in complaint


async def test_the_client_registers_and_follows_from_where_it_stopped(live: Channel) -> None:
    key = await _partner(live)
    code, said, complaint = await _run(live, key, sys.executable, "follow.py", "--once")
    assert code == 0, complaint
    assert "is protected: Approved" in complaint
    events = [json.loads(line) for line in said.splitlines()]
    assert [event["position"] for event in events] == [*range(1, len(events) + 1)]
    assert {"registration.submitted", "registration.approved"} <= {event["type"] for event in events}
    # run again from the last but one, only the last one is new
    after = str(len(events) - 1)
    code, again, _ = await _run(live, key, sys.executable, "follow.py", "--once", "--after", after)
    assert (code, [json.loads(line) for line in again.splitlines()]) == (0, events[-1:])


async def test_the_client_says_why_it_was_refused(live: Channel) -> None:
    code, _, complaint = await _run(live, "dr_0000000000000000_unknown", sys.executable, "follow.py", "--once")
    assert code == 1
    assert complaint.startswith("credential.")


async def _partner(channel: Channel) -> str:
    """The key of a partner under the example's vendor document and policy."""
    answers = [
        await channel.send("PUT", "/v1/vendor/document", orjson.loads((EXAMPLES / "vendor.json").read_bytes())),
        await channel.send("POST", "/v1/partners", NORDLICHT),
        await channel.stack.client.post(
            "/v1/programs",
            content=(EXAMPLES / "policy.yaml").read_bytes(),
            headers={
                "Authorization": f"Bearer {channel.key}",
                "Idempotency-Key": "policy",
                "Content-Type": "application/yaml",
                "Prefer": "wait=10",
            },
        ),
    ]
    assert [answer.status_code for answer in answers] == [200] * 3, [answer.text for answer in answers]
    return await channel.partner_key("nordlicht")


async def _run(channel: Channel, key: str, program: str, file: str, *arguments: str) -> tuple[int, str, str]:
    """Exit code, output and errors of an example, against the running service."""
    process = await asyncio.create_subprocess_exec(
        program, str(EXAMPLES / file), *arguments,
        env={**os.environ, "URL": channel.stack.base_url, "PARTNER_KEY": key},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        output, errors = await asyncio.wait_for(process.communicate(), RUN_SECONDS)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, output.decode(), errors.decode()
