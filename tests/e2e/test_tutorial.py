"""The tutorial works as it is printed: its blocks run in one shell, and each prints what the page shows."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PORT = "8080"
ANYTHING = "…"
BREAK = "=== end of block ==="
RUN_SECONDS = 600
"""An embedded PostgreSQL, and a dozen commands of two seconds each, on a busy machine."""
END_SECONDS = 120

pytestmark = pytest.mark.timeout(RUN_SECONDS + 60)


@dataclass(frozen=True, slots=True)
class Step:
    """A block to paste, and what stands under it."""

    script: str
    kind: str
    shown: str


def steps(page: str) -> list[Step]:
    """Every `sh` block with the `json` or `text` block that follows it."""
    blocks = BLOCK.findall(page)
    following = [*blocks[1:], ("", "")]
    return [
        Step(text, *(after if after[0] in ("json", "text") else ("", "")))
        for (language, text), after in zip(blocks, following, strict=True)
        if language == "sh"
    ]


@pytest.fixture
def clone() -> Iterator[Path]:
    """What the reader has: a folder with the environment and the examples. Its path is short, for sockets' sake."""
    with tempfile.TemporaryDirectory(prefix="dealreg-", ignore_cleanup_errors=True) as folder:
        (Path(folder) / ".venv").symlink_to(sys.prefix, target_is_directory=True)
        (Path(folder) / "examples").symlink_to(ROOT / "examples", target_is_directory=True)
        yield Path(folder)


def test_each_step_prints_what_the_page_shows(clone: Path) -> None:
    page = steps(PAGE.read_text())
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    printed = pasted(clone, [step.script.replace(PORT, port) for step in page])
    for step, output in zip(page, printed, strict=True):
        if step.kind == "json":
            _agrees(json.loads(step.shown), json.loads(output), step.script)
        elif step.kind == "text":
            assert re.fullmatch(_pattern(step.shown), _lines(output)), f"{step.script}\nprinted:\n{output}"
    assert sorted(one.name for one in clone.iterdir()) == [".venv", "examples"], "the last step cleans up"


def test_every_block_of_the_page_is_run_or_compared() -> None:
    blocks = BLOCK.findall(PAGE.read_text())
    assert {language for language, _ in blocks} == {"sh", "json", "text"}
    assert sum(bool(step.kind) for step in steps(PAGE.read_text())) == sum(kind != "sh" for kind, _ in blocks)


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ('{"state": "protected"}', '{"state": "waiting"}'),
        ('{"state": "protected"}', '{"state": "protected", "hold": null}'),
        ('{"state": "protected", "until": "…"}', '{"state": "protected"}'),
        ('[{"amount": "1.00"}]', '[{"amount": "1.00"}, {"amount": "1.00"}]'),
        ('{"sentence": "Waits since …; by tax id."}', '{"sentence": "Waits since today; by name."}'),
    ],
)
def test_a_page_that_shows_something_else_is_noticed(shown: str, printed: str) -> None:
    with pytest.raises(AssertionError):
        _agrees(json.loads(shown), json.loads(printed), "echo")


def pasted(folder: Path, scripts: list[str]) -> list[str]:
    """What each block printed, run in one shell that stops at the first command that fails."""
    told = "set -euo pipefail\n" + f"\necho '{BREAK}'\n".join(scripts)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DEALREG_")}
    shell = subprocess.Popen(
        ["bash", "-c", told],
        cwd=folder, env=kept, start_new_session=True, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        output, errors = shell.communicate(timeout=RUN_SECONDS)
    finally:
        # Where a step failed, the service that the first one started is still there.
        _end(shell)
    printed = output.split(f"{BREAK}\n")
    assert shell.returncode == 0, f"after {printed[-1]}\n{errors}\nof the block:\n{scripts[len(printed) - 1]}"
    return printed


def _end(shell: subprocess.Popen[str]) -> None:
    """End whatever the shell has started and not ended, and wait until it has left the folder."""
    left = [one for one in psutil.process_iter() if _group(one.pid) == shell.pid]
    for one in left:
        with suppress(psutil.NoSuchProcess):
            one.terminate()
    _, alive = psutil.wait_procs(left, END_SECONDS)
    assert not alive, alive


def _group(pid: int) -> int | None:
    try:
        return os.getpgid(pid)
    except ProcessLookupError:
        return None


def _agrees(shown: Any, printed: Any, script: str) -> None:
    """Equal, but for what the page leaves open."""
    if isinstance(shown, dict) and isinstance(printed, dict):
        assert shown.keys() == printed.keys(), script
        for name, value in shown.items():
            _agrees(value, printed[name], script)
    elif isinstance(shown, list) and isinstance(printed, list):
        assert len(shown) == len(printed), script
        for one, other in zip(shown, printed, strict=True):
            _agrees(one, other, script)
    elif shown == ANYTHING:
        return
    elif isinstance(shown, str) and isinstance(printed, str):
        assert re.fullmatch(_pattern(shown), printed), f"{script}\nprinted {printed!r}, the page shows {shown!r}"
    else:
        assert shown == printed, script


def _pattern(shown: str) -> str:
    """A line of `…` alone stands for any number of lines, `…` within a line for some text of it."""
    lines = [
        "(?:.*\n)*?" if line == ANYTHING else ".+?".join(map(re.escape, line.split(ANYTHING))) + "\n"
        for line in shown.splitlines()
    ]
    return "".join(lines) if shown.endswith("\n") else "".join(lines).removesuffix("\n")


def _lines(output: str) -> str:
    return output.replace("\r\n", "\n")
