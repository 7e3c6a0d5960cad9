"""`dealreg run`: up from one command, down in bounded time, the same again afterwards."""

from __future__ import annotations

import re
import shutil
import signal
import socket
import subprocess
import time
from decimal import Decimal
from pathlib import Path

import httpx
import psutil
import pytest

from dealreg.demo.export import read_export
from dealreg.demo.history import identifier
from tests.e2e.command import Command, dealreg, excerpt, servers
from tests.unit.demo.naive_reading import Reading, cents, read
from tests.until import until

LINES = 400
UP_SECONDS = 300.0
DOWN_SECONDS = 120.0


@pytest.mark.parametrize("mode", [(), ("--in-process",)])
async def test_the_demo_stays_up_for_the_lines_it_prints_and_remembers_them(
    database: str, tmp_path: Path, mode: tuple[str, ...]
) -> None:
    arguments = ("run", "--demo", *mode, "--port", "0", "--data", str(excerpt(tmp_path / "export", LINES)))
    async with dealreg(tmp_path, *arguments, **servers(database)) as command:
        await until(lambda: _welcomed(command))
        said = command.output.read_text()
        # the claim that it suggests meets a real holder
        answer = _shell(said)
        assert answer.count('"state":"waiting"') >= 3, answer
        assert "protected since" in answer
        # both links sign in, each as somebody else
        assert await _signed_in(said) == ["/console", "/console/desk"]
        # its money, as the partner sees it and as finance takes it away
        partner, earned = _earned(read(tmp_path / "export"))
        assert f'"account":"accrued","amount":{{"amount":"{earned}","currency":"USD"}}' in answer
        assert '"account":"held"' in answer
        assert "\ndealreg-totals: USD " in answer
        assert re.search(rf"\n{partner},[^\n]+,crm-demo,USD,payable,", answer)
        counted = await _registrations(said)
        began = time.monotonic()
        assert await command.end(signal.SIGTERM) == 0, command.said()
        assert time.monotonic() - began < DOWN_SECONDS
    async with dealreg(tmp_path, *arguments, **servers(database)) as command:
        await until(lambda: _welcomed(command))
        again = command.output.read_text()
        assert _keys(again) == _keys(said)
        assert await _registrations(again) == counted


async def test_a_service_that_dies_is_started_again(database: str, tmp_path: Path) -> None:
    async with dealreg(tmp_path, "run", "--port", "0", **servers(database)) as command:
        await until(lambda: _answers(command))
        url = _url(command.output.read_text())
        services = command.children()
        assert services.keys() == {"serve", "attribution", "projections", "webhooks"}
        services["serve"].kill()

        async def replaced() -> bool:
            now = command.children().get("serve")
            return now is not None and now.pid != services["serve"].pid

        await until(replaced)
        # The socket outlived the process: whoever asks waits and is answered, if only when to ask again.
        async with httpx.AsyncClient(base_url=url, timeout=UP_SECONDS) as client:
            assert (await client.get("/livez")).status_code == 200

            async def ready() -> bool:
                answer = await client.get("/readyz")
                assert answer.status_code == 200 or int(answer.headers["Retry-After"]) > 0
                return answer.status_code == 200

            await until(ready)
            for path in ("/metrics", "/openapi.json"):
                assert (await client.get(path)).status_code == 200
        assert await command.end(signal.SIGINT) == 0
    assert not any(psutil.pid_exists(one.pid) for one in services.values())


async def test_a_taken_port_is_named_with_its_remedy(database: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        async with dealreg(tmp_path, "run", "--port", port, **servers(database)) as command:
            assert await command.process.wait() == 2
            assert f"127.0.0.1:{port}" in command.said()
            assert "DEALREG_PORT" in command.said()


async def _welcomed(command: Command) -> bool:
    assert command.process.returncode is None, command.said()
    return "VENDOR_KEY=" in command.output.read_text()


async def _answers(command: Command) -> bool:
    assert command.process.returncode is None, command.said()
    return "answers at" in command.output.read_text()


async def _signed_in(said: str) -> list[str]:
    """Where each printed link leads once it is pressed."""
    led = []
    for link in re.findall(r"^  (http://\S+/console/sign-in\?link=\S+)$", said, re.MULTILINE):
        async with httpx.AsyncClient(base_url=_url(said), timeout=UP_SECONDS, follow_redirects=True) as client:
            assert (await client.get(link)).status_code == 200
            pressed = {"link": link.rpartition("=")[2]}
            answer = await client.post("/console/sign-in", data=pressed, headers={"Origin": _url(said)})
            assert answer.status_code == 200, answer.text
            led.append(answer.url.path)
    return led


def _earned(naive: Reading) -> tuple[str, str]:
    """The partner whose key is printed, and all that it ever earned."""
    partner = read_export().partners[0].name
    earned = sum((rebate.amount for rebate in naive.rebates if rebate.partner == partner), Decimal(0))
    return identifier(partner), cents(earned)


def _url(said: str) -> str:
    found = re.search(r"http://127\.0\.0\.1:\d+", said)
    assert found, said
    return found[0]


def _keys(said: str) -> list[str]:
    return re.findall(r"^export \w+=dr_\S+$", said, re.MULTILINE)


def _shell(said: str) -> str:
    """What the printed lines answer, run by a shell as somebody pastes them."""
    assert shutil.which("curl"), "the printed lines need curl"
    script = said[said.index("export ") :]
    return subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True).stdout


async def _registrations(said: str) -> int:
    key = _keys(said)[1].partition("=")[2]
    async with httpx.AsyncClient(base_url=_url(said), headers={"Authorization": f"Bearer {key}"}) as client:
        groups = (await client.get("/v1/pipeline/summary?group_by=program")).json()["groups"]
    return int(groups[0]["registrations"])
