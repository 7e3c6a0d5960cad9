"""Three commands to a vendor that decides registrations posted over HTTP, as the pages print them."""

from __future__ import annotations

import json
import re
import socket
import sys
import tempfile
from pathlib import Path

import pytest

from tests.e2e.test_tutorial import RUN_SECONDS, pasted

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(?:sh)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PAGE = (ROOT / "docs" / "programs.md").read_text().partition("## Beginning with a template")[2]
COMMANDS, REQUESTS = BLOCK.findall(PAGE)[:2]

pytestmark = pytest.mark.timeout(RUN_SECONDS + 60)


def test_the_readme_has_the_same_three_commands() -> None:
    shown = (ROOT / "README.md").read_text().partition("## Three commands")[2]
    assert BLOCK.findall(shown)[0] == COMMANDS
    assert len(COMMANDS.splitlines()) == 3


def test_a_registration_is_decided_after_three_commands_and_two_requests() -> None:
    """A second vendor beside the first begins with a preset, by the same commands."""
    begin, create, run = COMMANDS.splitlines()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script = f"""
export PATH="$PWD/.venv/bin:$PATH" DEALREG_DATA_DIR=.dealreg DEALREG_PORT={port}
URL=http://127.0.0.1:{port}
key() {{ sed -n 's/.*; //p'; }}
{begin}
KEY=$({create} | key)
{_of_preset(begin)}
PRESET_KEY=$({_of_preset(create)} | key)
{run} > run.log 2>&1 &
SERVICE=$!
curl -sf --retry 120 --retry-delay 1 --retry-connrefused "$URL/readyz"
"""
    with tempfile.TemporaryDirectory(prefix="dealreg-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / ".venv").symlink_to(sys.prefix, target_is_directory=True)
        steps = [script, REQUESTS, "KEY=$PRESET_KEY\n" + _of_preset(REQUESTS), "kill $SERVICE; wait $SERVICE || true"]
        _, first, second, _ = pasted(Path(folder), steps)
    assert _decided(first) == ("protected", "channel/1")
    assert _decided(second) == ("protected", "domains/1")


def _of_preset(text: str) -> str:
    """The same for another vendor, whose program is a preset: it knows customers by their domain."""
    for ours, theirs in (
        ("simple-reseller", "hubspot"),
        ("acme", "globex"),
        ("channel", "domains"),
        ('"reseller", "tier": "silver"', '"partner", "tier": "gold"'),
        ("Switch 24", "Marketing Hub"),
        ('"tax_id": "DE136695976"', '"domain": "kanzlei-adler.de"'),
    ):
        text = text.replace(ours, theirs)
    return text


def _decided(answered: str) -> tuple[str, str]:
    enrolled, registration = answered.replace("}{", "}\n{").splitlines()
    assert json.loads(enrolled)["location"].startswith("/v1/")
    found = json.loads(registration)
    return found["state"], found["policy"]
